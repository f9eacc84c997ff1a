#!/usr/bin/env python3
"""Recounts the rows of a scheme of two tiers from a journal alone, and compares them with its decisions and with
summary.yaml: rows.py RUN. The mathematics is scipy's; nothing of the program is read but its journal."""
import functools
import json
import math
import sys

import yaml
from scipy import special


@functools.lru_cache(None)
def evidence(q, n, d, a, b, below):
    out = special.betaln(a + d, b + n - d) - special.betaln(a, b) - d * math.log(q) - (n - d) * math.log1p(-q)
    return out + (math.log(special.betainc(a + d, b + n - d, q)) - math.log(special.betainc(a, b, q)) if below else 0)


class Run:
    def __init__(self, directory):
        lines = [json.loads(line[2:]) for line in open(directory + "/journal.yaml", encoding="utf-8")]
        self.start = lines[0]
        survey = yaml.safe_load(next(f["text"] for f in self.start["files"] if f["kind"] == "survey"))
        unit = lambda x: x if isinstance(x, str) else x.get("unit", x.get("profile", x.get("handset")))
        self.readers = [unit(r) for r in survey["readers"]]
        self.conditions, self.scripts = len(survey["conditions"]), len(survey["scripts"])
        weights = survey["scheme"].get("weights", {}) if isinstance(survey["scheme"], dict) else {}
        self.weights = [weights.get(r, 1) for r in self.readers]
        self.cells, opened = {}, {}
        self.decided, self.last = {}, {}
        for r in lines:
            if "placement" in list(r)[:1]:
                opened[r["placement"]] = r
            elif "placed" in list(r)[:1]:
                self.add(opened[r["placement"]], r)
            elif "decision" in list(r)[:1] and "row" in r:
                self.decided[self.row_of(r["cell"])] = r

    def add(self, placement, placed):
        for result in placed["results"]:
            cell, what = result[:2]
            seen = self.cells.setdefault(cell, [])
            if what in ("clean", "dirty"):
                seen.append((what == "dirty", placement["session"]))

    def row_of(self, cell):
        unit, script = divmod(cell, self.scripts)
        return unit // len(self.readers) * self.scripts + script

    def reader_of(self, cell):
        return cell // self.scripts % len(self.readers)

    def rejected(self, seen):
        q0, alpha = self.start["q0"], self.start["alpha"]
        n, d = len(seen), sum(dirty for dirty, _ in seen)
        return (n >= 3 and d > q0 * n and evidence(q0, n, d, 1, 4, False) >= -math.log(alpha)
                and len({session for dirty, session in seen if dirty}) >= 2)

    def accepted(self, q, n, d, below):
        return d < q * n and evidence(q, n, d, .5, 5 / q, below) >= -math.log(self.start["beta"])

    def judge(self, row):
        """(verdict, tours, placements, dirty) of a row, for runs without suspect placements."""
        cells = sorted((self.reader_of(c), seen) for c, seen in self.cells.items() if self.row_of(c) == row)
        tours = min(len(seen) // self.weights[r] for r, seen in cells)
        first = [dirty for r, seen in cells for dirty, _ in seen[:self.weights[r] * tours]]
        dirty = sum(first)
        verdict = "open"
        if any(self.rejected(seen) for _, seen in cells):
            verdict = "fails"
        elif (tours >= 3 and self.accepted(self.start["mean"], len(first), dirty, True)
              and all(self.accepted(self.start["q1"], len(seen), sum(x for x, _ in seen), False)
                      and len({session for _, session in seen}) >= 2 for _, seen in cells)):
            verdict = "passes"
        return verdict, tours, len(first), dirty


def main():
    directory = sys.argv[1]
    run = Run(directory)
    summary = yaml.safe_load(open(directory + "/summary.yaml", encoding="utf-8"))
    rows = sorted({run.row_of(c) for c in run.cells})
    told = summary["rows"]
    assert len(told) == len(rows), (len(told), len(rows))
    for row, line in zip(rows, told):
        mine = run.judge(row)
        assert mine == (line["verdict"], line["tours"], line["placements"], line["dirty"]), (row, mine, line)
        live = run.decided.get(row)
        assert (live["row"] if live else "open") == mine[0], (row, mine, live)
    print(len(rows), "rows agree")


main()
