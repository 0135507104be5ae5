#!/usr/bin/env python3
"""How well `kettensim explore` finds planted bugs, without any scenario written for them.

    explore.py [--seconds 60] [--jobs 2] [--guides swarm,branch] [--bases flood,compact]
               [--no-model] [--write docs/explore.md] [NAME…]

Plants each mutant of core/ (or those named) in a copy of the tree, builds it, and searches from
the bases of scenarios/search, for SECONDS of processor time in all: first one run from each base,
then those whose runs reach the changed lines, as a coverage build of the sound tree says: each for
a moment, and then the three that reach them most often in a second share the rest. Prints a line
for each mutant and guide: the base, runs and seconds until it was found, the class, what shrinking
left, and how many bases reach the lines. --jobs mutants are searched for at a time, each in a copy
of its own. --write puts the table between the marks of a page.
"""
import argparse
import glob
import json
import multiprocessing
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
TREES = os.path.join(ROOT, "build/explored")
BASES = ["rules", "retargets", "algorithms", "versions", "operators", "signals", "heavy", "unpark",
         "unpark_longest", "unpark_ghost", "flood", "compact", "push", "streams", "star",
         "payments", "stay", "mempools", "prompt", "slow", "unpolled", "inventory", "long", "ghost",
         "discovery", "crowded", "polled", "final", "parked", "upgrade", "newcomer"]
MOMENT = 1.0  # seconds
REST = 3  # bases
BEGIN, END = "<!-- begin: written by make explore-mutants -->\n", "<!-- end: written -->\n"


class Coverage:
    """How often each base reaches each line of core/, in a second of its runs."""
    RUNS = 6

    def __init__(self, tree):
        self.tree, self.hits = tree, {}

    def measure(self, bases):
        built = subprocess.run(["make", "--no-print-directory", f"-j{os.cpu_count()}", "BUILD=m",
                                "CC=gcc", "OPT=-O1", "LTO=0", "LDFLAGS=--coverage",
                                # A run's process ends by _exit, which writes no counts.
                                "CFLAGS=--coverage -D_exit=exit", "build/m/kettensim"],
                               cwd=self.tree.path, capture_output=True, text=True)
        if built.returncode != 0:
            sys.exit(f"explore.py: the coverage build fails: {built.stderr}")
        for base in bases:
            for data in glob.glob(f"{self.tree.path}/build/m/**/*.gcda", recursive=True):
                os.remove(data)
            _, spent = self.tree.search_once(base, "swarm", ["--runs", str(self.RUNS)], True, False)
            for file, line, count in self.counts():
                self.hits.setdefault((file, line), {})[base] = count / spent

    def counts(self):
        objects = [path[:-len(".gcda")] + ".o" for path in
                   glob.glob(f"{self.tree.path}/build/m/core/**/*.gcda", recursive=True)]
        told = subprocess.run(["gcov", "--stdout", "--json-format", *objects], cwd=self.tree.path,
                              capture_output=True, text=True).stdout
        for one in told.splitlines():
            for file in json.loads(one)["files"]:
                for line in file["lines"]:
                    if line["count"]:
                        yield file["file"], line["line_number"], line["count"]

    def bases(self, name):
        """Returns the bases that reach the lines that the mutant changes, the most often first."""
        file, first, last = changed_lines(name)
        rates = {}
        for line in range(first, last + 1):
            for base, rate in self.hits.get((file, line), {}).items():
                rates[base] = max(rates.get(base, 0), rate)
        return sorted(rates, key=lambda base: -rates[base])


def changed_lines(name):
    """Returns the file of a mutant, and the first and last line that it changes."""
    text = open(f"{ROOT}/tests/mutants/{name}.mutant").read()
    file, rest = re.match(r"(?:#.*\n)+(.*)\n<<<<\n(.*)", text, re.S).groups()
    old, new = re.match(r"(.*)\n====\n(.*)\n>>>>", rest, re.S).groups()
    old_lines, new_lines = old.split("\n"), new.split("\n")
    same = 0
    while same < min(len(old_lines), len(new_lines)) - 1 and old_lines[same] == new_lines[same]:
        same += 1
    source = open(f"{ROOT}/{file}").read()
    if source.count(old) != 1:
        sys.exit(f"explore.py: what {name} replaces stands {source.count(old)} times in {file}")
    start = source[:source.index(old)].count("\n") + 1
    return file, start + same, start + len(old_lines) - 1


class Tree:
    """A copy of the tree, in which one bug at a time is planted."""

    def __init__(self, path):
        self.path = path

    def copy(self):
        os.makedirs(self.path)
        for name in ["core", "sim", "scenarios", "docs", "include", ".ci", "analysis/queries"]:
            shutil.copytree(f"{ROOT}/{name}", f"{self.path}/{name}")
        for name in ["Makefile", "README.md"] + glob.glob("analysis/*.[ch]", root_dir=ROOT):
            shutil.copy(f"{ROOT}/{name}", f"{self.path}/{name}")
        os.makedirs(f"{self.path}/build/web")
        open(f"{self.path}/build/web/page.html", "w").close()

    def build(self, jobs):
        return subprocess.run(["make", "--no-print-directory", f"-j{jobs}", "BUILD=m", "OPT=-O2",
                               "LTO=0", "build/m/kettensim"], cwd=self.path,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def plant(self, name):
        """Returns the file that has the bug now."""
        planted = subprocess.run([f"{ROOT}/tests/mutants/plant", f"{ROOT}/tests/mutants/{name}.mutant"],
                                 cwd=self.path, capture_output=True, text=True, check=True)
        return planted.stdout.strip()

    def heal(self, file):
        shutil.copy(f"{ROOT}/{file}", f"{self.path}/{file}")

    def search(self, base, guide, seconds, model, resume):
        """Searches from the base for that much processor time (None: one run). Returns class, runs,
        statements (class None: nothing was found), and the time it took. The machine may do other
        things, so the search goes on until it has had its time."""
        spent = 0.0
        while True:
            bound = ["--runs", "1"] if seconds is None else ["--time", f"{max(0.1, seconds - spent):.1f}s"]
            answer, took = self.search_once(base, guide, bound, model, resume or spent > 0)
            spent += took
            if answer[0] is not None or seconds is None or spent >= seconds * 0.8:
                return answer, spent

    def search_once(self, base, guide, bound, model, resume):
        before = cpu_seconds()
        command = [f"{self.path}/build/m/kettensim", "explore",
                   f"{self.path}/scenarios/search/{base}.scn", "-j1", *bound,
                   "--guide", guide, "--json", "-o", f"{self.path}/found/{base}"]
        command.append("--resume" if resume else "--fresh")
        if not model:
            command.append("--no-model")
        result = subprocess.run(command, capture_output=True, text=True, errors="replace")
        spent = cpu_seconds() - before
        if result.returncode == 1 and "it fails without faults" in result.stderr:
            return ("the base", 1, 0), spent
        if result.returncode == 2:
            raise RuntimeError(result.stderr)
        try:
            answer = json.loads(result.stdout)
        except ValueError:
            return ("died", 0, 0), spent
        if not answer["failures"]:
            return (None, answer["runs"], 0), spent
        first = answer["failures"][0]
        return (first["class"], first["run"], first["statements"]), spent


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def find(tree, guide, args, reaching):
    """Searches from the bases, the reaching ones longer. Returns class, base, runs, seconds,
    statements, and how many bases reach the changed lines."""
    runs, spent = {}, 0.0
    turns = [(base, None) for base in args.bases]
    turns += [(base, MOMENT) for base in reaching or args.bases]
    rest = (reaching or args.bases)[:REST]
    turns += [(base, len(rest) - i) for i, base in enumerate(rest)]
    for k, (base, bound) in enumerate(turns):
        if k >= len(turns) - len(rest):
            bound = (args.seconds - spent) / bound
        if bound is not None and bound < 0.2:
            continue
        (kind, runs[base], left), took = tree.search(base, guide, bound, not args.no_model,
                                                     bound is not None)
        spent += took
        if kind is not None:
            return kind, base, sum(runs.values()), spent, left, len(reaching)
    return None, "", sum(runs.values()), spent, 0, len(reaching)


def names_of(args):
    if args.names:
        return args.names
    names = []
    for path in sorted(glob.glob(f"{ROOT}/tests/mutants/*.mutant")):
        lines = open(path).read().split("\n")
        file = next(line for line in lines if not line.startswith("#"))
        if file.startswith("core/"):
            names.append(os.path.basename(path)[:-len(".mutant")])
    return names


def search_for(job):
    """Returns the row of a mutant."""
    name, args, reaching = job
    tree = Tree(f"{TREES}/{multiprocessing.current_process()._identity[0] - 1}")
    file = tree.plant(name)
    cells = [find(tree, guide, args, reaching) if ok else ("does not build", "", 0, 0.0, 0, 0)
             for ok in [tree.build(1)] for guide in args.guides]
    tree.heal(file)
    return name, cells


def table(rows, args):
    lines = ["| planted bug | " + " | ".join(args.guides) + " |", "|---|" + "---|" * len(args.guides)]
    for name, cells in rows:
        texts = [f"{base}: {kind}, {runs} runs, {spent:.0f} s"
                 + (f", {left} statements" if left else "")
                 if kind else "–" if reaching else "– (no base comes there)"
                 for kind, base, runs, spent, left, reaching in cells]
        lines.append(f"| {name} | " + " | ".join(texts) + " |")
    lines.append("")
    for k, guide in enumerate(args.guides):
        found = [cells[k] for _, cells in rows if cells[k][0]]
        text = f"{guide}: found {len(found)} of {len(rows)}"
        if found:
            text += f", in {statistics.median(c[3] for c in found):.1f} s of processor time (median)"
        sizes = [c[4] for c in found if c[4]]
        if sizes:
            text += f"; {statistics.median(sizes):.0f} statements left (median), at most {max(sizes)}"
        lines.append(text + ".\n")
    return "\n".join(lines)


def main():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # a bug may ask for memory without end
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--guides", default=["swarm"], type=lambda t: t.split(","))
    parser.add_argument("--bases", default=BASES, type=lambda t: t.split(","))
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--write")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    shutil.rmtree(TREES, ignore_errors=True)
    Tree(f"{TREES}/0").copy()
    if not Tree(f"{TREES}/0").build(os.cpu_count()):
        sys.exit("explore.py: the tree does not build")
    for i in range(1, args.jobs):
        shutil.copytree(f"{TREES}/0", f"{TREES}/{i}")
    for name in names_of(args):
        changed_lines(name)  # a mutant that is out of date ends this at once
    coverage = Coverage(Tree(f"{TREES}/cover"))
    coverage.tree.copy()
    coverage.measure(args.bases)
    jobs = [(name, args, coverage.bases(name)) for name in names_of(args)]
    rows = []
    with multiprocessing.Pool(args.jobs) as pool:
        for name, cells in pool.imap(search_for, jobs):
            rows.append((name, cells))
            for guide, (kind, base, runs, spent, left, reaching) in zip(args.guides, cells):
                print(f"{'found' if kind else 'missed':7} {name:28} {guide:8} {base:10} {kind or '':12}"
                      f" {runs:6} runs {spent:6.1f} s {left:3} statements, {reaching:2} bases", flush=True)
    text = table(rows, args)
    print(text)
    if args.write:
        page = open(args.write).read()
        head, rest = page.split(BEGIN)
        open(args.write, "w").write(head + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
