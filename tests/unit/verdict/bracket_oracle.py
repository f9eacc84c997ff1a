#!/usr/bin/python3
"""What scipy (python3-scipy) makes of suspect placements: chances of the three ends of a cell by a forward recursion
over dictionaries, and whose the suspects are by likelihoods that are integrated numerically. Nothing is computed as the
code under test does it. Writes bracket_oracle.h and
suspicion_oracle.h beside itself; make format"""
import contextlib
import math
import os

from scipy import integrate, special

SCHEMES = {"standard": (.02, .10, .005, .05, 90), "screen": (.02, .20, .005, .05, 45)}


def log_e(q, n, d, a, b):
    return special.betaln(a + d, b + n - d) - special.betaln(a, b) - d * math.log(q) - (n - d) * math.log1p(-q)


def ends(scheme, q, invalid, hidden, run_max):
    """[compatible, incompatible, undecided] and the expected placements; a state is (dirty, suspect, running)."""
    q0, q1, alpha, beta, n_max = SCHEMES[scheme]
    passes = lambda n, d: n >= 3 and d < q1 * n and log_e(q1, n, d, .5, 5 / q1) >= -math.log(beta)
    fails = lambda n, d: n >= 3 and d > q0 * n and log_e(q0, n, d, 1, 4) >= -math.log(alpha)
    clean_cell = next(n for n in range(3, n_max + 1) if passes(n, 0))
    hangs = invalid + (1 - invalid) * q * hidden
    clean, dirty = (1 - invalid) * (1 - q), (1 - invalid) * q * (1 - hidden)
    going, out, mean, made, known = {(0, 0, 0): 1.}, [0., 0., 0.], 0., 0, {}
    while going:
        made += 1
        then = {}
        for (d, s, run), p in going.items():
            for state, chance in (((d, s, 0), clean), ((d + 1, s, 0), dirty), ((d, s + 1, run + 1), hangs)):
                if chance > 0:
                    then[state] = then.get(state, 0.) + p * chance
        going = {}
        for (d, s, run), p in then.items():
            if (made, d, s) not in known:
                known[made, d, s] = 0 if passes(made, d + s) else 1 if fails(made, d) else 2
            end = known[made, d, s]
            if end == 2 and made < min(n_max + s * clean_cell, n_max * 5 // 3) and not (run_max and run == run_max):
                going[d, s, run] = p
            else:
                out[end] += p
                mean += made * p
    return out, mean


SHAPES = {"good": (.5, 40.), "broken": (4., .25), "any": (.5, .5)}
PRIOR = [("good", "good", .1), ("good", "broken", .25), ("broken", "good", .25), ("good", "any", .15),
         ("any", "good", .15), ("any", "any", .1)]
KNOWN = {}


def marginal(shape, n, d):
    """q = sin(t)^2 takes the poles of the density away; the integrand is scaled by its greatest value."""
    if (shape, n, d) in KNOWN:
        return KNOWN[shape, n, d]
    a, b = SHAPES[shape]
    def log_integral(x, y):
        f = lambda t: (2 * x - 1) * math.log(math.sin(t)) + (2 * y - 1) * math.log(math.cos(t))
        mode = math.atan(math.sqrt(max(2 * x - 1, 1e-3) / max(2 * y - 1, 1e-3)))
        peak = f(mode)
        whole, _ = integrate.quad(lambda t: math.exp(f(t) - peak), 1e-12, math.pi / 2 - 1e-12, points=[mode], limit=400,
                                  epsabs=0, epsrel=1e-10)
        return peak + math.log(whole)
    KNOWN[shape, n, d] = log_integral(a + d, b + n - d) - log_integral(a, b)
    return KNOWN[shape, n, d]


def change(n_a, d_a, n_b, d_b):
    parts = [math.log(w) + marginal(x, n_a, d_a) + marginal(y, n_b, d_b) for x, y, w in PRIOR]
    q = (d_a + d_b) / (n_a + n_b)
    pooled = sum(k * math.log(x) for k, x in ((d_a + d_b, q), (n_a + n_b - d_a - d_b, 1 - q)) if k)
    return max(parts) + math.log(sum(math.exp(p - max(parts)) for p in parts)) - pooled


def attribution(name, readers, handsets, own, others):
    """The sum of ln e with as many hangs of the phone on each reader as own() makes, and the first that is enough."""
    needed = math.log(20 * handsets)
    for k in range(1, 60):
        total = sum(change(*own(r, k), *others(r)) for r in range(readers))
        if total >= needed:
            break
    print('    { "%s", %d, %d, %d, {' % (name, readers, handsets, k))
    for r in range(readers):
        n_b, d_b = others(r)
        least, last = own(r, k - 1), own(r, k)
        print('        { %d, %d, %d, %d, %d, %d, %.9f },' % (*least, *last, n_b, d_b, change(*last, n_b, d_b)))
    print("    } },")


BRACKET_ROW = '''struct bracket_row {
    const char *scheme;
    double q, invalid, hidden;
    unsigned run_max;
    double compatible, incompatible, undecided, placements;
};'''
ATTRIBUTION_ROW = '''#include <stdint.h>

#define ATTRIBUTION_READERS 6

struct attribution_row {
    const char *name;
    unsigned readers, handsets, hangs; /* of the phone on each reader, the first number that is enough */
    struct {
        uint64_t least_n, least_s, n, s, others_n, others_s; /* least: one hang before */
        double log_e;
    } on[ATTRIBUTION_READERS];
};'''


def bracket_rows():
    print("/* Made by bracket_oracle.py. */")
    print(BRACKET_ROW)
    print("static const struct bracket_row bracket_rows[] = {")
    for scheme in SCHEMES:
        q0, q1 = SCHEMES[scheme][:2]
        for q, invalid, hidden in ((q0 / 4, .005, 0), (q0 / 4, .02, 0), (q0, .02, 0), (q0, .02, .5), (q1, 0, .5), (q1, 0, .8),
                                   (q1, 0, 1), (2 * q1, .01, .3)):
            for run_max in (0, 3, 6):
                out, mean = ends(scheme, q, invalid, hidden, run_max)
                print('    { "%s", %g, %g, %g, %d, %.13f, %.13f, %.13f, %.10f },' % (scheme, q, invalid, hidden, run_max, *out, mean))
    print("};")


def attribution_rows():
    print("/* Made by bracket_oracle.py. */")
    print(ATTRIBUTION_ROW)
    print("static const struct attribution_row attribution_rows[] = {")
    attribution("it hangs always, the readers now and then", 2, 50, lambda r, k: (k, k), lambda r: (49 * 31, 8))
    attribution("the others never hung", 2, 50, lambda r, k: (k, k), lambda r: (49 * 31, 0))
    attribution("a small survey", 2, 4, lambda r, k: (k, k), lambda r: (93, 1))
    attribution("it hangs half the time", 2, 50, lambda r, k: (2 * k, k), lambda r: (49 * 31, 8))
    attribution("a third reader on which it was clean", 3, 50, lambda r, k: (k, k) if r < 2 else (31, 0), lambda r: (49 * 31, 8))
    attribution("readers that hang often", 2, 50, lambda r, k: (k, k), lambda r: (49 * 31, 300))
    attribution("six readers", 6, 50, lambda r, k: (31, k), lambda r: (49 * 31, 15))
    print("};")


for name, write in (("bracket_oracle.h", bracket_rows), ("suspicion_oracle.h", attribution_rows)):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as out:
        with contextlib.redirect_stdout(out):
            write()
