#!/usr/bin/python3
"""Values that the tests of harness/stats/change.c are held against: likelihoods integrated numerically, maxima and roots
by scipy's searches, rank sum tests by scipy. Writes change_oracle.h beside itself; needs python3-scipy; make format."""
import math
import os
import random

from scipy import integrate, optimize, stats

SHAPES = {"good": (.5, 40.), "broken": (4., .25), "any": (.5, .5)}
PRIOR = [("good", "good", .1), ("good", "broken", .25), ("broken", "good", .25), ("good", "any", .15),
         ("any", "good", .15), ("any", "any", .1)]
random.seed(8)


def marginal(shape, n, d):
    """P(one given sequence with d of n dirty): q = sin(t)^2 takes the poles of the density away."""
    a, b = SHAPES[shape]
    density = lambda t: 2 * math.sin(t) ** (2 * (a + d) - 1) * math.cos(t) ** (2 * (b + n - d) - 1)
    whole = lambda t: 2 * math.sin(t) ** (2 * a - 1) * math.cos(t) ** (2 * b - 1)
    options = {"epsabs": 0, "epsrel": 1e-11, "limit": 500}
    return integrate.quad(density, 0, math.pi / 2, **options)[0] / integrate.quad(whole, 0, math.pi / 2, **options)[0]


def log_likelihood(n_a, d_a, n_b, d_b, q, delta):
    total = 0.
    for count, x in ((d_a, q), (n_a - d_a, 1 - q), (d_b, q + delta), (n_b - d_b, 1 - q - delta)):
        if count:
            total += count * math.log(max(x, 1e-300))
    return total


def greatest(counts, delta):
    low, high = max(0., -delta), min(1., 1. - delta)
    found = optimize.minimize_scalar(lambda q: -log_likelihood(*counts, q, delta), bounds=(low, high), method="bounded",
                                     options={"xatol": 1e-13})
    return max(-found.fun, log_likelihood(*counts, low, delta), log_likelihood(*counts, high, delta))


def evalue(counts):
    n_a, d_a, n_b, d_b = counts
    mixture = sum(w * marginal(a, n_a, d_a) * marginal(b, n_b, d_b) for a, b, w in PRIOR)
    return math.log(mixture), math.log(mixture) - greatest(counts, 0.)


def interval(counts, mixture, confidence):
    n_a, d_a, n_b, d_b = counts
    least = mixture + math.log(1 - confidence)
    f = lambda delta: greatest(counts, delta) - least
    at = d_b / n_b - d_a / n_a
    low = -1. if f(-1 + 1e-12) > 0 else optimize.brentq(f, -1 + 1e-12, at, xtol=1e-12)
    high = 1. if f(1 - 1e-12) > 0 else optimize.brentq(f, at, 1 - 1e-12, xtol=1e-12)
    return low, high


def counts_rows():
    rows = [(15, 0, 15, 0), (15, 0, 3, 3), (31, 0, 3, 3), (3, 3, 15, 0), (31, 0, 20, 5), (90, 3, 63, 1), (45, 3, 9, 4),
            (3, 3, 3, 3), (64, 0, 5, 3), (180, 3, 17, 4), (1, 0, 1, 1), (1, 0, 1, 0), (45, 20, 45, 2)]
    for _ in range(12):
        n_a, n_b = random.randint(1, 90), random.randint(1, 90)
        rows.append((n_a, random.randint(0, min(n_a, 9)), n_b, random.randint(0, n_b)))
    return rows


out = ["/* Made by change_oracle.py. */", "/* clang-format off */", "#ifndef NFC_SURVEY_TESTS_STATS_CHANGE_ORACLE_H",
       "#define NFC_SURVEY_TESTS_STATS_CHANGE_ORACLE_H", "", "#include <stddef.h>", "#include <stdint.h>", "",
       "static const struct oracle_change {", "    uint64_t n_a, d_a, n_b, d_b;", "    double log_e, low, high;",
       "} oracle_changes[] = {"]
for counts in counts_rows():
    mixture, log_e = evalue(counts)
    low, high = interval(counts, mixture, .95)
    out.append("    { %d, %d, %d, %d, %.12g, %.10g, %.10g }," % (*counts, log_e, low, high))
out += ["};", "", "static const struct oracle_ranks {", "    size_t n_a, n_b;", "    uint64_t a[64], b[64];", "    double p;",
        "} oracle_ranks[] = {"]
for n_a, n_b, ties, shift in [(3, 15, False, 1000), (15, 15, False, 30), (15, 15, False, 0), (9, 30, False, 60), (31, 31, False, 40),
                              (45, 60, False, 20), (15, 15, True, 1), (31, 31, True, 1), (1, 1, False, 0), (3, 3, True, 0)]:
    while True:
        a = [random.randint(0, 3) if ties else random.randint(0, 200) * 7 for _ in range(n_a)]
        b = [random.randint(0, 3) + shift if ties else random.randint(0, 200) * 7 + shift * 7 + 1 for _ in range(n_b)]
        if len(set(a + b)) > 1 and (ties or len(set(a + b)) == n_a + n_b):
            break
    exact = not ties and n_a * n_b <= 1000
    if ties and len(set(a + b)) == n_a + n_b:
        raise SystemExit("no ties")
    p = stats.mannwhitneyu(a, b, alternative="two-sided", method="exact" if exact else "asymptotic", use_continuity=True).pvalue
    out.append("    { %d, %d, { %s }, { %s }, %.12g }," % (n_a, n_b, ", ".join(map(str, a)), ", ".join(map(str, b)), p))
out += ["};", "", "#endif", "/* clang-format on */"]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "change_oracle.h"), "w") as f:
    f.write("\n".join(out) + "\n")
