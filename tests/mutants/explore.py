#!/usr/bin/env python3
"""How well `kettensim explore` finds planted bugs, without any scenario written for them.

    explore.py [--seconds 60] [--guides branch,swarm] [--bases flood,compact] [--no-model]
               [--write docs/explore.md] [NAME…]

Plants each mutant of core/ (or those named) in a copy of the tree, builds it, and searches from
each base of scenarios/search in turn, for SECONDS of processor time in all. Prints a line for each
mutant and guide: runs and seconds until it was found, the class, and what shrinking left. --write
puts the table between the marks of a page.
"""
import argparse
import glob
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
TREE = os.path.join(ROOT, "build/explored")
BASES = ["flood", "unpolled", "payments", "compact", "inventory", "long", "ghost", "discovery",
         "final", "parked", "unpark", "upgrade"]
BEGIN, END = "<!-- begin: written by make explore-mutants -->\n", "<!-- end: written -->\n"


def copy_tree():
    shutil.rmtree(TREE, ignore_errors=True)
    for name in ["core", "sim", "scenarios", "docs", "include", ".ci", "analysis/queries"]:
        shutil.copytree(f"{ROOT}/{name}", f"{TREE}/{name}")
    for name in ["Makefile", "README.md"] + glob.glob("analysis/*.[ch]", root_dir=ROOT):
        shutil.copy(f"{ROOT}/{name}", f"{TREE}/{name}")
    os.makedirs(f"{TREE}/build/web")
    open(f"{TREE}/build/web/page.html", "w").close()


def build():
    return subprocess.run(["make", "--no-print-directory", f"-j{os.cpu_count()}", "BUILD=m",
                           "OPT=-O2", "LTO=0", "build/m/kettensim"], cwd=TREE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def search(base, guide, seconds, model):
    """Returns what a search of that much processor time found: None, or class, runs, statements;
    and its time. The machine may do other things, so the search goes on until it has had it."""
    spent = 0.0
    while True:
        answer, took = search_on(base, guide, seconds - spent, model, spent > 0)
        spent += took
        if answer[0] is not None or spent >= seconds - 0.5:
            return answer, spent


def search_on(base, guide, seconds, model, resume):
    before = cpu_seconds()
    command = [f"{TREE}/build/m/kettensim", "explore", f"{ROOT}/scenarios/search/{base}.scn", "-j1",
               "--time", f"{seconds:.1f}s", "--guide", guide, "--json", "-o", f"{TREE}/found"]
    command.append("--resume" if resume else "--fresh")
    if not model:
        command.append("--no-model")
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    spent = cpu_seconds() - before
    if result.returncode == 1 and "it fails without faults" in result.stderr:
        return ("the base", 1, 0), spent
    try:
        answer = json.loads(result.stdout)
    except ValueError:
        return ("died", 0, 0), spent
    if not answer["failures"]:
        return (None, answer["runs"], 0), spent
    first = answer["failures"][0]
    return (first["class"], first["run"], first["statements"]), spent


def find(guide, args):
    """Searches from each base for its share of the time. Returns class, runs, seconds,
    statements."""
    runs, spent = 0, 0.0
    for base in args.bases:
        (kind, tried, statements), took = search(base, guide, max(args.seconds / len(args.bases), 1),
                                                 not args.no_model)
        runs, spent = runs + tried, spent + took
        if kind is not None:
            return kind, runs, spent, statements
    return None, runs, spent, 0


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


def table(rows, args):
    lines = [f"| planted bug | " + " | ".join(args.guides) + " |", "|---|" + "---|" * len(args.guides)]
    for name, cells in rows:
        texts = [f"{kind}, {runs} runs, {spent:.0f} s" + (f", {left} statements" if left else "")
                 if kind else "–" for kind, runs, spent, left in cells]
        lines.append(f"| {name} | " + " | ".join(texts) + " |")
    lines.append("")
    for k, guide in enumerate(args.guides):
        found = [cells[k] for _, cells in rows if cells[k][0]]
        text = f"{guide}: found {len(found)} of {len(rows)}"
        if found:
            text += f", in {statistics.median(c[2] for c in found):.1f} s of processor time (median)"
        sizes = [c[3] for c in found if c[3]]
        if sizes:
            text += f"; {statistics.median(sizes):.0f} statements left (median), at most {max(sizes)}"
        lines.append(text + ".\n")
    return "\n".join(lines)


def main():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # a bug may ask for memory without end
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--guides", default="branch", type=lambda t: t.split(","))
    parser.add_argument("--bases", default=BASES, type=lambda t: t.split(","))
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--write")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    copy_tree()
    if not build():
        sys.exit("explore.py: the tree does not build")
    rows = []
    for name in names_of(args):
        planted = subprocess.run([f"{ROOT}/tests/mutants/plant", f"{ROOT}/tests/mutants/{name}.mutant"],
                                 cwd=TREE, capture_output=True, text=True, check=True)
        file = planted.stdout.strip()
        cells = [find(guide, args) if ok else ("does not build", 0, 0.0, 0)
                 for ok in [build()] for guide in args.guides]
        shutil.copy(f"{ROOT}/{file}", f"{TREE}/{file}")
        rows.append((name, cells))
        for guide, (kind, runs, spent, left) in zip(args.guides, cells):
            print(f"{'found' if kind else 'missed':7} {name:28} {guide:8} {kind or '':12}"
                  f" {runs:6} runs {spent:6.1f} s {left:3} statements", flush=True)
    text = table(rows, args)
    print(text)
    if args.write:
        page = open(args.write).read()
        head, rest = page.split(BEGIN)
        open(args.write, "w").write(head + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


main()
