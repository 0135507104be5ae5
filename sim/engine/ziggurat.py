#!/usr/bin/env python3
"""Writes ziggurat_tables.h: python3 sim/engine/ziggurat.py > sim/engine/ziggurat_tables.h

The recipe of Marsaglia & Tsang (2000) for N = 256 layers of equal area v, in 60 decimal digits:
    x[1] = r,  v = r f(r) + integral of f from r to infinity,  x[0] = v / f(r),
    x[i+1] = f^-1(f(x[i]) + v / x[i]),  x[N] = 0;  r is the root that makes f(x[N-1]) + v/x[N-1] = 1.
x is rounded to units of 2^-56, f(x) to units of 2^-63; 2^(i/32) to units of 2^-63.
"""
from decimal import Decimal as D, getcontext

getcontext().prec = 60
N = 256
PI = D("3.14159265358979323846264338327950288419716939937510582097494459")


def normal_tail(r):
    """Integral of exp(-x^2/2) from r: the power series of the part below r."""
    term, total, k = r, r, 0
    while abs(term) > D(10) ** -58:
        k += 1
        term = term * r * r / (2 * k + 1)
        total += term
    return (PI / 2).sqrt() - total * (-r * r / 2).exp()


NORMAL = (lambda x: (-x * x / 2).exp(), lambda y: (-2 * y.ln()).sqrt(), normal_tail, D(3), D(4))
EXPONENTIAL = (lambda x: (-x).exp(), lambda y: -y.ln(), lambda r: (-r).exp(), D(7), D(8))


def layers(f, inverse, tail, r):
    """x[0 … N-1] for this r, or None when it is too small: the top is reached too early."""
    v = r * f(r) + tail(r)
    x = [v / f(r), r]
    while len(x) < N:
        y = f(x[-1]) + v / x[-1]
        if y >= 1:
            return None, v
        x.append(inverse(y))
    return x, v


def solve(f, inverse, tail, lo, hi):
    for _ in range(150):
        r = (lo + hi) / 2
        x, v = layers(f, inverse, tail, r)
        if x is None or f(x[-1]) + v / x[-1] > 1:
            lo = r
        else:
            hi = r
    x, v = layers(f, inverse, tail, hi)
    return x + [D(0)]


def show(name, values, comment):
    print(f"\n/* {comment} */\nstatic const uint64_t {name}[{len(values)}] = {{")
    for i in range(0, len(values), 4):
        print("    " + " ".join(f"0x{v:016x}," for v in values[i:i + 4]))
    print("};")


def scaled(value, bits):
    return int((value * D(2) ** bits).to_integral_value())


def main():
    print("""/* Tables of the 256-layer ziggurats and of 2^(i/32), as integers.
 *
 * Written by sim/engine/ziggurat.py, which states the recipe; tests/engine/test_distribution.c
 * computes them again another way. x in units of 2^-56, f(x) in units of 2^-63.
 */
#ifndef SIM_ENGINE_ZIGGURAT_TABLES_H
#define SIM_ENGINE_ZIGGURAT_TABLES_H

#include <stdint.h>""")
    for name, what, law in (("normal", "e^(-x^2/2)", NORMAL), ("exponential", "e^-x", EXPONENTIAL)):
        x = solve(*law[:3], *law[3:])
        show(f"sim_{name}_x", [scaled(v, 56) for v in x], f"edges of the layers of {what}")
        show(f"sim_{name}_y", [scaled(law[0](v), 63) if i else 0 for i, v in enumerate(x)],
             f"{what} at those edges; the base layer begins at 0")
    show("sim_exp2_table", [scaled(D(2) ** (D(i) / 32), 63) for i in range(32)],
         "2^(i/32) in units of 2^-63")
    print("\n#endif")


main()
