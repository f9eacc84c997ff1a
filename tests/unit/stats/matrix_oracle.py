#!/usr/bin/python3
"""Values that the tests of pooling, multiplicity and exact tests are held against, by scipy and plain sums.

Writes matrix_oracle.h beside itself; needs python3-scipy. The likelihood is maximised by Nelder-Mead from many
starts, which has nothing in common with the Newton steps of harness/stats/pool.c."""
import itertools, os, random
import numpy as np
from scipy import optimize, special, stats

out = ["/* Made by matrix_oracle.py. */", "/* clang-format off */",
       "#ifndef NFC_SURVEY_TESTS_STATS_MATRIX_ORACLE_H", "#define NFC_SURVEY_TESTS_STATS_MATRIX_ORACLE_H", ""]


def likelihood(a, b, cells):
    n, d = cells[:, 0], cells[:, 1]
    return float(np.sum(special.betaln(a + d, b + n - d) - special.betaln(a, b)))


def fit(cells):
    best = None
    for u, v in itertools.product([-4, -2, 0, 2], [-1, 1, 3, 5]):
        r = optimize.minimize(lambda x: -likelihood(np.exp(x[0]), np.exp(x[1]), cells), [u, v], method="Nelder-Mead",
                              options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 20000, "maxfev": 20000})
        if best is None or r.fun < best.fun:
            best = r
    return np.exp(best.x[0]), np.exp(best.x[1]), -best.fun


random.seed(4)
generator = np.random.default_rng(11)


def broken(size):
    """Most cells near perfect, some broken: counts as a sequential survey leaves them."""
    cells = []
    for _ in range(size):
        u = generator.random()
        q = generator.uniform(.002, .02) if u < .8 else generator.uniform(.5, 1) if u < .9 else generator.uniform(.03, .3)
        n = int(generator.integers(3, 45))
        cells.append((n, int(generator.binomial(n, q))))
    return np.array(cells)


def even(size, a, b, n):
    q = generator.beta(a, b, size)
    return np.array([(n, int(generator.binomial(n, x))) for x in q])


sets = [broken(60), broken(300), even(80, 2., 8., 30), even(40, .3, .9, 12)]
out.append("struct oracle_pool { unsigned cells[300][2]; unsigned count; double a, b, log_likelihood; "
           "double mean[3], lower[3], upper[3], tail[3]; /* of the first three cells; interval at 95 %, tail above 0.1 */ };")
out.append("static const struct oracle_pool oracle_pools[] = {")
for cells in sets:
    a, b, value = fit(cells)
    post = [(a + d, b + n - d) for n, d in cells[:3]]
    rows = ",".join("{%d,%d}" % (n, d) for n, d in cells)
    text = lambda xs: ",".join("%.12g" % x for x in xs)
    out.append("{{%s}, %d, %.12g, %.12g, %.12g, {%s}, {%s}, {%s}, {%s}}," % (
        rows, len(cells), a, b, value, text(x / (x + y) for x, y in post),
        text(stats.beta.ppf(.025, x, y) for x, y in post), text(stats.beta.ppf(.975, x, y) for x, y in post),
        text(stats.beta.sf(.1, x, y) for x, y in post)))
out.append("};\n")

out.append("struct oracle_fisher { unsigned a, b, c, d; double p; };")
out.append("static const struct oracle_fisher oracle_fishers[] = {")
tables = [(3, 1, 1, 3), (1, 9, 11, 3), (0, 10, 10, 0), (8, 2, 1, 5), (5, 5, 5, 5), (0, 0, 3, 4), (2, 15, 10, 3), (200, 300, 250, 240)]
tables += [tuple(random.randint(0, 30) for _ in range(4)) for _ in range(40)]
for t in tables:
    p = stats.fisher_exact([[t[0], t[1]], [t[2], t[3]]])[1]
    out.append("{%d,%d,%d,%d, %.12g}," % (*t, p))
out.append("};\n")

out.append("/* Pair agreement by counting pairs of transactions one by one: cells of m placements, k = 5. */")
out.append("struct oracle_icc { unsigned m; unsigned x[12]; };")
out.append("static const struct oracle_icc oracle_iccs[] = {")
k, above, below = 5, 0., 0.
for _ in range(30):
    m = int(generator.integers(2, 12))
    p = generator.beta(.5, 2)
    placements = [(generator.random(k) < generator.beta(p * 2 + .01, (1 - p) * 2 + .01)).astype(int) for _ in range(m)]
    same = np.mean([np.mean([z[i] * z[j] for i in range(k) for j in range(k) if i != j]) for z in placements])
    different = np.mean([np.mean(np.outer(y, z)) for i, y in enumerate(placements) for j, z in enumerate(placements) if i != j])
    rate = np.mean(placements)
    above += m * (same - different)
    below += m * (rate - different)
    out.append("{%d, {%s}}," % (m, ",".join(str(int(z.sum())) for z in placements)))
out.append("};")
out.append("static const double oracle_icc_rho = %.12g;" % (above / below))
out += ["", "#endif"]
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "matrix_oracle.h"), "w").write("\n".join(out) + "\n")
