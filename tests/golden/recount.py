"""Counts a run anew, from the lines of its journal alone, by code that shares nothing with the program's.

    sed 's/^- //' RUN/journal.yaml | recount.py          # what was counted, as JSON

Formulas: docs/decisions.md (verdicts), docs/criteria.md (clauses), docs/causes.md (card or reader), and the sources that
each function names. Distribution functions are scipy's, exact sums are Python's whole numbers and fractions; the program
uses R's library. compare.py holds the result against everything that the program writes.
"""
import functools
import itertools
import json
import math
import sys
from collections import Counter, defaultdict
from fractions import Fraction

import numpy
import yaml
from scipy import optimize, special, stats

from said import in_english

STAGES = ("unknown", "setup", "detect", "activate", "route", "exchange", "check")
POWER = ("on-unlocked", "on-locked", "screen-off", "battery-low", "off")
CONFIDENCE = 0.95
OPEN_VERDICTS = ("undecided", "undecided (instrument)", "rejected so far")
RECOMMENDATIONS = ("recommended", "conditional", "not recommended", "not enough data")


def is_open(verdict):
    return verdict in OPEN_VERDICTS


# ---- one cell: bounds and verdicts -------------------------------------------------------------------------------------

def log_evalue(q, n, d, a, b):
    """ln of the beta mixture against q: lnB(a+d, b+n-d) - lnB(a, b) - d ln q - (n-d) ln(1-q) (Robbins 1970)."""
    return special.betaln(a + d, b + n - d) - special.betaln(a, b) - special.xlogy(d, q) - special.xlog1py(n - d, -q)


class Scheme:
    def __init__(self, start):
        self.name = start["scheme"]
        self.q0, self.q1, self.alpha, self.beta = (start[k] for k in ("q0", "q1", "alpha", "beta"))
        self.k, self.n_max = start["k"], start["n_max"]
        self.rules = start.get("rules", 1)  # 1: of 0.4.0, no suspects, one session is enough for `incompatible`
        self.known = {}

    def lower(self, n, d):
        if d == 0:
            return 0.0
        return optimize.brentq(lambda q: log_evalue(q, n, d, 1, 4) + math.log(self.alpha), 1e-15, d / n, xtol=1e-15)

    def upper(self, n, d):
        if d >= n:
            return 1.0
        start = d / n if d else 0.0
        f = lambda q: log_evalue(q, n, d, 0.5, 5 / self.q1) + math.log(self.beta)
        return optimize.brentq(f, max(start, 1e-15), 1 - 1e-12, xtol=1e-15)

    def bounds(self, n, d):
        if (n, d) not in self.known:
            self.known[n, d] = (self.lower(n, d), self.upper(n, d))
        return self.known[n, d]

    @functools.cache
    def accepts(self, n, d):
        return 3 <= n and d < self.q1 * n and log_evalue(self.q1, n, d, 0.5, 5 / self.q1) >= -math.log(self.beta)

    @functools.cache
    def rejects(self, n, d):
        return 3 <= n and d > self.q0 * n and log_evalue(self.q0, n, d, 1, 4) >= -math.log(self.alpha)

    @functools.cache
    def clean_needed(self, d, s=0):
        """The n + s at which d dirty and s suspect placements are few enough; 0: none up to N_max, which s moves."""
        return next((n for n in range(3, self.most(s) + 1) if self.accepts(n, d + s)), 0)

    def most(self, s):
        """N_max: each suspect placement adds what a clean cell takes, up to five thirds of the scheme's."""
        return min(self.n_max + s * self.clean_needed(0), self.n_max + self.n_max * 2 // 3) if s else self.n_max

    def bracket(self, c):
        """Lower bound of n + s placements with d dirty, upper bound of n + s with d + s (docs/decisions.md)."""
        n = c.n + c.s
        return self.bounds(n, c.d)[0], self.bounds(n, c.d + c.s)[1]

    def verdict(self, c):
        if self.rejects(c.n + c.s, c.d):
            return "incompatible" if self.rules == 1 or len(c.dirty_sessions) >= 2 else "rejected so far"
        needed = self.clean_needed(c.d, c.s)
        return "compatible" if needed and c.n + c.s >= needed and len(c.sessions) >= 2 else "undecided"

    def expected(self, q, invalid):
        """Placements, suspect ones too, that a cell takes on average: path by path, over (d, s)."""
        paths, total, made = {(0, 0): 1.0}, 0.0, 0
        while paths:
            made += 1
            total += sum(paths.values())
            after = defaultdict(float)
            for (d, s), p in paths.items():
                for key, chance in (((d, s), (1 - invalid) * (1 - q)), ((d + 1, s), (1 - invalid) * q), ((d, s + 1), invalid)):
                    after[key] += p * chance
            open_still = lambda d, s: not (self.rejects(made, d) or made >= self.most(s) or
                                           0 < self.clean_needed(d, s) <= made)
            paths = {k: p for k, p in after.items() if p > 0 and open_still(*k)}
        return total

    def missing(self, c):
        return max(0, self.clean_needed(c.d, c.s) - c.n - c.s)

    @functools.cache
    def clean_for_bound(self, bound, n, d):
        """More clean placements until the upper bound is at most `bound`."""
        for more in range(100000):
            total = n + more
            if total >= 3 and d < bound * total and log_evalue(bound, total, d, 0.5, 5 / self.q1) >= -math.log(self.beta):
                return more
        return 0


class Counts:
    """n placements, d of them dirty, s suspect ones beside them, and the sessions of each."""

    def __init__(self):
        self.n = self.d = self.s = 0
        self.sessions, self.dirty_sessions, self.suspect_sessions = set(), set(), set()

    def add(self, result, suspect, session):
        if result in ("clean", "dirty"):
            self.n += 1
            self.d += result == "dirty"
            self.sessions.add(session)
            self.dirty_sessions |= {session} if result == "dirty" else set()
        elif suspect:
            self.s += 1
            self.suspect_sessions.add(session)

    def attributed(self):
        """The suspect ones as dirty ones."""
        out = Counts()
        out.n, out.d = self.n + self.s, self.d + self.s
        out.sessions = self.sessions | self.suspect_sessions
        out.dirty_sessions = self.dirty_sessions | self.suspect_sessions
        return out


# ---- whose the suspect placements are ----------------------------------------------------------------------------------

GOOD, BROKEN, ANYTHING = (0.5, 40), (4, 0.25), (0.5, 0.5)  # beta distributions of a share
PRIOR = ((GOOD, GOOD, 0.1), (GOOD, BROKEN, 0.25), (BROKEN, GOOD, 0.25), (GOOD, ANYTHING, 0.15), (ANYTHING, GOOD, 0.15),
         (ANYTHING, ANYTHING, 0.1))


def log_of_change(n_a, d_a, n_b, d_b):
    """ln of the e-value against one share in both: the mixture over the greatest likelihood of one (docs/compare.md)."""
    own = lambda n, d, a, b: special.betaln(a + d, b + n - d) - special.betaln(a, b)
    mixture = special.logsumexp([math.log(w) + own(n_a, d_a, *a) + own(n_b, d_b, *b) for a, b, w in PRIOR])
    n, d = n_a + n_b, d_a + d_b
    return mixture - special.xlogy(d, d / n) - special.xlogy(n - d, 1 - d / n)


def attribution(own, every, handsets):
    """Whether a handset's suspect placements are its own: (placements, suspects) of it and of all on each reader."""
    logs, against = [0] * len(own), 0
    for i, ((n, s), (all_n, all_s)) in enumerate(zip(own, every)):
        if n == 0 or all_n == n:
            continue
        e = log_of_change(n, s, all_n - n, all_s - s)
        dirtier = s > 0 and Fraction(s, n) > Fraction(all_s - s, all_n - n)
        against += dirtier and e > 0
        logs[i] = e if dirtier else min(e, 0)
    return {"log_e": sum(logs), "needed": math.log(20 * handsets), "on": list(zip(own, every, logs)),
            "holds": against >= 2 and sum(logs) >= math.log(20 * handsets)}


# ---- times -------------------------------------------------------------------------------------------------------------

def nearest_rank(ordered, p):
    """The value with rank ceil(p n), exactly: p is a decimal, and a fraction has no rounding."""
    rank = math.ceil(Fraction(str(p)) * len(ordered))
    return ordered[max(1, rank) - 1]


def rank_interval(ordered, p):
    """Order statistics whose binomial tails are at most 2.5 % each (David & Nagaraja 7.1); None: no such pair."""
    ranks = rank_pair(len(ordered), p)
    return ranks and [ordered[r - 1] for r in ranks]


@functools.cache
def rank_pair(n, p):
    tail, ranks = 0.025 * (1 + 1e-12), numpy.arange(1, n + 1)
    low = ranks[stats.binom.cdf(ranks - 1, n, p) <= tail]
    high = ranks[stats.binom.sf(ranks - 1, n, p) <= tail]
    return [low[-1], high[0]] if len(low) and len(high) and low[-1] < high[0] else None


def plain_times(values):
    if not values:
        return None
    ordered = sorted(values)
    return {"n": len(ordered), "median": nearest_rank(ordered, 0.5), "median_interval": rank_interval(ordered, 0.5),
            "p90": nearest_rank(ordered, 0.9), "p90_interval": rank_interval(ordered, 0.9), "max": ordered[-1]}


def intraclass(groups, threshold):
    """One-way analysis of variance of 1{value <= threshold}, unequal groups (Donner 1986), from its definition."""
    n, m = sum(map(len, groups)), len(groups)
    if m < 2 or n == m:
        return math.nan
    ones = [[float(v <= threshold) for v in g] for g in groups]
    grand = sum(map(sum, ones)) / n
    means = [sum(g) / len(g) for g in ones]
    between = sum(len(g) * (mean - grand) ** 2 for g, mean in zip(ones, means)) / (m - 1)
    within = sum((x - mean) ** 2 for g, mean in zip(ones, means) for x in g) / (n - m)
    size = (n - sum(len(g) ** 2 for g in groups) / n) / (m - 1)
    whole = between + (size - 1) * within
    return (between - within) / whole if whole > 1e-15 else 1.0


def effective_size(groups, icc):
    n, m = sum(map(len, groups)), len(groups)
    size = sum(len(g) ** 2 for g in groups) / n
    effect = 1 + (size - 1) * icc if icc > 0 else 1.0
    few = (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, m - 1)) ** 2 if m >= 2 else 0.0
    return max(1.0, n / effect * few)


def woodruff(groups, p):
    """The quantile of values that come in groups, its interval by limits on the level (Woodruff 1952)."""
    ordered = sorted(v for g in groups for v in g)
    n, value = len(ordered), nearest_rank(ordered, p)
    worth = effective_size(groups, intraclass(groups, value))
    tail, share = 0.025 * (1 + 1e-13), worth / n
    interval = None
    if len(groups) * (1 - p) >= 1 - 1e-9 and (1 - p) ** worth <= tail and p ** worth <= tail:
        ranks = numpy.arange(1, n + 1)
        # P(Bin(worth, p) >= r), for real worth and r, is the incomplete beta function
        r = worth + 1 - (n + 1 - ranks) * share
        below = numpy.where(r > 0, 1 - special.betainc(numpy.maximum(r, 1e-300), worth - r + 1, p), 0.0)
        above = special.betainc(ranks * share, worth - ranks * share + 1, p)
        low, high = ranks[below <= tail], ranks[above <= tail]
        if len(low) and len(high) and low[-1] < high[0]:
            interval = [ordered[low[-1] - 1], ordered[high[0] - 1]]
    return value, interval, worth


def first_against_rest(differences):
    if not differences:
        return None
    slower, faster = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    tried = slower + faster
    fewer = sum(math.comb(tried, i) for i in range(min(slower, faster) + 1))  # exactly, in whole numbers
    p = min(1.0, float(Fraction(2 * fewer, 2 ** tried)))
    return {"slower": slower, "faster": faster, "equal": len(differences) - slower - faster,
            "difference": nearest_rank(sorted(differences), 0.5), "p": p}


class Timed:
    """The ok transactions of some cells, placement by placement."""

    def __init__(self):
        self.groups, self.sessions, self.over, self.first, self.first_exchange = [], [], 0, [], []

    def add(self, transactions, session):
        """transactions: the ok ones of one placement and cell."""
        if not transactions:
            return
        self.groups.append([t["total_us"] for t in transactions])
        self.sessions.append(session)
        self.over += sum(t.get("slow", False) for t in transactions)
        for flag, value, into in ((lambda t: t["repeat"] == 1, lambda t: t["total_us"], self.first),
                                  (lambda t: t["order"] == 1, lambda t: t["exchanges"][0][1] if t["exchanges"] else None,
                                   self.first_exchange)):
            known = [(flag(t), value(t)) for t in transactions if value(t) is not None]
            rest = sorted(v for is_first, v in known if not is_first)
            for is_first, v in known:
                if is_first and rest:
                    into.append(v - nearest_rank(rest, 0.5))

    def spread(self, *farther):
        values = [v for g in self.groups for v in g]
        out = {"n": len(values), "placements": len(self.groups), "over_limit": self.over}
        if not values:
            return out
        clusters = self.groups
        if len(set(self.sessions)) >= 4:  # then those of one session are alike
            clusters = [[v for g, s in zip(self.groups, self.sessions) if s == session for v in g]
                        for session in sorted(set(self.sessions))]
        for p in (0.5, 0.9, *farther):
            name = "median" if p == 0.5 else f"p{round(100 * p)}"
            out[name], out[name + "_interval"], out[name + "_n_eff"] = woodruff(clusters, p)
        out["max"] = max(values)
        for name, differences in (("first_v_rest", self.first), ("first_exchange_v_rest", self.first_exchange)):
            if differences:
                out[name] = first_against_rest(differences)
        return out


# ---- the journal -------------------------------------------------------------------------------------------------------

class Run:
    def __init__(self, lines):
        self.records = [in_english(json.loads(line)) for line in lines]
        self.start = self.records[0]
        self.scheme = Scheme(self.start)
        self.read_survey()
        self.read_records()
        self.close_placements()
        self.count_cells()
        self.find_verdicts()
        self.time()

    # -- what the start record embeds

    def read_survey(self):
        files = [(f["kind"], f["path"], yaml.safe_load(f["text"]), f) for f in self.start["files"]]
        by_kind = {kind: [(path, text) for k, path, text, _ in files if k == kind]
                   for kind in ("survey", "reader", "handset", "script", "criteria")}
        self.survey = by_kind["survey"][0][1]
        self.profiles = {kind: dict(by_kind[kind]) for kind in ("reader", "handset", "script")}
        self.criteria = by_kind["criteria"][0][1] if by_kind["criteria"] else None
        self.criteria_sha256 = next((f["sha256"] for k, _, _, f in files if k == "criteria"), None)
        s = self.survey
        default = s.get("defaults", {})
        self.readers = [self.entry(r, "reader") for r in s["readers"]]
        sims = [x["id"] for x in s["sims"]]
        self.pairs = []
        for h in s["handsets"]:
            unit, profile = self.entry(h, "handset")
            sim = h.get("sim") if isinstance(h, dict) else None
            self.pairs.append((unit, sim or default.get("sim") or sims[0], profile))
        self.sims = sims
        points = {p["id"]: (p.get("x_mm", 0), p.get("y_mm", 0), p.get("z_mm", 0)) for p in s.get("points", [])}
        self.conditions = []
        for c in s["conditions"]:
            c = c if isinstance(c, dict) else {"id": c, "power_mode": c}
            if s.get("positions") == "condition":
                self.conditions += [{"id": f"{c['id']}.{p}", "mode": c["power_mode"], "at": at} for p, at in points.items()]
                continue
            self.conditions.append({"id": c["id"], "mode": c["power_mode"],
                                    "at": points.get(c.get("position", "centre"), (0, 0, 0))})
        self.scripts = [x if isinstance(x, str) else x["script"] for x in s["scripts"]]
        self.limits = [(x.get("time_limit_ms") if isinstance(x, dict) else None) or default.get("time_limit_ms")
                       or self.profiles["script"][name]["time_limit_ms"] for x, name in zip(s["scripts"], self.scripts)]
        self.count = len(self.pairs) * len(self.conditions) * len(self.readers) * len(self.scripts)

    def entry(self, e, kind):
        name = e if isinstance(e, str) else e.get("profile") or e.get(kind)
        profile = self.profiles[kind][name]
        return (e.get("unit") if isinstance(e, dict) else None) or name, profile

    def cell(self, pair, condition, reader, script):
        """The survey's numbering: handset, condition, reader, script, the last one fastest."""
        return ((pair * len(self.conditions) + condition) * len(self.readers) + reader) * len(self.scripts) + script

    def place(self, cell):
        cell, script = divmod(cell, len(self.scripts))
        cell, reader = divmod(cell, len(self.readers))
        pair, condition = divmod(cell, len(self.conditions))
        return pair, condition, reader, script

    def state(self, cell):
        """Why a cell was never to be run: an exclusion of the survey, or a mode that a profile declares absent."""
        pair, condition, reader, script = self.place(cell)
        mine = {"reader": self.readers[reader][0], "handset": self.pairs[pair][0],
                "condition": self.conditions[condition]["id"], "script": self.scripts[script]}
        absent = self.pairs[pair][2].get("absent_modes")
        if absent and self.conditions[condition]["mode"] in absent["modes"]:
            mode = self.conditions[condition]["mode"]
            return "not-applicable", f"power mode {mode} declared absent: {absent['source']}"
        for e in self.survey.get("exclude", []):
            named = dict(mine)
            if e.get("handset") == self.pairs[pair][2]["id"]:
                named["handset"] = e["handset"]
            if e.get("reader") == self.readers[reader][1]["id"]:
                named["reader"] = e["reader"]
            if all(named[k] == v for k, v in e.items() if k != "reason"):
                return "excluded", e["reason"]
        return None, None

    # -- the records

    def read_records(self):
        self.placements, self.notes, self.healths, self.executions = {}, [], [], 1
        self.decisions, self.stop, self.resumes = {}, None, 0
        self.last_wall, self.finished, self.stop_reason = self.start["wall"], False, None
        self.transactions, self.spoilt, waiting = [], set(), {}
        for r in self.records[1:]:
            kind = next(iter(r))
            if kind == "transaction":
                self.transactions.append(r)
                if r["placement"] in self.placements:
                    self.placements[r["placement"]]["of"].append(r)
            elif kind == "placed":
                self.placements[r["placement"]]["placed"] = r
            elif kind == "reference": # vouches for the placements of its reader since it answered last, or takes them back
                self.spoilt |= set() if r["ok"] else waiting.get(r["reader"], set())
                waiting[r["reader"]] = set()
            elif kind == "placement":
                waiting.setdefault(r["reader"], set()).add(r["placement"])
                unit = lambda names, wanted: names.index(wanted)
                self.placements[r["placement"]] = {
                    "line": r["placement"], "at_us": r["at_us"], "session": r["session"], "execution": self.executions,
                    "reader": unit([u for u, _ in self.readers], r["reader"]),
                    "pair": unit([(u, s) for u, s, _ in self.pairs], (r["handset"], r["sim"])),
                    "condition": unit([c["id"] for c in self.conditions], r["condition"]),
                    "of": [], "placed": None, "excluded": False, "withdrawn": False}
            elif kind == "note":
                self.notes.append(r)
                told = self.placements.get(r.get("placement"))
                if r.get("effect") == "exclude":
                    told["excluded"] = True
                elif r.get("effect") == "withdraw":
                    told["withdrawn"] = True
            elif kind == "resume":
                waiting.update((unit, set()) for unit in r.get("replaced", "").split(", "))
                self.executions += 1
                self.resumes += 1
                self.last_wall, self.finished = r["wall"], False
            elif kind == "stop":
                self.last_wall, self.finished, self.stop_reason = r["wall"], r["status"] == "done", r["reason"]
            elif kind == "health":
                self.healths.append(r)
            elif kind == "decision":
                self.decisions[r["cell"]] = r["verdict"]

    def own_result(self, placement, script, claimed):
        """A placement's result for a script from its transactions; `claimed` decides only where none was made."""
        mine = [t for t in placement["of"] if t["cell"] % len(self.scripts) == script]
        if placement["excluded"]:
            return "invalid"
        if any(t["outcome"] == "fail" or t.get("slow") for t in mine):
            return "dirty"
        if any(t["outcome"] == "invalid" for t in mine):
            return "invalid"
        if claimed is None or not mine:
            return claimed or "aborted"
        whole = len(mine) == self.scheme.k and all(t["outcome"] == "ok" for t in mine)
        return "clean" if whole else "aborted"

    def close_placements(self):
        self.broken_off, self.contradictions = 0, []
        for line, p in self.placements.items():
            at = lambda script: self.cell(p["pair"], p["condition"], p["reader"], script)
            scripts = {t["cell"] % len(self.scripts) for t in p["of"]}
            if p["placed"]:
                claims = {c % len(self.scripts): result for c, result, *_ in p["placed"]["results"]}
                p["results"] = {s: self.own_result(p, s, claim) for s, claim in claims.items()}
                for s, claim in claims.items():
                    mine = [t for t in p["of"] if t["cell"] % len(self.scripts) == s]
                    told = next(x for x in p["placed"]["results"] if x[0] == at(s))
                    counts = [sum(t["outcome"] == o for t in mine) for o in ("ok", "fail", "invalid")]
                    counts.append(sum(bool(t.get("slow")) for t in mine))
                    # nothing detected: one fail stands for all scripts of the placement
                    if p["results"][s] != claim or (mine and told[2:6] != counts):
                        self.contradictions.append((line, s, claim, p["results"][s], told, counts))
                p["closed_as"] = p["placed"]["result"]
            else:
                self.broken_off += 1
                p["results"] = {s: self.own_result(p, s, None) for s in scripts}
                order = ("aborted", "invalid", "dirty")
                p["closed_as"] = max(p["results"].values(), key=order.index, default="aborted")
            p["suspect"] = self.suspects_of(p)
            if line in self.spoilt:
                p["suspect"] |= {s for s, result in p["results"].items() if result == "dirty"}
                taken_back = {"clean": "invalid", "dirty": "invalid"}
                p["results"] = {s: taken_back.get(result, result) for s, result in p["results"].items()}
                p["closed_as"] = taken_back.get(p["closed_as"], p["closed_as"])

    def suspects_of(self, p):
        """Scripts of which the placement is a suspect one: nothing proves it innocent. The record says so; one that was
        broken off is, where an invalid transaction of the script had got past activation and the host was awake."""
        results = p["results"]
        if p["placed"]:
            again = all(result == "aborted" for result in results.values())
            return {s for s, result in results.items() if p["placed"].get("suspect") and (again or result == "invalid")}
        hides = lambda t: (t["outcome"] == "invalid" and t.get("stage") in ("route", "exchange", "check") and
                           t.get("host") not in ("stopped", "slept"))
        return {s for s, result in results.items() if result == "invalid" and
                any(hides(t) for t in p["of"] if t["cell"] % len(self.scripts) == s)}

    def count_cells(self):
        fresh = lambda: {"n": 0, "d": 0, "invalid": 0, "aborted": 0, "excluded": 0, "withdrawn": 0, "withdrawn_dirty": 0,
                         "sessions": set(), "sessions_invalid": set(), "unsuspected": 0, "counts": Counts(), "left": Counts(),
                         "run": 0, "instrument": False, "ok": 0, "fail": 0, "invalid_transactions": 0, "not_applicable": 0,
                         "slow": 0, "stages": Counter(), "causes": Counter(), "kinds": {}, "laid": [], "timed": Timed(),
                         "whole": [], "technology": Counter(), "technology_line": {}}
        self.cells = [fresh() for _ in range(self.count)]
        for p in self.placements.values():
            if not p["placed"]:
                continue
            self.add_placement(p)
        for p in self.placements.values():
            if not p["placed"]:
                self.add_placement(p)
        for t in self.transactions:
            self.add_transaction(t)
        self.add_laid()

    def add_placement(self, p):
        for script, result in p["results"].items():
            c = self.cells[self.cell(p["pair"], p["condition"], p["reader"], script)]
            suspect = script in p["suspect"] and self.scheme.rules > 1
            c["counts"].add(result, suspect, p["session"])
            if not p["withdrawn"] or result not in ("clean", "dirty"):
                c["left"].add(result, suspect, p["session"])
            if result in ("clean", "dirty"):
                c["n"] += 1
                c["d"] += result == "dirty"
                c["sessions"].add(p["session"])
                c["run"] = 0
                c["withdrawn"] += p["withdrawn"]
                c["withdrawn_dirty"] += p["withdrawn"] and result == "dirty"
            elif result == "invalid":
                c["invalid"] += 1
                c["unsuspected"] += not suspect
                c["excluded"] += p["excluded"]
                c["sessions_invalid"].add(p["session"])
                if p["line"] not in self.spoilt: # else the reader is known to be at fault
                    c["run"] += 1
                    c["instrument"] |= c["run"] >= (6 if "reference" in self.survey else 3)
            else:
                c["aborted"] += 1

    def add_transaction(self, t):
        c = self.cells[t["cell"]]
        c["slow"] += bool(t.get("slow"))
        if "technology" in t:
            c["technology"][t["technology"]] += 1
            c["technology_line"].setdefault(t["technology"], t["transaction"])
        if t["outcome"] == "ok":
            c["ok"] += 1
        elif t["outcome"] == "not-applicable":
            c["not_applicable"] += 1
        else:
            c["fail" if t["outcome"] == "fail" else "invalid_transactions"] += 1
            c["stages"][t.get("stage", "unknown")] += 1
            c["causes"].update(t.get("causes", []))

    def add_laid(self):
        """Per cell its placements in the journal's order with their transactions: what criteria and times look at."""
        for line in sorted(self.placements):
            p = self.placements[line]
            for script in range(len(self.scripts)):
                cell = self.cells[self.cell(p["pair"], p["condition"], p["reader"], script)]
                mine = [t for t in p["of"] if t["cell"] % len(self.scripts) == script]
                cell["timed"].add([t for t in mine if t["outcome"] == "ok" and "total_us" in t], p["session"])
                result = p["results"].get(script)
                judged = [t for t in mine if t["outcome"] in ("ok", "fail")]
                if not judged and result not in ("clean", "dirty"):
                    continue
                bad = [t for t in judged if t["outcome"] == "fail" or t.get("slow")]
                cell["laid"].append({
                    "line": line, "counted": result in ("clean", "dirty"), "session": p["session"],
                    "bad_line": bad[0]["transaction"] if bad else 0,
                    "us": [math.inf if t["outcome"] == "fail" else t["total_us"] for t in judged]})
                if p["placed"] and result in ("clean", "dirty"):
                    told = next(x for x in p["placed"]["results"] if x[0] % len(self.scripts) == script)
                    ok, fail, invalid, slow = told[2:6]
                    k, x = self.scheme.k, fail + slow
                    if ok == 0 and fail > 0 and invalid == 0:
                        x = k
                    elif ok + fail != k or x > k:
                        continue
                    cell["whole"].append(x)

    def find_verdicts(self):
        self.attributed = self.attributions([c["counts"] for c in self.cells])
        left = [c["left"] if c["withdrawn"] else c["counts"] for c in self.cells]
        attributed_left = self.attributions(left)
        for index, c in enumerate(self.cells):
            mine, theirs = (x[self.place(index)[0]]["holds"] for x in (self.attributed, attributed_left))
            c["judged"] = c["counts"].attributed() if mine else c["counts"]
            c["s"], c["attributed"] = c["counts"].s, mine and c["counts"].s > 0
            c["state"], c["why"] = self.state(index)
            c["lower"], c["upper"] = self.scheme.bracket(c["judged"])
            c["missing"] = 0
            if c["state"]:
                c["verdict"] = c["as_dirty"] = c["without"] = c["state"]
                continue
            c["instrument"] = c["instrument"] or self.decisions.get(index) == "undecided (instrument)"
            c["verdict"] = self.own_verdict(c, c["judged"], mine)
            c["as_dirty"] = self.scheme.verdict(self.all_as_dirty(c))
            c["missing"] = self.scheme.missing(c["judged"]) if c["verdict"] == "undecided" else 0
            c["sessions"] = c["judged"].sessions
            c["without"] = self.own_verdict(c, left[index].attributed() if theirs else left[index], theirs)
        if self.survey.get("decide") == "list":
            self.leave_what_is_off_the_list()

    # -- `decide: list`

    def leave_what_is_off_the_list(self):
        """Of a handset that is off the list, cells that are open and could have more placements are not pursued."""
        for pair in range(len(self.pairs)):
            mine = [i for i in range(self.count) if self.place(i)[0] == pair]
            if not self.is_off_the_list(mine):
                continue
            for c in (self.cells[i] for i in mine):
                full = c["counts"].n + c["counts"].s >= self.scheme.most(c["counts"].s)
                if is_open(c["verdict"]) and not full:
                    c["verdict"], c["missing"] = "not pursued", 0

    def is_off_the_list(self, cells):
        """Too few readers are left on which no required cell is incompatible, or can no longer pass (docs/decisions.md)."""
        asked = self.criteria["readers_at_least"]
        if isinstance(self.criteria.get("success"), dict):
            raise NotImplementedError("a list by other criteria than the scheme's own is not recounted")
        out = {self.place(i)[2] for i in cells if self.is_required(i) and self.cannot_pass(self.cells[i])}
        return len(self.readers) - len(out) < (len(self.readers) if asked == "all" else asked)

    def is_required(self, cell):
        _, condition, _, script = self.place(cell)
        return (self.conditions[condition]["mode"] in self.criteria["power_modes"] and
                self.scripts[script] in self.criteria["scripts"])

    def cannot_pass(self, c):
        if c["state"] or c["verdict"] == "compatible":
            return c["state"] == "not-applicable"
        if c["verdict"] == "rejected so far":
            return False # another session may show that it is refused
        return c["verdict"] == "incompatible" or self.scheme.clean_needed(c["judged"].d, c["judged"].s) == 0

    def own_verdict(self, c, counts, attributed):
        """A cell's instrument is not at fault where the phone is."""
        verdict = self.scheme.verdict(counts)
        return "undecided (instrument)" if verdict == "undecided" and c["instrument"] and not attributed else verdict

    def all_as_dirty(self, c):
        """As if every invalid placement, and every suspect one, were a dirty one."""
        out = c["counts"].attributed()
        out.n, out.d = out.n + c["unsuspected"], out.d + c["unsuspected"]
        out.sessions = out.sessions | c["sessions_invalid"]
        out.dirty_sessions = out.dirty_sessions | c["sessions_invalid"]
        return out

    def suspect_prices(self):
        """Of each reader: its placements and suspect ones but those of attributed handsets, its handsets x conditions,
        what a cell of q0/4 takes more at this share, and the hours of that."""
        times = {"place_s": 12, "transaction_s": 0.7} | (self.survey.get("times") or {})
        q = self.scheme.q0 / 4
        for r in range(len(self.readers)):
            n, s = (sum(a["on"][r][0][i] for a in self.attributed if not a["holds"]) for i in (0, 1))
            sites = {self.place(i)[:2] for i, c in enumerate(self.cells) if self.place(i)[2] == r and not c["state"]}
            more = self.scheme.expected(q, s / n) - self.scheme.expected(q, 0) if s else 0
            seconds = times["place_s"] + len(self.scripts) * self.scheme.k * (
                times["transaction_s"] + self.survey.get("pause_ms", 0) / 1000)
            yield n, s, len(sites), more, more * len(sites) * seconds / 3600

    def attributions(self, counts):
        """By handset: placements and suspect ones of a reader, of the scripts of a condition the most."""
        own = [[[0, 0] for _ in self.readers] for _ in self.pairs]
        for pair, condition, reader in itertools.product(*(range(len(x)) for x in (self.pairs, self.conditions, self.readers))):
            cells = [counts[self.cell(pair, condition, reader, script)] for script in range(len(self.scripts))]
            own[pair][reader][0] += max(c.n + c.s for c in cells)
            own[pair][reader][1] += max(c.s for c in cells)
        every = [[sum(x[r][i] for x in own) for i in (0, 1)] for r in range(len(self.readers))]
        return [attribution(x, every, len(self.pairs)) for x in own]

    # -- times over cells

    def time(self):
        scripts, readers = range(len(self.scripts)), range(len(self.readers))
        pool = lambda cells: self.pooled(cells)
        self.pair_times = [[pool(i for i in range(self.count) if self.place(i)[0] == p and self.place(i)[3] == s)
                            for s in scripts] for p in range(len(self.pairs))]
        self.reader_times = [[pool(i for i in range(self.count) if self.place(i)[2] == r and self.place(i)[3] == s)
                              for s in scripts] for r in readers]
        first = lambda c: [t["total_us"] for t in self.of_cell(c) if t["repeat"] == 1 and t["outcome"] == "ok"]
        exchange = lambda c: [t["exchanges"][0][1] for t in self.of_cell(c)
                              if t["order"] == 1 and t["outcome"] == "ok" and t["exchanges"]]
        self.by_cell = defaultdict(list)
        for t in self.transactions:
            self.by_cell[t["cell"]].append(t)
        self.by_line = {t["transaction"]: t for t in self.transactions}
        self.first = [first(c) for c in range(self.count)]
        self.first_exchange = [exchange(c) for c in range(self.count)]
        self.reader_first = [[sum((self.first[i] for i in range(self.count)
                                   if self.place(i)[2] == r and self.place(i)[3] == s), []) for s in scripts]
                             for r in readers]

    def of_cell(self, cell):
        return self.by_cell[cell]

    def pooled(self, cells):
        out = Timed()
        for i in cells:
            t = self.cells[i]["timed"]
            out.groups += t.groups
            out.sessions += t.sessions
            out.over += t.over
            out.first += t.first
            out.first_exchange += t.first_exchange
        return out

    def drifts(self):
        """Least squares of ln of a placement's median time on the hour, both about their cell's centre."""
        series = defaultdict(lambda: defaultdict(list))
        for p in self.placements.values():
            for script in range(len(self.scripts)):
                us = sorted(t["total_us"] for t in p["of"] if t["outcome"] == "ok" and t["cell"] % len(self.scripts) == script)
                if us:
                    cell = self.cell(p["pair"], p["condition"], p["reader"], script)
                    series[p["reader"], script, p["execution"], p["session"]][cell].append(
                        (p["at_us"], math.log(nearest_rank(us, 0.5))))
        out, small = [], 0
        for key in sorted(series):
            cells = {c: v for c, v in series[key].items() if len(v) >= 3}
            kept = sum(map(len, cells.values()))
            degrees = kept - len(cells) - 1
            if degrees < 8:
                small += 1
                continue
            out.append(self.one_drift(key, cells, kept, degrees))
        tried = sum(not math.isnan(d["p"]) for d in out)
        for d in out:
            d["p_adjusted"] = min(1.0, d["p"] * tried)
            d["drifts"] = bool(d["p_adjusted"] <= 0.05)
        return out, small

    def one_drift(self, key, cells, kept, degrees):
        points = []
        for cell, values in cells.items():
            hours, logs = numpy.array([a / 3.6e9 for a, _ in values]), numpy.array([v for _, v in values])
            for (at, _), h, y in zip(values, hours - hours.mean(), logs - numpy.median(logs)):
                points.append((at, cell, h, y))
        points.sort(key=lambda p: p[:2])
        x, y = numpy.array([p[2] for p in points]), numpy.array([p[3] for p in points])
        fit = stats.linregress(x, y)
        residual = y - fit.intercept - fit.slope * x
        error = math.sqrt((residual ** 2).sum() / degrees / ((x - x.mean()) ** 2).sum())
        reach = stats.t.ppf(0.975, degrees) * error
        rho = stats.spearmanr(x, y).correlation
        p = 2 * stats.t.sf(abs(rho) * math.sqrt(degrees / (1 - rho * rho)), degrees)
        # of n normal values about their median: variance 1 - (2 - pi/2)/n, covariance -(2 - pi/2)/n
        centred, e = 2 - math.pi / 2, y - fit.slope * x
        lag1 = (e[:-1] * e[1:]).sum() / (e * e).sum()
        together = [len(cells[a[1]]) for a, b in zip(points, points[1:]) if a[1] == b[1]]
        expected = -sum(centred / m for m in together) / sum(1 - centred / len(cells[a[1]]) for a in points)
        limit = 2 / math.sqrt(kept)
        return {"reader": key[0], "script": key[1], "execution": key[2], "session": key[3], "placements": kept,
                "cells": len(cells), "percent_an_hour": 100 * math.expm1(fit.slope),
                "percent_interval": [100 * math.expm1(fit.slope - reach), 100 * math.expm1(fit.slope + reach)],
                "spearman": rho, "p": p, "lag1": lag1, "lag1_expected": expected, "lag1_limit": limit,
                "autocorrelated": bool(abs(lag1 - expected) > limit)}

    def outliers(self):
        """Above the cell's median by more than five robust standard deviations of ln, at least 0.01 each."""
        found, small = [], 0
        for index, c in enumerate(self.cells):
            mine = [t for t in self.of_cell(index) if t["outcome"] == "ok" and "total_us" in t]
            if len(mine) < 8:
                small += len(mine) > 0
                continue
            centre = nearest_rank(sorted(t["total_us"] for t in mine), 0.5)
            away = sorted(abs(math.log(t["total_us"] / centre)) for t in mine)
            limit = centre * math.exp(5 * max(0.01, 1.4826 * nearest_rank(away, 0.5)))
            found += [{"record": t["transaction"], "cell": index, "us": t["total_us"], "cell_median": centre}
                      for t in mine if t["total_us"] > limit]
        return sorted(found, key=lambda o: o["record"]), small

    def impossible(self):
        """Exchanges shorter than the bytes of an ISO/IEC 14443 frame take at 848 kbit/s: 3 of overhead, 2 of status."""
        return [t["transaction"] for t in self.transactions for x in t["exchanges"]
                if x[1] < 2 * (3 + 2) * 8 / 848e3 * 1e6]

    # -- failures

    @staticmethod
    def looked_at(t):
        """The exchange that failed: the last one, unless the library's call did not come back to tell it."""
        last = t["exchanges"][-1] if t["exchanges"] and t.get("stage") in ("route", "exchange", "check") else None
        return last if last and (last[2] == "" or "native" not in t) else None

    def kinds(self, cell):
        """Failures of a cell that ended alike, and their lines; the step is the record's where no exchange is looked at."""
        steps = [s["name"] for s in self.profiles["script"][self.scripts[cell % len(self.scripts)]]["steps"]]
        out = {}
        for t in self.of_cell(cell):
            if t["outcome"] not in ("fail", "invalid"):
                continue
            last = self.looked_at(t)
            code = t.get("native") or (last[2] if last and t["stage"] != "check" else "")
            step = steps[last[0] - 1] if last else t.get("step")
            key = (t.get("stage", "unknown"), step, t["outcome"], tuple(t.get("causes", [])), code)
            out.setdefault(key, []).append(t["transaction"])
        return out

    def crossed(self, cell):
        """docs/causes.md, Card or reader: verdicts of the same condition and script around a cell."""
        pair, condition, reader, script = self.place(cell)
        verdict = lambda p, r: self.cells[self.cell(p, condition, r, script)]["verdict"]
        pairs, readers = range(len(self.pairs)), range(len(self.readers))
        passes_pair = {p: sum(verdict(p, r) == "compatible" for r in readers) for p in pairs}
        passes_reader = {r: sum(verdict(p, r) == "compatible" for p in pairs) for r in readers}

        def side(others):
            out = {"fails": 0, "passes": 0, "undecided": 0, "unproven": 0}
            for v, proven in others:
                out["passes"] += v == "compatible"
                out["fails"] += v == "incompatible" and proven > 0
                out["unproven"] += v == "incompatible" and proven == 0
                out["undecided"] += is_open(v)
            return out
        by_reader = side([(verdict(pair, r), passes_reader[r]) for r in readers if r != reader])
        by_pair = side([(verdict(p, reader), passes_pair[p]) for p in pairs if p != pair])
        own = verdict(pair, reader)
        blamed = lambda s: s["fails"] >= 2 and s["fails"] > s["passes"]
        cleared = lambda s: s["passes"] >= 1 and s["passes"] > s["fails"]
        answer = None
        if is_open(own):
            answer = "open"
        elif own == "incompatible":
            answer = "open"
            if blamed(by_reader) and not blamed(by_pair) and by_pair["passes"]:
                answer = "handset"
            elif blamed(by_pair) and not blamed(by_reader) and by_reader["passes"]:
                answer = "reader"
            elif not blamed(by_pair) and not blamed(by_reader) and cleared(by_reader) and cleared(by_pair):
                answer = "combination"
        return answer, by_reader, by_pair


def main():
    run = Run(sys.stdin)
    print(json.dumps({"cells": [{k: c[k] for k in ("n", "d", "invalid", "aborted", "lower", "upper", "verdict", "missing")}
                                for c in run.cells],
                      "placements": len(run.placements), "transactions": len(run.transactions)}))


if __name__ == "__main__":
    main()
