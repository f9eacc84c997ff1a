"""Recomputes what `nfc-survey sample-size` prints, with scipy and sums of its own: nothing of the program's code.

    oracle.py PROGRAM claims|limits|ranks|tables|characteristics
"""
import itertools
import math
import subprocess
import sys

import numpy
import yaml
from scipy import integrate, stats
from scipy.special import betaln

program = sys.argv[1]
compared = 0


def ask(*arguments):
    words = [program, "sample-size", *(str(a) for a in arguments)]
    return yaml.safe_load(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def plain(value):
    """A number as a command line has it: no exponent."""
    return numpy.format_float_positional(value, trim="-")


def same(got, want, grain, *what):
    global compared
    compared += 1
    if not abs(got - want) <= grain:
        sys.exit(f"{what}: {got!r}, not {want!r}")


def outwards(got, want, up, *what):
    """A bound of eight digits: beside the exact value on the safe side, and near it."""
    global compared
    compared += 1
    off = (got - want) if up else (want - got)
    if not -1e-11 * want <= off <= 2e-7 * want:
        sys.exit(f"{what}: {got!r} is no {'upper' if up else 'lower'} bound near {want!r}")


def claims():
    for p, confidence, failures in itertools.product(
        (0.5, 0.1, 0.037, 0.01, 0.001, 0.00003), (0.8, 0.95, 0.99), (0, 1, 2, 17, 60)
    ):
        got = ask("--show-failure-at-most", plain(p), "--confidence", confidence, "--failures", failures)["trials"]
        # The smallest n with P(X <= failures) <= 1 - confidence, from the quantile of the negative binomial.
        want = failures + 1 + int(stats.nbinom.ppf(confidence, failures + 1, p))
        while stats.binom.cdf(failures, want, p) > 1 - confidence + 1e-15:
            want += 1
        while want > failures + 1 and stats.binom.cdf(failures, want - 1, p) <= 1 - confidence + 1e-15:
            want -= 1
        same(got, want, 0, p, confidence, failures)


def limits():
    for trials, part, confidence in itertools.product(
        (1, 2, 3, 7, 31, 50, 299, 1000, 123456, 10**7), (0, 1, 2, 3, 0.1, 0.5, -1, -0), (0.8, 0.95, 0.995)
    ):
        failures = trials if part == -1 else part if isinstance(part, int) else int(part * trials)
        if failures > trials:
            continue
        got = ask("--trials", trials, "--failures", failures, "--confidence", confidence)
        upper = lambda c: stats.beta.ppf(c, failures + 1, trials - failures) if failures < trials else 1.0
        lower = lambda c: stats.beta.ppf(1 - c, failures, trials - failures + 1) if failures > 0 else 0.0
        both = (1 + confidence) / 2
        what = (trials, failures, confidence)
        outwards(got["upper"], upper(confidence), True, "upper", *what)
        outwards(got["lower"], lower(confidence), False, "lower", *what)
        outwards(got["two_sided"][0], lower(both), False, "two-sided lower", *what)
        outwards(got["two_sided"][1], upper(both), True, "two-sided upper", *what)


def rank(values):
    return next((int(v) for v in values), None)


def ranks():
    for p, trials, confidence in itertools.product(
        (0.5, 0.9, 0.95, 0.99), (1, 2, 28, 29, 58, 59, 71, 72, 100, 298, 299, 300, 367, 368, 1000), (0.9, 0.95)
    ):
        got = ask("--percentile", p, "--trials", trials, "--confidence", confidence)
        every = numpy.arange(1, trials + 1)
        grain = 1e-13
        below = stats.binom.cdf(every - 1, trials, p)  # P(X_(rank) is above the percentile)
        want = {
            "upper": rank(every[below >= confidence - grain]),
            "lower": rank(every[stats.binom.sf(every - 1, trials, p) >= confidence - grain][::-1]),
        }
        low = rank(every[below <= (1 - confidence) / 2 + grain][::-1])
        high = rank(every[stats.binom.sf(every - 1, trials, p) <= (1 - confidence) / 2 + grain])
        want["two_sided"] = [low, high] if low and high else None
        for key, value in want.items():
            same(got[key] == ("n too small" if value is None else value), True, 0, key, got[key], value, p, trials, confidence)
    for p, confidence in itertools.product((0.5, 0.9, 0.95, 0.99, 0.999), (0.5, 0.9, 0.95, 0.99)):
        got = ask("--percentile", p, "--confidence", confidence)["trials_needed"]
        needs = lambda x, tail: max(1, math.ceil(math.log(tail) / math.log(x) - 1e-9))
        same(got["upper"], needs(p, 1 - confidence), 0, "upper", p, confidence)
        same(got["lower"], needs(1 - p, 1 - confidence), 0, "lower", p, confidence)
        same(got["two_sided"], needs(max(p, 1 - p), (1 - confidence) / 2), 0, "two-sided", p, confidence)


SCHEMES = (
    ("--scheme", "screen"),
    ("--scheme", "standard"),
    ("--scheme", "strict"),
    ("--scheme", "standard", "--alpha", "0.05"),
    ("--scheme", "strict", "--q0", "0.002", "--k", "5"),
    ("--q0", "0.02", "--q1", "0.15", "--alpha", "0.01", "--beta", "0.05", "--max", "60", "--k", "5"),
    ("--q0", "0.1", "--q1", "0.4", "--alpha", "0.1", "--beta", "0.2", "--max", "25"),
    ("--q0", "0.05", "--q1", "0.06", "--alpha", "0.001", "--beta", "0.001", "--max", "30"),  # never compatible
)


def verdicts(scheme):
    """accept[d] and reject[n] by the formulas of the e-values, every (n, d) asked by itself."""
    q0, q1, n_max = scheme["q0"], scheme["q1"], scheme["max"]
    log_e = lambda q, n, d, a, b: betaln(a + d, b + n - d) - betaln(a, b) - d * math.log(q) - (n - d) * math.log1p(-q)
    accept, reject = {}, {}
    for n in range(3, n_max + 1):
        for d in range(n + 1):
            if d < q1 * n and log_e(q1, n, d, 0.5, 5 / q1) >= -math.log(scheme["beta"]):
                accept.setdefault(d, n)
            if d > q0 * n and log_e(q0, n, d, 1, 4) >= -math.log(scheme["alpha"]):
                reject.setdefault(n, d)
    return accept, reject


def tables():
    for arguments in SCHEMES:
        got = ask(*arguments)
        accept, reject = verdicts(got)
        steps = [(n, d) for n, d in reject.items() if reject.get(n - 1) != d]
        same([(r["placements"], r["dirty"]) for r in got["accept"]] == [(n, d) for d, n in accept.items()], True, 0, arguments)
        same([(r["placements"], r["dirty"]) for r in got["reject"]] == steps, True, 0, arguments)
        proves = got["compatible_proves"]
        outwards(proves["p_at_most_if_independent"], 1 - (1 - got["q1"]) ** (1 / got["k"]), True, arguments)
        same(proves["p_at_most"], got["q1"], 0, arguments)
        same(proves["confidence"], 1 - got["beta"], 1e-15, arguments)


def characteristics_of(scheme, accept, reject, q):
    """compatible, incompatible, undecided, placements: by a matrix of P(n, d), where the program keeps a band."""
    n_max, sums = scheme["max"], numpy.zeros(4)
    d = numpy.arange(n_max + 1)
    least = numpy.array([accept.get(int(i), n_max + 1) for i in d])
    alive = numpy.zeros(n_max + 1)
    alive[0] = 1
    for n in range(1, n_max + 1):
        alive = alive * (1 - q) + numpy.concatenate(([0], alive[:-1])) * q
        bad = d >= reject.get(n, n_max + 1)
        good = ~bad & (n >= least)
        done = numpy.ones_like(bad) if n == n_max else bad | good
        sums += alive[good].sum(), alive[bad].sum(), alive[done & ~bad & ~good].sum(), n * alive[done].sum()
        alive = numpy.where(done, 0, alive)
    return sums


def fixed_plan(scheme):
    for begin in range(1, 100001, 1000):
        n = numpy.arange(begin, begin + 1000)
        # The greatest c that keeps beta is the one that rejects least.
        c = stats.binom.ppf(scheme["beta"], n, scheme["q1"])
        c = numpy.where(stats.binom.cdf(c, n, scheme["q1"]) > scheme["beta"], c - 1, c)
        good = (c >= 0) & (stats.binom.sf(c, n, scheme["q0"]) <= scheme["alpha"])
        if good.any():
            return int(n[good][0]), int(c[good][0])
    return None


def characteristics():
    keys = ("compatible", "incompatible", "undecided", "placements")
    for arguments in SCHEMES:
        got = ask(*arguments, "--operating-characteristics", "--q", "0.033", "--q", "0.7", "--q", "0.02")
        accept, reject = verdicts(got)
        rows = got["operating_characteristics"]
        shown = [r["q"] for r in rows]
        same(shown == sorted(set(shown)), True, 0, arguments, shown)
        for q in (0.033, 0.7, 0.02, got["q0"] / 4, got["q0"], got["q1"], 2 * got["q1"]):
            same(min(abs(s - q) for s in shown), 0, 1e-15, "is shown", q, arguments)
        for row in rows:
            want = characteristics_of(got, accept, reject, row["q"])
            same(row["compatible"] + row["incompatible"] + row["undecided"], 1, 1e-12, row)
            for key, value in zip(keys, want):
                same(row[key], value, 1e-11, key, row["q"], arguments)
        population, want = got["population"], numpy.zeros(4)
        for part in population["parts"]:
            if part["low"] == part["high"]:
                mean = characteristics_of(got, accept, reject, part["low"])
            else:
                mean, _ = integrate.quad_vec(
                    lambda q: characteristics_of(got, accept, reject, q), part["low"], part["high"], epsabs=1e-9, epsrel=1e-9
                )
                mean = mean / (part["high"] - part["low"])
            want += part["weight"] * mean
        for key, value in zip(keys, want):
            same(population[key], value, 1e-8, "population", key, arguments)
        same(sum(p["weight"] for p in population["parts"]), 1, 1e-12, "weights")
        fixed = got["fixed_sample"]
        same((fixed["placements"], fixed["dirty_at_most"]) == fixed_plan(got), True, 0, fixed, fixed_plan(got), arguments)
        same(got["fixed_to_expected"], fixed["placements"] / population["placements"], 1e-9, arguments)


{f.__name__: f for f in (claims, limits, ranks, tables, characteristics)}[sys.argv[2]]()
print(f"{compared} values agree")
