"""What shows how a clause stands, told anew: its own figures, and what it saw in the cell that decides."""
import re

from criteria import FAIL, PASS
from held import Near, Outwards, Same

CLAUSES = {"success": "Success", "time": "Transaction time", "readers": "Number of readers", "scope": "Scope"}
COUNTED = ("success", "readers")  # of dirty placements, where no rule of taps is in force


class Told:
    """A sentence: its words with {} for each number, and the numbers."""

    def __init__(self, words, *numbers):
        self.words, self.numbers = words, list(numbers)

    def then(self, other, between="; "):
        return other if not self.words else self if not other.words else \
            Told(self.words + between + other.words, *self.numbers, *other.numbers)

    def same(self):
        pattern = re.compile(r"([\d,]*\.?\d+)".join(map(re.escape, self.words.split("{}"))))

        def fits(got):
            found = pattern.fullmatch(got)
            numbers = [float(n.replace(",", "")) for n in found.groups()] if found else []
            return found is not None and all(want.fits(n) if hasattr(want, "fits") else want == n
                                             for n, want in zip(numbers, self.numbers))
        return Same(fits, f"{self.words!r} of {self.numbers}")


def is_of_counts(a, name):
    return name in COUNTED and not a.taps


def place(run, cell):
    _, condition, reader, script = run.place(cell)
    return Told(f"{run.readers[reader][0]}, {run.conditions[condition]['id']}, {run.scripts[script]}")


def titled(run, cell):
    """The same as a sentence for people has it."""
    _, condition, reader, script = run.place(cell)
    known = {s["id"]: s["title"]["en"] for s in run.profiles["script"].values()}
    return Told(f"{run.readers[reader][0]}, {run.conditions[condition]['id']}, {known[run.scripts[script]]}")


def percent_bounds(low, high):
    return Outwards(100 * low, 1, False), Outwards(100 * high, 1, True)


def percent(share):
    """To two places, or four digits."""
    return Near(100 * share, 2)


def of_taps(a, cell):
    taps, ok = a.tapped(cell)
    return Told("{} of {} %s ok, [{}, {}] %%" % ("tap" if taps == 1 else "taps"), ok, taps, *percent_bounds(*a.tap_limits(cell)))


def of_counts(c):
    suspects = ("{} suspect, ", (c["s"],)) if c["s"] else ("", ())
    return Told("{}/{} dirty, " + suspects[0] + "[{}, {}] %", c["d"], c["n"], *suspects[1], *percent_bounds(c["lower"], c["upper"]))


def of_time(a, cells):
    y = a.overruns(cells, a.rules.within)
    return Told("{} %% failed or later than {} ms, on average over {} placement%s" % ("" if len(y) == 1 else "s"),
                percent(sum(y) / len(y) if y else 0), a.rules.within / 1000, len(y))


def script_cells(run, a, pair, cell):
    """Those that a time clause by handset looks at together."""
    script = run.place(cell)[3]
    return [i for r in range(len(run.readers)) for i in a.cells(pair, r, a.rules.required) if run.place(i)[3] == script]


def in_cell(run, a, name, cell):
    c = run.cells[cell]
    if c["state"]:
        return Told(c["why"])
    return of_time(a, [cell]) if name == "time" else of_taps(a, cell) if a.taps else of_counts(c)


def own(run, a, name, pair, cell):
    if name == "time":
        together = of_time(a, script_cells(run, a, pair, cell))
        return Told("over all readers " + together.words, *together.numbers)
    if name != "readers":
        return Told("")
    on = a.judged[pair]["on"]
    passes, fails = on.count(PASS), on.count(FAIL)
    return Told("of {} %s {} %s and {} %s" % ("reader" if len(on) == 1 else "readers", "passes" if passes == 1 else "pass",
                                              "fails" if fails == 1 else "fail"), len(on), passes, fails)


def told(run, a, name, pair, cell):
    """In words. The first clause stands for none, as where a conditional mode decides."""
    if cell is None:
        return own(run, a, name, pair, cell) if name == "readers" else \
            Told(f"asked for, but not in this survey: {a.not_in_survey}") if name == "scope" and a.not_in_survey else Told("")
    return own(run, a, name, pair, cell).then(in_cell(run, a, name, cell))


def figures(run, a, name, pair, cell):
    """By their keys in criteria.yaml."""
    if name == "readers":
        on = a.judged[pair]["on"]
        return {"readers_passing": on.count(PASS), "readers_failing": on.count(FAIL)}
    return {} if name != "time" or cell is None else of_overruns(a, script_cells(run, a, pair, cell))


def of_overruns(a, cells):
    y, passes = a.overruns(cells, a.rules.within), a.time_passes_from(cells)
    return {"over_time": Near(sum(y) / len(y) if y else 0, 6), "n": len(y),
            "passes_from_ms": None if passes is None else Near(passes / 1000, 3)}


def reason(run, a, pair):
    """The sentence of summary.yaml."""
    j = a.judged[pair]
    recommendation, clause = j["recommendation"], CLAUSES.get(j["decided_by"])
    if recommendation == "conditional":
        words, cell, name = None, j["conditional"] and j["conditional"][2], "success"
    else:
        name = j["decided_by"] or next(iter(j["clauses"]))
        cell = j["cell"] if j["decided_by"] else j["clauses"][name][2]
        words = {"recommended": Told("all clauses met"),
                 "not recommended": Told(f"{clause}: shown not to be met") if j["shown"] else
                 Told(clause + ": above {} %", 100 * run.scheme.q0) if clause else None,
                 "not enough data": Told(f"{clause}: " + ("not decided yet" if j["required"] == 2 else "not testable with this run"))
                 }[recommendation]
    shown = told(run, a, name, pair, cell)
    where = titled(run, cell) if cell is not None else None
    shown = where.then(shown, ": ") if where else shown
    if words is None:  # the modes are words of their own
        return Same(lambda got: where.words in got and shown.same().fits(got[got.index(where.words):]), repr(shown.same()))
    return words.then(shown).same()
