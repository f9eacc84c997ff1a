"""
What a recount says of each thing, so that a number on any page can be traced to it: a number is explained when it is what
was counted of the very readers, handsets, conditions and scripts that stand beside it, or of some of them together.
"""
import bisect
import itertools
import math
import re
from collections import Counter, defaultdict

from recount import plain_times

DIMENSIONS = ("pair", "condition", "reader", "script")
# Digits that belong to a word (F10, HS-01), a date, a hash or a version are no figures.
WORDS = re.compile(r"\b[0-9a-f]{16,}\b|\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?|\b\d{2}:\d{2}(?::\d{2})?\b"
                   r"|\b\d+\.\d+\.\d+\b|[A-Za-z_][\w]*[-_]?\d[\w.-]*|\d+年\d+月\d+日(?:\s?\d+時\d+分)?"
                   r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b", re.ASCII)
NUMBER = re.compile(r"[-−+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−+]?\d+(?:\.\d+)?")


class Facts:
    def __init__(self, run, assessment, market, drifts, outliers):
        self.run, self.of, self.pools, self.placed = run, defaultdict(set), {}, defaultdict(Counter)
        self.names = defaultdict(set)  # of units, and of the models that they are: (dimension, index)
        for dimension, things in (("pair", [(u, p["id"], p.get("facts", {}).get("name")) for u, _, p in run.pairs]),
                                  ("condition", [(c["id"],) for c in run.conditions]),
                                  ("reader", [(u, p["id"], p.get("model")) for u, p in run.readers]),
                                  ("script", [(s,) for s in run.scripts])):
            for i, names in enumerate(things):
                for name in filter(None, names):
                    self.names[name].add((dimension, i))
        every = sorted(self.names, key=len, reverse=True)
        self.named = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, every)) + r")(?![\w-])", re.ASCII)
        self.cells()
        self.sums()
        self.times()
        self.judgements(assessment)
        self.whole(drifts, outliers)
        self.market(market)
        self.failures()

    def add(self, key, *values):
        """key: (pair, condition, reader, script), None for `all of them`."""
        for v in values:
            if v is not None and not isinstance(v, (str, bool)) and math.isfinite(v):
                self.of[key].add(float(v))

    def share(self, key, *values):
        self.add(key, *values, *(100 * v for v in values if v is not None))

    def us(self, key, *values):
        for v in values:
            if v is not None:
                self.add(key, v, v / 1000, v / 1e6)

    # -- what is known of what

    def cells(self):
        run = self.run
        for i, c in enumerate(run.cells):
            key = run.place(i)
            key = (key[0], key[1], key[2], key[3])
            self.add(key, i, *(c[k] for k in ("n", "d", "invalid", "aborted", "excluded", "withdrawn", "withdrawn_dirty", "ok",
                                              "fail", "invalid_transactions", "not_applicable", "slow", "missing")))
            self.add(key, len(c["sessions"]), c["ok"] + c["fail"] + c["invalid_transactions"],
                     c["ok"] + c["fail"] + c["invalid_transactions"] + c["not_applicable"], c["n"] - c["d"],
                     *c["stages"].values(), *c["causes"].values(), *(len(v) for v in run.kinds(i).values()))
            self.share(key, c["lower"], c["upper"], c["d"] / c["n"] if c["n"] else 0, (c["n"] - c["d"]) / c["n"] if c["n"] else 0)
            tries = c["ok"] + c["fail"]
            self.share(key, c["ok"] / tries if tries else 0, c["fail"] / tries if tries else 0)
            for p in c["laid"]:
                self.add(key, p["line"], p["bad_line"], p["session"])
            self.add(key, *(t["transaction"] for t in run.of_cell(i) if t["outcome"] != "ok"))
            for side in run.crossed(i)[1:]:
                self.add(key, *side.values())
            for values in (run.first[i], run.first_exchange[i]):
                self.quantiles(key, plain_times(values))
            if c["timed"].groups:
                self.spread(key, c["timed"].spread(0.95, 0.99))

    def quantiles(self, key, t):
        for v in (t or {}).values():
            self.us(key, *(v if isinstance(v, list) else [v]))

    def spread(self, key, s):
        self.add(key, s["n"], s["placements"], s["over_limit"])
        for name, v in s.items():
            if name.endswith("_v_rest"):
                self.add(key, v["slower"], v["faster"], v["equal"], v["p"])
                self.us(key, v["difference"])
            elif name.endswith("_n_eff"):
                self.add(key, v)
            elif name not in ("n", "placements", "over_limit"):
                self.us(key, *(v if isinstance(v, list) else [v]))

    def groups(self):
        """Every choice of dimensions, and the cells of each value of it."""
        for kept in itertools.product((False, True), repeat=4):
            out = defaultdict(list)
            for i in range(self.run.count):
                out[tuple(v if keep else None for v, keep in zip(self.run.place(i), kept))].append(i)
            yield from out.items()

    def sums(self):
        run = self.run
        for key, cells in self.groups():
            if all(v is not None for v in key):
                continue
            mine = [run.cells[i] for i in cells]
            for name in ("n", "d", "invalid", "aborted", "excluded", "withdrawn", "ok", "fail", "invalid_transactions", "slow",
                         "not_applicable"):
                self.add(key, sum(c[name] for c in mine))
            total = [sum(c[k] for c in mine) for k in ("ok", "fail", "invalid_transactions")]
            self.add(key, sum(total), sum(total[:2]), len(cells), sum(c["n"] + c["invalid"] + c["aborted"] for c in mine))
            n, d = sum(c["n"] for c in mine), sum(c["d"] for c in mine)
            self.share(key, d / n if n else 0, 1 - d / n if n else 0, total[0] / sum(total) if sum(total) else 0,
                       total[1] / sum(total) if sum(total) else 0)
            verdicts = Counter(c["verdict"] for c in mine)
            self.add(key, *verdicts.values(), 0, sum(v for k, v in verdicts.items() if k.startswith("undecided")),
                     sum(c["as_dirty"] != c["verdict"] for c in mine), sum(c["without"] != c["verdict"] for c in mine),
                     max(c["missing"] for c in mine))
            stages, causes = Counter(), Counter()
            for c in mine:
                stages.update(c["stages"])
                causes.update(c["causes"])
            self.add(key, *stages.values(), *causes.values())
            for p in run.placements.values():
                where = (p["pair"], p["condition"], p["reader"])
                if key[3] is None and all(k is None or k == w for k, w in zip(key, where)):
                    self.placed[key][p["closed_as"]] += 1
        for key, count in self.placed.items():
            self.add(key, sum(count.values()), *count.values())

    def times(self):
        run = self.run
        for key, cells in self.groups():
            if key[3] is None or all(v is not None for v in key):
                continue
            self.quantiles(key, plain_times(sum((run.first[i] for i in cells), [])))
            timed = run.pooled(cells)
            if timed.groups:
                self.spread(key, timed.spread(0.95, 0.99))
        for script, limit in enumerate(run.limits):
            self.us((None, None, None, script), limit * 1000)

    def judgements(self, a):
        if a is None:
            return
        nothing = (None,) * 4
        readers = len(self.run.readers)
        ends = Counter(j["recommendation"] for j in a.judged)
        self.add(nothing, *ends.values(), 0, readers, len(a.judged))
        for p, j in enumerate(a.judged):
            key = (p, None, None, None)
            self.add(key, *(sum(o == x for o in j["on"]) for x in range(1, 5)), *(m for _, m in a.open_cells(p)), j["missing"],
                     len(a.open_cells(p)))
            if not a.taps:
                self.share(key, a.dirty_passes_from(p))
            for name, (outcome, missing, cell) in j["clauses"].items():
                if cell is not None:
                    self.of[key] |= self.of[self.run.place(cell)]
                    self.add(key, *a.records(name, (outcome, missing, cell)))
            if j["conditional"]:
                self.of[key] |= self.of[self.run.place(j["conditional"][2])]
        for r in range(readers):
            self.add((None, None, r, None), *(sum(j["on"][r] == x for j in a.judged) for x in range(1, 5)))
        for _, rules in a.scenarios():
            other = a.ends(rules)
            self.add(nothing, *Counter(other).values(), sum(o != j["recommendation"] for o, j in zip(other, a.judged)))
        # one reader only: pairs not recommended, by the reader
        alone = Counter(tuple(r for r, o in enumerate(j["on"]) if o == 4) for j in a.judged
                        if j["recommendation"] == "not recommended")
        self.add(nothing, *alone.values(), sum(n for k, n in alone.items() if len(k) == 1))

    def whole(self, drifts, outliers):
        run, nothing, s = self.run, (None,) * 4, self.run.scheme
        self.share(nothing, s.q0, s.q1, s.alpha, s.beta, 1 - s.beta, 1 - s.alpha)
        self.add(nothing, s.k, s.n_max, 2, run.start["sessions"], run.start["seed"], run.start["lanes"], run.resumes,
                 run.start["clock_resolution_ns"], run.survey.get("min_gap_h", 12), len(run.records), run.broken_off,
                 len(run.start["files"]), len(run.transactions), len(run.notes), len(run.healths), run.count,
                 len(run.pairs), len(run.readers), len(run.conditions), len(run.scripts), len(run.sims),
                 len({p["id"] for _, _, p in run.pairs}), len(outliers), len(drifts), 0)
        for c in run.conditions:
            self.add(nothing, *c["at"])
        for p in run.placements.values():
            self.add((p["pair"], p["condition"], p["reader"], None), p["line"], p["session"])
        for n in run.notes:
            self.add(nothing, n["note"], n.get("placement"))
        for e in run.healths:
            self.add(nothing, e["health"])
            self.us(nothing, e["at_us"])
        for text in (run.start["prior_upper"], run.start["prior_lower"]):
            self.add(nothing, *(float(x) for x in re.findall(r"\d+", text)))
        for o in outliers:
            key = (*run.place(o["cell"]),)
            self.add(key, o["record"], o["cell"])
            self.us(key, o["us"], o["cell_median"])
        self.add(nothing, sum(p["excluded"] for p in run.placements.values()), sum(p["withdrawn"] for p in run.placements.values()))
        for r in range(len(run.readers)):
            self.add((None, None, r, None), sum(run.place(o["cell"])[2] == r for o in outliers))
        for d in drifts:
            key = (None, None, d["reader"], d["script"])
            self.add(key, *(d[k] for k in ("execution", "session", "placements", "cells", "percent_an_hour", "spearman", "p",
                                           "p_adjusted", "lag1", "lag1_expected", "lag1_limit")), *d["percent_interval"])

    def market(self, m):
        nothing = (None,) * 4
        for _, _, p in self.run.pairs:
            self.share(nothing, p.get("share"))
        self.share(nothing, m.tested, 1 - m.tested, *m.all_readers(), m.bad_share, m.bound_compatible, m.bound_incompatible,
                   m.icc()[0])
        self.add(nothing, m.icc()[1], m.compatible, m.incompatible, len(m.examined), len(m.listed), len(m.with_placements),
                 999, *m.regression()[:3], m.a, m.b, *(n for _, n, _ in m.patterns()))
        for r in range(len(self.run.readers)):
            row, key = m.reader(r), (None, None, r, None)
            self.add(key, row["works"], row["fails"], row["open"], row["n"], row["d"], *row["claim_99_at_95"].values())
            self.share(key, row["pooled"], *row["market"])
        for s in m.subsets():
            self.share(nothing, *m.subset(s))
            self.add(nothing, len(s))
        for target, size, meet in m.targets():
            self.share(nothing, target)
            self.add(nothing, size, len(meet))
        for t in m.associations():
            self.add(nothing, *t[3], *t[4], t[5], t[6])
        for i in m.with_placements:
            mean, interval = m.pooled_of(i)
            self.share(self.run.place(i), mean, *interval, m.tails[i])

    def failures(self):
        """Kinds over the run (stage, outcome, causes): how many, by reader, their first line, and cells by card or reader."""
        run, nothing = self.run, (None,) * 4
        kinds = defaultdict(list)
        for t in run.transactions:
            if t["outcome"] in ("fail", "invalid"):
                kinds[t.get("stage"), t["outcome"], tuple(t.get("causes", []))].append(t)
        for mine in kinds.values():
            self.add(nothing, len(mine), mine[0]["transaction"])
            for r in range(len(run.readers)):
                self.add((None, None, r, None), sum(run.place(t["cell"])[2] == r for t in mine))
            cells = {t["cell"] for t in mine}
            self.add(nothing, *Counter(run.crossed(i)[0] for i in cells).values())

    # -- explaining

    def subjects(self, text):
        """Indexes of what is named in a text, by dimension. Names that lie within other words don't count."""
        found = {d: set() for d in DIMENSIONS}
        for name in self.named.findall(text):
            for dimension, i in self.names[name]:
                found[dimension].add(i)
        return found

    def pool(self, context):
        """Numbers of everything that the context may speak of."""
        named = self.subjects(context)
        choices = [[None, *named[d]] for d in DIMENSIONS]
        key = tuple(tuple(c) for c in choices)
        if key not in self.pools:
            out = set()
            for choice in itertools.product(*choices):
                out |= self.of.get(choice, set())
            self.pools[key] = sorted(out)
        return self.pools[key]

    def numbers(self, text, *strip):
        """The figures of a text, without digits that belong to names, dates, hashes and the fixed words."""
        text = self.named.sub(" ", text)
        for fixed in strip:
            if fixed in text:
                text = re.sub(r"(?<![\w.])(?<!\d,)" + re.escape(fixed) + r"(?![\w.]|,\d)", " ", text)  # not within 12,345
        return NUMBER.findall(WORDS.sub(" ", text))

    def explains(self, token, context):
        """Printed with so many places, rounded to the nearest or outwards: less than one unit of the last place away."""
        text = token.replace(",", "").replace("−", "-")
        value, places = float(text), len(text.partition(".")[2])
        grain = 10.0 ** -places if places else 1e-9
        values = self.pool(context)
        at = bisect.bisect_left(values, value - grain * 1.0001)
        return at < len(values) and values[at] <= value + grain * 1.0001
