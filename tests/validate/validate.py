#!/usr/bin/env python3
"""Runs what others have published or proved, and writes the table of docs/validation.md.

    validate.py KETTENSIM [--quick] [--only PART] [--write docs/validation.md]

Each point is a sweep of a scenario of scenarios/papers over many seeds, whose own check judges it:
near(…, ci=99.9%) over seeds. --quick runs a few points with few seeds, --only one of the parts
below main(). --write replaces what is between the marks of the parts that ran. Prints a line each,
and the totals.
"""
import csv
import functools
import io
import os
import subprocess
import sys
import tempfile

PAPERS = "scenarios/papers"


def spend_due(q, k, give_up):
    """The probability that an attacker's branch is longer once the payment has k confirmations,
    before it is give_up behind: each block is the attacker's with probability q."""
    def ruin(behind):
        if behind < 0:
            return 1.0
        if behind >= give_up:
            return 0.0
        r = q / (1 - q)
        return (r ** (behind + 1) - r ** (give_up + 1)) / (1 - r ** (give_up + 1))

    @functools.lru_cache(None)
    def at(a, h):
        if h >= a + give_up:
            return 0.0
        if h >= k:
            return ruin(h - a)
        if a > 300:
            return 1.0
        return q * at(a + 1, h) + (1 - q) * at(a, h + 1)
    return at(0, 0)


def eyal_sirer(a, g):
    """Eyal and Sirer, FC 2014, equation 8."""
    return ((a * (1 - a) ** 2 * (4 * a + g * (1 - 2 * a)) - a ** 3)
            / (1 - a * (1 + (2 - a) * a)))


def quantile(n):
    """99.95 % quantile of Student's t with n - 1 degrees of freedom (Abramowitz and Stegun,
    26.7.5)."""
    z, v = 3.2905267, n - 1
    return (z + (z ** 3 + z) / (4 * v) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v ** 2)
            + (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3))


class Validation:
    def __init__(self, command, folder):
        self.command = os.path.abspath(command)
        self.folder = folder
        self.passed = self.failed = 0
        self.rows, self.network_rows = [], []

    def run(self, *args):
        done = subprocess.run([self.command, *args], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode > 1:
            sys.exit(f"{' '.join(args)}: {done.stderr}")
        return done

    def sweep(self, scenario, params, seeds):
        """Returns whether all checks held, and the statistics by measure."""
        results = os.path.join(self.folder, "r.db")
        for stale in (results, results + ".lock"):
            if os.path.exists(stale):
                os.remove(stale)
        args = ["sweep", f"{PAPERS}/{scenario}.scn", "-q", "-o", results, "--strict"]
        for name, value in params.items():
            args += ["-P", f"{name}={value}"]
        if seeds:
            args += ["--seeds", f"1..{seeds}"]
        done = self.run(*args)
        points = self.run("query", results, "points", "--csv").stdout
        stats = {row["measure"]: row for row in csv.DictReader(io.StringIO(points))}
        if done.returncode:
            print(done.stderr.strip())
        return done.returncode == 0, stats

    def policy(self, name, alpha, gamma, tie="first-seen", limit=80):
        """Makes an optimal policy; returns its file and the share that it promises."""
        path = os.path.join(self.folder, name)
        how = ["--tie", "random"] if tie == "random" else ["--gamma", f"{gamma}%"]
        out = self.run("policy", "--alpha", f"{alpha}%", "--limit", str(limit), "-o", path, *how)
        return path, float(out.stdout.split("revenue share")[1].split(",")[0])

    def point(self, group, what, due, scenario, params, measure, seeds=None, scale=None):
        """Runs one point. `due` is printed beside the mean; with `scale` the measure is the ratio
        to what is due, and the table shows it times `scale`."""
        held, stats = self.sweep(scenario, params, seeds)
        row = stats[measure]
        mean, n = float(row["mean"]), int(row["n"])
        half = quantile(n) * float(row["se"])
        factor = scale if scale is not None else 1.0
        self.passed += held
        self.failed += not held
        narrow = half / mean if mean else float("inf")
        line = (group, what, f"{due:.5g}", f"{mean * factor:.5g} ± {half * factor:.2g}",
                f"{100 * narrow:.2g} %", n, "holds" if held else "**fails**")
        self.rows.append(line)
        print(" | ".join(str(cell) for cell in line), flush=True)


def adversaries(v, quick):
    days, seeds = (20, 10) if quick else (60, 20)
    networks = [("0", {"n": 2, "near": 1, "reach": "300ms"}, 0.0),
                ("1/2", {"n": 2, "near": 2}, 0.5), ("0.98", {"n": 50, "near": 50}, 0.98)]
    alphas = [35] if quick else [10, 15, 20, 25, 30, 33.333333, 35, 40, 45]
    for label, network, gamma in networks[:2] if quick else networks:
        for alpha in alphas:
            due = eyal_sirer(alpha / 100, gamma)
            v.point("selfish, revenue", f"α {alpha:.3g} %, γ {label}", due, "selfish_revenue",
                    {"alpha": f"{alpha}%", "gamma": gamma, **network,
                     "days": days * (4 if alpha < 30 else 1)}, "of_due", seeds, scale=due)
    stubborn = {(35, "no", "no"): .41603, (35, "yes", "no"): .41995, (35, "no", "yes"): .42041,
                (35, "yes", "yes"): .42210, (40, "no", "no"): .52558, (40, "yes", "no"): .54712,
                (40, "no", "yes"): .53931, (40, "yes", "yes"): .56574, (45, "no", "no"): .68060,
                (45, "yes", "no"): .72218, (45, "no", "yes"): .70305, (45, "yes", "yes"): .75328}
    for (alpha, lead, fork), due in stubborn.items():
        if not quick or (alpha == 40 and lead == fork == "yes"):
            v.point("stubborn, γ 1/2", f"α {alpha} %, lead {lead}, equal-fork {fork}", due,
                    "stubborn_revenue", {"alpha": f"{alpha}%", "lead": lead, "fork": fork,
                                         "due": due, "days": days * 4}, "share", seeds)
    optimal = [(35, 0, .37077), (40, 0, .48865), (45, 0, .66840), (30, 1, .32687),
               (33.333333, 1, .39183), (35, 1, .43018), (40, 1, .57251), (45, 1, .75964),
               (30, 2, None), (40, 2, None)]
    for alpha, which, published in optimal:
        label, network, gamma = networks[which]
        if quick and (alpha != 40 or which == 2):
            continue
        table, due = v.policy("p.csv", alpha, round(gamma * 100))
        if published is not None and abs(due - published) > 5e-5:
            sys.exit(f"kettensim policy prints {due} where {published} is due")
        v.point("optimal policy", f"α {alpha:.3g} %, γ {label}", due, "optimal_revenue",
                {"alpha": f"{alpha}%", **network, "table": f'"{table}"', "due": due,
                 "days": days * (2 if which == 2 else 4)}, "share", seeds)
    for alpha, published in [(25, .2581), (30, .33986), (35, .45060), (40, .59564), (45, .77739)]:
        if quick and alpha != 35:
            continue
        table, due = v.policy("p.csv", alpha, 0, tie="random")
        if abs(due - published) > 5e-5:
            sys.exit(f"kettensim policy prints {due} where {published} is due")
        v.point("optimal policy, ties by a coin", f"α {alpha} %", due, "optimal_revenue",
                {"alpha": f"{alpha}%", "table": f'"{table}"', "due": due, "tie": "random",
                 "days": days * 4}, "share", seeds)


def double_spends(v, quick):
    runs = {(.4, 1): 36000, (.4, 2): 45000, (.4, 4): 63000, (.4, 6): 82000, (.3, 1): 115000,
            (.3, 2): 170000, (.3, 4): 200000, (.3, 6): 200000, (.2, 1): 200000, (.2, 2): 100000,
            (.2, 4): 100000, (.2, 6): 100000, (.1, 1): 100000, (.1, 2): 100000, (.1, 4): 100000,
            (.1, 6): 100000}
    for (q, k), seeds in runs.items():
        if quick and (q, k) != (.4, 2):
            continue
        due = spend_due(q, k, 20)
        v.point("double spend", f"q {q:.0%}, k {k}", due, "double_spend",
                {"q": f"{q:.0%}", "k": k, "due": f"{due:.9f}"}, "success",
                10000 if quick else seeds)


def timewarp(v, quick):
    due = [.9941, .4971, .1991, .0739, .0267, .00954, .0034]
    held, stats = v.sweep("timewarp", {}, 24 if quick else 200)
    v.passed += held
    v.failed += not held
    for period, published in enumerate(due, 1):
        row = stats[f"r{period}"]
        mean, n = float(row["mean"]), int(row["n"])
        half = quantile(n) * float(row["se"])
        line = ("timewarp", f"difficulty after period {period}", f"{published:.4g}",
                f"{mean:.4g} ± {half:.2g}", f"{100 * half / mean:.2g} %", n,
                "holds" if held else "**fails**")
        v.rows.append(line)
        print(" | ".join(str(cell) for cell in line), flush=True)


# Spacing or size, parameters, and what Gervais et al. publish: median, nine tenths (s), stale (%).
GERVAIS = [("standard, 10 min", {}, 14.7, 35.47, 1.51),
           ("standard, 2.5 min", {"spacing": "150s"}, 4.18, 9.12, 1.82),
           ("standard, 1 min", {"spacing": "1m"}, 2.08, 3.76, 2.15),
           ("standard, 30 s", {"spacing": "30s"}, 1.43, 2.30, 2.54),
           ("standard, 10 s", {"spacing": "10s"}, 1.00, 1.38, 4.77),
           ("standard, 1 s", {"spacing": "1s"}, 0.82, 0.97, 26.74),
           ("unsolicited, 10 min", {"relay": "push"}, 10.65, 20.26, 0.13),
           ("unsolicited, 2.5 min", {"relay": "push", "spacing": "150s"}, 2.91, 5.24, 0.16),
           ("unsolicited, 1 min", {"relay": "push", "spacing": "1m"}, 1.34, 2.31, 0.35),
           ("unsolicited, 30 s", {"relay": "push", "spacing": "30s"}, 0.84, 1.39, 0.45),
           ("unsolicited, 10 s", {"relay": "push", "spacing": "10s"}, 0.49, 0.84, 1.73),
           ("unsolicited, 1 s", {"relay": "push", "spacing": "1s"}, 0.33, 0.61, 12.44),
           ("0.1 MB, 10 min", {"size": "100kB"}, 3.18, 6.23, 0.32),
           ("0.25 MB, 10 min", {"size": "250kB"}, 7.03, 15.69, 0.88),
           ("0.5 MB, 10 min", {"size": "500kB"}, 13.62, 32.84, 1.63),
           ("1 MB, 10 min", {"size": "1MB"}, 27.67, 68.64, 3.17),
           ("2 MB, 10 min", {"size": "2MB"}, 57.79, 145.35, 6.24),
           ("4 MB, 10 min", {"size": "4MB"}, 133.3, 352.43, 11.85)]


def gervais(v, quick):
    """Judges the medians, within a tenth of what is published, and nine tenths, within a fifth."""
    for what, params, half, nine, stale in GERVAIS:
        if quick and what != "unsolicited, 10 s":
            continue
        held, stats = v.sweep("gervais", {**params, "blocks": 20 if quick else 250},
                              1 if quick else None)
        ours = {name: float(row["mean"]) / 1e9 for name, row in stats.items()}
        near = abs(ours["p50"] / half - 1) < 0.1 and abs(ours["p90"] / nine - 1) < 0.2
        v.passed += held and near
        v.failed += not (held and near)
        lost, found = 1e9 * ours["lost"], 1e9 * ours["found"]
        spread = [float(stats["p50"][end]) / 1e9 for end in ("p5", "max")]
        line = (what, f"{half:.4g} s", f"{ours['p50']:.3g} s ({spread[0]:.3g} to {spread[1]:.3g})",
                f"{nine:.4g} s", f"{ours['p90']:.3g} s", f"{stale:.3g} %",
                f"{100 * lost / found:.2g} % ({lost * int(stats['lost']['n']):.0f} of "
                f"{found * int(stats['found']['n']):.0f})")
        v.network_rows.append(line)
        print(" | ".join(line), flush=True)


def networks(v, quick):
    """The set-ups of simulators: the table of these is written by hand."""
    for name in [] if quick else sorted(os.listdir(PAPERS)):
        if name.startswith(("dogecoin", "litecoin", "bitcoin", "mainnet")) and name.endswith(".scn"):
            held, _ = v.sweep(name[:-4], {}, None)
            v.passed += held
            v.failed += not held
            print(f"{name}: {'holds' if held else 'fails'}", flush=True)


def write(path, name, heading, rows):
    begin, end = f"<!-- begin: {name}, written by make validate -->\n", "<!-- end: written -->"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(begin)
    _, tail = rest.split(end, 1)
    out = [head, begin, f"\n| {' | '.join(heading)} |\n", "|---" * len(heading) + "|\n"]
    out += ["| " + " | ".join(str(cell) for cell in row) + " |\n" for row in rows]
    out += ["\n", end, tail]
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("".join(out))
    os.replace(path + ".new", path)


def main():
    quick = "--quick" in sys.argv
    parts = [adversaries, double_spends, timewarp, networks, gervais]
    if "--only" in sys.argv:
        only = sys.argv[sys.argv.index("--only") + 1]
        parts = [part for part in parts if part.__name__ == only]
    with tempfile.TemporaryDirectory() as folder:
        v = Validation(sys.argv[1], folder)
        for part in parts:
            part(v, quick)
    if "--write" in sys.argv:
        path = sys.argv[sys.argv.index("--write") + 1]
        if v.rows:
            write(path, "adversaries", ["what", "where", "due", "here, 99.9 %", "half width", "runs",
                                        ""], v.rows)
        if v.network_rows:
            write(path, "Gervais", ["", "half of the nodes, published", "here", "nine tenths, "
                                    "published", "here", "stale, published", "here"],
                  v.network_rows)
    print(f"validate: {v.passed} passed, {v.failed} failed")
    sys.exit(v.failed > 0)


main()
