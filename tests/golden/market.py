"""The matrix of handsets and readers, counted anew: brackets of the market, subsets, pooled estimates, effects, associations."""
import math
from collections import Counter
from itertools import combinations

import numpy
from scipy import optimize, special, stats

TARGETS = (0.50, 0.80, 0.90, 0.95, 0.99)
KNOWN = (("released", True), ("android", True), ("max_kbit_s", True), ("maker", False), ("carrier", False),
         ("technologies", False), ("felica", False), ("target", False))
SMALLEST = 0.05  # of a and b of the fitted prior
PERMUTATIONS = 20000  # of our own; the program's are compared within both errors


def fact_of(profile, name):
    value = profile.get("facts", {}).get(name)
    return None if value is None or isinstance(value, dict) else str(value)


def ordered_value(name, text):
    digits = text[:len(text) - len(text.lstrip("0123456789"))]
    if not digits:
        return math.nan
    if name != "android":
        return float(int(digits))
    rest = text[len(digits):]
    minor = rest[1:][:len(rest[1:]) - len(rest[1:].lstrip("0123456789"))] if rest.startswith(".") else ""
    return float(int(digits) * 1000 + (int(minor) if minor else 0))


def fit(counts):
    """Beta-binomial by maximum likelihood on (ln a, ln b), bounded, from many starts (scipy.optimize)."""
    n, d = numpy.array(counts, float).T

    def minus(x):
        a, b = numpy.exp(x)
        return -(special.betaln(a + d, b + n - d) - special.betaln(a, b)).sum()
    bounds = [(math.log(SMALLEST), math.log(n.sum()))] * 2
    best = min((optimize.minimize(minus, (u, v), method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-10})
                for u in (-2, 0, 2) for v in (-1, 1, 3)), key=lambda r: r.fun)
    best = optimize.minimize(minus, best.x, method="Nelder-Mead", bounds=bounds,
                             options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000})
    return tuple(numpy.exp(best.x))


def holm(p):
    order, out, top = numpy.argsort(p, kind="stable"), [0.0] * len(p), 0.0
    for i, at in enumerate(order):
        top = max(top, min(1.0, (len(p) - i) * p[at]))
        out[at] = top
    return out


def benjamini_hochberg(p):
    order, out, low = numpy.argsort(p, kind="stable"), [0.0] * len(p), 1.0
    for i in range(len(p), 0, -1):
        low = min(low, len(p) / i * p[order[i - 1]])
        out[order[i - 1]] = low
    return out


class Market:
    def __init__(self, run, needs, bound=None):
        """needs(condition, script): `required`, `conditional` or None; bound: the criteria's own on dirty placements."""
        self.run, self.own = run, bound is not None
        self.bound = bound or run.scheme.q1
        required = [(c, s) for c in range(len(run.conditions)) for s in range(len(run.scripts))
                    if needs(c, s) == "required"]
        self.required = required
        self.conditions = sorted({c for c, _ in required})
        self.cells = [i for i in range(run.count) if (run.place(i)[1], run.place(i)[3]) in set(required)]
        self.random = numpy.random.default_rng(1)
        self.find_weights()
        self.find_states()
        self.find_models()

    # -- the market

    def find_weights(self):
        run = self.run
        models = Counter(p["id"] for _, _, p in run.pairs)
        shares = [p.get("share", 0) / models[p["id"]] for _, _, p in run.pairs]
        self.tested = sum(shares)
        self.without = sum(not s for s in shares)
        self.known = self.tested > 0
        self.weights = shares if self.known else [1 / len(shares)] * len(shares)
        if not self.known:
            self.tested, self.without = 1.0, 0

    def find_states(self):
        run = self.run
        self.states, self.served = {}, {}
        for pair in range(len(run.pairs)):
            for reader in range(len(run.readers)):
                verdicts = {run.cells[i]["verdict"] for i in self.cells
                            if run.place(i)[0] == pair and run.place(i)[2] == reader}
                shown = {self.serves(run.cells[i]) for i in self.cells
                         if run.place(i)[0] == pair and run.place(i)[2] == reader}
                self.served[pair, reader] = "-" if "-" in shown else "+" if shown <= {"+"} else "?"
                self.states[pair, reader] = ("-" if verdicts & {"incompatible", "not-applicable"} else
                                             "+" if verdicts <= {"compatible"} else "?")

    def serves(self, c):
        """Of the bound that is asked for: shown to be met (+), or to be passed (-), which a verdict against q0 doesn't show."""
        enough = c["n"] + c["s"] >= 3 and len(c["sessions"]) >= 2
        if c["verdict"] == "not-applicable":
            return "-"
        if enough and c["upper"] <= self.bound if self.own else c["verdict"] == "compatible":
            return "+"
        decided = c["verdict"] == "incompatible" or self.bound < self.run.scheme.q0
        return "-" if decided and c["lower"] > self.bound else "?"

    def reader(self, reader):
        run = self.run
        mine = [i for i in self.cells if run.place(i)[2] == reader]
        count = Counter(self.states[p, reader] for p in range(len(run.pairs)))
        works = sum(w for p, w in enumerate(self.weights) if self.served[p, reader] == "+")
        fails = sum(w for p, w in enumerate(self.weights) if self.served[p, reader] == "-")
        missing = absent = 0
        for pair, weight in enumerate(self.weights):
            if not weight:
                continue
            made = [run.cells[i]["n"] for i in mine if run.place(i)[0] == pair and not run.cells[i]["state"]]
            if not made:
                absent += 1
                continue
            missing += max(0, math.ceil(300 * weight / self.tested - 1e-9) - min(made))
        d = sum(run.cells[i]["d"] for i in mine if not run.cells[i]["state"])
        pooled = [self.pooled_of(i)[0] for i in mine if i in self.with_placements]
        return {"reader": run.readers[reader][0], "works": count["+"], "fails": count["-"], "open": count["?"],
                "n": sum(run.cells[i]["n"] for i in mine if not run.cells[i]["state"]), "d": d,
                "pooled": sum(pooled) / len(pooled) if pooled else None, "market": [works, 1 - fails],
                "claim_99_at_95": {"placements_missing": missing, "dirty": d, "handsets_without_cell": absent}}

    def all_readers(self):
        readers = range(len(self.run.readers))
        works = sum(w for p, w in enumerate(self.weights) if all(self.served[p, r] == "+" for r in readers))
        fails = sum(w for p, w in enumerate(self.weights) if any(self.served[p, r] == "-" for r in readers))
        return [works, 1 - fails]

    def subset(self, readers):
        works = sum(w for p, w in enumerate(self.weights) if any(self.served[p, r] == "+" for r in readers))
        fails = sum(w for p, w in enumerate(self.weights) if all(self.served[p, r] == "-" for r in readers))
        return [works, sum(self.weights) - fails + max(0.0, 1 - self.tested)]

    def subsets(self):
        """All subsets in the order of their bits."""
        count = len(self.run.readers)
        return [[r for r in range(count) if mask >> r & 1] for mask in range(1, 1 << count)]

    def targets(self):
        out = []
        for target in TARGETS:
            meet = [s for s in self.subsets() if self.subset(s)[0] >= target - 1e-12]
            size = min(map(len, meet), default=0)
            out.append((target, size, [s for s in meet if len(s) == size]))
        return out

    def patterns(self):
        pairs, readers = range(len(self.run.pairs)), range(len(self.run.readers))
        text = ["".join(self.states[p, r] for r in readers) for p in pairs]
        count = Counter(text)
        return [(t, count[t], [self.run.pairs[p][0] for p in pairs if text[p] == t])
                for t in sorted(count, key=lambda t: (-count[t], t))]

    # -- pooling

    def pool(self):
        run = self.run
        tested = [i for i in self.cells if not run.cells[i]["state"]]
        self.examined = tested
        self.with_placements = [i for i in tested if run.cells[i]["n"]]
        counts = [(run.cells[i]["n"], run.cells[i]["d"]) for i in self.with_placements]
        dirty, total = sum(d for _, d in counts), sum(n for n, _ in counts)
        self.fitted = len(counts) > 1 and 0 < dirty < total
        self.a, self.b = fit(counts) if self.fitted else (0.5, 0.5)
        tail = lambda i, q: stats.beta.sf(q, self.a + run.cells[i]["d"], self.b + run.cells[i]["n"] - run.cells[i]["d"])
        self.tails = {i: tail(i, run.scheme.q1) for i in self.with_placements}
        clean = sum(1 - tail(i, run.scheme.q0) for i in self.with_placements)
        bad = sum(self.tails.values())
        count = Counter(run.cells[i]["verdict"] for i in tested)
        self.compatible, self.incompatible = count["compatible"], count["incompatible"]
        self.bad_share = bad / len(counts) if counts else None
        self.wrong_compatible = min(1.0, run.scheme.beta * bad / self.compatible) if self.compatible else None
        self.wrong_incompatible = min(1.0, run.scheme.alpha * clean / self.incompatible) if self.incompatible else None
        self.listed, total = set(), 0.0
        for i in sorted(self.with_placements, key=lambda i: (round(self.tails[i], 9), i)):
            if total + self.tails[i] > 0.05 * (len(self.listed) + 1):
                break
            total += self.tails[i]
            self.listed.add(i)

    def pooled_of(self, cell):
        a = self.a + self.run.cells[cell]["d"]
        b = self.b + self.run.cells[cell]["n"] - self.run.cells[cell]["d"]
        return a / (a + b), list(stats.beta.ppf([0.025, 0.975], a, b))

    def icc(self):
        """Pair agreement over cells (statistics of 0/1 outcomes in placements of k), with exact sums over pairs."""
        k, above, below, placements = self.run.scheme.k, 0.0, 0.0, 0
        for c in self.run.cells:
            x, m = c["whole"], len(c["whole"])
            placements += m
            if m < 2 or k < 2:
                continue
            same = sum(v * (v - 1) for v in x) / (m * k * (k - 1))
            different = sum(v * w for v, w in combinations(x, 2)) * 2 / (m * (m - 1) * k * k)
            above += m * (same - different)
            below += m * (sum(x) / (m * k) - different)
        return (above / below if below > 0 else None), placements

    # -- effects by permutation

    def rates(self, keep):
        """Mean share of dirty placements by reader and pair, over the cells that `keep` says."""
        run = self.run
        out = numpy.full((len(run.pairs), len(run.readers)), numpy.nan)
        for pair in range(len(run.pairs)):
            for reader in range(len(run.readers)):
                values = [run.cells[run.cell(pair, c, reader, s)] for c in range(len(run.conditions))
                          for s in range(len(run.scripts)) if keep(c, s)]
                values = [c["d"] / c["n"] for c in values if c["n"]]
                if values:
                    out[pair, reader] = sum(values) / len(values)
        return out

    @staticmethod
    def spread(sums, members, grand):
        with numpy.errstate(invalid="ignore", divide="ignore"):
            away = numpy.where(members > 0, sums / members - grand, 0.0)
        return (members * away ** 2).sum(axis=-1)

    def permute_rows(self, table):
        """p of the columns' spread when values move within their row; absent ones stay where they are."""
        there = ~numpy.isnan(table)
        members, grand = there.sum(axis=0), numpy.nanmean(table)
        seen = self.spread(numpy.nansum(table, axis=0), members, grand)
        if all(len(set(row[t])) < 2 for row, t in zip(table, there)):
            return 1.0
        sums = numpy.zeros((PERMUTATIONS, table.shape[1]))
        for row, t in zip(table, there):
            values = numpy.tile(row[t], (PERMUTATIONS, 1))
            sums[:, t] += self.random.permuted(values, axis=1)
        reached = (self.spread(sums, members, grand) >= seen - 1e-9 * (1e-9 + seen)).sum()
        return (1 + reached) / (1 + PERMUTATIONS)

    def permute_labels(self, values, rates):
        """p of the spread of rates by label; also the smallest p that any data with these labels could reach."""
        kept = [(v, r) for v, r in zip(values, rates) if v is not None and not math.isnan(r)]
        labels = sorted({v for v, _ in kept})
        count = Counter(v for v, _ in kept)
        floor = math.prod(math.factorial(c) for c in count.values()) / math.factorial(len(kept)) if kept else 1.0
        rate = numpy.array([r for _, r in kept])
        if len(labels) < 2 or len(set(rate)) < 2:
            return 1.0, floor
        hot = numpy.array([[v == label for label in labels] for v, _ in kept], float)
        members, grand = hot.sum(axis=0), rate.mean()
        seen = self.spread(rate @ hot, members, grand)
        shuffled = self.random.permuted(numpy.tile(rate, (PERMUTATIONS, 1)), axis=1)
        reached = (self.spread(shuffled @ hot, members, grand) >= seen - 1e-9 * (1e-9 + seen)).sum()
        return (1 + reached) / (1 + PERMUTATIONS), floor

    def effects(self):
        """(effect, attribute, group): p and its floor."""
        run, out = self.run, {}
        table = self.rates(lambda c, s: (c, s) in self.required)
        out["reader", None] = (self.permute_rows(table), 0)
        out["handset", None] = (self.permute_rows(table.T), 0)
        means = lambda t, axis: [numpy.nanmean(v) if (~numpy.isnan(v)).any() else math.nan for v in (t if axis == 0 else t.T)]
        by_pair = means(table, 0)
        models = self.models
        rate = [numpy.nanmean([by_pair[i] for i, (_, _, p) in enumerate(run.pairs) if p["id"] == m]) for m in models]
        for name, ordered, values in self.attributes:
            if name in ("technologies", "max_kbit_s"):
                out["handset attribute", name] = self.permute_labels(values, rate)
        by_reader = means(table, 1)
        for name in ("level", "max_message", "endpoints", "polling"):
            out["reader attribute", name] = self.permute_labels([self.reader_value(p, name) for _, p in run.readers],
                                                                by_reader)
        rows = []
        for pair in range(len(run.pairs)):
            for reader in range(len(run.readers)):
                row = []
                for condition in range(len(run.conditions)):
                    mine = [run.cells[run.cell(pair, condition, reader, s)] for s in range(len(run.scripts))]
                    mine = [c["d"] / c["n"] for c in mine if c["n"]]
                    row.append(sum(mine) / len(mine) if mine else math.nan)
                rows.append(row)
        rows = numpy.array(rows)
        out["condition", None] = (self.permute_rows(rows[(~numpy.isnan(rows)).any(axis=1)]), 0)
        return out

    @staticmethod
    def reader_value(profile, name):
        of = profile.get("simulation", {}) if "simulation" in profile else profile.get("ccid", {})
        if name == "level":
            return of.get("level")
        if name == "max_message":
            return of.get("max_message_bytes")
        if name == "endpoints":
            return (3 if of.get("interrupt_endpoint") else 2) if "simulation" in profile else of.get("endpoints")
        return of.get("polling") if "simulation" in profile else None

    # -- attributes

    def find_models(self):
        run = self.run
        profiles = {p["id"]: p for _, _, p in run.pairs}
        self.models = sorted(profiles)
        self.attributes = []
        for name, ordered in KNOWN:
            values = [fact_of(profiles[m], name) for m in self.models]
            if ordered:
                values = [None if v is None or math.isnan(ordered_value(name, v)) else ordered_value(name, v) for v in values]
            if len({v for v in values if v is not None}) > 1:
                self.attributes.append((name, ordered, values))

    def model_state(self, model, reader=None):
        readers = range(len(self.run.readers)) if reader is None else [reader]
        states = {self.states[i, r] for i, (_, _, p) in enumerate(self.run.pairs) if p["id"] == model for r in readers}
        return "-" if "-" in states else "?" if "?" in states else "+"

    @staticmethod
    def split(values):
        """The value with as many models at or below it as above, as nearly as may be; the lowest such one."""
        known = sorted(v for v in values if v is not None)
        best = [(abs(2 * sum(w <= v for w in known) - len(known)), v) for v in known if v < known[-1]]
        return min(best)[1] if best else None

    def associations(self):
        tables = []
        readers = range(len(self.run.readers))
        for reader in [None, *(readers if len(readers) > 1 else [])]:
            states = [self.model_state(m, reader) for m in self.models]
            for name, ordered, values in self.attributes:
                kinds = sorted({v for v in values if v is not None})
                cuts = [self.split(values)] if ordered else kinds[:1] if len(kinds) == 2 else kinds
                for cut in cuts:
                    has = lambda v: v <= cut if ordered else v == cut
                    told = [(has(v), s == "-") for v, s in zip(values, states) if v is not None and s != "?"]
                    t = Counter(told)
                    with_, without = [t[True, True], t[True, False]], [t[False, True], t[False, False]]
                    if sum(with_) >= 2 and sum(without) >= 2 and with_[0] + without[0] and with_[1] + without[1]:
                        tables.append((name, cut, reader, with_, without, stats.fisher_exact([with_, without])[1]))
        adjusted = benjamini_hochberg([t[5] for t in tables])
        return [(*t, a) for t, a in zip(tables, adjusted)]

    def best_stump(self, bad, values_of):
        best = 0.0
        rows = len(bad)
        for name, ordered, values in values_of:
            known = numpy.array([v is not None for v in values])
            if not known.any():
                continue
            kinds = sorted({v for v in values if v is not None})
            for cut in kinds:
                has = numpy.array([v is not None and (v <= cut if ordered else v == cut) for v in values])
                n, size, b, ill = known.sum(), has.sum(), (bad & has).sum(), (bad & known).sum()
                among = size * (n - size) * ill * (n - ill)
                if among > 0:
                    best = max(best, abs(n * b - size * ill) / math.sqrt(among) * math.sqrt(n / rows))
        return best

    def stump_p(self):
        """p of the best single rule, the search included; None without a rule."""
        states = [self.model_state(m) for m in self.models]
        keep = [i for i, s in enumerate(states) if s != "?"]
        bad = numpy.array([states[i] == "-" for i in keep])
        values = [(n, o, [v[i] for i in keep]) for n, o, v in self.attributes]
        best = self.best_stump(bad, values)
        if best <= 0:
            return None
        tries = 1500
        reached = sum(self.best_stump(self.random.permutation(bad), values) >= best - 1e-9 for _ in range(tries))
        return (1 + reached) / (1 + tries), tries

    # -- regression

    def regression(self):
        """Ways of failing (reader, stage, causes; reader, slow), and the size of the smallest set of pairs that shows all."""
        run, shown = self.run, {}
        for t in run.transactions:
            pair, _, reader, _ = run.place(t["cell"])
            if t["outcome"] == "fail":
                shown.setdefault((reader, t.get("stage"), tuple(t.get("causes", []))), set()).add(pair)
            if t.get("slow"):
                shown.setdefault((reader, "slow"), set()).add(pair)
        once = sum(len(v) == 1 for v in shown.values())
        useful = sorted(set().union(*shown.values())) if shown else []
        for size in range(len(useful) + 1):
            for choice in combinations(useful, size):
                if all(v & set(choice) for v in shown.values()):
                    return len(shown), once, size, shown
        return len(shown), once, 0, shown
