"""Criteria held against a recount: recommendations, deciding cells, thresholds, what-ifs, proposal. Without positions."""
import math
from collections import Counter

from scipy import stats

from recount import POWER, RECOMMENDATIONS

PASS, OPEN, NOT_TESTABLE, FAIL = 1, 2, 3, 4
OUTCOMES = {PASS: "pass", OPEN: "not enough data", NOT_TESTABLE: "not testable with this run", FAIL: "fail"}
BADNESS = {"compatible": 1, "excluded": 2, "not pursued": 3, "undecided": 4, "undecided (instrument)": 5,
           "rejected so far": 6, "not-applicable": 7, "incompatible": 8}


def slow_bets(p):
    """(weight, mean bet on), against a mean of p or more."""
    return [(0.5, 0.0), (0.25, 0.1 * p), (0.15, 0.3 * p), (0.1, 0.6 * p)]


def quick_bets(p):
    return [(0.25, p + (1 - p) * part) for part in (0.05, 0.2, 0.5, 0.9)]


def capital(y, p, bets):
    """ln of sum_i w_i prod_j (1 - l_i (Y_j - p)), l_i = (p - g_i)/(p(1-p)) (statistics of docs/criteria.md, time)."""
    logs = []
    for weight, g in bets:
        slope = (p - g) / (p * (1 - p))
        factors = [1 - slope * (v - p) for v in y]
        if any(f <= 1e-300 for f in factors):
            continue
        logs.append(math.log(weight) + math.fsum(map(math.log, factors)))
    if not logs:
        return -math.inf
    top = max(logs)
    return top + math.log(sum(math.exp(v - top) for v in logs))


class Rules:
    def __init__(self, **given):
        self.__dict__.update(given)

    def but(self, **changed):
        return Rules(**{**self.__dict__, **changed})


class Assessment:
    def __init__(self, run, criteria):
        self.run, self.c = run, criteria
        c, here = criteria, {x["mode"] for x in run.conditions}
        assert not set(c) & {"positions", "technologies", "payload", "readers_of", "readers_share"}, "not recounted here"
        conditional = set(c.get("conditional_modes", []))
        required = set(c["power_modes"]) if "power_modes" in c else here - conditional
        self.wanted = [s for s in range(len(run.scripts)) if "scripts" not in c or run.scripts[s] in c["scripts"]]
        lacking = [x for x in c.get("scripts", []) if x not in run.scripts]
        lacking += [m for m in POWER if m in c.get("power_modes", []) and m not in here]
        self.not_in_survey = lacking[0] if lacking else None
        success, time = c.get("success", {}), c.get("time")
        self.taps, self.tap_within = success.get("taps"), success.get("within_ms")
        at_least = c["readers_at_least"]
        self.rules = Rules(bound=success.get("dirty_at_most"), ok_at_least=success.get("ok_at_least"), success=True,
                           within=time["within_ms"] * 1000 if time else None,
                           seats=[1] * len(run.readers), at_least=None if at_least == "all" else at_least,
                           required=required, conditional=conditional, left_out=set(),
                           refuse=c.get("refuse", "above-q0"))
        self.time = time
        self.judged = [self.told_apart(p) for p in range(len(run.pairs))]

    # -- which cells

    def need(self, condition, script):
        mode = self.run.conditions[condition]["mode"]
        if script not in self.wanted:
            return None
        return "required" if mode in self.rules.required else "conditional" if mode in self.rules.conditional else None

    def cells(self, pair, reader, modes, left_out=frozenset()):
        run = self.run
        return [run.cell(pair, c, reader, s) for c in range(len(run.conditions))
                if run.conditions[c]["mode"] in modes and c not in left_out
                for s in self.wanted]

    # -- one cell

    def tapped(self, cell):
        limit = self.tap_within * 1000 if self.tap_within else 4294967294
        laid = [p for p in self.run.cells[cell]["laid"] if p["counted"]][:self.taps]
        return len(laid), sum(bool(p["us"]) and p["us"][0] <= limit for p in laid)

    def tap_limits(self, cell):
        taps, ok = self.tapped(cell)
        n = self.taps
        low = stats.beta.ppf(0.05, ok, n - ok + 1) if ok else 0.0
        most = ok + n - taps
        return low, stats.beta.ppf(0.95, most + 1, n - most) if most < n else 1.0

    def success(self, rules, cell):
        """Outcome, and how many more placements an open one needs."""
        run, c = self.run, self.run.cells[cell]
        if c["state"] == "not-applicable":
            return FAIL, 0
        if self.taps:
            taps, ok = self.tapped(cell)
            if ok >= rules.ok_at_least:
                return PASS, 0
            return (FAIL, 0) if taps - ok > self.taps - rules.ok_at_least else (OPEN, rules.ok_at_least - ok)
        made, sessions = c["judged"].n + c["judged"].s, len(c["judged"].sessions)
        enough = made >= 3 and sessions >= 2
        if rules.bound:
            shown = enough and c["upper"] <= rules.bound
            fails = c["upper"] > rules.bound and self.refuses(rules, c, rules.bound)
            more = 0 if shown or fails else run.scheme.clean_for_bound(rules.bound, made, c["judged"].d + c["judged"].s)
            reachable = True
        else:
            shown, fails = c["verdict"] == "compatible", self.refuses(rules, c, run.scheme.q1)
            more = run.scheme.missing(c["judged"])
            reachable = run.scheme.clean_needed(c["judged"].d, c["judged"].s) > 0
        if shown or fails:
            return (PASS if shown else FAIL), 0
        if more == 0 and sessions < 2 and reachable and made >= 3:
            more = 1
        return OPEN, more

    def refuses(self, rules, cell, bound):
        """Shown above q0 (incompatible), or above what the clause allows; a bound below q0 needs no verdict."""
        if cell["verdict"] != "incompatible":
            return bound < self.run.scheme.q0 and cell["lower"] > bound
        return rules.refuse == "above-q0" or cell["lower"] > bound

    def overruns(self, cells, within):
        out = []
        for cell in cells:
            for p in self.run.cells[cell]["laid"]:
                if p["counted"]:
                    out.append(sum(us > within for us in p["us"]) / len(p["us"]) if p["us"] else 1.0)
        return out

    def in_time(self, cells, within, refuse="above-q0"):
        y, share, scheme = self.overruns(cells, within), 1 - self.time["share"], self.run.scheme
        if len(y) >= 3 and capital(y, share, slow_bets(share)) >= -math.log(scheme.beta):
            return PASS, 0
        q = share if refuse == "above-bound" else share / 5
        if len(y) >= 3 and capital(y, q, quick_bets(q)) >= -math.log(scheme.alpha):
            return FAIL, 0
        return OPEN, self.in_time_after(y, share)

    def in_time_after(self, y, share):
        """More placements without an overrun; doubling and halving, since each raises the capital."""
        enough = lambda more: capital(y + [0.0] * more, share, slow_bets(share)) >= -math.log(self.run.scheme.beta)
        low, high = 0, 1
        while not enough(high):
            low, high = high, 2 * high
            if high > 200000:
                return 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        return 0 if enough(0) else high

    def time_passes_from(self, cells):
        """The least duration at which the cells together pass; None."""
        values = sorted({us for i in cells for p in self.run.cells[i]["laid"] if p["counted"] for us in p["us"]
                         if us != math.inf} | {0})
        passes = lambda us: self.in_time(cells, us)[0] == PASS
        low, high = 0, len(values)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if passes(values[middle]) else (middle + 1, high)
        return values[low] if low < len(values) else None

    # -- a pair

    def worse(self, a, b):
        """Whether (outcome, missing, cell) a is the worse evidence than b."""
        if b is None or a[0] != b[0]:
            return b is None or a[0] > b[0]
        if a[2] is None or b[2] is None:
            return b[2] is None and a[2] is not None
        x, y = self.run.cells[a[2]], self.run.cells[b[2]]
        if BADNESS[x["verdict"]] != BADNESS[y["verdict"]]:
            return BADNESS[x["verdict"]] > BADNESS[y["verdict"]]
        key = "lower" if x["verdict"] == "incompatible" else "upper"
        return x[key] > y[key]

    def worst(self, results):
        out = None
        for r in results:
            out = r if self.worse(r, out) else out
        return out

    def over_readers(self, rules, outcomes):
        seats = Counter()
        for outcome, seat in zip(outcomes, rules.seats):
            seats[outcome] += seat
        everyone = sum(rules.seats)
        needed = rules.at_least or everyone
        if everyone == 0 or needed > everyone:
            return NOT_TESTABLE
        if seats[PASS] >= needed:
            return PASS
        if everyone - seats[FAIL] < needed:
            return FAIL
        return OPEN if seats[PASS] + seats[OPEN] >= needed else NOT_TESTABLE

    def spots(self, rules, pair, modes):
        """(reader): the worst cell of the success clause, or None."""
        return [self.worst([(*self.success(rules, i), i) for i in self.cells(pair, r, modes, rules.left_out)])
                if rules.seats[r] and rules.success else None for r in range(len(self.run.readers))]

    def one_clause(self, rules, spots):
        outcomes = [s[0] if s else PASS for s in spots]
        all_ = self.over_readers(rules, outcomes)
        same = self.worst([s for s, seat in zip(spots, rules.seats) if s and seat and s[0] == all_])
        return same or (all_, 0, None)

    def handset_time(self, rules, pair):
        worst = None
        for script in self.wanted:
            cells = [self.run.cell(pair, c, r, script) for c in range(len(self.run.conditions))
                     if self.run.conditions[c]["mode"] in rules.required and c not in rules.left_out
                     for r in range(len(self.run.readers)) if rules.seats[r]]
            outcome, missing = self.in_time(cells, rules.within, rules.refuse)
            sessions = set().union(*(self.run.cells[i]["sessions"] for i in cells)) if cells else set()
            over = lambda i: sum(self.overruns([i], self.rules.within)) / max(1, len(self.overruns([i], self.rules.within)))
            slowest = max(cells, key=over) if cells else None
            if outcome == PASS and len(sessions) < 2:
                outcome, missing = OPEN, 1
            if worst is None or outcome > worst[0]:
                worst = (outcome, missing, slowest)
        return worst

    def judge(self, rules, pair):
        """What the pair ends as, with everything that the report shows of it."""
        spots = self.spots(rules, pair, rules.required)
        outcomes = [s[0] if s else NOT_TESTABLE for s in spots]
        clauses = {}
        if rules.success:
            clauses["success"] = self.one_clause(rules, spots)
        if self.time and rules.within:
            clauses["time"] = self.handset_time(rules, pair)
        readers = self.over_readers(rules, outcomes)
        same = self.worst([s for s, seat in zip(spots, rules.seats) if s and seat and s[0] == readers])
        clauses["readers"] = (readers, 0, None) if same is None else (readers, same[1], same[2])
        clauses["scope"] = (NOT_TESTABLE if self.not_in_survey else PASS, 0, None)
        required = max(c[0] for c in clauses.values())
        decided = next(name for name, c in clauses.items() if c[0] == required)
        out = {"clauses": clauses, "required": required, "decided_by": decided if required != PASS else None,
               "cell": clauses[decided][2], "missing": clauses[decided][1], "on": outcomes,
               "modes_failing": [], "modes_open": [], "conditional": None}
        here = {x["mode"] for x in self.run.conditions}
        for mode in (m for m in POWER if m in rules.conditional):
            if mode not in here:
                out["modes_open"].append(mode)
                continue
            spots = self.spots(rules, pair, {mode})
            all_ = self.over_readers(rules, [s[0] if s else NOT_TESTABLE for s in spots])
            if all_ == FAIL:
                out["modes_failing"].append(mode)
            elif all_ != PASS:
                out["modes_open"].append(mode)
            if all_ != PASS:
                bad = [s for s, seat in zip(spots, rules.seats) if s and seat and s[0] == all_]
                for s in bad:
                    out["conditional"] = s if self.worse(s, out["conditional"]) else out["conditional"]
        out["recommendation"] = RECOMMENDATIONS[
            2 if required == FAIL else 3 if required != PASS else 1 if out["modes_failing"] or out["modes_open"] else 0]
        return out

    def told_apart(self, pair):
        """As judged; of one not recommended, whether it is shown not to meet the criteria, and then what shows that."""
        j = self.judge(self.rules, pair)
        strict = self.judge(self.rules.but(refuse="above-bound"), pair) if j["recommendation"] == "not recommended" else None
        j["shown"] = strict is not None and strict["recommendation"] == "not recommended"
        if j["shown"]:
            j.update({k: strict[k] for k in ("decided_by", "cell", "missing")})
        return j

    # -- what stands behind it

    def records(self, clause, result):
        """Lines of the journal behind an outcome: the first bad transactions, or the placement that settled it."""
        outcome, _, cell = result
        laid = [p for p in self.run.cells[cell]["laid"] if p["counted"]]
        if outcome != FAIL:
            upto = self.taps if clause != "time" and self.taps else len(laid)
            return [laid[min(upto, len(laid)) - 1]["line"]] if laid else []
        out = []
        limit = (self.rules.within if clause == "time" else self.tap_within * 1000 if self.tap_within else 4294967294)
        for p in laid:
            if clause == "time":
                against = any(us > limit for us in p["us"]) or not p["us"]
            elif self.taps:
                against = not p["us"] or p["us"][0] > limit
            else:
                against = p["bad_line"] > 0
            if against:
                out.append(p["bad_line"] or p["line"])
        return out[:5]

    def open_cells(self, pair):
        j = self.judged[pair]
        if j["recommendation"] not in ("not enough data", "conditional"):
            return []
        modes = self.rules.required if j["recommendation"] == "not enough data" else set(j["modes_open"])
        out = []
        for cell in range(self.run.count):
            p, condition, reader, script = self.run.place(cell)
            if p == pair and self.run.conditions[condition]["mode"] in modes and script in self.wanted:
                outcome, missing = self.success(self.rules, cell)
                if outcome == OPEN:
                    out.append((cell, missing))
        return out

    def dirty_passes_from(self, pair):
        per_reader = []
        for r in range(len(self.run.readers)):
            cells = [self.run.cells[i] for i in self.cells(pair, r, self.rules.required)]
            good = all(not c["state"] and c["n"] + c["s"] >= 3 and len(c["sessions"]) >= 2 and c["upper"] < 1 for c in cells)
            per_reader.append(max(c["upper"] for c in cells) if good and cells else None)
        needed = self.rules.at_least or len(per_reader)
        known = sorted(v for v in per_reader if v is not None)
        return known[needed - 1] if len(known) >= needed else None

    def handset_passes_from(self, pair):
        most = 0
        for script in self.wanted:
            cells = [self.run.cell(pair, c, r, script) for c in range(len(self.run.conditions))
                     if self.run.conditions[c]["mode"] in self.rules.required for r in range(len(self.run.readers))]
            passes = self.time_passes_from(cells)
            sessions = set().union(*(self.run.cells[i]["sessions"] for i in cells))
            if passes is None or len(sessions) < 2:
                return None
            most = max(most, passes)
        return most

    # -- what if

    def scenarios(self):
        """(key, value): rules, in the order of criteria.yaml."""
        run, r, out = self.run, self.rules, []
        units = [u for u, _ in run.readers]
        seat = lambda *keep: [int(i in keep) for i in range(len(units))]
        if len(units) > 1:
            for i, u in enumerate(units):
                out.append(({"drop_reader": u}, r.but(seats=seat(*(j for j in range(len(units)) if j != i)))))
            models = [p["id"] for _, p in run.readers]
            for m in dict.fromkeys(models):
                if 1 < models.count(m) < len(models):
                    out.append(({"drop_model": m}, r.but(seats=[int(other != m) for other in models])))
            for i, u in enumerate(units):
                out.append(({"only_reader": u}, r.but(seats=seat(i), at_least=None)))
            for i, u in enumerate(units):
                for j, v in enumerate(units):
                    if i != j and r.at_least:
                        seats = [1] * len(units)
                        seats[i], seats[j] = 0, 2
                        out.append(({"replace_reader": u, "by": v}, r.but(seats=seats)))
        if self.time:
            out.append(({"without_clause": "success"}, r.but(success=False)))
            out.append(({"without_clause": "time"}, r.but(within=None)))
        if len(units) > 1:
            out.append(({"without_clause": "readers"}, r.but(at_least=1)))
        for mode in POWER:
            if mode in r.required | r.conditional and r.required != {mode}:
                out.append(({"without_power_mode": mode}, r.but(required=r.required - {mode},
                                                                conditional=r.conditional - {mode})))
        for i, c in enumerate(self.run.conditions):
            if c["mode"] in r.required | r.conditional and sum(x["mode"] == c["mode"] for x in self.run.conditions) > 1:
                out.append(({"without_condition": c["id"]}, r.but(left_out={i})))
        if not self.taps:
            out += [({"dirty_at_most": b}, r.but(bound=b)) for b in (0.05, 0.1, 0.2)]
        return out

    def ends(self, rules, out=None):
        """`out`: a pair that is left out, and so never ends otherwise."""
        return [self.judged[p]["recommendation"] if p == out else self.judge(rules, p)["recommendation"]
                for p in range(len(self.run.pairs))]

    # -- the proposal, by trying every value one after the other

    def turn(self, rules, clause, value):
        if clause == "readers":
            return rules.but(at_least=int(value))
        if clause == "time":
            return rules.but(within=value)
        return rules.but(ok_at_least=int(value)) if self.taps else rules.but(bound=value)

    def knob(self, clause):
        """Present value, candidate values from the tightest to the loosest, and whether smaller is looser."""
        run = self.run
        if clause == "readers":
            return self.rules.at_least or len(run.readers), list(range(len(run.readers), 0, -1)), True
        if self.taps:
            return self.rules.ok_at_least, list(range(self.taps, 0, -1)), True
        bounds = {v for c in run.cells if c["n"] for v in (c["lower"], c["upper"]) if 0 < v < 1}
        return self.rules.bound or run.scheme.q1, sorted(bounds), False

    def looser(self, falls, value, than):
        return value < than if falls else value > than

    def first_change(self, base, clause, out=None):
        now, values, falls = self.knob(clause)
        mine = [j["recommendation"] for j in self.judged]
        for value in values:
            if self.looser(falls, value, now) and self.ends(self.turn(base, clause, value), out) != mine:
                return value
        return None

    def tightest(self, clause):
        now, values, falls = self.knob(clause)
        mine, best = [j["recommendation"] for j in self.judged], now
        for value in reversed(values):
            if self.looser(falls, value, now):
                continue
            if self.ends(self.turn(self.rules, clause, value)) != mine:
                break
            best = value
        return best

    def rounded(self, clause, change):
        now, _, falls = self.knob(clause)
        if change is None:
            return now
        value = change + 1 if falls else (math.ceil(change * 1000) - 1) / 1000
        if clause == "success" and not self.taps and value > self.run.scheme.q1:  # what the scheme tests, and no further
            value = max(now, self.run.scheme.q1)
        return value if self.looser(falls, value, now) else now

    def held_back(self, clause):
        return len(self.held_back_by(clause))

    def held_back_by(self, clause):
        without = self.rules.but(at_least=1) if clause == "readers" else self.rules.but(success=False)
        if clause == "success" and not self.time:
            return {p for p, j in enumerate(self.judged) if j["clauses"]["success"][0] == FAIL}
        rank = {"recommended": 4, "conditional": 3, "not enough data": 2, "not recommended": 1}
        return {p for p, (e, j) in enumerate(zip(self.ends(without), self.judged)) if rank[e] > rank[j["recommendation"]]}

    def smallest_sets(self, out=None):
        """Every smallest set of readers on which passing tells what it tells on all that count; of all pairs but `out`."""
        readers, best = range(len(self.run.readers)), []
        for mask in range(1 << len(readers)):
            chosen = {r for r in readers if mask >> r & 1}
            if best and len(chosen) > len(best[0]):
                continue
            good = True
            for p, j in enumerate(self.judged):
                if p == out:
                    continue
                ends, fails = j["clauses"]["readers"][0], {r for r in readers if j["on"][r] == FAIL}
                good = good and not (ends == FAIL and not fails & chosen) and not (ends == PASS and fails & chosen)
            if good:
                best = [chosen] if not best or len(chosen) < len(best[0]) else best + [chosen]
        return best
