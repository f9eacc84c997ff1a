"""The scenarios: simulated phones with a known q, what must come out, and what came out."""
import math
from collections import defaultdict

import oracle
from oracle import COMPATIBLE
from pipeline import DIRTY, EXCHANGES, Phone, Reader

FIRST = 3  # placements that every cell has, whatever its results: no verdict comes before the third


def levels(scheme):
    """name -> (q, share of the cells): twice too dirty, too dirty, clean enough, as good as a good phone."""
    return {'2q1': (2 * scheme.q1, 0.16), 'q1': (scheme.q1, 0.36), 'q0': (scheme.q0, 0.32), 'q0-4': (scheme.q0 / 4, 0.16)}


def per_transaction(q, k):
    """The rate of an independent failure of each transaction that makes P(dirty) = q."""
    return -math.expm1(math.log1p(-q) / k)


class Scenario:
    """name; phone(q): the profile; expect(q): Expectation; bounded: the plain bounds alpha and beta hold."""

    bounded = True
    icc = None  # of the transactions of a placement, given its session

    def __init__(self, table, k):
        self.table, self.k = table, k

    def expect(self, q):
        return oracle.expect(self.table, q)


class Independent(Scenario):
    name, title = 'independent', 'transactions independent'
    icc = 0.0

    def phone(self, q):
        return Phone(faults=[{'cause': 'F16', 'rate': per_transaction(q, self.k), 'per': 'transaction'}])


class Correlated(Scenario):
    def phone(self, q):
        margin, sd = oracle.margin_and_sd_for(q, self.icc, EXCHANGES, self.k)
        return Phone(margin_db=margin, placement_sd_db=sd)


class WeaklyCorrelated(Correlated):
    name, title, icc = 'icc-0.2', 'link margin varies by placement, ICC 0.2', 0.2


class StronglyCorrelated(Correlated):
    name, title, icc = 'icc-0.5', 'link margin varies by placement, ICC 0.5', 0.5


class Dead(Scenario):
    name, title = 'dead', 'a bad placement is dead throughout'
    icc = 1.0

    def phone(self, q):
        return Phone(faults=[{'cause': 'F16', 'rate': q, 'per': 'placement'}])


class Sessions(Scenario):
    """q is a mean over the sessions that may be run; a verdict holds for those that were."""

    name, title = 'sessions', 'link margin varies by session, sd 2 dB'
    bounded = False
    icc = 0.0
    sd_db = 2.0

    def margin(self, q):
        return oracle.margin_for(q, self.sd_db, EXCHANGES, self.k)

    def phone(self, q):
        return Phone(margin_db=self.margin(q), session_sd_db=self.sd_db)

    def expect(self, q):
        margin = self.margin(q)
        rates = [(w, -math.expm1(self.k * math.log1p(-oracle.transaction_failure(margin + self.sd_db * z, EXCHANGES))))
                 if margin + self.sd_db * z > oracle.DEAD_DB else (w, 1.0) for w, z in oracle.NODES]
        return oracle.expect_sessions(self.table, rates)


SCENARIOS = [Independent, WeaklyCorrelated, StronglyCorrelated, Dead, Sessions]


class Instrument:
    """A reader's faults and its hands' habits, and what they make of a placement of a phone with independent failures."""

    def __init__(self, name, title, reader, chances, bounded):
        self.name, self.title, self.reader, self.chances, self.bounded = name, title, reader, chances, bounded


HANG, BUSY, SLIP, MASKS, WITHDRAWS = 0.004, 0.003, 0.02, 0.5, 0.6


def troubled(q, k):
    """(dirty, invalid) where the reader hangs, is busy or the hands slip whatever the phone does."""
    p = per_transaction(q, k)
    trouble = 1 - (1 - HANG) * (1 - BUSY)
    fails = p * (1 - trouble)
    dirty = (1 - SLIP) * (1 - (1 - fails) ** k)
    clean = (1 - SLIP) * (1 - fails - trouble) ** k
    return dirty, 1 - dirty - clean


def masked(q, k):
    """(dirty, invalid) where the reader hangs in place of reporting every second failure of the phone."""
    p = per_transaction(q, k)
    dirty = 1 - (1 - p * (1 - MASKS)) ** k
    return dirty, 1 - dirty - (1 - p) ** k


INSTRUMENTS = [
    Instrument('random', 'reader hangs, is busy, or hands slip, at random',
               Reader([{'cause': 'F31', 'rate': HANG, 'per': 'transaction'}, {'cause': 'F30', 'rate': BUSY, 'per': 'transaction'},
                       {'cause': 'F28', 'rate': SLIP, 'per': 'placement'}]), troubled, True),
    Instrument('after', 'reader hangs after every failure of the phone',
               Reader([{'cause': 'F31', 'rate': 1, 'per': 'transaction', 'when': 'after-failure'}]), lambda q, k: (q, 0.0), True),
    Instrument('masking', 'reader hangs in place of every second failure',
               Reader([{'cause': 'F31', 'rate': MASKS, 'per': 'transaction', 'when': 'failing'}]), masked, False),
    Instrument('withdrawing', 'hands withdraw most dirty placements', Reader(withdraws=WITHDRAWS), lambda q, k: (q, 0.0), True),
]


# ---- what came out, beside what must ----

def limit(p, n):
    """Four standard errors of a rate."""
    return 4 * math.sqrt(p * (1 - p) / n) if n else 0.0


class Tally:
    """Verdicts and placements of the cells of one level."""

    def __init__(self):
        self.cells = self.placements = self.invalid_as_dirty = 0
        self.verdicts = defaultdict(int)

    def add(self, cell):
        self.cells += 1
        self.placements += len(cell.placements)
        self.verdicts[cell.verdict] += 1
        self.invalid_as_dirty += cell.verdict_invalid_as_dirty == COMPATIBLE

    def rate(self, verdict):
        return self.verdicts[verdict] / self.cells

    def mean(self):
        return self.placements / self.cells


def agreement(cell, k):
    """The two sums of a cell in the pair-agreement estimate of the intraclass correlation, from its first placements.

    numerator: m (pairs of one placement that both fail - pairs of different placements that do); denominator: m (rate - the
    latter). The first three placements only: later ones are made because of what the earlier ones showed.
    """
    x = [k if p.dead else p.fail for p in cell.counted()[:FIRST]]
    m = len(x)
    if m < FIRST:
        return 0.0, 0.0
    total = sum(x)
    within = sum(v * (v - 1) for v in x) / (m * k * (k - 1))
    between = (total * total - sum(v * v for v in x)) / (m * (m - 1) * k * k)
    return m * (within - between), m * (total / (m * k) - between)


def ratio(terms):
    """A ratio of sums with its standard error."""
    a, b = sum(t[0] for t in terms), sum(t[1] for t in terms)
    if b <= 0:
        return float('nan'), float('nan')
    r = a / b
    return r, math.sqrt(sum((t[0] - r * t[1]) ** 2 for t in terms)) / b


def cross_products(groups):
    """z of the sum of products of pairs in the same group; about standard normal when cells know nothing of each other."""
    total = pairs = square = count = 0.0
    for values in groups.values():
        s, s2 = sum(values), sum(v * v for v in values)
        total += (s * s - s2) / 2
        pairs += len(values) * (len(values) - 1) / 2
        square += s2
        count += len(values)
    if not pairs or not square:
        return 0.0, 0.0
    variance = square / count
    return total / (pairs * variance), total / (math.sqrt(pairs) * variance)


class Independence:
    """Are the cells of a survey, and the placements of a cell, independent? By the first three placements of each."""

    def __init__(self):
        self.by_handset, self.by_reader = defaultdict(list), defaultdict(list)
        self.following = []

    def add(self, survey, level, cell, q):
        first = [(p.result == DIRTY) - q for p in cell.counted()[:FIRST]]
        if len(first) < FIRST:
            return
        deviation = sum(first) / math.sqrt(q * (1 - q))
        self.by_handset[survey, cell.handset].append(deviation)
        self.by_reader[survey, level, cell.reader].append(deviation)
        self.following.append((first[0] * first[1] + first[1] * first[2]) / (q * (1 - q)))

    def results(self, within):
        """(what, correlation, z)."""
        out = [('cells of one handset', *cross_products(self.by_handset)), ('cells of one reader', *cross_products(self.by_reader))]
        if within and self.following:
            n = len(self.following)
            mean = sum(self.following) / n
            se = math.sqrt(sum(v * v for v in self.following)) / n
            out.append(('placements that follow each other', mean / 2, mean / se if se else 0.0))
        return out
