#!/usr/bin/python3
"""What scipy (python3-scipy) and brute force make of samples drawn here: nothing is computed as the code under
test does it. Run: oracle.py cluster >oracle_cluster.h; oracle.py series >oracle_series.h; make format"""
import math
import random
import sys

import scipy
from scipy import stats

draw = random.Random(20171201)


def integers(name, values, kind="uint64_t"):
    rows = [values[i:i + 16] for i in range(0, len(values), 16)]
    print(f"static const {kind} {name}[] = {{")
    for row in rows:
        print("    " + ", ".join(str(v) for v in row) + ",")
    print("};")


def reals(name, values):
    integers(name, [repr(float(v)) for v in values], "double")


def sample(sizes, between):
    return [[round(1000 * math.exp(0.3 * (between * shift + draw.gauss(0, 1)))) for _ in range(size)]
            for size in sizes for shift in [draw.gauss(0, 1)]]


def icc(groups, threshold):
    """Through F of scipy's one-way analysis of variance: (F - 1) / (F - 1 + n0)."""
    f = stats.f_oneway(*[[float(v <= threshold) for v in g] for g in groups]).statistic
    n = sum(map(len, groups))
    n0 = (n - sum(len(g) ** 2 for g in groups) / n) / (len(groups) - 1)
    return (f - 1) / (f - 1 + n0)


def ranks(n, effective, p, tail=0.025):
    """Every rank is tried."""
    low = max((r for r in range(1, n + 1)
               if stats.beta.sf(p, effective + 1 - (n + 1 - r) * effective / n, (n + 1 - r) * effective / n) <= tail),
              default=0)
    high = min((r for r in range(1, n + 1)
                if stats.beta.cdf(p, r * effective / n, effective - r * effective / n + 1) <= tail), default=0)
    return low, high


def clusters():
    rows = []
    sizes = [[10] * 31, [draw.randint(1, 12) for _ in range(40)], [5] * 15]
    for number, between in enumerate((1.0, 0.5, 0.0)):
        groups = sample(sizes[number], between)
        ordered = sorted(v for g in groups for v in g)
        n, m = len(ordered), len(groups)
        integers(f"values_{number}", [v for g in groups for v in g])
        integers(f"sizes_{number}", list(map(len, groups)), "uint32_t")
        for p in (0.5, 0.9):
            value = ordered[math.ceil(round(p * n, 9)) - 1]
            rho = icc(groups, value)
            k = sum(len(g) ** 2 for g in groups) / n
            few = (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, m - 1)) ** 2
            effective = n / (1 + (k - 1) * max(0.0, rho)) * few
            low, high = ranks(n, effective, p)
            rows.append(f"{number}, {p}, {float(rho)!r}, {float(effective)!r}, {value}, "
                        f"{ordered[low - 1]}, {ordered[high - 1]}")
    print("static const struct {\n    unsigned sample;\n    double p, icc, n_effective;\n"
          "    uint64_t value, low, high;\n} quantiles[] = {")
    print("\n".join(f"    {{ {row} }}," for row in rows))
    print("};")


def series():
    n = 60
    x = [float(draw.randint(0, 40)) for _ in range(n)]
    y = [round(0.02 * v + draw.gauss(0, 1), 1) for v in x]
    reals("series_x", x)
    reals("series_y", y)
    rho, p = stats.spearmanr(x, y)
    print(f"#define SPEARMAN_RHO {float(rho)!r}\n#define SPEARMAN_P {float(p)!r}")
    line = stats.linregress(x, y)
    reach = stats.t.ppf(0.975, n - 2) * line.stderr
    print(f"#define SLOPE {float(line.slope)!r}\n#define SLOPE_REACH {float(reach)!r}")
    mean = sum(y) / n
    e = [v - mean for v in y]
    print(f"#define LAG1 {sum(map(lambda a, b: a * b, e[1:], e)) / sum(v * v for v in e)!r}")
    print("static const struct {\n    unsigned up, down;\n    double p;\n} sign_tests[] = {")
    for up, down in ((0, 1), (5, 5), (5, 6), (0, 6), (9, 2), (31, 12), (300, 240), (2, 1000)):
        print(f"    {{ {up}, {down}, {stats.binomtest(up, up + down, 0.5).pvalue!r} }},")
    print("};")


which = {"cluster": (clusters,), "series": (series,)}[sys.argv[1]]
guard = f"NFC_SURVEY_TESTS_STATS_ORACLE_{sys.argv[1].upper()}_H"
print(f"/* Made by `oracle.py {sys.argv[1]}` with scipy {scipy.__version__}: change that, not this. */\n"
      f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n")
for part in which:
    part()
print("\n#endif")
