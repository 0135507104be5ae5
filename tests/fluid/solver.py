#!/usr/bin/env python3
"""Holds sim/net/line.c and fair.c against a fluid solver of its own: fractions, all shares worked
out anew at each start and end by progressive filling over all lines, and the turns of uploads by
going through all that wait.

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


def solve(instance):
    """When each message is through, in ns. An edge sends one message after another, and a node at
    most `uploads` at a time; edges wait in the order in which a message became their next one."""
    uploads, nodes, edges, sends = instance
    rates = [rate for node in nodes for rate in node] + [edge[2] for edge in edges]
    done = [None] * len(sends)
    left, active = {}, {}
    queues, waiting = [[] for _ in edges], []
    now, begun = Fraction(0), 0

    def begin_waiting():
        for edge in list(waiting):
            a, b, _ = edges[edge]
            if uploads and sum(edges[sends[t][1]][0] == a for t in active) >= uploads:
                continue
            waiting.remove(edge)
            message = queues[edge][0]
            lines = [2 * a, 2 * b + 1, 2 * len(nodes) + edge]
            active[message] = [line for line in lines if rates[line]]
            left[message] = Fraction(sends[message][2] * 8)

    while begun < len(sends) or active:
        share = shares(active, rates)
        ends = [now + left[t] / share[t] * NS for t in active]
        start = Fraction(sends[begun][0]) if begun < len(sends) else None
        then = min(ends + ([start] if start is not None else []))
        for t in active:
            left[t] -= share[t] * (then - now) / NS
        now = then
        for t in [t for t in active if left[t] == 0]:
            done[t] = now
            del active[t]
            queue = queues[sends[t][1]]
            queue.pop(0)
            if queue:
                waiting.append(sends[t][1])
        while begun < len(sends) and sends[begun][0] == now:
            edge = sends[begun][1]
            queues[edge].append(begun)
            if len(queues[edge]) == 1:
                waiting.append(edge)
            begun += 1
        begin_waiting()
    return done


def draw(r):
    count = r.randint(2, 12)
    pick = [10**6, 2 * 10**6, 3 * 10**6, 10**7, 33333333, 10**8, r.randint(10**4, 10**9)]
    nodes = [(r.choice(pick), r.choice(pick)) if r.random() < 0.6 else
             r.choice([(r.choice(pick), 0), (0, r.choice(pick))]) for _ in range(count)]
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)
             if (nodes[a][0] or nodes[b][1])]
    if not pairs:
        return draw(r)
    edges = [(a, b, r.choice(pick) if r.random() < 0.2 else 0)
             for a, b in r.sample(pairs, r.randint(1, len(pairs)))]
    starts = sorted(r.choice([0, 10**8, r.randint(0, 2 * 10**9)]) for _ in range(r.randint(1, 40)))
    # Sizes differ, so that no two messages are through at once and their order is not in doubt.
    sizes = r.sample(range(1000, 10**6), len(starts))
    sends = [(start, r.randrange(len(edges)), size) for start, size in zip(starts, sizes)]
    return r.choice([0, 0, 1, 2, 3]), nodes, edges, sends


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    failed, worst = 0, 0
    for seed in range(count):
        instance = draw(random.Random(seed))
        uploads, nodes, edges, sends = instance
        text = f'uploads {uploads}\n' + ''.join(
            f'{word} {" ".join(map(str, row))}\n'
            for word, rows in (('node', nodes), ('edge', edges), ('send', sends)) for row in rows)
        got = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
        ours = [int(line) for line in got.stdout.split()]
        # A share is short by less than 2^-16 bit/s and an end late by less than a ns each time.
        differ = max(abs(a - b) for a, b in zip(ours, solve(instance)))
        worst = max(worst, float(differ))
        if len(ours) != len(sends) or differ > 100:
            failed += 1
            print(f'instance {seed}: differs by {float(differ)} ns')
    print(f'fluid: {count} instances, the largest difference is {worst:.1f} ns')
    print(f'{count - failed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
