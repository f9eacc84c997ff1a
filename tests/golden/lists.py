"""
What must stand in the page's sections of verdicts, cell by cell, as counted anew: the list, what it rests on, matrix, cells,
coverage, what is flagged. Where the languages name figures in another order, both orders stand here.
"""
from collections import Counter

import errors
from criteria import FAIL, OPEN
from held import Near, Outwards, Same
from proposal import limit, sentences
from recount import OPEN_VERDICTS, RECOMMENDATIONS, is_open, plain_times
from suspects import attributed, suspect_price

EMPTY = ()
GROUPS = ("recommended", "conditional", "not recommended", "not enough data")
SESSIONS_LEAST = 2  # of a compatible cell
LINES_MOST, CELLS_MOST, FLAGGED_MOST, POINTS = 3, 2000, 100, 0.1


def ms(us):
    return Near(us / 1000, 1)


def bounds(low, high):
    """In percent with one place, outwards."""
    return Outwards(100 * low, 1, False), Outwards(100 * high, 1, True)


def beside(cell):
    """Suspect placements are named where there are any."""
    return (cell["s"],) if cell["s"] else ()


def groups(assessment):
    """The pairs by recommendation; of those not recommended first those that are shown not to meet the criteria."""
    of = [[p for p, j in enumerate(assessment.judged) if j["recommendation"] == g and j["shown"] == shown]
          for g in GROUPS for shown in (True, False)]
    return [g for g in of if g]


class Lists:
    def __init__(self, run, assessment, market, outliers, small_cells):
        self.run, self.a, self.market, self.outliers, self.small_cells = run, assessment, market, outliers, small_cells
        self.units = [u for u, _ in run.readers]
        assert not assessment.time and not assessment.taps, "criteria of times and taps are not recounted on a page"

    def tables(self, paper, english):
        pairs, readers = range(len(self.run.pairs)), range(len(self.units))
        slices = [(c, s) for c in range(len(self.run.conditions)) for s in range(len(self.run.scripts))]
        in_overview = lambda p, r: EMPTY if paper else tuple(self.run.cell(p, c, r, s) for s, c in sorted((s, c) for c, s in slices))
        overview = [[(self.run.pairs[p][0],), *(in_overview(p, r) for r in readers)] for p in pairs]
        by_reader = [self.used(r) for r in readers]
        out = {"verdicts": [[self.judged(p, english) for p in g] for g in groups(self.a)],
               "basis": [self.asked(), self.ranges(), self.bounds(), self.what_if(), self.open(), self.served(),
                         *([] if paper else [[[EMPTY] * 3] * 3, [[EMPTY] * 2] * 4]),
                         errors.rows(self.run, self.a)],
               "coverage": [self.coverage(), self.smallest(), self.patterns()],
               "flagged": [self.flagged(), self.far_out()],
               "health": self.suspects(english),
               "not-run": [self.not_run(), self.undecided(english)]}
        if paper:
            out["overview"] = [overview, by_reader]
            out["handsets"] = [[self.on_paper(p, *s) for s in slices] for p in pairs]
        else:
            out["matrix"] = [overview, *([self.in_matrix(p, *s, english) for p in pairs] for s in slices), by_reader]
            out["cells"] = [[self.cell(i, english) for i in range(min(CELLS_MOST, self.run.count))]]
        return out

    def words(self, paper):
        """By section: the numbers of its sentences; the languages name them in other orders."""
        run, ends = self.run, Counter(j["recommendation"] for j in self.a.judged)
        verdicts = Counter(c["verdict"] for c in run.cells)
        alone = Counter(tuple(r for r, o in enumerate(j["on"]) if o == FAIL) for j in self.a.judged
                        if j["recommendation"] == "not recommended")
        alone = [n for readers, n in alone.items() if len(readers) == 1]
        modes, _, keep, _ = self.market.regression()
        s = run.scheme
        rates = [100 * s.q1, 100 * s.q1, 100 * s.beta, 100 * s.q0, 100 * s.alpha]
        refused = ends["not recommended"]
        cut = (FLAGGED_MOST, len(self.outliers)) if len(self.outliers) > FLAGGED_MOST else ()
        shown = sum(j["shown"] for j in self.a.judged)
        tile = [shown, refused - shown, 100 * s.q0] if refused and not paper else []
        return {"verdicts": [*(ends[r] for r in RECOMMENDATIONS), *tile, *errors.price(run, self.a), *([sum(alone), ends["not recommended"], *alone] if alone else []),
                             *([] if paper else self.rules())],
                "basis": [*self.basis(verdicts), *([] if paper else errors.price(run, self.a))], "coverage": [100 * s.q0, modes, keep], "flagged": [len(self.outliers), 0, self.small_cells, *cut],
                "run": [s.k, s.n_max, SESSIONS_LEAST, SESSIONS_LEAST, *rates, len(run.start["files"])],
                "not-run": [sum(verdicts[v] for v in OPEN_VERDICTS)],
                **({"overview": [run.count], "handsets": []} if paper else {"matrix": [], "cells": [run.count]})}

    def asked(self):
        """What the clauses of success and readers ask."""
        return [[EMPTY, (100 * (self.a.rules.bound or self.run.scheme.q1),), EMPTY], [EMPTY] * 3]

    def rules(self):
        """Of the criteria in force: their edition, and the bound on dirty placements."""
        edition = [int(self.a.c["edition"])] if str(self.a.c["edition"]).isdigit() else []
        return [*edition, 100 * (self.a.rules.bound or self.run.scheme.q1), *errors.refusal(self.run, self.a)]

    def held_back(self):
        """Pairs that would end better without a clause, and without any of several."""
        by = [self.a.held_back_by(name) for name in ("readers", "success")]
        any_, several = set.union(*by), set.intersection(*by)
        return [len(some) for some in (any_, several) if some]

    def basis(self, verdicts):
        run, placed = self.run, list(self.run.placements.values())
        cells = [self.a.open_cells(p) for p in range(len(run.pairs))]
        untested = [verdicts["excluded"], verdicts["not-applicable"], sum(verdicts[v] for v in OPEN_VERDICTS),
                    sum(p["closed_as"] == "invalid" for p in placed)]
        leans = [n for n in map(self.leans, range(len(run.pairs))) if n]
        operator = [sum(p["excluded"] for p in placed), sum(c["as_dirty"] != c["verdict"] for c in run.cells),
                    sum(p["withdrawn"] for p in placed), sum(c["without"] != c["verdict"] for c in run.cells)]
        said = [v for sentence in sentences(run, self.a) for v in sentence]
        return [*self.rules(), *filter(None, untested), *self.held_back(), sum(map(bool, cells)),
                sum(map(len, cells)), *said, *leans, *operator, 100 * run.scheme.q0, Near(100 * self.market.tested, 2)]

    # -- cells

    def names(self, i):
        pair, condition, reader, script = self.run.place(i)
        return self.units[reader], self.run.conditions[condition]["id"], self.run.scripts[script]

    def figures(self, i):
        c = self.run.cells[i]
        return (c["d"], c["n"], *beside(c), *bounds(c["lower"], c["upper"]))

    def in_matrix(self, pair, condition, script, english):
        row = [(self.run.pairs[pair][0],)]
        for reader in range(len(self.units)):
            i = self.run.cell(pair, condition, reader, script)
            c, low_high = self.run.cells[i], bounds(self.run.cells[i]["lower"], self.run.cells[i]["upper"])
            tried = c["ok"] + c["fail"] + c["invalid_transactions"]
            shown = EMPTY if c["state"] else self.figures(i)
            spoken = (c["d"], c["n"]) if english else (c["n"], c["d"])
            row.append((*self.names(i), *shown, *spoken, *beside(c), *low_high, c["invalid"],
                        *((c["ok"], tried) if english else (tried, c["ok"])), i))
        return row

    def on_paper(self, pair, condition, script):
        cells = [self.run.cell(pair, condition, r, script) for r in range(len(self.units))]
        return [(self.run.conditions[condition]["id"], self.run.scripts[script]),
                *(EMPTY if self.run.cells[i]["state"] else self.figures(i) for i in cells)]

    def cell(self, i, english):
        run, c, (pair, condition, reader, script) = self.run, self.run.cells[i], self.run.place(i)
        tried = c["ok"] + c["fail"] + c["invalid_transactions"]
        t = plain_times(run.first[i])
        spans = [(ms(t[k]), *map(ms, t[k + "_interval"] or ())) if t else EMPTY for k in ("median", "p90")]
        return [(run.pairs[pair][0],), (run.pairs[pair][1],), (self.units[reader],), (run.conditions[condition]["id"],),
                (run.scripts[script],), EMPTY, EMPTY, (c["n"],), (c["d"],), (c["s"],), (c["invalid"],), (c["aborted"],),
                bounds(c["lower"], c["upper"]) if c["n"] + c["s"] else EMPTY, (c["missing"],) if c["missing"] else EMPTY,
                (c["ok"], tried) if english else (tried, c["ok"]), *spans]

    def used(self, reader):
        run = self.run
        verdicts = [run.cells[i]["verdict"] for i in range(run.count) if run.place(i)[2] == reader]
        placements = [p for p in run.placements.values() if p["reader"] == reader]
        made = [t for t in run.transactions if run.place(t["cell"])[2] == reader]
        return [(self.units[reader], run.readers[reader][1]["id"]), (verdicts.count("compatible"),), (verdicts.count("incompatible"),),
                (sum(is_open(v) for v in verdicts),), (len(placements),),
                (sum(p["closed_as"] == "invalid" for p in placements),), (len(made),), (sum(t["outcome"] == "fail" for t in made),)]

    # -- the list

    def judged(self, pair, english):
        run, j = self.run, self.a.judged[pair]
        conditional = j["recommendation"] == "conditional"
        cell = j["conditional"][2] if conditional else j["cell"]
        verdicts = [run.cells[i]["verdict"] for i in range(run.count) if run.place(i)[0] == pair]
        counts = (verdicts.count("compatible"), verdicts.count("incompatible"), sum(is_open(v) for v in verdicts))
        row = [(run.pairs[pair][0],), self.reason(pair, english)]
        if cell is None:
            return [*row, EMPTY, EMPTY, EMPTY, counts]
        outcome = (FAIL if j["modes_failing"] else OPEN) if conditional else j["required"]
        lines = self.a.records("success", (outcome, 0, cell))[:LINES_MOST]
        return [*row, (*self.names(cell), cell), EMPTY if run.cells[cell]["state"] else self.figures(cell), tuple(lines), counts]

    def reason(self, pair, english):
        j, out = self.a.judged[pair], ()
        if j["recommendation"] == "not recommended":
            out = () if j["shown"] else (100 * self.run.scheme.q0,)
            out += self.on_readers({r for r, o in enumerate(j["on"]) if o == FAIL}, english)
        elif j["recommendation"] == "conditional" and j["modes_failing"]:
            spots = [self.a.spots(self.a.rules, pair, {mode}) for mode in j["modes_failing"]]
            out = self.on_readers({r for s in spots for r, spot in enumerate(s) if spot and spot[0] == FAIL}, english)
        elif j["recommendation"] == "not enough data":
            cells = self.a.open_cells(pair)
            most = max(m for _, m in cells)
            out = ((most, len(cells)) if english else (len(cells), most)) if most else (len(cells),)
        leans = self.leans(pair)
        return (*out, leans) if leans else out

    def leans(self, pair):
        cells = [i for r in range(len(self.units)) for i in self.a.cells(pair, r, self.a.rules.required)]
        return sum(self.run.cells[i]["verdict"] == "compatible" != self.run.cells[i]["as_dirty"] for i in cells)

    def on_readers(self, some, english):
        count, everyone = len(some), len(self.units)
        return EMPTY if not some or everyone < 2 else (everyone,) if count == everyone else \
            (count, everyone) if english else (everyone, count)

    # -- what it rests on

    def ranges(self):
        """A bound is shown in percent with one place."""
        out = []
        for name in ("readers", "success"):
            now, _, _ = self.a.knob(name)
            change, most = self.a.first_change(self.a.rules, name), limit(self.run, self.a, name)
            change = None if change is not None and most is not None and change > most else change
            shown = (lambda v: v) if name == "readers" else lambda v: Same(lambda got: abs(got - 100 * v) < POINTS, f"{100 * v}")
            out.append([EMPTY, (shown(now),), EMPTY if change is None else (shown(change),), (self.a.held_back(name),)])
        return out

    def ends(self, rules):
        """How many end as what, and how many of them otherwise than now."""
        mine = [j["recommendation"] for j in self.a.judged]
        ends = self.a.ends(rules) if rules else mine
        count = Counter(ends)
        return [(count[r],) for r in RECOMMENDATIONS], sum(a != b for a, b in zip(ends, mine))

    def scenarios(self, bound):
        """(key, counts, changed) of those about the bound, or of the others that change something."""
        for key, rules in self.a.scenarios():
            counts, changed = self.ends(rules)
            if ("dirty_at_most" in key) == bound and (bound or changed):
                yield key, counts, changed

    def bounds(self):
        return [[EMPTY, *self.ends(None)[0], EMPTY],
                *([(100 * k["dirty_at_most"],), *counts, (changed,)] for k, counts, changed in self.scenarios(True))]

    def what_if(self):
        return [[EMPTY, *self.ends(None)[0], EMPTY],
                *([tuple(v for v in (k.get("drop_reader"), k.get("only_reader")) if v), *counts,
                   (changed,) if "only_reader" in k else EMPTY] for k, counts, changed in self.scenarios(False))]

    def open(self):
        out = []
        for pair, (unit, _, _) in enumerate(self.run.pairs):
            cells = self.a.open_cells(pair)
            if cells:
                most = max(m for _, m in cells)
                out.append([(unit,), (len(cells),), (most,) if most else EMPTY, (*self.names(cells[0][0]), cells[0][0])])
        return out

    def served(self):
        rows = [self.market.reader(r) for r in range(len(self.units))]
        return [*([(r["reader"],), (r["works"],), (r["fails"],), (r["open"],), bounds(*r["market"])] for r in rows),
                [EMPTY, EMPTY, EMPTY, EMPTY, bounds(*self.market.all_readers())]]

    # -- coverage

    def coverage(self):
        rows = [self.market.reader(r) for r in range(len(self.units))]
        claims = [r["claim_99_at_95"] for r in rows]
        missing = [c["handsets_without_cell"] or c["dirty"] or c["placements_missing"] for c in claims]
        return [*([(r["reader"],), (r["works"],), (r["fails"],), (r["open"],), bounds(*r["market"]), (m,)]
                  for r, m in zip(rows, missing)), [EMPTY] * 4 + [bounds(*self.market.all_readers()), EMPTY]]

    def smallest(self):
        return [[(100 * target,), (size,) if size else EMPTY, tuple(self.units[r] for r in meet[0]) if meet else EMPTY]
                for target, size, meet in self.market.targets()]

    def patterns(self):
        return [[(text,), (count,)] for text, count, _ in self.market.patterns()]

    # -- flagged

    def flagged(self):
        run, out = self.run, []
        for reader, (unit, _) in enumerate(run.readers):
            made = sum(run.place(t["cell"])[2] == reader for t in run.transactions)
            out.append([(unit,), (made,), (sum(run.place(o["cell"])[2] == reader for o in self.outliers),), (0,)])
        return out

    def far_out(self):
        return [[(o["record"],), (self.run.pairs[self.run.place(o["cell"])[0]][0],), (*self.names(o["cell"]), o["cell"]), (ms(o["us"]),),
                 (ms(o["cell_median"]),), EMPTY] for o in self.outliers[:FLAGGED_MOST]]

    # -- what was not run, and what is undecided

    def not_run(self):
        run, closed = self.run, Counter(p["closed_as"] for p in self.run.placements.values())
        left_out = Counter((c["verdict"], c["why"]) for c in run.cells if c["state"])
        reasons = [(n, EMPTY) for state in ("excluded", "not-applicable") for (s, _), n in left_out.items() if s == state]
        changed = sum(c["as_dirty"] != c["verdict"] for c in run.cells)
        rows = [*reasons, (sum(is_open(c["verdict"]) for c in run.cells), EMPTY), (closed["invalid"], (changed,)),
                (closed["aborted"], EMPTY), (run.broken_off, EMPTY)]
        return [[EMPTY, (count,), why] for count, why in rows if count]

    def suspects(self, english):
        """What each reader's cost, and the handsets whose own they are."""
        of = lambda s, n: (s, n) if english else (n, s)
        prices = [[(row["reader"],), (row["placements"],), (row["suspects"],), (Near(100 * row["share"].value, 2),), (row["sites"],),
                   (row["more_placements_a_site"],), (row["more_placements"],), (row["more_hours"],)]
                  for row in suspect_price(self.run)]
        owners = [[(row["handset"],), (row["sim"],), (row["reader"],), of(row["suspects"], row["placements"]),
                   of(row["suspects_of_others"], row["placements_of_others"]), (row["ln_e"],), (row["ln_e_of_all"],),
                   (row["ln_e_needed"],)] for row in attributed(self.run)]
        return [t for t in (prices, owners) if t]

    def undecided(self, english):
        out = []
        for i, c in enumerate(self.run.cells):
            if is_open(c["verdict"]):
                counts = (c["d"], c["n"]) if english else (c["n"], c["d"])
                missing = (c["missing"],) if c["missing"] and c["verdict"] == "undecided" else EMPTY
                out.append([(self.run.pairs[self.run.place(i)[0]][0],), (*self.names(i), i),
                            (*counts, *beside(c), *bounds(c["lower"], c["upper"])), missing])
        return out
