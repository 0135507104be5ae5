#!/usr/bin/env python3
"""Whether a simulation predicts real processes.

    fidelity.py KETTENSIM [--runs 20] [--speed 5] [--jobs 4] [--write docs/fidelity.md] [NAME…]

Runs each scenario of scenarios/live (or those named) RUNS times live, in network namespaces with
the scenario's links, and RUNS times simulated with other seeds. Compares each measure by the
two-sample test of Kolmogorov and Smirnov, with exact probabilities (Hodges, Ark. Mat. 3, 1958, for
equal sample sizes). Fails if a run fails, or a measure differs, beyond what chance gives among so
many measures, without an explanation in EXPLAINED. --write puts the table between the marks of a
page.
"""
import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BEGIN, END = "<!-- begin: written by make fidelity -->\n", "<!-- end: written -->\n"
LEVEL = 0.01
# Measures that are known to differ, and why: docs/fidelity.md says more.
OWN = "the machine's own time"
TRIES = "TCP's tries after a silence"
EXPLAINED = {
    ("cut", "heal_time"): TRIES,
    ("oneway", "heal_time"): TRIES,
    ("crash", "heal_time"): TRIES,
    ("late", "caught_up"): "a process starts, TCP shakes hands and opens its window",
    **{(name, key): OWN for name in ["flood", "inventory", "compact", "loss", "race", "rate"]
       for key in ["half", "nine_tenths", "last_agrees"]},
}


def measures(kettensim, command, name, seed, extra):
    """Runs once. Returns the measures as numbers of seconds or counts, or None after a message."""
    result = subprocess.run([kettensim, command, f"scenarios/live/{name}.scn", "--json", "--seed", str(seed),
                             *extra], cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        print(f"{command} {name} --seed {seed}: exit {result.returncode}\n{result.stderr}", file=sys.stderr)
        return None
    found = json.loads(result.stdout)["measures"]
    return {key: number(value) for key, value in found.items()}


def number(value):
    """A measure as result files have it: a time is in ns."""
    if value is None or value == "null":
        return None
    return float(value)


def largest_gap(a, b):
    """The statistic D, in units of 1 / len(a), for samples of one size."""
    points = sorted(set(a) | set(b))
    return max(abs(sum(x <= p for x in a) - sum(x <= p for x in b)) for p in points)


def probability(n, gap):
    """P(D >= gap / n) if both samples are of one distribution: one less the share of the lattice
    paths from (0, 0) to (n, n) that stay nearer to the diagonal than `gap`. With ties it is too
    large, which errs on the side of no difference."""
    if gap == 0:
        return 1.0
    row = {0: 1}
    for step in range(2 * n):
        after = {}
        for at, ways in row.items():
            for to in (at - 1, at + 1):
                left = 2 * n - step - 1
                if abs(to) < gap and abs(to) <= left:
                    after[to] = after.get(to, 0) + ways
        row = after
    total = 1
    for k in range(n):
        total = total * (2 * n - k) // (k + 1)
    return float(1 - Fraction(row.get(0, 0), total))


def shown(value, key):
    if value is None:
        return "never"
    if key in COUNTS:
        return f"{value:g}"
    return f"{value / 1e6:.0f} ms" if value < 10e9 else f"{value / 1e9:.1f} s"


COUNTS = {"reorgs", "deepest", "found", "stale"}


def compare(name, live, simulated):
    """Rows of the table: measure, medians, gap, probability."""
    rows = []
    for key in simulated[0]:
        a = [m[key] for m in live]
        b = [m[key] for m in simulated]
        never = float("inf")
        numbers = [[never if x is None else x for x in side] for side in (a, b)]
        gap = largest_gap(*numbers)
        middle = [statistics.median_high(side) for side in numbers]
        rows.append((name, key, *[None if m == never else m for m in middle], gap / len(a),
                     probability(len(a), gap)))
    return rows


def table(rows):
    lines = ["| scenario | measure | live, median | simulated, median | D | p | |", "|---|---|---|---|---|---|---|"]
    for name, key, live, simulated, gap, p in rows:
        differs = "" if p >= LEVEL else "differs: " + EXPLAINED.get((name, key), "**not explained**")
        lines.append(f"| {name} | {key} | {shown(live, key)} | {shown(simulated, key)} | {gap:.2f} |"
                     f" {p:.3f} | {differs} |")
    return "\n".join(lines) + "\n"


def write_page(path, text, args):
    path = os.path.join(ROOT, path)
    page = open(path).read()
    head, rest = page.split(BEGIN)
    tail = rest.split(END)[1]
    lead = f"{args.runs} runs each, live at {args.speed} times real time.\n\n"
    with open(path, "w") as out:
        out.write(head + BEGIN + lead + text + END + tail)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kettensim")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--speed", default="5")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--write")
    parser.add_argument("names", nargs="*")
    args = parser.parse_intermixed_args()
    kettensim = os.path.abspath(args.kettensim)
    names = args.names or sorted(os.path.basename(p)[:-4] for p in glob.glob(f"{ROOT}/scenarios/live/*.scn"))
    seeds = range(1, args.runs + 1)
    rows, failed = [], 0
    for name in names:
        with ThreadPoolExecutor(args.jobs) as pool:
            live = list(pool.map(lambda s: measures(kettensim, "live", name, s,
                                                    ["--net", "links", "--speed", args.speed]), seeds))
            simulated = list(pool.map(lambda s: measures(kettensim, "run", name, 1000 + s,
                                                         ["--trace", "off"]), seeds))
        failed += sum(m is None for m in live + simulated)
        if None in live or None in simulated:
            continue
        part = compare(name, live, simulated)
        print(table(part).split("\n", 2)[2], end="", flush=True)
        rows += part
    for name, key, _, _, _, p in rows:
        if p < LEVEL / len(rows) and (name, key) not in EXPLAINED:
            print(f"{name} {key}: live and simulated differ, and nobody has said why", file=sys.stderr)
            failed += 1
    if args.write:
        write_page(args.write, table(rows), args)
    print(f"{2 * args.runs * len(names) + len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
