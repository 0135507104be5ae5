"""Tests of analysis/python/kettensim.py, and the blocks of docs/python.md, which run in order.

run.sh sets the environment. Arguments select tests whose name contains one of them.
"""
import contextlib
import datetime
import gc
import io
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import kettensim
from kettensim import (CheckFailed, DatabaseError, Error, Network, NetworkError, NotInstalled,
                       Results, RunError, ScenarioError, Trace)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "python.md"
SCENARIO = """scn 1 "for Python"
param cut = 20s in 1s..1m
param blocks = 2
seed 5
duration 2m
chain pow=off
nodes n[1..3] downlink=1Mbps
at 10s partition n1 | {n2, n3} for $cut name=c
at 20s
  mine $blocks at n1
  mine 3 at n2
end
finally same_tip(all)
measure agree = time_to_agree(all, since=21s)
measure high = height(n1)
measure never = time_to_agree(all, since=119s) / 0
measure both = height(all)
measure so = same_tip(all)
"""
SWEPT = """scn 1 "swept"
param latency = 80ms in 1ms..1s
param order = 1
sweep latency = 20ms, 80ms
sweep order = 1, 2
seeds 1..3
duration 1m
chain spacing=5s
nodes n[1..3]
link all latency=$latency
measure deepest = max_reorg(all)
measure agree = time_to_agree(all, since=30s)
finally mean(deepest) >= 0 over seeds
"""
ODD = ["a b.scn", "a?b.scn", "a#b.scn", "a%20b.scn", "-x.scn", "ü'\".scn", "a&mode=rwc.scn"]


class Case(unittest.TestCase):
    """Each case has an empty folder, and is in it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="kettensim-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def write(self, text=SCENARIO, name="s.scn"):
        pathlib.Path(name).write_text(text, encoding="utf-8")
        return name

    def says(self, kind, *parts):
        """Expect an error of exactly this kind whose message has these parts."""
        return Says(self, kind, parts)

    def traced(self, level="full"):
        return kettensim.run(self.write(), trace=level)

    def changed(self, path, *statements):
        """Return a copy of a database after some statements."""
        copy = shutil.copy(path, "changed.db")
        with contextlib.closing(sqlite3.connect(copy)) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()
        return copy


class Says:
    def __init__(self, case, kind, parts):
        self.case, self.kind, self.parts, self.error = case, kind, parts, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if kind is None:
            self.case.fail(f"no {self.kind.__name__}")
        if kind is not self.kind:
            return False
        for part in self.parts:
            self.case.assertIn(part, str(error))
        self.error = error
        return True


class TestTimes(Case):
    def test_nanoseconds(self):
        for value, want in ((1.5, 1500000000), (2, 2000000000), ("19m30s", 1170000000000),
                            ("1.5ms", 1500000), ("2d", 172800000000000), (0.1, 100000000),
                            (1e-9, 1), (datetime.timedelta(days=1, microseconds=3),
                                        86400000003000), ("1h1m1s1ms1us1ns", 3661001001001)):
            self.assertEqual(kettensim.nanoseconds(value), want, value)

    def test_what_is_no_time(self):
        for text in ("", "5", "5min", "m", "5 s", "-5s", "5s!"):
            with self.says(ValueError, f"'{text}' is no time"):
                kettensim.nanoseconds(text)
        for value in (None, True, b"5s", [5]):
            with self.says(TypeError, "a time is"):
                kettensim.nanoseconds(value)


class TestRun(Case):
    def test_result(self):
        run = kettensim.run(self.write(), params={"blocks": 1, "cut": "30s"}, seed=9)
        self.assertEqual((run.status, run.seed, run.trace), ("held", 9, None))
        self.assertEqual(run.params, {"cut": "30s", "blocks": "1"})
        self.assertEqual(run.measures["high"], 3)
        self.assertAlmostEqual(run.measures["agree"], run.exact["agree"] / 1e9)
        self.assertTrue(5 < run.measures["agree"] < 60, run.measures)
        self.assertIsNone(run.measures["never"])
        self.assertIs(run.measures["so"], True)
        self.assertEqual(run.units["agree"], "s")
        self.assertEqual(run.units["high"], "")
        self.assertEqual([n.name for n in run.nodes], ["n1", "n2", "n3"])
        self.assertEqual((run.end, run.end_ns), (120.0, 120000000000))
        self.assertEqual(run.checks[0].verdict, "held")
        self.assertEqual(run.checks[0].time, 120.0)
        self.assertRegex(run.digest, "^[0-9a-f]{64}$")
        self.assertIn("seed 9: held", repr(run))
        self.assertFalse(os.path.exists("out"))

    def test_params_of_all_types(self):
        path = self.write('scn 1 "p"\nduration 1s\nnode n\nparam t = 1s\nparam f = 1\n'
                          'measure x = $t\nmeasure y = $f\n')
        for f in (0.0000001, 12345678.5, 3, "2.5"):
            run = kettensim.run(path, params={"t": datetime.timedelta(milliseconds=1500), "f": f})
            self.assertEqual(run.measures["x"], 1.5)
            self.assertAlmostEqual(run.measures["y"], float(f), places=8)
        for value in (True, None, [1]):
            with self.says(TypeError, "param 'f'"):
                kettensim.run(path, params={"f": value})

    def test_failed(self):
        path = self.write(SCENARIO + "finally height(n1) == 99\n")
        with self.says(CheckFailed, "height(n1) == 99", "n1 has 3", "reproduce:") as said:
            kettensim.run(path)
        self.assertEqual(said.error.run.status, "failed")
        self.assertEqual(said.error.run.measures["high"], 3)
        run = kettensim.run(path, check=False)
        self.assertEqual((run.status, run.checks[1].verdict), ("failed", "failed"))
        self.assertIn("height(n1) == 99", run.message)

    def test_refused(self):
        with self.says(ScenarioError, "nope.scn"):
            kettensim.run("nope.scn")
        with self.says(ScenarioError, "s.scn:4:6", "unknown node 'al'", "write all") as said:
            kettensim.run(self.write('scn 1 "b"\nduration 1m\nnodes n[1..3]\nlink al\n'))
        self.assertEqual(said.error.errors[0]["place"], "s.scn:4:6")
        with self.says(ScenarioError, "cut"):
            kettensim.run(self.write(), params={"cut": "3h"})
        with self.says(ScenarioError, "trace level 'some'"):
            kettensim.run(self.write(), trace="some")
        with self.says(ScenarioError, "-1"):
            kettensim.run(self.write(), seed=-1)

    def test_limit(self):
        with self.says(RunError, "limit") as said:
            kettensim.run(self.write(SCENARIO + "limit events=50\n"))
        self.assertEqual(said.error.run.status, "limit")

    def test_command(self):
        with self.says(NotInstalled, "/nowhere/kettensim is not a program"):
            kettensim.run(self.write(), command="/nowhere/kettensim")
        self.write("#!/bin/sh\necho no JSON\n", "fake")
        os.chmod("fake", 0o755)
        with self.says(RunError, "no JSON"):
            kettensim.run(self.write(), command="./fake")
        self.write("#!/bin/sh\nkill -9 $$\n", "fake")
        with self.says(RunError, "status -9"):
            kettensim.run(self.write(), command="./fake")
        self.write('#!/bin/sh\nexit 130\n', "fake")
        with self.assertRaises(KeyboardInterrupt):
            kettensim.run(self.write(), command="./fake")

    def test_command_is_looked_for(self):
        before = {name: os.environ.get(name) for name in ("KETTENSIM", "PATH")}
        try:
            shutil.copy(before["KETTENSIM"], "kettensim")
            os.environ["KETTENSIM"] = "/nowhere"
            with self.says(NotInstalled, "/nowhere"):
                kettensim.find_command()
            del os.environ["KETTENSIM"]
            os.environ["PATH"] = self.folder
            self.assertEqual(kettensim.find_command(), os.path.join(self.folder, "kettensim"))
            os.environ["PATH"] = "/nowhere"
            self.assertEqual(kettensim.find_command(), str(ROOT / "build" / "kettensim"))
            root, kettensim._ROOT = kettensim._ROOT, pathlib.Path("/nowhere")
            try:
                with self.says(NotInstalled, "type 'make install'"):
                    kettensim.find_command()
            finally:
                kettensim._ROOT = root
        finally:
            os.environ.update(before)

    def test_odd_names(self):
        for name in ODD:
            run = kettensim.run(self.write(name=name), trace="consensus")
            self.assertEqual(run.trace, "out/" + name[:-4] + ".db")
            with Trace(run.trace) as trace:
                self.assertEqual(len(list(trace.nodes())), 3)
            shutil.copy(run.trace, name + ".db")  # also without a folder before it
            with Trace(name + ".db") as trace:
                self.assertEqual(trace.info.seed, 5)
        self.assertEqual(len(os.listdir("out")), len(ODD))
        run = kettensim.run(self.write(), trace="summary", output=pathlib.Path("-o?.db"))
        self.assertTrue(os.path.exists("-o?.db"))
        Trace("-o?.db").close()


class TestSweep(Case):
    def test_results(self):
        results = kettensim.sweep(self.write(SWEPT), jobs=2)
        self.assertEqual((results.scenario, results.title), ("s.scn", "swept"))
        self.assertEqual((results.expected, results.seeds), (12, range(1, 4)))
        self.assertEqual(results.params, {"latency": "s", "order": ""})
        self.assertEqual(results.swept, ["latency", "order"])
        self.assertEqual(results.measures, {"deepest": "", "agree": "s"})
        rows = list(results)
        self.assertEqual([r.seed for r in rows], [1, 2, 3] * 4)
        self.assertEqual(list(rows[0])[:5], ["point", "seed", "status", "latency", "order"])
        self.assertEqual((rows[0].latency, rows[0].end), (0.02, 60.0))
        exact = next(results.runs(exact=True))
        self.assertEqual((exact.latency, exact.end), (20000000, 60000000000))
        self.assertEqual([(p.point, p.latency, p.order) for p in results.points()],
                         [(1, 0.02, 1), (2, 0.02, 2), (3, 0.08, 1), (4, 0.08, 2)])
        summary = list(results.summary())
        self.assertEqual([(r.point, r.measure) for r in summary],
                         [(p, m) for m in ("deepest", "agree") for p in range(1, 5)])
        mine = [r.agree for r in rows if r.point == 3 and r.agree is not None]
        row = summary[6]
        self.assertEqual((row.n, row.nulls), (3, 3 - len(mine)))
        if mine:
            self.assertAlmostEqual(row.mean, sum(mine) / len(mine))
            self.assertAlmostEqual(row.max, max(mine))
        self.assertEqual([(c.verdict, c.line) for c in results.checks()], [("held", 13)])
        self.assertEqual(list(results.failures()), [])
        with self.says(AttributeError, "no column 'heigth'"):
            rows[0].heigth
        results.close()
        results.close()
        with self.says(DatabaseError, "closed"):
            list(results.runs())

    def test_more_seeds(self):
        path = self.write(SWEPT)
        kettensim.sweep(path, seeds=range(1, 3), params={"order": 1}).close()
        with kettensim.sweep(path, seeds=range(1, 5), params={"order": 1}) as results:
            self.assertEqual((results.expected, results.swept), (8, ["latency"]))
        with self.says(ScenarioError, "out/s.results.db"):
            kettensim.sweep(path, seeds="2..3", params={"order": 1})
        with kettensim.sweep(path, seeds="2..3", params={"order": 1}, fresh=True) as results:
            self.assertEqual(results.expected, 4)
        for seeds in ([1, 3], range(1, 9, 2), [], [3, 2]):
            with self.says(ValueError, "seeds follow one another"):
                kettensim.sweep(path, seeds=seeds)

    def test_failed(self):
        path = self.write(SWEPT + "finally mean(deepest) > 99 over seeds\nfinally height(n1) > 99\n")
        with self.says(CheckFailed, "mean(deepest) > 99") as said:
            kettensim.sweep(path)
        self.assertEqual(sorted(c.verdict for c in said.error.run.checks()), ["failed", "held"])
        with kettensim.sweep(path, check=False) as results:
            self.assertEqual(len(list(results.failures())), 12)

    def test_words_of_the_command(self):
        self.write('#!/bin/sh\nfor word; do echo "$word"; done >words\nexit 5\n', "fake")
        os.chmod("fake", 0o755)
        with self.says(RunError, "kettensim sweep ended with status 5"):
            kettensim.sweep("s.scn", seeds=range(2, 5), jobs=3, until="halfwidth(x) < 5%",
                            params={"a": 1}, fresh=True, output="o.db", command="./fake")
        self.assertEqual(pathlib.Path("words").read_text(encoding="utf-8").splitlines(), [
            "sweep", "s.scn", "--json", "--output", "o.db", "--seeds", "2..4", "--jobs", "3",
            "--until", "halfwidth(x) < 5%", "--fresh", "-P", "a=1"])

    def test_units_and_nulls(self):
        text = SWEPT + ("measure wait = $latency\nmeasure none = time_to_agree(all, since=59s) / 0\n")
        with kettensim.sweep(self.write(text)) as results:
            self.assertEqual(results.measures["wait"], "s")
            rows = {(r.point, r.measure): r for r in results.summary()}
        wait, none = rows[3, "wait"], rows[3, "none"]
        self.assertEqual([wait[n] for n in ("n", "nulls", "mean", "ci_low", "p50", "max")],
                         [3, 0, 0.08, 0.08, 0.08, 0.08])
        self.assertEqual((none.n, none.nulls, none.mean), (3, 3, None))

    def test_runs_at_a_limit(self):
        with kettensim.sweep(self.write(SWEPT + "limit events=50\n"), check=False) as results:
            self.assertEqual({row.status for row in results.failures()}, {"limit"})
            self.assertEqual(len(list(results.failures())), 12)

    def test_odd_columns(self):
        text = (SWEPT.replace("order", "run").replace("deepest", "point") +
                "measure lambda = 1\nmeasure seed = 2\nmeasure values = 3\n")
        with kettensim.sweep(self.write(text), seeds="1..1") as results:
            row = next(iter(results))
            self.assertEqual((row["lambda"], row["values"], row.run), (1, 3, 1))
            self.assertEqual(list(results.measures),
                             ["point", "agree", "lambda", "seed", "values"])

    def test_interrupted(self):
        text = SWEPT.replace("seeds 1..3", "seeds 1..4000")
        path, out = self.write(text), "half.results.db"
        process = subprocess.Popen([os.environ["KETTENSIM"], "sweep", path, "--quiet", "-o", out],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(200):
                time.sleep(0.05)
                if os.path.exists(out) and self.rows_of(out) > 0:
                    break
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            finally:
                process.kill()
        with Results(out) as results:
            found = list(results)
            self.assertTrue(0 < len(found) < results.expected == 16000)
            self.assertEqual(len(list(results.points())), 4)
            with self.says(DatabaseError, f"not ended ({len(found)} of 16000 runs)",
                           "the same command continues it"):
                list(results.summary())
            with self.says(DatabaseError, "not ended"):
                list(results.checks())

    def rows_of(self, path):
        """Read while the sweep writes."""
        with contextlib.suppress(Error), Results(path) as results:
            return len(list(results))
        return 0

    def test_interrupted_from_python(self):
        self.write("#!/bin/sh\nexit 130\n", "fake")
        os.chmod("fake", 0o755)
        with self.assertRaises(KeyboardInterrupt):
            kettensim.sweep(self.write(SWEPT), command="./fake")


class TestTrace(Case):
    def test_rows(self):
        run = self.traced()
        with Trace(run.trace) as trace:
            self.assertEqual((trace.info.seed, trace.info.level, trace.info.end), (5, "full", 120))
            self.assertEqual(trace.params, {"cut": "20s", "blocks": "2"})
            blocks = list(trace.blocks())
            self.assertEqual([b.height for b in blocks], [0, 1, 2, 1, 2, 3])
            self.assertEqual([b.miner for b in blocks][:3], [None, "n1", "n1"])
            self.assertEqual(blocks[1].found, 20.0)
            self.assertEqual([b.id for b in blocks if not b.active], [1, 2])
            reorg, = trace.reorgs()
            self.assertEqual((reorg.node, reorg.reorg_depth, reorg.old_block), ("n1", 2, 2))
            self.assertTrue(reorg.time > 30)
            self.assertEqual(len(list(trace.tips())), 9)
            fault = next(trace.faults())
            self.assertEqual((fault.kind, fault.time, fault.ends), ("partition", 10.0, 30.0))
            self.assertEqual(fault.nodes, ["n1", "n2", "n3"])
            arrival = next(a for a in trace.arrivals() if a.node == "n3")
            self.assertEqual(arrival.sender, "n2")
            self.assertAlmostEqual(arrival.body, 20.05, places=1)
            message = next(m for m in trace.messages() if m.kind == "new-block")
            self.assertIn(message.fate, ("cut", "delivered"))
            self.assertTrue(message.due >= message.sent)
            spread = list(trace.propagation())
            self.assertTrue(any(p.p50 and p.p50 < 1 for p in spread))
            self.assertEqual(next(trace.checks()).verdict, "held")
            self.assertEqual(next(trace.nodes()).name, "n1")

    def test_rows_as_they_are_stored(self):
        with Trace(kettensim.run(self.write(), params={"blocks": 1}, trace="full").trace) as trace:
            names = trace.node_names
            stored = list(trace.sql("SELECT kind, src, dst, sent_ns, due_ns FROM message "
                                    "ORDER BY seq"))
            self.assertTrue(any(m.src != m.dst and m.sent_ns < m.due_ns for m in stored))
            self.assertEqual(
                [(m.kind, m.src, m.dst, m.sent, m.due) for m in trace.messages()],
                [(m.kind, names[m.src], names[m.dst], m.sent_ns / 1e9, m.due_ns / 1e9)
                 for m in stored])
            self.assertEqual([r.reorg_depth for r in trace.reorgs()], [1])
            blocks = [p.block for p in trace.propagation()]
            self.assertTrue(len(blocks) > 1 and blocks == sorted(blocks), blocks)

    def test_tip_at(self):
        run = self.traced("consensus")
        with Trace(run.trace) as trace:
            moved = next(t for t in trace.tips() if t.node == "n1")
            self.assertEqual(trace.tip_at("n1", 0).id, 0)
            self.assertEqual(trace.tip_at("n1", 19.999).height, 0)
            self.assertEqual(trace.tip_at("n1", moved.time).height, 2)  # both at one instant
            self.assertEqual(trace.tip_at("n1", "25s").height, 2)
            self.assertEqual(trace.tip_at("n1", "2m").height, 3)
            with self.says(ValueError, "no node 'bob'", "n1, n2, n3"):
                trace.tip_at("bob", 5)
            for at in (-1, "3m"):
                with self.says(ValueError, "not within the run"):
                    trace.tip_at("n1", at)

    def test_level(self):
        with Trace(self.traced("summary").trace) as trace:
            for ask in (trace.tips, trace.arrivals, trace.reorgs, trace.propagation,
                        lambda: trace.tip_at("n1", 5)):
                with self.says(DatabaseError, 'level summary', 'trace="consensus"'):
                    ask()
        with Trace(self.traced("consensus").trace) as trace:
            with self.says(DatabaseError, 'trace="full"'):
                trace.messages()

    def test_sql(self):
        path = self.traced().trace
        before = pathlib.Path(path).read_bytes()
        os.chmod(path, 0o644)
        with Trace(path) as trace:
            row, = trace.sql("SELECT max(time_ns) AS last_ns FROM tip WHERE height > ?", [2])
            self.assertIsInstance(row.last_ns, int)
            row, = trace.rows("SELECT max(time_ns) AS last_ns FROM tip WHERE height > :h",
                              {"h": 2})
            self.assertIsInstance(row.last, float)
            row, = trace.sql("WITH RECURSIVE n(k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM n "
                             "WHERE k < 5) SELECT sum(k) AS total FROM n")
            self.assertEqual(row.total, 15)
            for bad in ("DELETE FROM tip", "DROP TABLE tip", "ATTACH 'new.db' AS x",
                        "PRAGMA writable_schema = ON", "CREATE TEMP TABLE t(x)", "SELEC 1",
                        "SELECT 1; SELECT 2", "SELECT * FROM nothing", "SELECT ?", "VACUUM"):
                with self.says(DatabaseError, path):
                    list(trace.sql(bad))
            with self.says(DatabaseError, path):
                list(trace.sql("SELECT ?", [2 ** 70]))
        self.assertEqual(pathlib.Path(path).read_bytes(), before)
        self.assertEqual(os.listdir("out"), ["s.db"])
        self.assertFalse(os.path.exists("new.db"))

    def test_schema_is_not_trusted(self):
        with Trace(self.traced("summary").trace) as trace:
            trace._db.set_authorizer(lambda *_: sqlite3.SQLITE_OK)
            self.assertEqual(trace._db.execute("PRAGMA trusted_schema").fetchone(), (0,))

    def test_journal_is_left_alone(self):
        """A journal that a killed writer left is not played back."""
        path = self.traced("summary").trace
        journal, before = pathlib.Path(path + "-journal"), pathlib.Path(path).read_bytes()
        journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0\0\0\1" + bytes(600))
        with contextlib.suppress(DatabaseError), Trace(path) as trace:
            list(trace.nodes())
        self.assertEqual(len(journal.read_bytes()), 612)
        self.assertEqual(pathlib.Path(path).read_bytes(), before)

    def test_closed(self):
        trace = Trace(self.traced().trace)
        rows = trace.messages()
        next(rows)
        trace.close()
        trace.close()
        with self.says(DatabaseError, "closed"):
            next(rows)
        with self.says(DatabaseError, "closed"):
            trace.tip_at("n1", 5)

    def test_not_a_trace(self):
        path = self.traced("consensus").trace
        for kind, what in ((Trace, "trace"), (Results, "results file")):
            with self.says(DatabaseError, "nope.db", "no such file"):
                kind("nope.db")
            with self.says(DatabaseError, "no such file"):
                kind(".")
            self.write("", "empty.db")
            with self.says(DatabaseError, f"empty.db: not a {what} of kettensim"):
                kind("empty.db")
            self.write("just text" * 1000, "text.db")
            with self.says(DatabaseError, "text.db", "not a database"):
                kind("text.db")
        with self.says(DatabaseError, "not a results file"):
            Results(path)
        with self.says(DatabaseError, "not a trace of kettensim"):
            Trace(kettensim.sweep(self.write(SWEPT), seeds="1..1").path)
        self.assertEqual(len([n for n in os.listdir(".") if n.endswith(".db")]), 2)

    def test_another_schema(self):
        path = self.traced("consensus").trace
        for schema in (kettensim.TRACE_SCHEMA - 1, kettensim.TRACE_SCHEMA + 1):
            with self.says(DatabaseError, f"has schema {schema}", "make it again"):
                Trace(self.changed(path, f"PRAGMA user_version = {schema}"))
        header = (ROOT / "sim/run/trace.h").read_text(encoding="utf-8")
        self.assertIn(f"#define SIM_TRACE_SCHEMA {kettensim.TRACE_SCHEMA} ", header)

    def test_damaged(self):
        path = self.traced().trace
        for statements in (["DROP TABLE tip"], ["DELETE FROM run"], ["DROP TABLE run"],
                           ["UPDATE run SET params = '['"], ["UPDATE run SET params = 'x'"],
                           ["UPDATE run SET level = 'some'"],
                           ["ALTER TABLE run RENAME COLUMN level TO l"],
                           ["ALTER TABLE node RENAME TO n", "CREATE VIEW node AS SELECT * FROM n",
                            "DROP VIEW propagation", "DROP VIEW reorg", "DROP VIEW heights"]):
            with self.says(DatabaseError, "changed.db"):
                Trace(self.changed(path, *statements))
        text = self.changed(path, "DROP TABLE tip",
                            "CREATE TABLE tip(seq, time_ns, node, block, height, reorg_depth, "
                            "old_block)", "INSERT INTO tip VALUES(1, 'soon', 0, 1, 1, 0, 0)")
        with Trace(text) as trace, self.says(DatabaseError, "damaged: a time is no number"):
            list(trace.tips())
        bytes_ = self.changed(path, "UPDATE block SET hash = CAST(x'ff' AS TEXT)")
        with Trace(bytes_) as trace, self.says(DatabaseError, "UTF-8"):
            list(trace.blocks())
        data = bytearray(pathlib.Path(path).read_bytes())
        for start in range(4096, len(data), 4096):
            data[start:start + 64] = b"\xff" * 64
        pathlib.Path("torn.db").write_bytes(data)
        with self.says(DatabaseError, "torn.db"):
            with Trace("torn.db") as trace:
                for rows in (trace.blocks(), trace.tips(), trace.messages()):
                    list(rows)
        pathlib.Path("short.db").write_bytes(data[:5000])
        with self.says(DatabaseError, "short.db"):
            Trace("short.db")

    def test_damaged_results(self):
        path = kettensim.sweep(self.write(SWEPT), seeds="1..1").path
        for statements in (["DELETE FROM sweep"], ["DROP TABLE point"],
                           ["ALTER TABLE sweep RENAME COLUMN runs TO r"],
                           ["ALTER TABLE param RENAME COLUMN unit TO u"]):
            with self.says(DatabaseError, "changed.db"):
                Results(self.changed(path, *statements))
        evil = "x\"; DROP TABLE run; --"
        hostile = self.changed(path, f"UPDATE param SET column_name = '{evil}' WHERE id = 1")
        with Results(hostile) as results, self.says(DatabaseError, f"no such column: p.{evil}"):
            list(results.runs())
        hostile = self.changed(path, "UPDATE measure SET name = 'it''s' WHERE id = 1")
        with Results(hostile) as results:
            self.assertEqual(next(results.summary()).measure, "it's")

    def test_pandas(self):
        with Trace(self.traced("consensus").trace) as trace:
            try:
                import pandas  # noqa: F401
            except ImportError:
                with self.says(NotInstalled, "pandas is not installed", "python3-pandas"):
                    kettensim.to_pandas(trace.blocks())
                sys.modules["pandas"] = FakePandas
                self.addCleanup(sys.modules.pop, "pandas")
            frame = kettensim.to_pandas(trace.blocks())
            self.assertEqual(len(frame), 6)
        with kettensim.sweep(self.write(SWEPT), seeds="1..1") as results:
            self.assertEqual(len(results.to_pandas()), 4)


class FakePandas:
    """As much of pandas as to_pandas() asks for."""

    class DataFrame:
        from_records = staticmethod(lambda rows: [r for r in rows if type(r) is dict])


TWO = "chain pow=off\nnodes n[1..2]"


class TestNetwork(Case):
    def net(self, *args, **words):
        net = Network(*args, **words)
        self.addCleanup(net.close)
        return net

    def started(self, text=TWO, **words):
        net = self.net(text, **words)
        net.start()
        return net

    def test_every_function_of_the_header(self):
        header = (ROOT / "include" / "kettensim.h").read_text(encoding="utf-8")
        names = set(re.findall(r"sim_network_([a-z_]+)\(", re.sub(r"/\*.*?\*/", "", header,
                                                                  flags=re.S)))
        self.assertEqual(names - set(kettensim._CALLS), {"ask_number"})
        self.assertEqual(set(kettensim._CALLS) - names, set())
        kinds = re.findall(r"SIM_NOTE_([A-Z]+),", header)
        self.assertEqual([kind.lower() for kind in kinds], kettensim._NOTES)

    def test_driving(self):
        net = self.started()
        self.assertEqual(net.nodes, ["n1", "n2"])
        net.do("partition n1 | n2 name=cut")
        net.do("mine 2 at n1")
        net.do("mine 3 at n2")
        net.run_for(1.5)
        self.assertEqual((net.now, net.now_ns), (1.5, 1500000000))
        self.assertFalse(net.holds("same_tip(all)"))
        net.do("heal cut")
        net.wait_synced()
        net.wait_for("height(n1) == 3", 0)
        net.run_idle("5m")
        net.expect("max_reorg(n1) == 2")
        self.assertEqual((net.ask("height(all)"), net.number("height(n1)")), ("3 3", 3.0))
        status = net.status("n1")
        self.assertEqual((status.up, status.height, status.reorgs, status.connections),
                         (True, 3, 1, 1))
        self.assertEqual(status.tip, net.ask("tip(n1)"))
        self.assertEqual(net.digest, "")
        net.stop()
        self.assertRegex(net.digest + net.outcome, "^[0-9a-f]{128}$")
        self.assertNotEqual(net.digest, net.outcome)

    def test_what_the_library_is_given(self):
        net, calls = self.started(), []

        class Library:
            def __getattr__(self, name):
                return lambda _, *words: calls.append((name[len("sim_network_"):], *words)) or True
        net._lib, library = Library(), net._lib
        try:
            net.isolate(False, True)
            net.isolate()
            net.withhold("n1", False)
            net.withhold("n1")
            net.release("n1", 3)
            net.release("n1")
            net.trace("t.db")
            net.add_node("late", 8001)
            net.disconnect("n1", "n2")
            net.wait_for("true")
            net.wait_synced("2s")
            net.run_idle()
        finally:
            net._lib = library
        hour = 3600 * 10 ** 9
        self.assertEqual(calls, [
            ("isolate", False, True), ("isolate", True, False), ("withhold", b"n1", False),
            ("withhold", b"n1", True), ("release", b"n1", 3), ("release", b"n1", 0),
            ("trace", b"t.db", b"consensus"), ("add_node", b"late", 8001),
            ("disconnect", b"n1", b"n2"), ("wait_for", b"true", hour),
            ("wait_synced", 2 * 10 ** 9), ("run_idle", hour)])

    def test_status(self):
        net = self.started(TWO + "\nwallet w funds=10 at=n1\nwallet v at=n2\n"
                           "tx pay from=w to=v amount=1")
        net.do("submit pay at n1")
        net.do("crash n2")
        found = [net.status(name) for name in net.nodes]
        self.assertEqual([(s.up, s.mempool, s.reorgs) for s in found],
                         [(True, 1, 0), (False, 0, 0)])

    def test_making(self):
        self.write("param n = 2\nchain pow=off\nnodes n[1..$n]\n", "part.scn")
        net = self.net(file="part.scn", params={"n": 3}, seed=2 ** 63 - 1)
        net.add_node("late", 8001)
        net.connect("n1", "n2")
        net.connect("n2", "n3")
        net.connect("n3", "late")
        net.trace("t.db", "full")
        net.isolate(wire=True)
        net.start()
        net.do("mine 1 at n1")
        net.wait_synced()
        net.disconnect("n3", "late")
        net.stop()
        with Trace("t.db") as trace:
            self.assertEqual(trace.node_names, ["n1", "n2", "n3", "late"])

    def test_same_as_the_command(self):
        digests = {self.digest_of(1), self.digest_of(1)}
        self.assertEqual(len(digests), 1)
        self.assertNotIn(self.digest_of(2), digests)
        self.assertNotIn(self.digest_of(2 ** 32 + 1), digests)

    def digest_of(self, seed):
        net = self.started("nodes n[1..3]", seed=seed)
        net.run_until("10m")
        net.stop()
        return net.digest

    def test_failures(self):
        net = self.started(TWO + "\nfinally height(n1) == 4")
        for call, part in ((lambda: net.do("heal"), "nothing to heal"),
                           (lambda: net.do("mine 1 at carol"), "unknown node 'carol'"),
                           (lambda: net.ask("hieght(n1)"), "write height"),
                           (lambda: net.holds("hieght(n1) == 1"), "write height"),
                           (lambda: net.holds("height(n1)"), ""),
                           (lambda: net.number("height(all)"), "not one number"),
                           (lambda: net.number("same_tip(all)"), "not one number"),
                           (lambda: net.status("bob"), "bob"),
                           (lambda: net.wait_for("height(n1) == 9", "1m"), "n1 has 0, expected 9"),
                           (lambda: net.run_until(1), "that time is over"),
                           (lambda: net.say("node late"), "started already"),
                           (lambda: net.release("n1"), "withholds nothing"),
                           (lambda: net.start(), "started already")):
            with self.says(NetworkError, part):
                call()
        with self.says(CheckFailed, "n1 has 0, expected 9") as said:
            net.expect("height(n1) == 9")
        self.assertIs(said.error.run, net)
        with self.says(CheckFailed, "FAIL finally height(n1) == 4"):
            net.stop()
        with self.says(NetworkError, "stopped"):
            net.do("mine 1 at n1")

    def test_before_the_start(self):
        net = self.net(TWO)
        for call in (lambda: net.do("mine 1 at n1"), lambda: net.ask("height(n1)"),
                     lambda: net.holds("height(n1) == 0"), lambda: net.run_until(5),
                     lambda: net.status("n1"), lambda: net.stop(), lambda: net.withhold("n1")):
            with self.says(NetworkError, "not started"):
                call()
        self.assertEqual((net.now, net.nodes, net.digest), (0, [], ""))
        with self.says(NetworkError, "unknown statement"):
            self.started("nodse n")
        with self.says(NetworkError, "cannot read"):
            self.net(file="nope.scn")

    def test_closed(self):
        net = self.started()
        net.close()
        net.close()
        for call in (lambda: net.now, lambda: net.do("mine 1 at n1"), lambda: net.nodes,
                     lambda: net.start(), lambda: net.digest, lambda: net.holds("true"),
                     lambda: net.status("n1"), lambda: net.withheld("n1"),
                     lambda: net.say("node n"), lambda: net.stop(), lambda: net.ask("now()")):
            with self.says(NetworkError, "the network is closed"):
                call()
        with Network(TWO) as other:
            pass
        with self.says(NetworkError, "start(): the network is closed"):
            other.start()

    def test_values_that_no_call_takes(self):
        net = self.started()
        for call in (lambda: net.do(None), lambda: net.ask(5), lambda: net.run_until(None),
                     lambda: net.status(None), lambda: net.set_strategy([None], None),
                     lambda: net.release("n1", "2"), lambda: net.release("n1", True),
                     lambda: net.mine_on("n1", 5), lambda: Network(5)):
            with self.says(TypeError):
                call()
        for call in (lambda: net.do("mine 1\0 at n1"), lambda: net.run_until(-1),
                     lambda: net.run_until(1e12), lambda: net.release("n1", 2 ** 32),
                     lambda: net.release("n1", -1), lambda: net.mine_on("n1", "00"),
                     lambda: net.mine_on("n1", "zz"), lambda: net.wait_synced("soon"),
                     lambda: Network(seed=-1), lambda: Network(seed=2 ** 63),
                     lambda: self.net().add_node("a", 65536)):
            with self.says(ValueError):
                call()
        net.do("mine 1 at n1")

    def test_watch(self):
        net, notes = self.net(TWO), []
        net.watch(notes.append)
        with self.says(TypeError, "a function is wanted"):
            net.watch("no function")
        net.start()
        net.do("mine 1 at n1 as b")
        net.do("pause n1 for 5s")
        gc.collect()
        net.run_for(10)
        block = next(n for n in notes if n.kind == "block")
        self.assertEqual((block.node, block.height, block.hash), ("n1", 1, net.ask("b")))
        body = next(n for n in notes if n.kind == "body" and n.node == "n2")
        self.assertEqual((body.sender, body.hash), ("n1", block.hash))
        self.assertAlmostEqual(body.time, body.time_ns / 1e9)
        fault = next(n for n in notes if n.kind == "fault")
        self.assertEqual((fault.node, fault.text), (None, "pause n1 for 5s"))

    def test_callbacks_that_raise(self):
        net = self.net("chain pow=off\nnodes n[1..3]")
        net.watch(lambda note: 1 // 0)
        with self.assertRaises(ZeroDivisionError):
            net.start()
            net.do("mine 1 at n1")
        net = self.net(TWO)
        net.set_fork_choice(lambda a, b: "better")
        net.start()
        with self.says(ValueError, "better"):
            net.do("mine 1 at n1")

    def test_calls_from_callbacks(self):
        for call in (lambda net: net.run_for(1), lambda net: net.close(), lambda net: net.stop(),
                     lambda net: net.ask("now()"), lambda net: net.do("crash n1"),
                     lambda net: net.mine_on("n1", None)):
            net = self.started_with_watch(call)
            with self.says(NetworkError, "may not be called from within this callback"):
                net.do("mine 1 at n1")
        net = self.started_with_watch(lambda net: (net.now, net.withheld("n1"),
                                                   net.later("mine 1 at n2")))
        net.do("mine 1 at n1")
        net.run_for(1)
        self.assertTrue(net.number("mined(n2)") >= 1)

    def started_with_watch(self, call):
        net = self.net(TWO)
        called = []
        net.watch(lambda note: note.kind == "block" and not called
                  and (called.append(1), call(net)))
        net.start()
        return net

    def test_fork_choice(self):
        net, seen = self.net("chain pow=off\nnode n\nnode peer role=script\ntree\n"
                             "  g - b1 - b2\n  g - c1\nend\nblock c1 time=+50s"), []
        net.connect("peer", "n")

        def later(a, b):
            seen.append(a)
            return (a.time > b.time) - (a.time < b.time)
        net.set_fork_choice(later)
        net.start()
        net.run_idle()
        for block in ("b1", "b2", "c1"):
            net.do(f"deliver {block} from peer to n")
        net.run_idle()
        net.expect("tip(n) == c1 and height(n) == 1")
        b2 = next(v for v in seen if v.height == 2)
        self.assertEqual((b2.id, b2.previous), (net.ask("b2"), net.ask("b1")))
        b1 = next(v for v in seen if v.id == b2.previous)
        self.assertTrue(2 ** 64 > b2.work > b1.work > 0)  # not read backwards
        with self.says(NetworkError, "may not be called"):
            other = self.net(TWO)
            other.set_fork_choice(lambda a, b: int(other.now))
            other.start()
            other.do("mine 1 at n1")

    def test_strategy(self):
        class Keeps:
            own, public = 0, 0

            def own_block(self, block):
                self.own += 1

            def public_block(self, block):
                self.public += 1

        net, keeps = self.started("chain pow=off\nprotocol sync=off\nnodes e[1..2]\nnode n"), Keeps()
        net.set_strategy(["e1", "e2"], keeps)
        gc.collect()
        net.do("mine 1 at e1 as first")
        net.run_for(60)
        self.assertEqual((keeps.own, net.withheld("e1")), (1, 1))
        net.expect("height(e2) == 1 and height(n) == 0")
        net.mine_on("e1", net.ask("first"))
        net.mine_on("e1", None)
        with self.says(NetworkError):
            net.mine_on("e1", "00" * 32)
        net.give_up("e1")
        with self.says(NetworkError, ""):
            net.give_up("e1")
        net.do("mine 1 at n")
        net.run_for(60)
        self.assertEqual(keeps.public, 1)
        net.set_strategy(["e1", "e2"], None)
        with self.says(NetworkError, "at least one node"):
            net.set_strategy([], keeps)
        net.withhold("n")
        net.do("mine 2 at n")
        net.release("n", 1)
        self.assertEqual(net.withheld("n"), 1)

    def test_strategy_tip(self):
        class Looks:
            moved = []

            def tip(self, block):
                self.moved.append(block.height)

        looks, net = Looks(), self.started("chain pow=off\nnode e\nnode n")
        net.set_strategy(["e"], looks)
        net.do("mine 2 at n")
        net.run_idle()
        self.assertEqual(looks.moved, [1, 2])

        class Releases:
            def tip(self, block):
                other.release("e")

        other = self.started("chain pow=off\nnode e\nnode n")
        other.set_strategy(["e"], Releases())
        other.do("mine 1 at n")
        with self.says(NetworkError, "release() may not be called from within this callback"):
            other.run_idle()

    def test_threads(self):
        digests, refused = [], []

        def work():
            digests.append(self.digest_of(3))
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(digests)), 1)

        shared = self.net(TWO)

        def other():
            try:
                shared.ask("now()")
            except NetworkError as error:
                refused.append(str(error))

        def watch(note):
            if not refused:
                thread = threading.Thread(target=other)
                thread.start()
                thread.join()
        shared.watch(watch)
        shared.start()
        shared.do("mine 1 at n1")
        self.assertEqual(refused, ["ask(): another thread is using this network"])

    def test_library(self):
        for path, part in (("/nowhere/lib.so", "no such file"), (__file__, "invalid ELF"),
                           ("libc.so.6", "sim_network_new")):
            with self.says(NotInstalled, part, "make install"):
                Network(library=path)
        before = os.environ["KETTENSIM_LIBRARY"]
        self.addCleanup(os.environ.update, {"KETTENSIM_LIBRARY": before})
        os.environ["KETTENSIM_LIBRARY"] = "/nowhere/lib.so"
        with self.says(NotInstalled, "/nowhere/lib.so"):
            Network()
        Network(library=before).close()

    def test_many_are_freed(self):
        for _ in range(200):
            net = Network(TWO)
            net.watch(lambda note: None)
            net.start()
            del net
        gc.collect()


class TestPage(Case):
    """The blocks of the page, in one namespace; a block of text has what the one before printed."""

    def test_blocks(self):
        for name in ("scenarios", "analysis"):
            os.symlink(ROOT / name, name)
        text, space, count = PAGE.read_text(encoding="utf-8"), {"__name__": "page"}, 0
        blessed, printed = [], None
        for part in re.split(r"(^```[a-z]*\n.*?^```\n)", text, flags=re.S | re.M):
            body = part[part.find("\n") + 1:-4]
            if part.startswith("```python\n"):
                line, printed, count = text[:text.index(part)].count("\n") + 1, io.StringIO(), count + 1
                with contextlib.redirect_stdout(printed):
                    exec(compile("\n" * line + body, str(PAGE), "exec"), space)  # noqa: S102
            elif part.startswith("```text\n"):
                if os.environ.get("KETTE_BLESS"):
                    part = f"```text\n{printed.getvalue()}```\n"
                else:
                    self.assertEqual(body, printed.getvalue(), f"printed by the block at line {line}")
                printed = None
            elif printed is not None and part.strip():
                self.assertEqual(printed.getvalue(), "", f"printed by the block at line {line}")
            blessed.append(part)
        self.assertTrue(count > 5)
        if os.environ.get("KETTE_BLESS"):
            PAGE.write_text("".join(blessed), encoding="utf-8")

    def test_words(self):
        """Each method of the page is one of the module."""
        text = PAGE.read_text(encoding="utf-8")
        for name in re.findall(r"^\| `([a-z_]+)\(", text, flags=re.M):
            self.assertTrue(hasattr(Trace, name), name)


def main():
    suite, words = unittest.TestSuite(), sys.argv[1:]
    for case in (TestTimes, TestRun, TestSweep, TestTrace, TestNetwork, TestPage):
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            if not words or any(word in test.id() for word in words):
                suite.addTest(test)
    report = io.StringIO()
    result = unittest.TextTestRunner(stream=report).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    if failed:
        print(report.getvalue())
    print(f"python: {result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
