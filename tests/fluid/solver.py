#!/usr/bin/env python3
"""Holds sim/net/fair.c against a fluid solver of its own: fractions, all shares worked out anew at
each start and end by progressive filling over all lines.

usage: solver.py PROGRAM [INSTANCES]
"""
import random
import subprocess
import sys
from fractions import Fraction

NS = 10**9


def shares(active, rates):
    """Max-min fair shares: every share grows alike until a line is full, whose shares then stay."""
    left = dict(enumerate(map(Fraction, rates)))
    growing, share = dict(active), {}
    while growing:
        users = {}
        for lines in growing.values():
            for line in lines:
                users[line] = users.get(line, 0) + 1
        level, full = min((left[line] / count, line) for line, count in users.items())
        for transfer in [t for t, lines in growing.items() if full in lines]:
            share[transfer] = level
            for line in growing.pop(transfer):
                left[line] -= level
    return share


def solve(rates, transfers):
    """When each transfer of (start in ns, bytes, lines) is done, in ns."""
    done = [None] * len(transfers)
    left, active = {}, {}
    now, begun = Fraction(0), 0
    while begun < len(transfers) or active:
        share = shares(active, rates)
        ends = [now + left[t] / share[t] * NS for t in active]
        start = Fraction(transfers[begun][0]) if begun < len(transfers) else None
        then = min(ends + ([start] if start is not None else []))
        for t in list(active):
            left[t] -= share[t] * (then - now) / NS
            if left[t] == 0:
                done[t] = then
                del active[t]
        now = then
        while begun < len(transfers) and transfers[begun][0] == now:
            active[begun], left[begun] = transfers[begun][2], Fraction(transfers[begun][1] * 8)
            begun += 1
    return done


def draw(r):
    nodes = r.randint(2, 12)
    pick = [10**6, 2 * 10**6, 3 * 10**6, 10**7, 33333333, 10**8, r.randint(10**4, 10**9)]
    rates = [r.choice(pick) for _ in range(2 * nodes)]
    starts = sorted(r.choice([0, 10**8, r.randint(0, 2 * 10**9)]) for _ in range(r.randint(1, 40)))
    transfers = []
    for start in starts:
        a, b = r.sample(range(nodes), 2)
        lines = r.choice([[2 * a], [2 * b + 1], [2 * a, 2 * b + 1], [2 * a, 2 * b + 1],
                          [2 * a, 2 * b + 1]])
        if r.random() < 0.2:
            lines = lines + [len(rates)]
            rates.append(r.choice(pick))
        transfers.append((start, r.choice([1000, 10**5, r.randint(1000, 10**6)]), lines))
    return rates, transfers


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    failed, worst = 0, 0
    for seed in range(count):
        rates, transfers = draw(random.Random(seed))
        text = ''.join(f'line {rate}\n' for rate in rates)
        text += ''.join(f'transfer {s} {b} {" ".join(map(str, lines))}\n' for s, b, lines in transfers)
        got = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
        ours = [int(line) for line in got.stdout.split()]
        # A share is short by less than 2^-16 bit/s and an end late by less than a ns each time.
        differ = max(abs(a - b) for a, b in zip(ours, solve(rates, transfers)))
        worst = max(worst, float(differ))
        if len(ours) != len(transfers) or differ > 100:
            failed += 1
            print(f'instance {seed}: differs by {float(differ)} ns')
    print(f'fluid: {count} instances, the largest difference is {worst:.1f} ns')
    print(f'{count - failed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
