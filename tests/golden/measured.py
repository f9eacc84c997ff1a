"""
What a run measured beside its verdicts, counted anew: where the time of a transaction goes, the host's floor, detection,
what handsets answered with, and what the rules that narrow causes have seen. Sources: docs/causes.md, docs/formats.md,
and for frames on the air ISO/IEC 14443-2 and -3 (bits of a byte, framing) with every choice towards the shorter.
"""
import functools
import math
from collections import defaultdict

from recount import nearest_rank, plain_times, rank_interval, woodruff

PARTS = ("activate", "exchanges", "between", "total", "without host")
# In the order of the page: the key in a record, and the fact of a profile that speaks of it.
ANSWERS = (("technology", "technologies"), ("atqa", "atqa"), ("sak", "sak"), ("ats", "ats"), ("atqb", "atqb"),
           ("atr", "atr"), ("uid", "random_uid"), ("kbit_s", "max_kbit_s"), ("fwt_us", "fwt_us"))


# ---- on the air --------------------------------------------------------------------------------------------------------

def frame_ns(technology, kbit_s, content, closed):
    """A frame of so many bytes between PCB and CRC, whole nanoseconds; 13.58 MHz is the fastest carrier in question."""
    length = content + 3
    etu = {"A": 9 * length + 2, "B": 10 * length + (22 if closed else 0)}.get(technology, 8 * length)
    return etu * 128 * 10 ** 6 // 13580 * 106 // kbit_s


def offered(code):
    return 848 if code & 0x44 else 424 if code & 0x22 else 212 if code & 0x11 else 106


def told(record, key):
    value = record.get(key)
    return None if isinstance(value, dict) else value


def code_of_atr(text):
    """Bit rate capability of a type B target by the ATR that PC/SC makes of it: eight historical bytes behind 3B 88 80 01."""
    raw = bytes.fromhex(text)
    historical = raw[4:12]
    if raw[:4] != bytes.fromhex("3b888001") or len(raw) != 13 or historical[4] & 8 or historical[5] & 9 != 1 or historical[7] & 15:
        return None
    return historical[4]


def rate_of(t):
    """The highest rate that a record allows; 0: it tells nothing."""
    technology, ats, atqb, atr = (told(t, key) for key in ("technology", "ats", "atqb", "atr"))
    if "kbit_s" in t:
        return t["kbit_s"] if 106 <= t["kbit_s"] <= 27120 else 0
    if technology == "A" and ats:
        raw = bytes.fromhex(ats)
        return 0 if not raw or raw[0] != len(raw) else offered(raw[2] if len(raw) > 2 and raw[1] & 0x10 else 0)
    if technology == "B" and atqb and len(atqb) >= 20:
        return offered(bytes.fromhex(atqb[10:])[4])
    if technology == "B" and atr and code_of_atr(atr) is not None:
        return offered(code_of_atr(atr))
    return 0


class Air:
    """The least time that each exchange of a transaction takes on the air; None: its bytes are not known."""

    def __init__(self, script, token_label):
        self.steps, self.token = script["steps"], token_label
        self.given = {k: len(bytes.fromhex(v["bytes"])) for k, v in script.get("variables", {}).items() if "bytes" in v}
        self.captured = {name for step in self.steps for name in step.get("capture", {})}

    @functools.cache
    def length(self, template):
        total = 0
        for piece in template.split():
            if not piece.startswith("{"):
                total += len(bytes.fromhex(piece))
            elif ":" in piece:
                total += int(piece.strip("{}").split(":")[1])
            elif piece.strip("{}") not in self.captured:
                total += self.given.get(piece.strip("{}"), 0)
        return total

    @functools.cache
    def answer(self, number, last):
        step, sizes = self.steps[number - 1], [0]
        if "read" in step:
            # how long the whole is, only the run knew: a last chunk has a byte at least
            assert step["read"]["length"] in self.captured, "a read of a fixed length is not recounted here"
            sizes.append(1 if last else step["read"]["chunk"])
        for kind, value in step.get("check", {}).items():
            sizes.append({"length": lambda: int(value), "starts": lambda: self.length(value), "equals": lambda: self.length(value),
                          "token": lambda: len(self.token), "same": lambda: 0}[kind]())
        sizes += [c.get("offset", 0) + c["length"] for c in step.get("capture", {}).values()]
        return max(sizes)

    def floors(self, t, technology, kbit_s):
        exchanges = t["exchanges"]
        for i, (step, us, sw, *_) in enumerate(exchanges):
            final = i + 1 == len(exchanges)
            known = self.steps[step - 1]
            if not sw or "send" not in known or known["send"].startswith("FF"):
                yield us, None
                continue
            passed = t["outcome"] == "ok" or not final
            data = self.answer(step, final or exchanges[i + 1][0] != step) if passed else 0
            ns = frame_ns(technology, kbit_s, self.length(known["send"]), True) + frame_ns(technology, kbit_s, 2 + data, False)
            yield us, ns // 1000


# ---- where the time goes -----------------------------------------------------------------------------------------------

class Times:
    """Values in groups, one group a placement."""

    def __init__(self, groups):
        self.groups = [g for g in groups if g]
        self.values = sorted(v for g in self.groups for v in g)
        self.n = len(self.values)

    def mean(self):
        return sum(self.values) / self.n

    def quantile(self, p):
        """Its value and interval."""
        return woodruff(self.groups, p)[:2]


class Measured:
    def __init__(self, run):
        self.run = run
        self.by_script = defaultdict(lambda: defaultdict(list))  # (reader, script): placement: ok transactions with a time
        self.detections, self.quantum = defaultdict(list), defaultdict(int)
        for t in run.transactions:
            _, _, reader, script = run.place(t["cell"])
            if t["outcome"] == "ok" and "total_us" in t:
                self.by_script[reader, script][t["placement"]].append(t)
            if "detect_us" in t:
                self.detections[reader].append(t["detect_us"])
                self.quantum[reader] = max(self.quantum[reader], t.get("detect_quantum_us", 0))
        self.find_hosts()

    def find_hosts(self):
        """(least time beyond the air, line, time, floor) of each reader: the first exchange with the least."""
        run, link = self.run, {}
        labels = {s["id"]: s.get("token_label", "") for s in run.survey["sims"]}
        airs = {(script, sim): Air(run.profiles["script"][script], label) for script in run.scripts for sim, label in labels.items()}
        self.hosts = {}
        for t in run.transactions:
            pair, _, reader, script = run.place(t["cell"])
            technology = told(t, "technology")
            if technology and not link.get(t["placement"], (None, 0))[1]:
                link[t["placement"]] = technology, rate_of(t)
            known, rate = link.get(t["placement"], (None, 0))
            rate = rate if rate and known == technology else 848
            for us, floor in airs[run.scripts[script], run.pairs[pair][1]].floors(t, technology, rate):
                if floor and us >= floor and (reader not in self.hosts or us - floor < self.hosts[reader][0]):
                    self.hosts[reader] = us - floor, t["transaction"], us, floor
        assert not any("calibration" in r for r in run.records), "calibrations are not recounted here"

    def part(self, reader, script, name):
        host = self.hosts.get(reader, (0,))[0]

        def of(t):
            inside, activate = sum(x[1] for x in t["exchanges"]), t.get("stages", {}).get("activate")
            if name == "between":
                return None if activate is None else max(0, t["total_us"] - inside - activate)
            if name == "without host":
                return max(0, t["total_us"] - host * len(t["exchanges"]))
            return {"activate": activate, "exchanges": inside, "total": t["total_us"]}[name]
        return self.times(reader, script, of)

    def step(self, reader, script, step):
        def of(t):
            mine = [x[1] for x in t["exchanges"] if x[0] == step]
            return sum(mine) if mine else None
        return self.times(reader, script, of)

    def times(self, reader, script, of):
        groups = self.by_script[reader, script]
        return Times([[v for v in map(of, groups[line]) if v is not None] for line in sorted(groups)])

    def exchanges(self, reader, script):
        counts = [len(t["exchanges"]) for g in self.by_script[reader, script].values() for t in g]
        return sum(counts) / len(counts)

    def host_share(self, reader, script):
        """Of the mean of all exchanges."""
        whole = self.part(reader, script, "exchanges").mean()
        return min(whole, self.exchanges(reader, script) * self.hosts[reader][0])

    def detection(self, reader):
        ordered = sorted(self.detections[reader])
        return len(ordered), nearest_rank(ordered, 0.5), rank_interval(ordered, 0.5)


def levels(values, most):
    """(share, value) of an empirical distribution at `most` ranks that lie evenly, or at every one of fewer."""
    ordered, n = sorted(values), len(values)
    ranks = range(1, n + 1) if n <= most else [i * n // most for i in range(1, most + 1)]
    return [(r / n, ordered[r - 1]) for r in ranks]


def first_times(values):
    t = plain_times(values)
    return t and {"n": t["n"], "quantiles": [(t["median"], t["median_interval"]), (t["p90"], t["p90_interval"])], "max": t["max"]}


# ---- claims and answers ------------------------------------------------------------------------------------------------

def answers(run):
    """Of each pair, (what, text, is absent): how often, first line, readers; in the order of the page."""
    out = [{} for _ in run.pairs]
    for what, _ in ANSWERS:
        for t in run.transactions:
            if what not in t:
                continue
            pair, _, reader, _ = run.place(t["cell"])
            value = t[what]
            key = (what, value["absent"], True) if isinstance(value, dict) else (what, str(value), False)
            seen = out[pair].setdefault(key, {"count": 0, "line": t["transaction"], "readers": set()})
            seen["count"] += 1
            seen["readers"].add(reader)
    return out


def claim(run, pair, fact):
    """What the profile claims, or None; and why it claims nothing, or None."""
    value = run.pairs[pair][2].get("facts", {}).get(fact)
    if isinstance(value, dict):
        return value.get("value"), value.get("absent")
    return (None if value is None else str(value)), None


def agrees(what, claimed, seen):
    if what == "technology":
        return seen[0] in claimed.replace("/", " ").replace(",", " ").split()
    if what == "kbit_s":
        return int(seen) <= int(claimed)
    if what == "uid":
        return (claimed == "true") == seen.startswith("random")
    plain = lambda text: text.replace(" ", "").replace(":", "").lower()
    return plain(claimed) == plain(seen)


def compared(run, pair, seen):
    """What of the answers agrees, differs or was not seen; None without a claim."""
    out = []
    for what, fact in ANSWERS:
        claimed, _ = claim(run, pair, fact)
        mine = [text for w, text, absent in seen if w == what and not absent]
        if claimed is None:
            out.append(None)
        elif not mine:
            out.append("not seen")
        else:
            out.append("agrees" if all(agrees(what, claimed, text) for text in mine) else "differs")
    return out


# ---- what the rules that narrow causes have seen ------------------------------------------------------------------------

def in_words(us):
    """A duration as the trail says it: its figure."""
    return round_half_even(us / 1e6, 2) if us >= 1e6 else round_half_even(us / 1e3, 0 if us >= 1e4 else 1)


def round_half_even(value, places):
    return float(f"{value:.{places}f}")


def waiting_times(run):
    """The least waiting time offered by a handset in a condition, by any record: (pair, condition): us."""
    out = {}
    for t in run.transactions:
        pair, condition, _, _ = run.place(t["cell"])
        offers = []
        if "fwt_us" in t and not isinstance(t["fwt_us"], dict):
            offers.append(t["fwt_us"])
        ats, atqb, atr = (told(t, key) for key in ("ats", "atqb", "atr"))
        fwi = []
        if ats:
            raw = bytes.fromhex(ats)
            if raw and raw[0] == len(raw):
                tb = raw[2 + bool(raw[1] & 0x10)] if len(raw) > 1 and raw[1] & 0x20 else None
                fwi.append(4 if tb is None or tb >> 4 == 15 else tb >> 4)
        if atqb and len(atqb) >= 24:
            fwi.append(bytes.fromhex(atqb[10:])[6] >> 4)
        if atr and told(t, "technology") == "B" and code_of_atr(atr) is not None:
            fwi.append(bytes.fromhex(atr)[10] >> 4)
        offers += [math.floor(4096 * 2 ** (f if f <= 14 else 4) / 13.56 + 0.5) for f in fwi]
        for us in offers:
            if us > 0:
                out[pair, condition] = min(us, out.get((pair, condition), us))
    return out


class Kind:
    """Failures of a cell that ended alike: what they have in common."""

    def __init__(self, run, key, lines):
        self.stage, self.step, self.outcome, self.causes, self.code = key
        self.lines, self.count = lines, len(lines)
        mine = [run.by_line[line] for line in lines]
        looked_at = [run.looked_at(t) for t in mine]
        self.answered = bool(looked_at[0] and looked_at[0][2])
        times = [x[1] if x else t.get("stages", {}).get("activate") if self.stage in ("detect", "activate") else None
                 for t, x in zip(mine, looked_at)]
        self.times = [us for us in times if us is not None]
        self.sizes, self.passed = [], 0
        for t, x in zip(mine, looked_at):
            if x and len(t.get("bytes", [])) == len(t["exchanges"]):
                self.passed = max([self.passed, *((len(b[1]) - 4) // 2 for b in t["bytes"][:-1] if len(b[1]) >= 4)])
                if t["bytes"][-1][0] and "x" not in t["bytes"][-1][0]:
                    self.sizes.append(command_sizes(bytes.fromhex(t["bytes"][-1][0])))


def command_sizes(raw):
    """Le (0: none) and length of a command APDU (ISO/IEC 7816-3, 12.1)."""
    if len(raw) == 4:
        return 0, 4
    if len(raw) == 5:
        return raw[4] or 256, 5
    if raw[4]:
        short = 5 + raw[4]
        return (raw[short] or 256) if len(raw) == short + 1 else 0, len(raw)
    if len(raw) == 7:
        return int.from_bytes(raw[5:], "big") or 65536, 7
    body = 7 + int.from_bytes(raw[5:7], "big")
    return (int.from_bytes(raw[body:], "big") or 65536) if len(raw) == body + 2 else 0, len(raw)


def reader_class(profile):
    """What the rules about readers look at: the level of exchange and the largest message."""
    of = profile.get("simulation") or profile.get("ccid") or {}
    return of.get("level"), of.get("max_message_bytes") or 0


TRAITS = ((lambda level, most: level == "tpdu", ()), (lambda level, most: level == "short", ()),
          (lambda level, most: level == "short+extended" and 0 < most <= 271, (271,)))


def by_class(run, cell):
    """Of a cell's handset and condition: readers with a verdict, those of the trait that fail, the others that pass."""
    pair, condition, reader, script = run.place(cell)
    verdicts = [run.cells[run.cell(pair, condition, r, script)]["verdict"] for r in range(len(run.readers))]
    kinds = [reader_class(p) for _, p in run.readers]
    known = [r for r, v in enumerate(verdicts) if v in ("compatible", "incompatible") and kinds[r][0]]
    for has, words in TRAITS:
        if has(*kinds[reader]):
            fail = [r for r in known if has(*kinds[r]) and verdicts[r] == "incompatible"]
            yield (len(known), len(fail), len(fail), *words, sum(verdicts[r] == "compatible" for r in known if not has(*kinds[r])))


def compared_cells(run, cell):
    """The first condition nearer to the centre, and the first on and unlocked at the same place, that does better."""
    pair, condition, reader, script = run.place(cell)
    mine, here = run.cells[cell], run.conditions[condition]

    def better(other):
        both = other["verdict"] == "compatible" and mine["verdict"] == "incompatible"
        return both or (other["n"] and mine["n"] and other["upper"] < mine["lower"])
    off = lambda at: at[0] ** 2 + at[1] ** 2
    figures = {}
    for index, there in enumerate(run.conditions):
        other = run.cells[run.cell(pair, index, reader, script)]
        if not better(other):
            continue
        if there["mode"] == here["mode"] and there["at"] != here["at"] and off(there["at"]) <= off(here["at"]) \
                and there["at"][2] <= here["at"][2]:
            figures.setdefault("position", (mine["d"], mine["n"], *here["at"], other["d"], other["n"]))
        if here["mode"] != "on-unlocked" == there["mode"] and there["at"] == here["at"]:
            figures.setdefault("power mode", (mine["d"], mine["n"], other["d"], other["n"]))
    return figures.values()


def seen_by_rules(run, cell, kind, waits):
    """Every run of figures that a rule's sentence on this kind may hold, in the order in which it names them."""
    pair, condition, _, _ = run.place(cell)
    out = [(), (106,), (kind.count,), *by_class(run, cell), *compared_cells(run, cell)]
    if kind.times:
        least, most, wait = min(kind.times), max(kind.times), waits.get((pair, condition))
        out += [(in_words(most),), (in_words(most), 3.0), (in_words(least), in_words(most), 3.0)]
        if wait:
            out += [(in_words(most), in_words(wait)),
                    (in_words(least), in_words(wait), round_half_even(least / wait, 1), round_half_even(most / wait, 1))]
    if kind.sizes:
        longest = max(max(size) for size in kind.sizes)
        out += [(256, longest), (longest,), (min(le for le, _ in kind.sizes), kind.passed)]
    return out
