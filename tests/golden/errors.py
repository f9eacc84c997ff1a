"""What is stated of a list's errors, counted anew: union bounds, and an exact dynamic programme over (n, d) for the power."""
from scipy import stats

from held import Near

LONGER = 2  # times N_max


def cell_passes(run, a, q, n_max):
    """P(a cell of this q passes), and the expected number of placements; of a rule of taps no number."""
    s = run.scheme
    if a.taps:
        return float(stats.binom.sf(a.rules.ok_at_least - 1, a.taps, 1 - q)), 0.0
    alive, passes, expected = {0: 1.0}, 0.0, 0.0
    for n in range(1, n_max + 1):
        laid = {}
        for d, p in alive.items():
            laid[d] = laid.get(d, 0.0) + p * (1 - q)
            laid[d + 1] = laid.get(d + 1, 0.0) + p * q
        alive = {}
        for d, p in laid.items():
            accepted, rejected = s.accepts(n, d), s.rejects(n, d)
            if not (accepted or rejected or n == n_max):
                alive[d] = p
                continue
            expected += n * p
            passes += p * (s.clean_for_bound(a.rules.bound, n, d) == 0 if a.rules.bound else accepted and not rejected)
    return passes, expected


def enough(readers, needed, p):
    return float(stats.binom.sf(needed - 1, readers, p))


def statements(run, a):
    """As criteria.yaml has them; with the handset's q, and how many cells each is about, for reports."""
    s, readers = run.scheme, len(run.readers)
    needed = a.rules.at_least or readers
    err, at_once = readers - needed + 1, len(a.wanted)
    of = lambda modes: sum(c["mode"] in modes for c in run.conditions) * len(a.wanted)
    each, conditional = of(a.rules.required), of(a.rules.conditional)
    passes, above_bound = a.rules.bound or s.q1, a.rules.refuse == "above-bound"
    bad = 1 - float(stats.beta.ppf(0.05, a.rules.ok_at_least, a.taps - a.rules.ok_at_least + 1)) if a.taps else passes
    share = 1 - a.time["share"] if a.time else None
    slow = share and (share if above_bound else share / 5)
    refuses, cells = (passes if above_bound else s.q0), readers * each
    out = [{"what": "false_listing", "clause": "success", "q": bad, "ends": "listed", "at_most": (0.05 if a.taps else s.beta) * err}]
    if a.time:
        assert a.time["level"] == "handset", "not recounted here"
        out.append({"what": "false_listing", "clause": "time", "q": share, "ends": "listed", "at_most": s.beta})
    if conditional:
        out.append({"what": "false_unconditional", "q": passes, "ends": "recommended", "at_most": out[0]["at_most"]})
    if not a.taps:
        out.append({"what": "false_refusal", "clause": "success", "q": refuses, "ends": "refused", "at_most": s.alpha * cells / err,
                    "cells": cells})
    if a.time:
        out.append({"what": "false_refusal", "clause": "time", "q": slow, "ends": "refused", "at_most": s.alpha * at_once})
    if conditional and not a.taps:
        out.append({"what": "false_condition", "q": refuses, "ends": "conditional", "at_most": s.alpha * readers * conditional / err,
                    "cells": readers * conditional})
    if not a.taps:
        out.append({"what": "never_works", "q": 1.0, "ends": "refused", "placements_above_q0": dead(run, s.q0),
                    "placements_above_bound": dead(run, passes)})
    for times in (1, LONGER)[:1 if a.taps else 2]:
        for q in (s.q0, s.q0 / 4):
            p, expected = cell_passes(run, a, q, times * s.n_max)
            out.append({"what": "power", "q": q, "ends": "listed", "scripts_independent": enough(readers, needed, p ** each),
                        "scripts_alike": enough(readers, needed, p ** (each / at_once)), "n_max": times * s.n_max,
                        "placements": expected, "cells": cells})
    return out


def dead(run, above):
    """Placements, all dirty, until a handset is refused: one of a second session is among them."""
    reaches = lambda bound: next(n for n in range(3, 2001) if run.scheme.lower(n, n) >= bound)
    return max(reaches(above), reaches(run.scheme.q0) + 1)


def in_yaml(run, a):
    digits = {"q": 6, "at_most": 6, "scripts_independent": 6, "scripts_alike": 6, "placements": 1}
    return [{k: Near(v, digits[k]) if k in digits else v for k, v in row.items() if k != "cells"} for row in statements(run, a)]


def percent(share, places=3):
    return Near(100 * share, places)


def rows(run, a):
    """
    The figures of the table for people, a row a statement: of the handset, none of how it ends, of the chance, of how many of
    as many as the survey has.
    """
    pairs, out = len(run.pairs), []
    shares = lambda row: (row["scripts_independent"], row["scripts_alike"])[0 if len(a.wanted) > 1 else 1:]
    for row in statements(run, a):
        if row["what"] == "never_works":
            after = (row["placements_above_q0"], row["placements_above_bound"])
            out.append([(), (), after if a.rules.refuse == "above-q0" else after[::-1], ()])
            continue
        about = () if row["what"] == "false_unconditional" else (percent(row["q"]), *([row["cells"]] if "cells" in row else []))
        if row["what"] != "power":
            out.append([about, (), (percent(row["at_most"]),), (Near(pairs * row["at_most"], 2), pairs)])
            continue
        about += () if a.taps else (Near(row["placements"], 1),)
        about += (row["n_max"], run.scheme.n_max) if row["n_max"] != run.scheme.n_max else ()
        out.append([about, (), tuple(Near(100 * v, 2, 0.0002) for v in shares(row)),
                    (*(Near(pairs * v, 2) for v in shares(row)), pairs)])
    return out


def price(run, a):
    """What not recommended means, and what the other kind of refusal takes: the figures of the sentence, in any order."""
    if a.taps:
        return []
    refused = [j for j in a.judged if j["recommendation"] == "not recommended"]
    shown = [sum(j["shown"] for j in refused), len(refused)] if a.rules.refuse == "above-q0" else []
    passes = a.rules.bound or run.scheme.q1
    return [100 * run.scheme.q0, *shown, 100 * passes, dead(run, run.scheme.q0), dead(run, passes)]


def refusal(run, a):
    """The criteria's own sentence of what they refuse."""
    return [] if a.taps else [100 * run.scheme.q0, 100 * (a.rules.bound or run.scheme.q1)]
