#!/usr/bin/python3
"""What scipy (python3-scipy) makes of the two-tier scheme: tables through scipy.stats.beta, chances by convolution over
all numbers of dirty placements of all readers side by side. Nothing is computed as the code under test does it.
Run: two_tier_oracle.py >two_tier_oracle.h; make format"""
import itertools
import math

import numpy
from scipy import special, stats

MEAN, EACH, Q0, ALPHA, BETA, TOURS = .10, .30, .02, .005, .05, 90


def likelihood_mixture(q, n, d, a, b, below=False):
    """E = integral of (theta/q)^d ((1-theta)/(1-q))^(n-d) over the prior Beta(a, b), or the part of it below q."""
    posterior = stats.beta(a + d, b + n - d)
    prior = stats.beta(a, b)
    log_e = special.betaln(a + d, b + n - d) - special.betaln(a, b) - d * math.log(q) - (n - d) * math.log1p(-q)
    return math.exp(log_e) * (posterior.cdf(q) / prior.cdf(q) if below else 1.0)


def most_dirty(q, n, below, beta=BETA):
    """Most dirty ones of n with which "q or more" is refuted; -1: none. From the top, where the code goes up."""
    for d in range(min(n, math.ceil(q * n)), -1, -1):
        if d < q * n and likelihood_mixture(q, n, d, .5, 5 / q, below) >= 1 / beta:
            return d
    return -1


def mean_limits(readers, mean=MEAN, tours=TOURS):
    return [-1] * 3 + [most_dirty(mean, readers * t, True) for t in range(3, tours + 1)]


def each_limits(each, most=TOURS):
    return [-1] * 3 + [most_dirty(each, n, False) for n in range(3, most + 1)]


def rejects_from(n):
    """Fewest dirty ones of n that are incompatible."""
    return next((d for d in range(1, n + 1)
                 if d > Q0 * n and likelihood_mixture(Q0, n, d, 1, 4) >= 1 / ALPHA), n + 1)


def edges(limits, readers):
    """(placements, dirty) where a limit rises."""
    return [(readers * t, d) for t, d in enumerate(limits) if t and d > limits[t - 1]]


def mean_accepted(q, mean=MEAN, tours=TOURS):
    """P(the mean test is met at any end of a tour)."""
    limits = mean_limits(len(q), mean, tours)
    tour = numpy.array([1.0])
    for one in q:
        tour = numpy.convolve(tour, [1 - one, one])
    alive, accepted = numpy.array([1.0]), 0.0
    for t in range(1, tours + 1):
        alive = numpy.convolve(alive, tour)
        accepted += alive[:limits[t] + 1].sum()
        alive[:limits[t] + 1] = 0
    return accepted


def row(mixes, tours=TOURS):
    """Of readers whose q is drawn from (weights, qs): P(passes), P(incompatible), P(out of reach), tours. By brute force: the
    chances of all (d_1, .., d_R) in an array of as many dimensions, for every combination of q."""
    readers = len(mixes)
    limits, each = mean_limits(readers, tours=tours), each_limits(EACH, tours)
    reject = [99] + [rejects_from(n) if n >= 3 else 99 for n in range(1, tours + 1)]
    top = max(r for r in reject if r < 99) + 1
    total = numpy.zeros(4)
    sums = sum(numpy.indices((top,) * readers))
    most = numpy.indices((top,) * readers).max(axis=0)
    for combination in itertools.product(*[list(zip(*m)) for m in mixes]):
        share = math.prod(w for w, _ in combination)
        alive = numpy.zeros((top,) * readers)
        alive[(0,) * readers] = 1
        out = numpy.zeros(4)
        for t in range(1, tours + 1):
            out[3] += alive.sum()
            for axis, (_, q) in enumerate(combination):
                moved = numpy.roll(alive, 1, axis)
                alive = alive * (1 - q) + moved * q
            for kind, which in ((1, most >= reject[t]), (0, (sums <= limits[t]) & (most <= each[t])),
                                (2, (sums > limits[tours]) | (most > each[tours]))):
                out[kind] += alive[which].sum()
                alive[which] = 0
        total += share * out
    return total


def numbers(values):
    return "{ " + ", ".join(repr(float(v)) for v in values) + " }"


def main():
    print("/* Made by two_tier_oracle.py. */")
    for readers in 1, 2, 6, 8:
        pairs = edges(mean_limits(readers), readers)
        print(f"static const unsigned mean_{readers}[][2] = {{ {', '.join(f'{{ {m}, {d} }}' for m, d in pairs)} }};")
    for each in .30, .20:
        pairs = edges(each_limits(each), 1)
        print(f"static const unsigned each_{each * 100:.0f}[][2] = {{ {', '.join(f'{{ {m}, {d} }}' for m, d in pairs)} }};")
    print("struct oracle_mean { unsigned readers; double q[8], accepted; };")
    print("static const struct oracle_mean accepted_10[] = {")
    for q in ([.1] * 6, [.6] + [0] * 5, [.3] * 2 + [0] * 4, [.35] + [.05] * 5, [.1], [.1] * 2, [.2, 0], [.1] * 8, [.8] + [0] * 7,
              [.4] * 2 + [0] * 6, [.35] + [.45 / 7] * 7):
        print(f"    {{ {len(q)}, {numbers(q + [0] * (8 - len(q)))}, {float(mean_accepted(q))!r} }},")
    print("};")
    print(f"static const double accepted_5_percent = {float(mean_accepted([.05] * 6, .05, 120))!r};")
    print("struct oracle_row { unsigned readers, own; double own_q, q[2], share, passes, rejected, unreached, tours; };")
    print("/* `own` readers have own_q, the others q[0] with `share`, else q[1]. */")
    print("static const struct oracle_row rows[] = {")
    for readers, own, own_q, q, share in ((1, 0, 0, (.005, 0), 1), (1, 0, 0, (.05, 0), 1), (2, 1, .12, (.01, 0), 1),
                                          (2, 0, 0, (.01, .15), .75), (3, 1, .3, (.02, 0), 1), (3, 1, .05, (.005, .08), .5),
                                          (4, 1, .1, (.02, 0), 1)):
        mixes = [((1,), (own_q,))] * own + [((share, 1 - share), q) if share < 1 else ((1,), (q[0],))] * (readers - own)
        out = row(mixes)
        print(f"    {{ {readers}, {own}, {own_q}, {numbers(q)}, {float(share)!r}, {', '.join(repr(float(v)) for v in out)} }},")
    print("};")


main()
