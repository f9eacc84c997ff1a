"""Points and heights that are silent, open, and shown to answer, recounted from a journal alone.

    places.py RUN_DIR ASSESSMENT    a run with one script and power mode; `criteria --format yaml` of it under rules of position
"""
import sys

import yaml

from recount import Run

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def state(cell):
    return {"compatible": "answers", "incompatible": "silent", "not-applicable": "silent"}.get(cell["verdict"], "open")


def points(run, pair, reader, radius):
    at = {(x, y): c for c, (x, y, z) in enumerate(places(run)) if z == 0}
    sides = [(0, 0), (radius, 0), (-radius, 0), (0, radius), (0, -radius)]
    seen = [state(run.cells[run.cell(pair, at[side], reader, 0)]) for side in sides]
    return {"points_silent": seen.count("silent"), "points_open": seen.count("open"), "points_answering": seen.count("answers")}


def places(run):
    return [c["at"] for c in run.conditions]


def heights(run, pair, reader, low, high):
    at = sorted((z, state(run.cells[run.cell(pair, c, reader, 0)])) for c, (x, y, z) in enumerate(places(run))
                if x == y == 0 and low <= z <= high)
    answering = [low, *(z for z, s in at if s == "answers"), high]
    out = {"heights": len(at), "heights_open": sum(s == "open" for _, s in at),
           "not_shown_to_answer_mm": max(b - a for a, b in zip(answering, answering[1:]))}
    best = None
    for i, (begin, s) in enumerate(at):
        end = i
        while end + 1 < len(at) and at[end + 1][1] == "silent":
            end += 1
        if s == "silent" and (best is None or at[end][0] - begin > best[1] - best[0]):
            best = begin, at[end][0]
    return {**out, **({"silent_from_mm": best[0], "silent_to_mm": best[1]} if best else {})}


def main(directory, path):
    run = Run(line[2:] for line in open(directory + "/journal.yaml", encoding="utf-8"))
    said, rules = yaml.load(open(path, encoding="utf-8"), Loader=LOADER), run.criteria["positions"]
    units, held = [u for u, _ in run.readers], 0
    for pair, handset in enumerate(said["handsets"]):
        for clause in handset["clauses"]:
            if clause["clause"] not in ("five_points", "height") or "reader" not in clause:
                continue
            reader, rule = units.index(clause["reader"]), rules[clause["clause"]]
            want = points(run, pair, reader, rule["radius_mm"]) if clause["clause"] == "five_points" else \
                heights(run, pair, reader, rule["from_mm"], rule["to_mm"])
            got = {k: clause[k] for k in clause if k.startswith(("points_", "heights", "silent_", "not_shown_to_answer"))}
            assert got == want, (handset["handset"], clause, want)
            held += len(want)
    print(f"places: {held} values held, 0 wrong")
    return held > 20


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
