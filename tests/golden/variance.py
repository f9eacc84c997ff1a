"""Where the variance of times and dirty placements comes from, counted anew from single values (docs/matrix.md, numpy)."""
import math
from collections import Counter

import numpy

PARTS = ("reader", "handset", "reader_and_handset", "session", "placement", "transaction")
SESSIONS_LEAST = 4
TOLD = 0.05


def values_of(run, script, times):
    """(condition, reader, pair, session, placement), value: ln of each time, or whether a placement was dirty."""
    out = []
    for i in range(run.count):
        pair, condition, reader, own = run.place(i)
        if own != script:
            continue
        c = run.cells[i]
        if times:
            groups = zip(c["timed"].groups, c["timed"].sessions)
            out += [((condition, reader, pair, session, n), math.log(us)) for n, (group, session) in enumerate(groups) for us in group]
        else:
            out += [((condition, reader, pair, p["session"], p["line"]), float(p["bad_line"] > 0)) for p in c["laid"] if p["counted"]]
    return out


def numbered(keys):
    seen = {}
    return numpy.array([seen.setdefault(k, len(seen)) for k in keys])


def moments(keys, y, classes):
    """Components of the classifications, places in a key each; the last one is what is left inside of the finest."""
    labels = [numbered([tuple(k[i] for i in at) for k in keys]) for at in [(0,), *classes]] + [numpy.arange(len(y))]

    def squares(label):
        return (numpy.bincount(label, y) ** 2 / numpy.bincount(label)).sum()

    def shared(of, component):
        n, both = numpy.bincount(of), Counter(zip(of.tolist(), component.tolist()))
        return sum(m * m / n[g] for (g, _), m in both.items())
    left = [[shared(f, c) - shared(labels[0], c) for c in labels[1:]] for f in labels[1:]]
    return numpy.linalg.solve(left, [squares(f) - squares(labels[0]) for f in labels[1:]])


def shares(found):
    whole = sum(max(0.0, v) for v in found.values())
    return {k: max(0.0, v) / whole for k, v in found.items()} if whole > 0 else {}


def study(keys, y, times):
    readers, handsets, sessions, placements = (len({k[at] for k in keys}) for at in (1, 2, 3, slice(0, 5)))
    assert readers > 1 and handsets > 1 and sessions < SESSIONS_LEAST, "sessions are held by tests/unit/stats/test_variance_components.c"
    classes = [(0, 1), (0, 2), (0, 1, 2)] + ([(0, 1, 2, 3, 4)] if times and placements < len(y) else [])
    found = moments(keys, y, classes)
    names = ["reader", "handset", "reader_and_handset"] + (["placement", "transaction"] if len(classes) == 4 else ["placement"])
    return dict(zip(names, found))


def gauges(run):
    """In the order of the program's table: times, then dirty placements, a script each."""
    out = []
    for times in (True, False):
        for script, name in enumerate(run.scripts):
            values = values_of(run, script, times)
            keys, y = [k for k, _ in values], numpy.array([v for _, v in values])
            y = y - y.mean()
            found = study(keys, y, times)
            share, readers = shares(found), sorted({k[1] for k in keys})
            without = {}
            for r in readers if len(readers) > 2 else []:
                kept = [i for i, k in enumerate(keys) if k[1] != r]
                without[r] = shares(study([keys[i] for i in kept], y[kept], times))["reader"]
            least = min(without, key=without.get)
            hangs = share["reader"] >= TOLD and without[least] < share["reader"] / 2
            out.append({"times": times, "script": name, "values": len(y), "placements": len(set(keys)), "readers": len(readers),
                        "handsets": len({k[2] for k in keys}), "sessions": len({k[3] for k in keys}),
                        "conditions": len({k[0] for k in keys}), "variance": found, "share": share,
                        "sd": {k: math.expm1(math.sqrt(max(0.0, v))) if times else math.sqrt(max(0.0, v)) for k, v in found.items()},
                        "hangs_on": run.readers[least][0] if hangs else None, "without": without[least] if hangs else None})
    return out
