"""
The few numbers of a report that stand in no table that is held cell by cell: of the run as a whole, and of the cells, scripts
and models that are named beside them. And what in a text is a number at all.
"""
import bisect
import functools
import itertools
import re
from collections import Counter, defaultdict

from recount import is_open

DIMENSIONS = ("pair", "condition", "reader", "script")
ALL = (None,) * 4
# Digits that belong to a word (F10, HS-01), a date, a hash or a version are no figures.
HASH = r"(?<![\w.])[0-9a-f]{16,}\b"
TIME = (r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?|\b\d{2}:\d{2}(?::\d{2})?\b"
        r"|\d+年\d+月\d+日(?:\s?\d+時\d+分)?|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b")
WORDS = re.compile(f"{HASH}|{TIME}|" r"\b\d+\.\d+\.\d+\b|[A-Za-z_][\w]*[-_]?\d[\w.-]*", re.ASCII)
NUMBER = re.compile(r"[-−+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−+]?\d+(?:\.\d+)?")


@functools.cache
def whole(fixed):
    """A phrase that is no part of a longer word or number; Japanese letters stand beside each other without a blank."""
    before = r"(?<![0-9A-Za-z_.])(?<!\d,)" if re.match(r"[0-9A-Za-z_.]", fixed) else ""
    after = r"(?![0-9A-Za-z_.]|,\d)" if re.search(r"[0-9A-Za-z_]$", fixed) else ""
    return re.compile(before + re.escape(fixed) + after)


POWER_JA = {"on-unlocked": "電源オン・ロック解除", "on-locked": "電源オン・ロック中", "screen-off": "画面消灯",
            "battery-low": "電池残量わずか", "off": "電源オフ"}


def titles(run):
    """What reports say in place of an id: the titles of scripts, conditions and SIMs, and in Japanese the words of power modes."""
    out = defaultdict(tuple)
    scripts = list(run.profiles["script"].values())
    things = [c for c in run.survey["conditions"] + run.survey["sims"] if isinstance(c, dict)] + scripts
    things += [step for script in scripts for step in script["steps"]]
    for thing in things:
        title = thing.get("title")
        out[thing.get("id") or thing.get("name")] += tuple(title.values()) if isinstance(title, dict) else (title,) if title else ()
    for c in run.conditions:
        out[c["id"]] += (POWER_JA[c["id"]],) if c["id"] in POWER_JA else ()
    return out


class Facts:
    def __init__(self, run, assessment):
        self.run, self.of, self.pools = run, defaultdict(set), {}
        self.titles = titles(run)
        self.names = defaultdict(set)  # of units, and of the models that they are: (dimension, index)
        for dimension, things in (("pair", [(u, p["id"], p.get("facts", {}).get("name")) for u, _, p in run.pairs]),
                                  ("condition", [(c["id"], *self.titles[c["id"]]) for c in run.conditions]),
                                  ("reader", [(u, p["id"], p.get("model")) for u, p in run.readers]),
                                  ("script", [(s, *self.titles[s]) for s in run.scripts])):
            for i, names in enumerate(things):
                for name in filter(None, names):
                    self.names[name].add((dimension, i))
        every = sorted(self.names, key=len, reverse=True)
        self.named = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, every)) + r")(?![\w-])", re.ASCII)
        self.cells()
        self.totals(assessment)
        self.the_run()

    def add(self, key, *values):
        """key: (pair, condition, reader, script), None for `all of them`."""
        self.of[key].update(float(v) for v in values if v is not None)

    # -- what is known of what

    def cells(self):
        for i, c in enumerate(self.run.cells):
            if is_open(c["verdict"]):
                self.add(self.run.place(i), c["n"], c["d"], c["missing"], 100 * c["lower"], 100 * c["upper"])
        for i, (_, _, profile) in enumerate(self.run.pairs):
            told = [v for v in profile.get("facts", {}).values() if isinstance(v, str) and v.isdigit()]
            self.add((i, None, None, None), *map(float, told))
        for script, limit in enumerate(self.run.limits):
            self.add((None, None, None, script), limit)

    def totals(self, assessment):
        run = self.run
        placed = Counter(p["closed_as"] for p in run.placements.values())
        ended = Counter(t["outcome"] for t in run.transactions)
        why = Counter((c["verdict"], c["why"]) for c in run.cells if c["state"])
        ends = Counter(j["recommendation"] for j in assessment.judged)
        self.add(ALL, len(run.placements), placed["dirty"], placed["invalid"], placed["aborted"], len(run.transactions),
                 ended["fail"], ended["invalid"], *why.values(), *ends.values(),
                 sum(c["as_dirty"] != c["verdict"] for c in run.cells))

    def the_run(self):
        run, s, start = self.run, self.run.scheme, self.run.start
        self.add(ALL, 100 * s.q0, 100 * s.q1)  # what the criteria say they refuse
        self.add(ALL, s.q0, s.q1, s.alpha, s.beta, s.k, s.n_max, start["sessions"], start["seed"], start["lanes"], run.resumes,
                 start["clock_resolution_ns"], run.survey.get("min_gap_h", 12), len(run.records), 0, len(run.pairs),
                 len(run.readers), len(run.conditions), len(run.scripts), run.count)
        for text in (start["prior_upper"], start["prior_lower"]):
            self.add(ALL, *(float(x) for x in re.findall(r"\d+", text)))
        if run.criteria and str(run.criteria["edition"]).isdigit():
            self.add(ALL, int(run.criteria["edition"]))

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
                text = whole(fixed).sub(" ", text)
        return NUMBER.findall(WORDS.sub(" ", text))

    def explains(self, token, context):
        """Printed with so many places, rounded to the nearest or outwards: less than one unit of the last place away."""
        text = token.replace(",", "").replace("−", "-")
        value, places = float(text), len(text.partition(".")[2])
        grain = 10.0 ** -places if places else 1e-9
        values = self.pool(context)
        at = bisect.bisect_left(values, value - grain * 1.0001)
        return at < len(values) and values[at] <= value + grain * 1.0001
