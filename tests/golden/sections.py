"""
What must stand in the page's sections for analysts, table by table and cell by cell, as counted anew: times, where time
goes, failures, effects, claims, positions. A cell is a tuple of what it holds in its order: text that it must say, and
numbers. What is not listed is not explained.
"""
import copy
import functools
import math
import re
from collections import defaultdict

from held import Chance, Near, Outwards, Same
from market import holm
from measured import (ANSWERS, PARTS, Kind, Measured, answers, claim, compared, first_times, levels, seen_by_rules,
                      waiting_times)
from recount import is_open
from variance import PARTS as GAUGE_PARTS
from variance import gauges

EMPTY = ()
PERMUTATIONS = 999  # of a report; more by `matrix --permutations`
LEVELS = 20
TRAILS_MOST, POOLED_MOST, KINDS_MOST, RECORDS_MOST = 200, 500, 16, 5


def ms(us):
    return Near(us / 1000, 1)


def span(interval):
    return EMPTY if interval is None else tuple(map(ms, interval))


def spoken(answer):
    """Of an answer in words, which each language has its own way to say, the number; else the answer itself."""
    counted = re.fullmatch(r"(?:fixed|random), (\d+) bytes", answer)
    return int(counted[1]) if counted else answer


class Digits(Near):
    """A number of so many significant digits."""

    def __init__(self, value, digits, relative=0.0):
        places = digits - 1 - math.floor(math.log10(abs(value))) if value else digits
        super().__init__(value, max(0, places), relative)


def percent(share, relative=0.0):
    return EMPTY if share is None else (Digits(100 * share, 4, relative),)


def column_share(share, relative=0.0):
    """Of a column of shares: percent to two places."""
    return EMPTY if share is None else (Near(100 * share, 2, relative),)


def p_value(p):
    """Three places; below 0.001 only that it is."""
    return Same(lambda got: abs(got - p) <= 0.000501 or (p < 0.001 and got == 0.001), f"{p} to three places")


class Sections:
    """paper: as the sections are printed, without the numbers behind the plots and the trails."""

    def __init__(self, run, market, drifts, small_series):
        self.run, self.market, self.drifts, self.small, self.paper = run, market, drifts, small_series, False
        self.measured, self.answers = Measured(run), answers(run)
        self.units = [u for u, _ in run.readers]

    def on_paper(self):
        other = copy.copy(self)
        other.paper = True
        return other

    def tables(self):
        """By section: its tables, each a list of rows of cells. Those behind a plot are left out on paper."""
        behind = (lambda *tables: []) if self.paper else (lambda *tables: list(tables))
        scripts = range(len(self.run.scripts))
        return {
            "times": [*behind(*map(self.levels, scripts)), self.first(), self.all(), *behind(*(of(s) for s in scripts for of in (self.steps, self.step_levels)))],
            "budget": [*behind(self.budget(False)), self.budget(True), self.hosts()],
            "positions": self.positions(behind),
            "failures": [*behind(self.stages()), self.failures()],
            "effects": [self.effects(), self.why(), self.gauge_study(), *behind(self.pooled_cells()), self.pooled_readers(), *behind(self.drift())],
            "claims": behind(self.claims())}

    def words(self):
        """By section: the numbers of its sentences, in their order."""
        counted = [v for p, seen in enumerate(self.answers) for v in compared(self.run, p, seen)]
        icc, placements = self.market.icc()
        cut = (POOLED_MOST, len(self.market.with_placements)) if len(self.market.with_placements) > POOLED_MOST else ()
        trails = len(self.trail_cells())
        levels_ = tuple(0 for _ in self.offers())  # a picture of the points at height 0
        if self.paper:
            levels_ += tuple(n for rows in self.positions(lambda *tables: []) for n in (len(rows), len(self.run.pairs) * len(self.units)))
        return {"times": EMPTY, "budget": EMPTY, "positions": levels_,
                "failures": (TRAILS_MOST, trails) if trails > TRAILS_MOST and not self.paper else EMPTY,
                "effects": (Digits(icc, 3), placements, *(v for told in self.gauge_sentences() for v in told), *self.held_sessions(), *(EMPTY if self.paper else cut), *((self.small,) if self.small else ())),
                "claims": tuple(counted.count(x) for x in ("agrees", "differs", "not seen"))}

    # -- times

    def by_script(self, row):
        return [row(script, reader) for script in range(len(self.run.scripts)) for reader in range(len(self.units))]

    def firsts(self, reader, script):
        return self.run.reader_first[reader][script]

    def levels(self, script):
        return [[(self.units[r],), percent(share), (ms(us),)]
                for r in range(len(self.units)) for share, us in levels(self.firsts(r, script), LEVELS)]

    def first(self):
        def row(script, reader):
            t = first_times(self.firsts(reader, script))
            limit = (self.run.limits[script],)
            names = [(self.run.scripts[script],), (self.units[reader],)]
            if t is None:
                return [*names, (0,), *[EMPTY] * 5, limit]
            cells = [c for value, interval in t["quantiles"] for c in ((ms(value),), span(interval))]
            return [*names, (t["n"],), *cells, (ms(t["max"]),), limit]
        return self.by_script(row)

    def all(self):
        def row(script, reader):
            t = self.measured.part(reader, script, "total")
            over = self.run.reader_times[reader][script].over
            names = [(self.run.scripts[script],), (self.units[reader],), (t.n,), (len(t.groups),)]
            if not t.n:
                return [*names, *[EMPTY] * 7, (over,)]
            return [*names, *self.quantiles(t, 0.5, 0.9, 0.99), (ms(t.values[-1]),), (over,)]
        return self.by_script(row)

    @staticmethod
    def quantiles(t, *levels_):
        out = []
        for value, interval in map(t.quantile, levels_):
            out += [(ms(value),), span(interval)]
        return out

    def steps(self, script):
        out = []
        for number, step in enumerate(self.run.profiles["script"][self.run.scripts[script]]["steps"], 1):
            for reader, unit in enumerate(self.units):
                t = self.measured.step(reader, script, number)
                if t.n:
                    out.append([(step["name"],), (unit,), (t.n,), (len(t.groups),), *self.quantiles(t, 0.5, 0.9),
                                (ms(t.values[-1]),)])
        return out

    def step_levels(self, script):
        return [[(step["name"],), (unit,), percent(share), (ms(us),)]
                for number, step in enumerate(self.run.profiles["script"][self.run.scripts[script]]["steps"], 1)
                for reader, unit in enumerate(self.units)
                for share, us in levels(self.measured.step(reader, script, number).values, LEVELS)]

    # -- where the time goes

    def budget(self, medians):
        m, out = self.measured, []
        for script in range(len(self.run.scripts)):
            for reader, unit in enumerate(self.units):
                parts = [m.part(reader, script, name) for name in PARTS]
                total, host = parts[PARTS.index("total")], reader in m.hosts
                if not total.n:
                    continue
                row = [(self.run.scripts[script],), (unit,), (total.n,), (Digits(m.exchanges(reader, script), 6),)]
                for name, t in zip(PARTS, parts):
                    there = t.n and (host or name != "without host")
                    if medians:
                        value, interval = t.quantile(0.5) if there else (0, None)
                        row.append((ms(value), *span(interval)) if there else EMPTY)
                    else:
                        row.append((ms(math.floor(t.mean() + 0.5)),) if there else EMPTY)
                if not medians:
                    row.append((ms(math.floor(m.host_share(reader, script) + 0.5)),) if host else EMPTY)
                out.append(row)
        return out

    def hosts(self):
        out, m = [], self.measured
        for reader, unit in enumerate(self.units):
            us, line, exchange, floor = m.hosts.get(reader, (None,) * 4)
            row = [(unit,), (ms(us),), (line, ms(exchange), ms(floor))] if us is not None else [(unit,), EMPTY, EMPTY]
            if not m.detections[reader]:
                out.append([*row, (0,), EMPTY])
                continue
            n, median, interval = m.detection(reader)
            out.append([*row, (n,), (ms(median),), span(interval), (ms(m.quantum[reader]),) if m.quantum[reader] else EMPTY, EMPTY])
        return out

    # -- positions

    def offers(self):
        """Conditions of a power mode at more than one place, by height, then x, then y."""
        by_mode = defaultdict(list)
        for i, c in enumerate(self.run.conditions):
            by_mode[c["mode"]].append(i)
        at = lambda i: self.run.conditions[i]["at"]
        assert not self.run.survey.get("cases") and all(c["at"][2] == 0 for c in self.run.conditions), "not recounted here"
        return [sorted(mine, key=lambda i: (at(i)[2], *at(i)[:2])) for mine in by_mode.values() if len(set(map(at, mine))) > 1]

    def state(self, pair, reader, condition):
        verdicts = [self.run.cells[self.run.cell(pair, condition, reader, s)]["verdict"] for s in range(len(self.run.scripts))]
        if "incompatible" in verdicts:
            return "fails"
        return "open" if any(is_open(v) for v in verdicts) else "works" if "compatible" in verdicts else None

    def states(self, reader, condition):
        all_ = [self.state(p, reader, condition) for p in range(len(self.run.pairs))]
        return [all_.count(s) for s in ("works", "fails", "open")]

    def positions(self, behind):
        run, out = self.run, []
        for offer in self.offers():
            counts, handsets = [], []
            for c in offer:
                for reader, unit in enumerate(self.units):
                    cells = [run.cells[i] for i in range(run.count) if run.place(i)[1:3] == (c, reader)]
                    counts.append([(run.conditions[c]["id"],), *((v,) for v in run.conditions[c]["at"]), (unit,),
                                   *((v,) for v in self.states(reader, c)), (sum(x["d"] for x in cells),),
                                   (sum(x["n"] for x in cells),)])
            for pair, (name, _, _) in enumerate(run.pairs):
                for reader, unit in enumerate(self.units):
                    mine = [self.state(pair, reader, c) for c in offer]
                    handsets.append([(name,), (unit,), *((mine.count(s),) for s in ("works", "fails", "open")), EMPTY])
            telling = [row for row in handsets if row[3] != (0,)]  # with a place that fails
            out += [*behind(counts), telling if self.paper else handsets]
        return out

    def labels(self):
        """Numbers that stand as text within pictures, beside their axes, in the page's order."""
        out = []
        for offer in self.offers():
            for reader in range(len(self.units)):
                points = [(self.states(reader, c), c) for c in offer]
                kind = lambda n: 1 if n[1] else 2 if n[2] else 0 if n[0] else 3
                for wanted in range(3):
                    out += [v for n, _ in points if kind(n) == wanted for v in (n[0], sum(n))]
        for d in self.drifts:
            out.append(float(f"{d['execution']}.{d['session']}"))
        return out

    # -- failures

    def stages(self):
        failed = [(self.run.place(t["cell"])[2], t.get("stage")) for t in self.run.transactions if t["outcome"] == "fail"]
        seen = [s for s in (None, "setup", "detect", "activate", "route", "exchange", "check") if s in {s for _, s in failed}]
        return [[(unit,), *((failed.count((r, s)),) for s in seen)] for r, unit in enumerate(self.units)]

    def failures(self):
        run, kinds = self.run, {}
        for t in run.transactions:
            if t["outcome"] in ("fail", "invalid"):
                kinds.setdefault((t.get("stage", "unknown"), t["outcome"], tuple(t.get("causes", []))), []).append(t)
        rows = []
        for key, mine in sorted(kinds.items(), key=lambda k: -len(k[1])):
            readers = [run.place(t["cell"])[2] for t in mine]
            answered = [run.crossed(i)[0] for i in {t["cell"] for t in mine}]
            shown = tuple(answered.count(a) for a in (None, "handset", "reader", "combination", "open") if a in answered)
            rows.append([EMPTY, EMPTY, key[2], (mine[0]["native"],) if mine[0].get("native") else EMPTY, (len(mine),),
                         *((readers.count(r),) for r in range(len(self.units))), shown, (mine[0]["transaction"],)])
        return rows

    def trail_cells(self):
        bad = lambda i: self.run.cells[i]["fail"] + self.run.cells[i]["invalid_transactions"]
        cells = [i for i in range(self.run.count) if bad(i) and self.run.cells[i]["verdict"] != "compatible"]
        return sorted(cells, key=lambda i: (-bad(i), i))

    def trails(self, english):
        """
        Of each failing cell, in the page's order: its summary, its kinds (place, sentences, records), its comparators.
        English says `1 of 5 failures`, Japanese `of 5 failures 1`.
        """
        run, waits = self.run, waiting_times(self.run)
        for cell in [] if self.paper else self.trail_cells()[:TRAILS_MOST]:
            pair, condition, reader, script = run.place(cell)
            found = run.kinds(cell)
            kinds = [Kind(run, key, lines) for key, lines in list(found.items())[:KINDS_MOST]]
            kinds.sort(key=lambda k: (-k.count, k.lines[0]))
            total = run.cells[cell]["fail"] + run.cells[cell]["invalid_transactions"]
            told = []
            for k in kinds:
                where = [k.step] if k.step else []
                where += [k.count, total] if english else [total, k.count]
                where += [k.code] if k.code else []
                where += [ms(min(k.times)), ms(max(k.times))] if k.times and not k.answered else []
                told.append((tuple(where), k.code, seen_by_rules(run, cell, k, waits), tuple(k.lines[:RECORDS_MOST])))
            sides = [v for side in run.crossed(cell)[1:]
                     for v in (side["fails"], side["passes"], side["undecided"], *([side["unproven"]] if side["unproven"] else []))]
            untold = total - sum(k.count for k in kinds)
            yield ((run.pairs[pair][0], self.run.conditions[condition]["id"], run.scripts[script], total, cell), told,
                   (untold,) if untold else EMPTY, tuple(sides))

    # -- effects

    def effects(self):
        """p by our own permutations; Holm's column is held beside it (adjusted)."""
        out = []
        for p, _ in self.market.effects().values():
            out.append([EMPTY, EMPTY, (Chance(p, PERMUTATIONS, 20000),),
                        EMPTY, (PERMUTATIONS,), EMPTY])
        return out

    def why(self):
        """That no attribute is shown to go with failure, in as many as were tried; the fixed run has none."""
        m = self.market
        states = [m.model_state(x) for x in m.models]
        p, tries = m.stump_p()
        return [[(states.count("-"), states.count("+"), states.count("?")), EMPTY],
                [(len(m.attributes), Chance(p, PERMUTATIONS, tries)), EMPTY], [(len(m.associations()),), EMPTY]]

    @functools.cached_property
    def gauges(self):
        return gauges(self.run)

    def gauge_study(self):
        """Of each part its share, and how far one is typically from another."""
        part = lambda g, p: (Near(100 * g["share"][p], 2, 1e-6), Near(100 * g["sd"][p], 1, 1e-6)) if p in g["share"] else EMPTY
        return [[EMPTY, (g["script"],), (g["values"],), *(part(g, p) for p in GAUGE_PARTS)] for g in self.gauges]

    def gauge_sentences(self):
        """The figures of a sentence a row, and how many sessions there were, and it takes."""
        out = []
        for g in self.gauges:
            share = g["share"]
            told = [max(share.values()), share["reader"] + share["reader_and_handset"], share["reader"], share["reader_and_handset"]]
            out.append(tuple(Near(100 * v, 1, 1e-6) for v in (told + [g["without"]] if g["hangs_on"] else told)))
        return out

    def held_sessions(self):
        return max(g["sessions"] for g in self.gauges), 4

    @staticmethod
    def adjusted(column):
        """Whether a column of (p, Holm) of three places can be one: Holm's is monotone in every p."""
        low = holm([max(0.0, p - 0.0005) if p > 0.001 else 0.0 for p, _ in column])
        high = holm([min(1.0, p + 0.0005) for p, _ in column])
        return [a - 0.000501 <= h <= b + 0.000501 for (_, h), a, b in zip(column, low, high)]

    def pooled_cells(self):
        run, out = self.run, []
        for i in self.market.with_placements[:POOLED_MOST]:
            c, (pair, condition, _, script) = run.cells[i], run.place(i)
            mean, interval = self.market.pooled_of(i)
            out.append([(run.pairs[pair][0],), (run.conditions[condition]["id"], run.scripts[script], i), (c["d"],), (c["n"],),
                        (Outwards(100 * c["lower"], 1, False), Outwards(100 * c["upper"], 1, True)), column_share(mean, 1e-5),
                        tuple(Outwards(100 * v, 1, up, 1e-4 * 100 * v) for v, up in zip(interval, (False, True)))])
        return out

    def pooled_readers(self):
        rows = [self.market.reader(r) for r in range(len(self.units))]
        return [[(r["reader"],), (r["d"],), (r["n"],), column_share(self.raw(i)), column_share(r["pooled"], 1e-5)]
                for i, r in enumerate(rows)]

    def raw(self, reader):
        """Mean of its cells' shares: with the weights of the pooled one."""
        of = [self.run.cells[i] for i in self.market.with_placements if self.run.place(i)[2] == reader]
        return sum(c["d"] / c["n"] for c in of) / len(of) if of else None

    def drift(self):
        return [[(self.units[d["reader"]],), (self.run.scripts[d["script"]],), (d["execution"],), (d["session"],),
                 (d["placements"],), (Near(d["percent_an_hour"], 2),), tuple(Near(v, 2) for v in d["percent_interval"]),
                 (p_value(d["p_adjusted"]),), EMPTY] for d in self.drifts]

    # -- claims

    def claims(self):
        run, out = self.run, []
        for pair, (unit, _, _) in enumerate(run.pairs):
            seen = self.answers[pair]
            for what, fact in ANSWERS:
                value, absent = claim(run, pair, fact)
                mine = [(text, v) for (w, text, _), v in seen.items() if w == what]
                if value is None and not mine:
                    continue
                observed = tuple(x for text, v in mine
                                 for x in (spoken(text), v["count"], v["line"], *(self.units[r] for r in sorted(v["readers"]))))
                out.append([(unit,), EMPTY, (value,) if value else (absent,) if absent else EMPTY, observed, EMPTY])
        return out
