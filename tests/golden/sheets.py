"""What must stand in cells.csv and in the spreadsheet's sheets of figures, row by row and cell by cell, as counted anew."""
from collections import Counter

from held import Near, Outwards
import errors
from criteria import OPEN
from lists import beside, groups
from lists import bounds as in_percent
from proposal import proposal, sentences
from recount import OPEN_VERDICTS, RECOMMENDATIONS, is_open, plain_times
from variance import PARTS as GAUGE_PARTS

EMPTY = ()
CAUSES = 31
PERMUTATIONS = (999,)
EMPTY_ROW = [EMPTY] * 2
RECOMMENDATIONS = ("recommended", "conditional", "not recommended", "not enough data")
MARK = [EMPTY] * 2  # simulated, and the damaged lines
CSV_MARK = [EMPTY] * 3  # and since when the run is open
WHY = [EMPTY] * 3  # causes of a refusal, what goes with it, the requirement: no figures in the fixed run
STAGES = ("setup", "detect", "activate", "route", "exchange", "check")


def us(value):
    """Milliseconds with all digits of the microseconds."""
    return (Near(value / 1000, 3),)


def quantile(value, interval):
    return [us(value), *(map(us, interval) if interval else [EMPTY] * 2)]


def bounds(c):
    return [(Outwards(c["lower"], 4, False),), (Outwards(c["upper"], 4, True),)] if c["n"] + c["s"] else [EMPTY] * 2


def more(c):
    return (c["missing"],) if c["verdict"] == "undecided" else EMPTY


class Sheets:
    def __init__(self, run, assessment, sections):
        self.run, self.assessment, self.sections = run, assessment, sections

    def csv(self):
        return [CSV_MARK[len(MARK):] + self.cell(i) + self.causes_of(i) for i in range(self.run.count)]

    def xlsx(self):
        """By the title of the part; the others are explained by what stands beside each figure."""
        return {"List": self.list(), "Cells": [self.cell(i) for i in range(self.run.count)], "Times": self.times(), "Causes": self.causes(),
                "Criteria": self.ranges(), "Errors": errors.rows(self.run, self.assessment), "What if": self.what_if(), **self.effects()}

    def effects(self):
        """By the title of the part, the permutations between p and what it says, and what goes with failure."""
        return {"Effects": [self.plain(row, PERMUTATIONS) for row in self.sections.effects()], "What fails alike": self.sections.why(),
                "Variance": self.gauges(True)}

    def gauges(self, sheet):
        """Of the spreadsheet, or of Markdown."""
        part = lambda found, p: (Near(found[p] if sheet else 100 * found[p], 4 if sheet else 2, 1e-6),) if p in found else EMPTY
        counts = ("placements", "readers", "handsets", "sessions") if sheet else ()
        return [[EMPTY, (g["script"],), (g["values"],), *((g[k],) for k in counts), *(part(g["share"], p) for p in GAUGE_PARTS),
                 *(part(g["sd"], p) for p in GAUGE_PARTS if sheet), said]
                for g, said in zip(self.sections.gauges, self.sections.gauge_sentences())]

    def csv_variance(self):
        part = lambda found, p, digits: (Near(found[p], digits, 1e-6),) if p in found else EMPTY
        return [[*CSV_MARK, EMPTY, (g["script"],), *((g[k],) for k in ("values", "placements", "readers", "handsets", "sessions", "conditions")),
                 *(part(g["share"], p, 4) for p in GAUGE_PARTS), *(part(g["sd"], p, 4) for p in GAUGE_PARTS),
                 *(part(g["variance"], p, 12) for p in GAUGE_PARTS), (g["hangs_on"],) if g["hangs_on"] else EMPTY,
                 (Near(g["without"], 4),) if g["hangs_on"] else EMPTY] for g in self.sections.gauges]

    def csv_effects(self):
        """The smallest p that so few units could reach, where it is above what the permutations reach."""
        floors = [(Near(floor, 8),) if floor > 1 / (1 + PERMUTATIONS[0]) else EMPTY for _, floor in self.sections.market.effects().values()]
        return [[*CSV_MARK, *self.plain(row), EMPTY, floor] for row, floor in zip(self.sections.effects(), floors)]

    def csv_associations(self):
        units = self.sections.units
        return [[*CSV_MARK, EMPTY, EMPTY, *((cut,) if ordered else EMPTY for ordered in (isinstance(cut, float), False)),
                 EMPTY if reader is None else (units[reader],), *((v,) for v in (*with_, *without)), (Near(p, 8),), (Near(adjusted, 8),),
                 EMPTY, EMPTY] for _, cut, reader, with_, without, p, adjusted in self.sections.market.associations()]

    @staticmethod
    def plain(row, *more):
        """A row of the page's table of effects where the attribute has a column of its own."""
        return [EMPTY, EMPTY, EMPTY, row[2], EMPTY, *more, EMPTY]

    def sentences(self):
        return sentences(self.run, self.assessment)

    def markdown(self):
        """By the number of the table: the conclusion, the list by recommendation behind the run, then criteria, coverage, what-if."""
        ends = Counter(j["recommendation"] for j in self.assessment.judged)
        conclusion = [EMPTY_ROW, *([EMPTY, (ends[r], len(self.run.pairs))] for r in RECOMMENDATIONS)]
        lists = {2 + i: [self.line(p) for p in g] for i, g in enumerate(groups(self.assessment))}
        return {0: conclusion, **lists, 4 + len(lists): errors.rows(self.run, self.assessment), 5 + len(lists): self.coverage(),
                6 + len(lists): [self.plain(row) for row in self.sections.effects()], 7 + len(lists): self.sections.why(),
                8 + len(lists): self.gauges(False), 9 + len(lists): [row[:6] for row in self.what_if()]}

    def said(self):
        """The figures of Markdown's headings and of its last lines."""
        s, a = self.run.scheme, self.assessment
        passes = a.rules.bound or s.q1
        verdicts = Counter(c["verdict"] for c in self.run.cells)
        grey = [v for g in groups(a) if a.judged[g[0]]["recommendation"] == "not recommended" and not a.judged[g[0]]["shown"]
                for v in (100 * s.q0, 100 * passes)]
        return [*errors.price(self.run, a), *self.sections.held_sessions(), *(v for g in groups(a) for v in (len(g), len(self.run.pairs))), *grey,
                sum(verdicts[v] for v in OPEN_VERDICTS), verdicts["excluded"], verdicts["not-applicable"],
                sum(p["closed_as"] == "invalid" for p in self.run.placements.values()), *self.left_open()]

    def left_open(self):
        """What would decide the open pairs: the most a cell needs, open cells, then pairs and how many have no number."""
        needs = [[m for _, m in self.assessment.open_cells(p)] for p in range(len(self.run.pairs))]
        most = [max(cells) for cells in needs if cells]
        unknown, cells = most.count(0), sum(map(len, needs))
        if not most or unknown == len(most):
            return [cells] if most else []
        return [max(most), cells, *((len(most), unknown) if unknown else ())]

    # -- every cell

    def cell(self, i):
        run, c, (pair, condition, reader, script) = self.run, self.run.cells[i], self.run.place(i)
        there = (lambda *values: [EMPTY] * len(values)) if c["state"] else (lambda *values: [(v,) for v in values])
        return [*MARK, (i,), (run.pairs[pair][0],), EMPTY, (run.pairs[pair][1],), (run.readers[reader][0],), EMPTY,
                (run.conditions[condition]["id"],), EMPTY, (run.scripts[script],), EMPTY, EMPTY, *there(c["n"], c["d"], c["s"]), *bounds(c),
                more(c), EMPTY, EMPTY, EMPTY,
                *there(c["invalid"], c["excluded"], c["aborted"], c["withdrawn"], c["withdrawn_dirty"], c["ok"], c["fail"],
                       c["invalid_transactions"], c["not_applicable"], c["slow"], *(c["stages"][s] for s in STAGES)),
                EMPTY, EMPTY, EMPTY, *there(len(run.first[i])), *self.first(run.first[i]), *self.all(c, there)]

    @staticmethod
    def first(values):
        t = plain_times(values)
        if t is None:
            return [EMPTY] * 7
        return [*quantile(t["median"], t["median_interval"]), *quantile(t["p90"], t["p90_interval"]), us(t["max"])]

    @staticmethod
    def all(c, there):
        s = c["timed"].spread()
        counts = there(s["n"], s["placements"], s["over_limit"])
        if not s["n"]:
            return [*counts, *[EMPTY] * 7]
        return [*counts, *quantile(s["median"], s["median_interval"]), *quantile(s["p90"], s["p90_interval"]), us(s["max"])]

    def causes_of(self, i):
        c = self.run.cells[i]
        return [EMPTY if c["state"] else (c["causes"][f"F{n:02}"],) for n in range(1, CAUSES + 1)]

    # -- the list

    def list(self):
        return [self.pair(p) for p in range(len(self.run.pairs))]

    def pair(self, p):
        run, j = self.run, self.assessment.judged[p]
        cell = j["cell"] if j["recommendation"] != "conditional" else j["conditional"] and j["conditional"][2]
        evidence = [EMPTY] * 9
        if cell is not None:
            c, (_, condition, reader, script) = run.cells[cell], run.place(cell)
            evidence = [(run.readers[reader][0],), (run.conditions[condition]["id"],), (run.scripts[script],)]
            evidence += [(c["n"],), (c["d"],), (c["s"],), *bounds(c)] if c["n"] + c["s"] else [EMPTY] * 5
            evidence.append((j["missing"],) if j["required"] == OPEN and j["missing"] else EMPTY)
        verdicts = [run.cells[i]["verdict"] for i in range(run.count) if run.place(i)[0] == p]
        leans = sum(run.cells[i]["verdict"] == "compatible" != run.cells[i]["as_dirty"] for r in range(len(run.readers))
                    for i in self.assessment.cells(p, r, self.assessment.rules.required) if run.cells[i]["n"])
        grey = j["recommendation"] == "not recommended" and not j["shown"]
        refused = (100 * run.scheme.q0, 100 * (self.assessment.rules.bound or run.scheme.q1)) if grey else EMPTY
        above = (100 * run.scheme.q0,) if grey else EMPTY
        return [(run.pairs[p][0],), EMPTY, (run.pairs[p][1],), EMPTY, refused, above, *WHY, EMPTY, self.shown(cell), *evidence, EMPTY, EMPTY, (leans,),
                (verdicts.count("compatible"),), (verdicts.count("incompatible"),),
                (sum(is_open(v) for v in verdicts),)]

    def line(self, p):
        """Of the list in Markdown; the cell and its counts in one field."""
        row = self.pair(p)
        names = row[11:14]
        return [row[0], EMPTY, row[2], row[5], *WHY, (*(w for name in names for w in name), *row[10]), row[19]]

    def shown(self, cell):
        """What the success clause saw."""
        c = self.run.cells[cell] if cell is not None else None
        return (c["d"], c["n"], *beside(c), *in_percent(c["lower"], c["upper"])) if c and not c["state"] else EMPTY

    def coverage(self):
        market, out = self.sections.market, []
        percent = lambda share: [(Outwards(100 * v, 2, up),) for v, up in zip(share, (False, True))]
        for r in map(market.reader, range(len(self.run.readers))):
            out.append([(r["reader"],), EMPTY, (r["works"],), (r["fails"],), (r["open"],), *percent(r["market"])])
        return [*out, [EMPTY] * 5 + percent(market.all_readers())]

    def ranges(self):
        """How far each clause may be moved; shares are numbers here, not rounded."""
        out = []
        for c in proposal(self.run, self.assessment)["clauses"]:
            values = [c[k] for k in ("as_it_stands", "same_list_from", "changes_at", "proposed")]
            out.append([EMPTY] * 4 + [EMPTY if v is None else (Near(v.value, 8),) for v in values]
                       + [(c["holds_back_by_itself"],), EMPTY])
        return out

    # -- times, failures

    def times(self):
        """Of a reader the 99th percentile, of a handset, which has fewer, the 95th."""
        run = self.run
        rows = [(unit, run.scripts[s], run.reader_times[r][s], s, ("median", "p90", None, "p99"))
                for r, (unit, _) in enumerate(run.readers) for s in range(len(run.scripts))]
        rows += [(unit, run.scripts[s], run.pair_times[p][s], s, ("median", "p90", "p95", None))
                 for p, (unit, _, _) in enumerate(run.pairs) for s in range(len(run.scripts))]
        out = []
        for unit, script, timed, number, shown in rows:
            s = timed.spread(0.95, 0.99)
            figures = [EMPTY] * 13
            if s["n"]:
                figures = [f for name in shown
                           for f in (quantile(s[name], s[name + "_interval"]) if name else [EMPTY] * 3)]
                figures.append(us(s["max"]))
            out.append([EMPTY, (unit,), EMPTY, EMPTY, (script,), (s["n"],), (s["placements"],), *figures,
                        (run.limits[number],), (s["over_limit"],)])
        return out

    def causes(self):
        """As in the page, but the figures of card or reader."""
        return [[EMPTY, EMPTY, row[2], EMPTY, EMPTY, row[3], *row[4:-2], row[-1]] for row in self.sections.failures()]

    # -- what if

    def what_if(self):
        mine = [j["recommendation"] for j in self.assessment.judged]
        out = []
        for key, rules in [({}, None), *self.assessment.scenarios()]:
            ends = self.assessment.ends(rules) if rules else mine
            count = Counter(ends)
            label = (100 * key["dirty_at_most"],) if "dirty_at_most" in key else EMPTY
            out.append([label, *((count[r],) for r in RECOMMENDATIONS), (sum(a != b for a, b in zip(ends, mine)),), EMPTY])
        return out
