"""kettensim from Python: runs, sweeps, traces and live networks, with the standard library alone.

    import kettensim
    run = kettensim.run("partition_heal.scn", params={"split": "10m"}, seed=3)
    run.measures["heal_time"]                        # 1.39, in seconds

docs/python.md walks through it. Times are seconds as float wherever a name has no `_ns`; exact
nanoseconds have a name that ends in `_ns`. A time argument is a number of seconds, a timedelta, or
a text such as "19m30s". Rows are dicts whose columns are attributes, too. Databases are opened
read-only and treated as untrusted. Without the command, the database half works; without the
shared library, everything but Network.
"""
from __future__ import annotations

import contextlib
import ctypes
import datetime
import functools
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import threading
from decimal import Decimal
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence, Union

Time = Union[int, float, str, datetime.timedelta]
PathLike = Union[str, "os.PathLike[str]"]

TRACE_SCHEMA = 9  # PRAGMA user_version of the traces that this module reads
_TRACE_ID, _RESULTS_ID = 0x6B747472, 0x4B655273  # PRAGMA application_id
_ROOT = pathlib.Path(__file__).resolve().parent.parent.parent  # the repository, or PREFIX/share


class Error(Exception):
    """Anything that this module reports; the message says what, where and what to do."""


class NotInstalled(Error):
    """The command, the library or pandas cannot be found."""


class ScenarioError(Error):
    """A scenario was refused, or the command line. `errors` has place, message, line and help."""

    def __init__(self, message: str, errors: Sequence[dict] = ()) -> None:
        super().__init__(message)
        self.errors = list(errors)


class RunError(Error):
    """A run reached a limit, a disk is full, or an assertion failed. `run` has what it printed."""

    def __init__(self, message: str, run: Any = None) -> None:
        super().__init__(message)
        self.run = run


class CheckFailed(RunError):
    """A check did not hold. `run` is the Run, the Results of a sweep, or the Network."""


class DatabaseError(Error):
    """A file is no trace, no results file, of another schema, or damaged."""


class NetworkError(Error):
    """A call of a Network failed."""


class Row(dict):
    """A row: row["height"] and row.height are the same."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no column '{name}': there are {', '.join(self)}") from None


# ---- times ---------------------------------------------------------------------------------

_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
          "d": 86400 * 10**9}
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)")


def nanoseconds(time: Time) -> int:
    """Return a time in ns: of seconds, a timedelta, or a text as in a scenario ("19m30s")."""
    if isinstance(time, datetime.timedelta):
        return time // datetime.timedelta(microseconds=1) * 1000
    if isinstance(time, str):
        if not time or _TIME.sub("", time):
            raise ValueError(f"'{time}' is no time: write seconds, or a text such as '19m30s'")
        return int(sum(Decimal(n) * _UNITS[unit] for n, unit in _TIME.findall(time)))
    if isinstance(time, bool) or not isinstance(time, (int, float)):
        raise TypeError(f"a time is a number of seconds, a text or a timedelta, not {time!r}")
    return int(round(Decimal(repr(time)) * 10**9))


def seconds(time_ns: Any) -> Any:
    """Return nanoseconds as seconds; None stays None."""
    return None if time_ns is None else time_ns / 1e9


def _in_seconds(value: Any, unit: str) -> Any:
    return value / 1e9 if unit == "ns" and isinstance(value, (int, float)) else value


def _unit(unit: str) -> str:
    """Return the unit of a value that _in_seconds() has converted."""
    return "s" if unit == "ns" else unit


def to_pandas(rows: Iterable[Mapping]) -> Any:
    """Return rows as a pandas DataFrame."""
    try:
        import pandas
    except ImportError:
        raise NotInstalled("pandas is not installed: type 'apt-get install python3-pandas' or "
                           "'pip install pandas', or use the rows as they are") from None
    return pandas.DataFrame.from_records([dict(row) for row in rows])


# ---- the command ---------------------------------------------------------------------------


def find_command(command: PathLike | None = None) -> str:
    """Return the path of kettensim: the argument, $KETTENSIM, PATH, the build of the repository."""
    given, built = command or os.environ.get("KETTENSIM"), _ROOT / "build" / "kettensim"
    for name in [given] if given else ["kettensim", built, _ROOT.parent / "bin" / "kettensim"]:
        found = shutil.which(os.fspath(name))
        if found:
            return found
    raise NotInstalled(f"{given} is not a program that can be run" if given else "the command "
                       "kettensim is not installed: type 'make install', set KETTENSIM, or build "
                       f"{built} with 'make'")


def _file(path: PathLike) -> str:
    """Return a path that the command cannot mistake for an option."""
    text = os.fspath(path)
    return os.path.join(".", text) if text.startswith("-") else text


def _param(name: str, value: Any) -> str:
    if isinstance(value, datetime.timedelta):
        value = f"{nanoseconds(value)}ns"
    elif isinstance(value, float):
        value = format(Decimal(repr(value)), "f")
    elif isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(f"the value of param '{name}' is a text such as '10m', a number or a "
                        f"timedelta, not {value!r}")
    return f"{name}={value}"


def _output(output: PathLike | None, scenario: PathLike, ending: str) -> str:
    """Return the path of the file that the command writes: in out/, unless one is given."""
    if output is None:
        os.makedirs("out", exist_ok=True)
        output = os.path.join("out", pathlib.Path(scenario).stem + ending)
    return _file(output)


def _execute(command: PathLike | None, words: list, params: Mapping | None) -> tuple:
    """Run the command; return its status, its JSON object and its messages."""
    for name, value in (params or {}).items():
        words += ["-P", _param(name, value)]
    ended = subprocess.run([find_command(command), *words], stdin=subprocess.DEVNULL, check=False,
                           capture_output=True, encoding="utf-8", errors="replace")
    status, text = ended.returncode, ended.stderr.strip()
    try:
        said = json.loads(ended.stdout)
    except ValueError:
        said = {}
    if status == 2:
        raise ScenarioError(text, said.get("errors", ()))
    if status == 130:
        raise KeyboardInterrupt(text)
    if status in (0, 1) and not said:
        status, text = 5, text or "the command printed no JSON object"
    if status and not text:
        text = f"kettensim {words[0]} ended with status {status}"
    return status, said, text


class Run:
    """What came of a run.

    `status` is held, failed, limit or broken. `measures` has times in seconds, `exact` the values
    as the command prints them (times in ns), `units` the unit of each ("s", "B", "bps", "/s" or
    ""). `checks` and `nodes` are rows. `seed`, `params`, `digest`, `outcome`, `end`, `events`:
    what the run had. `trace` is the path of the trace, or None. `message` is what the command said
    of failures.
    """

    def __init__(self, said: dict, trace: str | None, message: str) -> None:
        self.scenario, self.title, self.status = said["scenario"], said["title"], said["status"]
        self.seed, self.params, self.events = said["seed"], said["params"], said["events"]
        self.digest, self.outcome = said["digest"], said["outcome"]
        self.end_ns, self.end = said["end_ns"], seconds(said["end_ns"])
        self.exact, units = said["measures"], said["units"]
        self.measures = {name: _in_seconds(v, units[name]) for name, v in self.exact.items()}
        self.units = {name: _unit(unit) for name, unit in units.items()}
        self.checks = [_row(check.items()) for check in said["checks"]]
        self.nodes = [Row(node) for node in said["nodes"]]
        self.trace, self.message = trace, message

    def __repr__(self) -> str:
        return f"<Run {self.scenario} seed {self.seed}: {self.status}>"


def run(scenario: PathLike, *, params: Mapping[str, Any] | None = None, seed: int | None = None,
        trace: str = "off", output: PathLike | None = None, check: bool = True,
        command: PathLike | None = None) -> Run:
    """Run a scenario with `kettensim run`.

    trace: off, summary, consensus or full; output: its file (default: out/NAME.db). Raises
    ScenarioError if the scenario is refused, CheckFailed if a check fails, unless check=False, and
    RunError if a limit ends the run.
    """
    words = ["run", _file(scenario), "--json", "--trace", trace]
    if output is not None or trace != "off":
        output = _output(output, scenario, ".db")
        words += ["--output", output]
    if seed is not None:
        words += ["--seed", str(seed)]
    status, said, message = _execute(command, words, params)
    result = Run(said, output, message) if said else None
    if status not in (0, 1):
        raise RunError(message, result)
    if status == 1 and check:
        raise CheckFailed(message, result)
    return result


def sweep(scenario: PathLike, *, seeds: Sequence[int] | str | None = None,
          params: Mapping[str, Any] | None = None, jobs: int | None = None,
          output: PathLike | None = None, until: str | None = None, fresh: bool = False,
          check: bool = True, command: PathLike | None = None) -> Results:
    """Run or continue a sweep with `kettensim sweep`; return its results.

    seeds: range(1, 41) or "1..40"; output: the results file (default: out/NAME.results.db); until:
    as in "halfwidth(reorg_max) < 5%". A failed run is a row. Raises CheckFailed if a check over
    seeds or over the sweep fails or a run died, unless check=False, and ScenarioError if the
    scenario or the results file is refused.
    """
    output = _output(output, scenario, ".results.db")
    words = ["sweep", _file(scenario), "--json", "--output", output]
    if seeds is not None and not isinstance(seeds, str):
        numbers = list(seeds)
        if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise ValueError(f"seeds follow one another, as in range(1, 41): not {seeds!r}")
        seeds = f"{numbers[0]}..{numbers[-1]}"
    for word, value in (("--seeds", seeds), ("--jobs", jobs), ("--until", until)):
        words += [] if value is None else [word, str(value)]
    status, _, message = _execute(command, words + ["--fresh"] * fresh, params)
    if status not in (0, 1):
        raise RunError(message)
    results = Results(output)
    if status == 1 and check:
        raise CheckFailed(message, results)
    return results


# ---- databases -----------------------------------------------------------------------------

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, 33}  # RECURSIVE


def _row(pairs: Iterable[tuple[str, Any]]) -> Row:
    """Return a row in which each column X_ns has become X, in seconds."""
    return Row((n[:-3], seconds(v)) if n.endswith("_ns") else (n, v) for n, v in pairs)


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


class Database(contextlib.AbstractContextManager):
    """A database, opened so that nothing can be written. Close it, or use `with`."""

    _what, _id, _schema, _tables = "", 0, 0, ""

    def __init__(self, path: PathLike) -> None:
        self.path = os.fspath(path)
        if not os.path.isfile(self.path):
            raise DatabaseError(f"{self.path}: there is no such file")
        # as_uri() escapes ?, # and %, which would end the name or change it.
        uri = pathlib.Path(os.path.abspath(self.path)).as_uri() + "?mode=ro"
        with contextlib.ExitStack() as stack:
            try:
                self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
                stack.callback(self._db.close)
                self._check()
                self._load()
            except sqlite3.Error as error:
                raise DatabaseError(f"{self.path}: cannot be opened: {error}") from None
            except (AttributeError, TypeError, ValueError) as error:
                raise DatabaseError(f"{self.path}: damaged: {error}") from None
            stack.pop_all()

    def _load(self) -> None:
        """Read what stands in attributes. A column that is missing is an AttributeError."""

    def _check(self) -> None:
        """Refuse a file that is not what this class reads; then allow only to read."""
        kind, schema = (next(iter(row.values())) for pragma in ("application_id", "user_version")
                        for row in self.sql(f"PRAGMA {pragma}"))
        if kind != self._id:
            raise DatabaseError(f"{self.path}: not a {self._what} of kettensim")
        if schema != self._schema:
            raise DatabaseError(f"{self.path}: has schema {schema}, and this module reads "
                                f"{self._schema}: make it again with this version of kettensim")
        self._db.execute("PRAGMA trusted_schema = OFF")
        missing = set(self._tables.split()) - {row.name for row in self.sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'")}
        if missing:
            raise DatabaseError(f"{self.path}: damaged: no table {min(missing)}")
        # A statement may only read: no ATTACH, no PRAGMA.
        self._db.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED
                                else sqlite3.SQLITE_DENY)

    def sql(self, query: str, params: Sequence | Mapping = ()) -> Iterator[Row]:
        """Yield the rows of one statement that reads, with ? or :name for params. Values are those
        of the file: times are in ns."""
        try:
            cursor = self._db.execute(query, params)
            names = [column[0] for column in cursor.description or ()]
            for values in cursor:
                yield Row(zip(names, values))
        except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError) as error:
            raise DatabaseError(f"{self.path}: {error}") from None

    def rows(self, query: str, params: Sequence | Mapping = ()) -> Iterator[Row]:
        """Yield the same, with each column X_ns as X in seconds."""
        try:
            for row in self.sql(query, params):
                yield _row(row.items())
        except TypeError:
            raise DatabaseError(f"{self.path}: damaged: a time is no number") from None

    def _first(self, query: str, params: Sequence = ()) -> Row:
        for row in self.rows(query, params):
            return row
        raise DatabaseError(f"{self.path}: damaged: a row is missing")

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._db.close()

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"


class Results(Database):
    """The results of a sweep, also of one that has not ended. Iterating gives its runs.

    `params` and `measures` have the unit of each ("s", "B", "bps", "/s" or ""), `swept` the names
    of the params that vary. `scenario`, `title`, `version`, `seeds`, `expected`: what was asked
    for, the last as a number of runs.
    """

    _what, _id, _schema = "results file", _RESULTS_ID, 0
    _tables = "sweep source param measure statistic point run"

    def _load(self) -> None:
        row = self._first("SELECT * FROM sweep")
        self.scenario, self.title, self.version = row.scenario, row.title, row.version
        self.seeds, self.expected = range(row.first_seed, row.last_seed + 1), row.runs
        params, measures = (list(self.sql(f"SELECT * FROM {table} ORDER BY id"))
                            for table in ("param", "measure"))
        self.params = {p.name: _unit(p.unit) for p in params}
        self.measures = {m.name: _unit(m.unit) for m in measures}
        self.swept = [p.name for p in params if p.swept]
        self._params = [("p." + _quoted(p.column_name), p.name, p.unit) for p in params]
        self._measures = [("r." + _quoted(m.column_name), m.name, m.unit) for m in measures]

    def _select(self, exact: bool, columns: list[tuple], rest: str) -> Iterator[Row]:
        """Yield rows of columns, each (expression, name, unit). `rest` ends the statement."""
        chosen = ", ".join(f"{expression} AS {_quoted(name)}" for expression, name, _ in columns)
        units = {name: "" if exact else unit for _, name, unit in columns}
        for row in self.sql(f"SELECT {chosen} {rest}"):
            yield Row((name, _in_seconds(value, units[name])) for name, value in row.items())

    def points(self, exact: bool = False) -> Iterator[Row]:
        """Yield each point: its number and the value of each param. exact=True: times in ns."""
        return self._select(exact, [("p.id", "point", ""), *self._params],
                            "FROM point p ORDER BY p.id")

    def runs(self, exact: bool = False) -> Iterator[Row]:
        """Yield each run: point, seed, status, params, measures, end, events, digest, detail."""
        return self._select(exact, [
            *((f"r.{n}", n, "") for n in ("point", "seed", "status")), *self._params,
            *self._measures, ("r.end_ns", "end", "ns"),
            *((f"r.{n}", n, "") for n in ("events", "digest", "detail"))],
            "FROM run r JOIN point p ON p.id = r.point ORDER BY r.id")

    __iter__ = runs

    def failures(self) -> Iterator[Row]:
        """Yield the runs that did not hold."""
        return (row for row in self.runs() if row["status"] != "held")

    def _check_ended(self) -> None:
        """Raise unless the command has written what it writes at the end."""
        found = self._first("SELECT (SELECT count(*) FROM run) AS runs, (SELECT count(*) FROM "
                            "sqlite_master WHERE name = 'over_check') AS ended")
        if not found.ended:
            raise DatabaseError(f"{self.path}: the sweep has not ended ({found.runs} of "
                                f"{self.expected} runs): the same command continues it")

    def summary(self) -> Iterator[Row]:
        """Yield a row for each point and measure: params, measure, n, nulls, mean, se, ci_low,
        ci_high, p5, p50, p95, max. Raises DatabaseError while the sweep has not ended."""
        self._check_ended()
        for i, (_, name, unit) in enumerate(self._measures, 1):
            text = "'" + name.replace("'", "''") + "'"
            yield from self._select(False, [
                ("s.point", "point", ""), *self._params, (text, "measure", ""),
                *((f"s.{n}", n, "") for n in ("n", "nulls")), *((f"s.{n}", n, unit) for n in (
                    "mean", "se", "ci_low", "ci_high", "p5", "p50", "p95", "max"))],
                f"FROM statistic s JOIN point p ON p.id = s.point WHERE s.measure = {i} "
                "ORDER BY s.point")

    def checks(self) -> Iterator[Row]:
        """Yield the checks over seeds and over the sweep: line, text, verdict, detail.
        Raises DatabaseError while the sweep has not ended."""
        self._check_ended()
        return self.rows("SELECT line, text, verdict, detail FROM over_check ORDER BY id")

    def to_pandas(self) -> Any:
        """Return the runs as a pandas DataFrame."""
        return to_pandas(self.runs())


class Trace(Database):
    """A trace. `info` is its row `run` (seed, level, status, digest, end, …), `params` the params.

    Nodes stand in rows by name and blocks by id; docs/trace-schema.md explains each column.
    """

    _what, _id, _schema = "trace", _TRACE_ID, TRACE_SCHEMA
    _tables = "run node edge block arrival tip verdict message fault fault_node check measure"
    _levels = ("summary", "consensus", "full")

    def _load(self) -> None:
        self.info = self._first("SELECT * FROM run")
        self.params: dict[str, str] = json.loads(self.info.params)
        self.node_names = [row.name for row in self.sql("SELECT name FROM node ORDER BY id")]
        self._level = self._levels.index(self.info.level)

    def _of_level(self, level: str, query: str, params: Sequence = ()) -> Iterator[Row]:
        if self._level < self._levels.index(level):
            raise DatabaseError(f"{self.path}: a trace of level {self.info.level} has none of "
                                f"these: run again with trace=\"{level}\"")
        return self.rows(query, params)

    def nodes(self) -> Iterator[Row]:
        """Yield each node and its state at the end."""
        return self.rows("SELECT * FROM node ORDER BY id")

    _BLOCK = ("SELECT b.id, b.hash, b.parent, b.height, n.name AS miner, b.found_ns, b.work, "
              "b.bytes, b.tx_count, b.active FROM block b LEFT JOIN node n ON n.id = b.miner ")

    def blocks(self) -> Iterator[Row]:
        """Yield each block: id, hash, parent, height, miner, found, work, bytes, tx_count, active.
        A block that is not active is stale."""
        return self.rows(self._BLOCK + "ORDER BY b.id")

    def arrivals(self) -> Iterator[Row]:
        """Yield node, block, header, body, joined and sender whenever a body joined a tree."""
        return self._of_level("consensus", "SELECT n.name AS node, a.block, a.header_ns, "
                              "a.body_ns, a.joined_ns, f.name AS sender FROM arrival a "
                              "JOIN node n ON n.id = a.node LEFT JOIN node f ON f.id = a.from_node")

    def tips(self) -> Iterator[Row]:
        """Yield seq, time, node, block, height, reorg_depth and old_block whenever a tip moved."""
        return self._of_level("consensus", "SELECT t.seq, t.time_ns, n.name AS node, t.block, "
                              "t.height, t.reorg_depth, t.old_block FROM tip t "
                              "JOIN node n ON n.id = t.node ORDER BY t.seq")

    def reorgs(self) -> Iterator[Row]:
        """Yield the tips that left a branch."""
        return (row for row in self.tips() if row["reorg_depth"])

    def messages(self) -> Iterator[Row]:
        """Yield kind, src, dst, sent, due, fate and bytes of each message (level full)."""
        return self._of_level("full", "SELECT m.seq, m.kind, s.name AS src, d.name AS dst, "
                              "m.sent_ns, m.due_ns, m.fate, m.bytes FROM message m JOIN node s "
                              "ON s.id = m.src JOIN node d ON d.id = m.dst ORDER BY m.seq")

    def faults(self) -> Iterator[Row]:
        """Yield seq, time, kind, begins, ends (the time, or None), text and nodes (a list)."""
        nodes: dict[int, list] = {}
        for row in self.rows("SELECT f.fault, n.name FROM fault_node f JOIN node n "
                             "ON n.id = f.node ORDER BY f.fault, f.node"):
            nodes.setdefault(row["fault"], []).append(row["name"])
        for row in self.rows("SELECT f.seq, f.time_ns, f.kind, f.begins, e.time_ns AS ends_ns, "
                             "f.text FROM fault f LEFT JOIN fault e ON e.seq = f.ends_seq "
                             "ORDER BY f.seq"):
            row["nodes"] = nodes.get(row["seq"], [])
            yield row

    def checks(self) -> Iterator[Row]:
        """Yield line, text, kind, verdict, time and detail of each check."""
        return self.rows('SELECT * FROM "check"')

    def propagation(self) -> Iterator[Row]:
        """Yield block, hash, height, reached, p50, p90 and max (seconds since it was found)."""
        return self._of_level("consensus", "SELECT p.* FROM propagation p ORDER BY p.block")

    def tip_at(self, node: str, time: Time) -> Row:
        """Return the block that was the tip of a node at a time."""
        if node not in self.node_names:
            raise ValueError(f"{self.path}: no node '{node}': there are "
                             f"{', '.join(self.node_names[:20])}")
        at = nanoseconds(time)
        if not 0 <= at <= nanoseconds(self.info.end):
            raise ValueError(f"{self.path}: {time} is not within the run, which ended at "
                             f"{self.info.end:g} s")
        block = 0
        for row in self._of_level("consensus", "SELECT block FROM tip WHERE node = ? AND "
                                  "time_ns <= ? ORDER BY seq DESC LIMIT 1",
                                  (self.node_names.index(node), at)):
            block = row.block
        return self._first(self._BLOCK + "WHERE b.id = ?", (block,))


# ---- libkettensim --------------------------------------------------------------------------

_P, _S, _B = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_bool
_I64, _U16, _U32, _U64 = ctypes.c_int64, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64


class _Note(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("time_ns", _I64), ("node", _S), ("sender", _S),
                ("hash", _S), ("height", _U64), ("depth", _U32), ("text", _S)]


class _View(ctypes.Structure):
    _fields_ = [("id", _P), ("work", _P), ("height", _U64), ("time", _U32), ("previous", _P)]


class _Status(ctypes.Structure):
    _fields_ = [("up", _B), ("height", _U64), ("tip", ctypes.c_char * 65), ("connections", _U32),
                ("mempool", _U32), ("reorgs", _U64)]


_ON_NOTE = ctypes.CFUNCTYPE(None, _P, ctypes.POINTER(_Note))
_ON_BLOCK = ctypes.CFUNCTYPE(None, _P, ctypes.POINTER(_View))
_COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, _P, ctypes.POINTER(_View), ctypes.POINTER(_View))


class _Strategy(ctypes.Structure):
    _fields_ = [("own_block", _ON_BLOCK), ("public_block", _ON_BLOCK), ("tip", _ON_BLOCK)]


_NOTES = "block header body orphan tip verdict tx ready fault banned".split()
_CALLS = {  # of include/kettensim.h: what each returns, and takes after the network; _I64 is a time
    "new": (_P, None), "free": (None, ()), "error": (_S, ()), "say": (_B, (_S,)),
    "load": (_B, (_S,)), "set_param": (_B, (_S, _S)), "set_seed": (_B, (_U64,)),
    "add_node": (_B, (_S, _U16)), "trace": (_B, (_S, _S)), "isolate": (_B, (_B, _B)),
    "connect": (_B, (_S, _S)), "disconnect": (_B, (_S, _S)), "start": (_B, ()), "now": (_I64, ()),
    "run_until": (_B, (_I64,)), "wait_for": (_B, (_S, _I64)), "wait_synced": (_B, (_I64,)),
    "run_idle": (_B, (_I64,)), "do": (_B, (_S,)), "stop": (_B, ()), "holds": (_B, (_S,)),
    "ask": (_S, (_S,)), "status": (_B, (_S, ctypes.POINTER(_Status))), "node_count": (_U32, ()),
    "node_name": (_S, (_U32,)), "digest": (_S, ()), "outcome": (_S, ()),
    "watch": (_B, (_ON_NOTE, _P)), "later": (_B, (_S,)),
    "set_fork_choice": (_B, (_COMPARE, _P)), "withhold": (_B, (_S, _B)),
    "release": (_B, (_S, _U32)), "give_up": (_B, (_S,)), "mine_on": (_B, (_S, _P)),
    "set_strategy": (_B, (ctypes.POINTER(_S), ctypes.c_size_t, ctypes.POINTER(_Strategy), _P)),
    "withheld": (_U32, (_S,))}


@functools.lru_cache(maxsize=None)
def _bind(name: str) -> Any:
    """Load a library once and say what its functions take."""
    library = ctypes.CDLL(name)
    for call, (result, words) in _CALLS.items():
        function = getattr(library, "sim_network_" + call)
        function.restype, function.argtypes = result, () if words is None else (_P, *words)
    return library


def _load_library(library: PathLike | None) -> Any:
    """Load libkettensim: the argument, $KETTENSIM_LIBRARY, the build, beside share/, the system."""
    given, name = library or os.environ.get("KETTENSIM_LIBRARY"), "libkettensim.so.0"
    why = ""
    for path in map(os.fspath, [given] if given else [
            _ROOT / "build" / "release" / name, _ROOT.parent / "lib" / name, name]):
        if os.path.dirname(path) and not os.path.exists(path):
            why = why or f"{path}: there is no such file"
            continue
        try:
            return _bind(path)
        except (OSError, AttributeError) as error:
            why = str(error)
    raise NotInstalled(f"libkettensim cannot be loaded ({why}): type 'make install', build it with "
                       f"'make lib', or set KETTENSIM_LIBRARY to {name}")


def _text(value: PathLike) -> bytes:
    data = os.fsencode(value)  # a TypeError unless it is a text or a path
    if b"\0" in data:
        raise ValueError("a text for libkettensim cannot hold a zero byte")
    return data


def _whole(value: int, bits: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a whole number is wanted, not {value!r}")
    if not 0 <= value < 2 ** bits:
        raise ValueError(f"{value} is not within 0 … 2^{bits} - 1")
    return value


# How an argument of Network becomes one of C. ctypes itself would cut numbers and texts short.
_CONVERT = {_S: _text, _B: bool, _U16: lambda n: _whole(n, 16), _U32: lambda n: _whole(n, 32),
            _U64: lambda n: _whole(n, 63), _I64: lambda time: _whole(nanoseconds(time), 63)}


def _hash(address: int) -> str:
    return ctypes.string_at(address, 32)[::-1].hex()


def _block(view: Any) -> Row:
    v = view.contents
    return Row(id=_hash(v.id), work=int.from_bytes(ctypes.string_at(v.work, 32), "big"),
               height=v.height, time=v.time, previous=_hash(v.previous))


def _note(note: Any) -> Row:
    row = Row((name, getattr(note.contents, name)) for name, _ in _Note._fields_)
    row.update((n, v.decode()) for n, v in row.items() if isinstance(v, bytes))
    row.update(kind=_NOTES[row.kind], time=seconds(row.time_ns))
    return row


class Network(contextlib.AbstractContextManager):
    """A network of the library, described in the scenario language, driven step by step:

        with kettensim.Network("chain pow=off\\nnodes n[1..3]") as net:
            net.start()
            net.do("mine 3 at n1")
            net.wait_synced("1m")
            net.expect("height(all) == 3")

    Calls that fail raise NetworkError with the library's message; so does each call after close()
    or from a second thread while one runs. What a callback raises, the call that drives raises. A
    callback may call later(), release(), withhold(), withheld() and now, one of a strategy
    give_up() and mine_on(), too; a fork choice may call nothing.
    """

    _handle = None

    def __init__(self, text: str = "", *, file: PathLike | None = None,
                 params: Mapping[str, Any] | None = None, seed: int | None = None,
                 library: PathLike | None = None) -> None:
        self._lib = _load_library(library)
        self._lock = threading.RLock()
        self._allowed: set[str] | None = None  # None: no callback is running
        self._raised: list[BaseException] = []
        self._keep: list[Any] = []  # callbacks, as long as the library may call them
        self._handle = self._lib.sim_network_new()
        if file is not None:
            self._must("load", file)
        if text:
            self.say(text)
        for name, value in (params or {}).items():
            self._must("set_param", *_param(name, value).split("=", 1))
        if seed is not None:
            self._must("set_seed", seed)

    def _call(self, name: str, *words: Any) -> Any:
        if not self._lock.acquire(blocking=False):
            raise NetworkError(f"{name}(): another thread is using this network")
        try:
            if self._handle is None:
                raise NetworkError(f"{name}(): the network is closed")
            if self._allowed is not None and name not in self._allowed:
                raise NetworkError(f"{name}() may not be called from within this callback")
            words = (_CONVERT.get(kind, lambda word: word)(word)
                     for kind, word in zip(_CALLS[name][1], words))
            result = getattr(self._lib, "sim_network_" + name)(self._handle, *words)
            if self._raised and self._allowed is None:
                raise self._raised.pop()
            return result
        finally:
            self._lock.release()

    def _must(self, name: str, *words: Any) -> Any:
        result = self._call(name, *words)
        if result is None or result is False:
            raise NetworkError(self._error())
        return result

    def _error(self) -> str:
        return self._lib.sim_network_error(self._handle).decode("utf-8", "replace").strip()

    def _callback(self, kind: Any, allowed: str, convert: Callable, func: Callable) -> Any:
        def call(_: Any, *views: Any) -> Any:
            if self._raised:
                return 0
            before, self._allowed = self._allowed, set(allowed.split())
            try:
                result = func(*map(convert, views))
                return int(result) if kind is _COMPARE else None
            except BaseException as error:  # raised again by the call that drives
                self._raised.append(error)
                return 0
            finally:
                self._allowed = before
        if not callable(func):
            raise TypeError(f"a function is wanted, not {func!r}")
        self._keep.append(kind(call))
        return self._keep[-1]

    # ---- making, before start()

    def say(self, lines: str) -> None:
        """Add statements of the scenario language. Errors in them show at the start."""
        self._must("say", lines)

    def add_node(self, name: str, port: int = 0) -> None:
        """Add a node."""
        self._must("add_node", name, port)

    def connect(self, a: str, b: str) -> None:
        """Add a connection that a opens, at any time."""
        self._must("connect", a, b)

    def disconnect(self, a: str, b: str) -> None:
        """Close a connection."""
        self._must("disconnect", a, b)

    def trace(self, path: PathLike, level: str = "consensus") -> None:
        """Write a trace at stop()."""
        self._must("trace", path, level)

    def isolate(self, isolate: bool = True, wire: bool = False) -> None:
        """Give each node a store of its own; pass messages as bytes. Results stay the same."""
        self._must("isolate", isolate, wire)

    def watch(self, func: Callable[[Row], Any]) -> None:
        """Call func(note) as things happen: kind, time, node, sender, hash, height, depth, text."""
        allowed = "later release withhold withheld now"
        self._must("watch", self._callback(_ON_NOTE, allowed, _note, func), None)

    def set_fork_choice(self, compare: Callable[[Row, Row], int]) -> None:
        """Choose between tips by compare(a, b): above 0 if a is better, below 0 if b is."""
        self._must("set_fork_choice", self._callback(_COMPARE, "", _block, compare), None)

    # ---- driving

    def start(self) -> None:
        """Build the network and start its nodes at time 0."""
        self._must("start")

    @property
    def now_ns(self) -> int:
        """The virtual time in ns."""
        return self._call("now")

    @property
    def now(self) -> float:
        """The virtual time in seconds."""
        return seconds(self.now_ns)

    def run_until(self, time: Time) -> None:
        """Run to a time."""
        self._must("run_until", time)

    def run_for(self, time: Time) -> None:
        """Run for a time."""
        self._must("run_until", f"{self.now_ns + nanoseconds(time)}ns")

    def wait_for(self, condition: str, timeout: Time = "1h") -> None:
        """Run until a condition is true, for at most `timeout` of virtual time."""
        self._must("wait_for", condition, timeout)

    def wait_synced(self, timeout: Time = "1h") -> None:
        """Run until all nodes that are up have one tip."""
        self._must("wait_synced", timeout)

    def run_idle(self, timeout: Time = "1h") -> None:
        """Run until nothing is in flight and no request open."""
        self._must("run_idle", timeout)

    def do(self, action: str) -> None:
        """Carry out an action of the scenario language now."""
        self._must("do", action)

    def later(self, action: str) -> None:
        """Carry out an action 1 ns from now: for callbacks."""
        self._must("later", action)

    def withhold(self, node: str, on: bool = True) -> None:
        """Keep secret what a node mines from now on."""
        self._must("withhold", node, on)

    def release(self, node: str, count: int = 0) -> None:
        """Publish the oldest `count` blocks that a node withholds, or all."""
        self._must("release", node, count)

    def give_up(self, node: str) -> None:
        """Give up what the pool of a node withholds."""
        self._must("give_up", node)

    def mine_on(self, node: str, block: str | None) -> None:
        """Mine on a block (64 hex digits) in the pool of a node; None: on the tip."""
        data = None if block is None else bytes.fromhex(block)[::-1]
        if data is not None and len(data) != 32:
            raise ValueError(f"a block is 64 hex digits, not '{block}'")
        self._must("mine_on", node, data)

    def withheld(self, node: str) -> int:
        """Return how many blocks a node withholds."""
        return self._call("withheld", node)

    def set_strategy(self, nodes: Sequence[str], strategy: Any) -> None:
        """Make nodes a pool with the methods own_block, public_block and tip of an object, those
        that it has; None: honest again."""
        names = (_S * len(nodes))(*map(_text, nodes))
        calls = None
        if strategy is not None:
            calls = _Strategy()
            for name, _ in _Strategy._fields_:
                allowed = "withheld later now" + " release give_up mine_on" * (name != "tip")
                if hasattr(strategy, name):
                    setattr(calls, name, self._callback(_ON_BLOCK, allowed, _block,
                                                        getattr(strategy, name)))
        self._must("set_strategy", names, len(nodes), calls, None)

    def stop(self) -> None:
        """End the run and write the trace; raise CheckFailed if a check did not hold."""
        if not self._call("stop"):
            raise (CheckFailed(self._error(), self) if self.digest
                   else NetworkError(self._error()))

    # ---- asking

    def holds(self, condition: str) -> bool:
        """Return whether a condition holds now; raise NetworkError if it cannot be evaluated."""
        if self._call("holds", condition):
            return True
        if not self._error().startswith(f"{condition} does not hold"):
            raise NetworkError(self._error())
        return False

    def expect(self, condition: str) -> None:
        """Raise CheckFailed, with the values, unless a condition holds now."""
        if not self.holds(condition):
            raise CheckFailed(self._error(), self)

    def ask(self, expression: str) -> str:
        """Return the value of an expression as exact text: times in ns, blocks in hex, lists with
        blanks between."""
        return self._must("ask", expression).decode()

    def number(self, expression: str) -> float:
        """Return the value of an expression as a number: times in ns."""
        text = self.ask(expression)
        try:
            return float(text)
        except ValueError:
            raise NetworkError(f"{expression} is '{text}', which is not one number") from None

    def status(self, node: str) -> Row:
        """Return up, height, tip, connections, mempool and reorgs of a node."""
        found = _Status()
        self._must("status", node, ctypes.byref(found))
        return Row(up=found.up, height=found.height, tip=found.tip.decode(),
                   connections=found.connections, mempool=found.mempool, reorgs=found.reorgs)

    @property
    def nodes(self) -> list[str]:
        """The names of the nodes; empty before the start."""
        return [self._call("node_name", i).decode() for i in range(self._call("node_count"))]

    @property
    def digest(self) -> str:
        """64 hex digits over every event; empty before stop()."""
        return self._call("digest").decode()

    @property
    def outcome(self) -> str:
        """64 hex digits over what came of the run; empty before stop()."""
        return self._call("outcome").decode()

    def close(self) -> None:
        """Free the network; a second time does nothing."""
        if self._handle is not None:
            self._call("free")
            self._handle = None

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if self._handle is not None:
            self._lib.sim_network_free(self._handle)
