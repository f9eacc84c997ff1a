"""What a printed number may be: exactly that, rounded to so many places, outwards, or within the error of chance."""
import math


class Near:
    """A number that is printed with so many digits, rounded to the nearest."""

    def __init__(self, value, digits, relative=0.0):
        self.value, self.slack = value, 0.5 * 10 ** -digits * 1.0001 + 1e-9 * abs(value) + relative * abs(value)

    def fits(self, got):
        return isinstance(got, (int, float)) and abs(got - self.value) <= self.slack

    def __repr__(self):
        return f"{self.value} +- {self.slack:.2g}"


class Outwards(Near):
    """
    A bound of so many digits: the exact one rounded outwards, and itself where it has no more digits. known_to: how well
    we know it; what lies that near to a printed number may be that one too.
    """

    def __init__(self, value, digits, up, known_to=1e-9):
        self.value, self.grain, self.up, self.known_to = value, 10 ** -digits, up, known_to

    def fits(self, got):
        nearest, rounded = round(self.value / self.grain), (math.ceil if self.up else math.floor)
        allowed = {rounded(self.value / self.grain)}
        if abs(nearest * self.grain - self.value) <= 1e-9:
            allowed = {nearest}
        elif abs(nearest * self.grain - self.value) <= self.known_to:
            allowed |= {nearest, nearest - 1, nearest + 1}
        return any(abs(got - a * self.grain) < self.grain / 1000 for a in allowed)

    def __repr__(self):
        return f"{'upper' if self.up else 'lower'} bound {self.value}"


class Chance:
    """A p-value by so many random permutations, against ours by ours: 4.5 standard errors of both."""

    def __init__(self, p, permutations, own):
        self.p, self.permutations, self.own = p, permutations, own

    def fits(self, got):
        p = min(max((got * self.permutations + self.p * self.own) / (self.permutations + self.own), 1e-4), 1 - 1e-4)
        error = math.sqrt(p * (1 - p) * (1 / self.permutations + 1 / self.own))
        return abs(got - self.p) <= 4.5 * error + 2 / self.permutations

    def __repr__(self):
        return f"{self.p} by permutation"


class Words:
    """Text in words that carries no number of its own, or whose numbers another test holds; says which."""

    def __init__(self, why):
        self.why = why

    def fits(self, got):
        return True


class Same:
    def __init__(self, test, what):
        self.test, self.what = test, what

    def fits(self, got):
        return self.test(got)

    def __repr__(self):
        return self.what


class Check:
    def __init__(self, name):
        self.name, self.wrong, self.numbers = name, [], 0

    def fail(self, path, text):
        self.wrong.append(f"{self.name}: {'.'.join(map(str, path))}: {text}")

    def hold(self, got, want, path=()):
        if hasattr(want, "fits"):
            self.numbers += isinstance(got, (int, float)) or isinstance(want, Words)
            if not want.fits(got):
                self.fail(path, f"{got!r}, not {want!r}")
        elif isinstance(want, dict):
            if not isinstance(got, dict):
                return self.fail(path, f"{got!r}, not a mapping")
            for key in got.keys() - want.keys():
                self.fail((*path, key), f"{got[key]!r} is not explained")
            for key in want.keys() - got.keys():
                self.fail((*path, key), f"is missing; {want[key]!r} was counted")
            for key in want.keys() & got.keys():
                self.hold(got[key], want[key], (*path, key))
        elif isinstance(want, (list, tuple)):
            if not isinstance(got, list) or len(got) != len(want):
                return self.fail(path, f"{got!r:.200}, not {list(want)!r:.200}")
            for i, (g, w) in enumerate(zip(got, want)):
                self.hold(g, w, (*path, i))
        else:
            self.numbers += isinstance(got, (int, float)) and not isinstance(got, bool)
            if got != want or isinstance(got, bool) != isinstance(want, bool):
                self.fail(path, f"{got!r}, not {want!r}")


def bound(value, up):
    return Outwards(value, 6, up)


def near(value, digits=6, relative=0.0):
    return None if value is None else Near(value, digits, relative)
