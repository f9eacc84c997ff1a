#!/usr/bin/env python3
"""variance_oracle.h: variance components of unbalanced data by another way than the program's (numpy, dense projections):

    python3 variance_oracle.py >variance_oracle.h

E[y' P y] of the projection P on a classification is the trace of P V, V the covariance of all values; moments solve
y' (P - P0) y = tr((P - P0) V). Also the published gauge study of Montgomery, Introduction to Statistical Quality Control
(6th ed., table 8.6): 20 parts, 3 operators, 2 repeats, with 10.2798 (parts), 0.0149 (operators), -0.1399 (both), 0.9917.
"""
import numpy

PARTS = """21 20 20 20 19 21|24 23 24 24 23 24|20 21 19 21 20 22|27 27 28 26 27 28|19 18 19 18 18 21|23 21 24 21 23 22|22 21 22 24 22 20|
19 17 18 20 19 18|24 23 25 23 24 24|25 23 26 25 24 25|21 20 20 20 21 20|18 19 17 19 18 19|23 25 25 25 25 25|24 24 23 25 24 25|
29 30 30 28 31 30|26 26 25 26 25 27|20 20 19 20 20 20|19 21 19 19 21 23|25 26 25 24 25 25|19 19 18 17 19 17"""


def projection(labels):
    z = numpy.array([[a == b for b in sorted(set(labels))] for a in labels], float)
    return z @ numpy.linalg.inv(z.T @ z) @ z.T, z @ z.T


def components(values, classifications, strata):
    """Of classifications, a list of labels each; the last component is the repeat."""
    y = numpy.array(values) - numpy.mean(values)
    p0, _ = projection(strata)
    made = [projection(c) for c in classifications] + [(numpy.eye(len(y)), numpy.eye(len(y)))]
    left = [[numpy.trace((p - p0) @ v) for _, v in made] for p, _ in made]
    return numpy.linalg.solve(left, [y @ (p - p0) @ y for p, _ in made])


def main():
    draw, rows = numpy.random.default_rng(9), []
    for stratum in range(2):
        for a in range(3):
            for b in range(5):
                for c in range(4):
                    if draw.random() < 0.12:
                        continue
                    for cluster in range(draw.integers(1, 4)):
                        shift = draw.normal()
                        rows += [((stratum, a, b, c, cluster), round(3 * stratum + a + 0.5 * b * (b > 2) - c % 2 + shift + draw.normal(0, 0.5), 4))
                                 for _ in range(draw.integers(1, 4))]
    keys, values = [r[0] for r in rows], [r[1] for r in rows]
    of = lambda *at: [tuple(k[i] for i in (0, *at)) for k in keys]
    masks = [of(1), of(2), of(1, 2), of(3), of(1, 3), of(2, 3), of(1, 2, 3)]
    everything = components(values, [*masks, keys], of())
    no_session = components(values, [masks[0], masks[1], masks[2], keys], of())
    single = components(values, [masks[0], masks[1], masks[2]], of())
    parts = [[int(v) for v in line.split()] for line in PARTS.replace("\n", "").split("|")]
    gauge = [((p, o // 2), v) for p, line in enumerate(parts) for o, v in enumerate(line)]
    published = components([v for _, v in gauge], [[k[1] for k, _ in gauge], [k[0] for k, _ in gauge], [k for k, _ in gauge]],
                           [0] * len(gauge))
    assert numpy.allclose(published, [0.0149, 10.2798, -0.1399, 0.9917], atol=6e-5), published
    print("/* clang-format off */\n#ifndef NFC_SURVEY_TESTS_STATS_VARIANCE_ORACLE_H\n#define NFC_SURVEY_TESTS_STATS_VARIANCE_ORACLE_H")
    print("/* Made by variance_oracle.py. {stratum, A, B, C, cluster} of each value; the estimates in the order of the components. */")
    print("static const struct oracle_value {\n    unsigned of[5];\n    double value;\n} oracle_values[] = {")
    for k, v in rows:
        print(f"    {{ {{ {', '.join(map(str, k))} }}, {v} }},")
    print("};")
    for name, found in (("everything", everything), ("two_factors", no_session), ("single_values", single)):
        print(f"static const double oracle_{name}[] = {{ {', '.join(f'{x:.12g}' for x in found)} }};")
    print("static const double gauge_values[20][6] = {")
    for line in parts:
        print(f"    {{ {', '.join(map(str, line))} }},")
    print("};")
    print("static const double gauge_published[] = { 0.0149, 10.2798, -0.1399, 0.9917 }; /* operators, parts, both, repeats */")
    print("#endif")


if __name__ == "__main__":
    main()
