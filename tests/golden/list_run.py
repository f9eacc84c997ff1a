"""Recounts a run with `decide: list` from its journal, a placement at a time, by the rule of docs/decisions.md alone.

    list_run.py RUN [MATRIX]     # MATRIX: the same survey and seed with `decide: matrix`

A handset is off the list when on one of the readers (all must pass) a required cell is incompatible, or cannot become
compatible by the limit with all further placements clean. No placement of it may begin after that; its cells that are
neither compatible nor incompatible are `not pursued`, and no others are. Whoever is recommended is so in the matrix, too.
"""
import json
import sys
from collections import defaultdict

import yaml

from recount import Run

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(directory):
    with open(directory + "/journal.yaml", encoding="utf-8") as f:
        return [line[2:] for line in f]


def summary(directory):
    with open(directory + "/summary.yaml", encoding="utf-8") as f:
        return yaml.load(f, Loader=LOADER)


class Replay:
    def __init__(self, lines):
        self.run = Run(lines)
        assert self.run.survey["decide"] == self.run.start["decide"] == "list"
        assert self.run.criteria["readers_at_least"] == "all" and "success" not in self.run.criteria
        self.n, self.d = defaultdict(int), defaultdict(int)
        self.sessions, self.dirty_sessions = defaultdict(set), defaultdict(set)
        self.off = {}  # handset: the placement that put it off
        self.begun = 0
        for record in map(json.loads, lines):
            self.take(record)

    def take(self, record):
        if "placement" in record and "handset" in record and "result" not in record:
            self.begin(record)
        elif record.get("results") is not None and "placed" in record:
            self.close(record)

    def begin(self, record):
        self.begun += 1
        self.now = record
        self.open = getattr(self, "open", {})
        self.open[record["placement"]] = record
        assert record["handset"] not in self.off, f"placement {record['placement']} of a handset that is off the list"

    def close(self, record):
        begun = self.open.pop(record["placement"])
        for cell, result, *_ in record["results"]:
            assert result in ("clean", "dirty"), "a run without instruments that fail is recounted here"
            self.n[cell] += 1
            self.d[cell] += result == "dirty"
            self.sessions[cell].add(begun["session"])
            if result == "dirty":
                self.dirty_sessions[cell].add(begun["session"])
            if self.settles(cell):
                self.off.setdefault(begun["handset"], record["placement"])

    def verdict(self, cell):
        scheme, n, d = self.run.scheme, self.n[cell], self.d[cell]
        if scheme.rejects(n, d):
            return "incompatible" if len(self.dirty_sessions[cell]) >= 2 else "rejected so far"
        needed = scheme.clean_needed(d)
        return "compatible" if needed and n >= needed and len(self.sessions[cell]) >= 2 else "undecided"

    def is_required(self, cell):
        pair, condition, reader, script = self.run.place(cell)
        c = self.run.criteria
        return self.run.conditions[condition]["mode"] in c["power_modes"] and self.run.scripts[script] in c["scripts"]

    def settles(self, cell):
        if not self.is_required(cell) or self.verdict(cell) == "compatible":
            return False
        if self.verdict(cell) == "rejected so far":
            return False # the handset rests until another session has shown it
        return self.verdict(cell) == "incompatible" or self.run.scheme.clean_needed(self.d[cell]) == 0


def main():
    replay = Replay(read(sys.argv[1]))
    run, told = replay.run, summary(sys.argv[1])
    assert replay.begun > 0 and replay.off and len(replay.off) < len(run.pairs)
    left = 0
    rests = {run.pairs[run.place(i)[0]][0] for i in range(len(told["cells"]))
             if not run.state(i)[0] and replay.verdict(i) == "rejected so far" and replay.is_required(i)}
    for index, cell in enumerate(told["cells"]):
        state = run.state(index)[0]
        handset = run.pairs[run.place(index)[0]][0]
        want = state or replay.verdict(index)
        if want in ("undecided", "rejected so far") and handset in replay.off:
            want, left = "not pursued", left + 1
        assert want != "undecided" or handset in rests, (index, handset)
        assert cell["verdict"] == want, (index, cell["verdict"], want)
        assert (cell["n"], cell["d"]) == (replay.n[index], replay.d[index]), index
    assert told["verdicts"]["not pursued"] == left > 0
    on = {h["handset"] for h in told["handsets"] if h["recommendation"] in ("recommended", "conditional")}
    assert on == {unit for unit, _, _ in run.pairs} - set(replay.off) - rests, on
    if len(sys.argv) > 2:
        whole = summary(sys.argv[2])
        same = lambda s: {h["handset"]: h["recommendation"] for h in s["handsets"]
                          if h["recommendation"] in ("recommended", "conditional")}
        assert same(whole) == same(told), (same(whole), same(told))
        assert whole["verdicts"].get("not pursued", 0) == 0
        assert sum(c["n"] for c in told["cells"]) < sum(c["n"] for c in whole["cells"])
    print(f"{len(replay.off)} handsets off the list, {left} cells not pursued, {replay.begun} placements")


if __name__ == "__main__":
    main()
