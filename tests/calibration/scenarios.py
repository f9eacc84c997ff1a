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
    unit = None  # 'handset' or 'reader', whose session effect its cells share
    handsets = None  # of a survey; else what the caller has

    def __init__(self, table, k):
        self.table, self.k = table, k

    def reader(self):
        return Reader()

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


class HandsetSessions(Sessions):
    """The phone is good or bad for a day, on every reader."""

    name, title = 'by-handset', 'link margin varies by handset and session, sd 5 dB'
    unit, sd_db = 'handset', 5.0

    def phone(self, q):
        return Phone(margin_db=self.margin(q), handset_session_sd_db=self.sd_db)


class ReaderSessions(HandsetSessions):
    """The reader is good or bad for a day, with every phone."""

    name, title = 'by-reader', 'link margin varies by reader and session, sd 5 dB'
    unit, handsets = 'reader', 12  # few: the readers of many surveys, as it is those that count

    def phone(self, q):
        return Phone(margin_db=self.margin(q))

    def reader(self):
        return Reader(session_sd_db=self.sd_db)


SCENARIOS = [Independent, WeaklyCorrelated, StronglyCorrelated, Dead, Sessions, HandsetSessions, ReaderSessions]


class Instrument:
    """A reader's faults and its hands' habits, and what they make of a placement of a phone with independent failures."""

    def __init__(self, name, title, reader, chances, bounded):
        self.name, self.title, self.reader, self.chances, self.bounded = name, title, reader, chances, bounded


HANG, BUSY, SLIP, MASKS, WITHDRAWS = 0.004, 0.003, 0.02, 0.5, 0.6


def troubled(q, k):
    """(dirty, suspect, innocent) where the reader hangs, is busy or the hands slip whatever the phone does."""
    p = per_transaction(q, k)
    trouble = 1 - (1 - HANG) * (1 - BUSY)
    fails = p * (1 - trouble)
    dirty = (1 - SLIP) * (1 - (1 - fails) ** k)
    clean = (1 - SLIP) * (1 - fails - trouble) ** k
    busy_or_clean = (1 - SLIP) * (1 - fails - HANG * (1 - BUSY)) ** k  # busy is said before a phone is activated
    return dirty, 1 - SLIP - dirty - busy_or_clean, busy_or_clean - clean + SLIP


def masked(q, k):
    """(dirty, suspect, innocent) where the reader hangs in place of reporting every second failure of the phone."""
    p = per_transaction(q, k)
    dirty = 1 - (1 - p * (1 - MASKS)) ** k
    return dirty, 1 - dirty - (1 - p) ** k, 0.0


def untroubled(q, k):
    return q, 0.0, 0.0


INSTRUMENTS = [
    Instrument('random', 'reader hangs, is busy, or hands slip, at random',
               Reader([{'cause': 'F31', 'rate': HANG, 'per': 'transaction'}, {'cause': 'F30', 'rate': BUSY, 'per': 'transaction'},
                       {'cause': 'F28', 'rate': SLIP, 'per': 'placement'}]), troubled, True),
    Instrument('after', 'reader hangs after every failure of the phone',
               Reader([{'cause': 'F31', 'rate': 1, 'per': 'transaction', 'when': 'after-failure'}]), untroubled, True),
    Instrument('masking', 'reader hangs in place of every second failure',
               Reader([{'cause': 'F31', 'rate': MASKS, 'per': 'transaction', 'when': 'failing'}]), masked, True),
    Instrument('withdrawing', 'hands withdraw most dirty placements', Reader(withdraws=WITHDRAWS), untroubled, True),
]


class Hangs:
    """A reader that hangs in so many placements whatever the phone does, or in place of a share of its failures."""

    def __init__(self, name, invalid=0.0, hidden=0.0):
        self.name, self.invalid, self.hidden = name, invalid, hidden

    def reader(self):
        if self.hidden:
            return Reader([{'cause': 'F31', 'rate': self.hidden, 'per': 'placement', 'when': 'failing'}])
        return Reader([{'cause': 'F31', 'rate': self.invalid, 'per': 'placement'}])

    def chances(self, q):
        """(dirty, suspect)"""
        dirty = q * (1 - self.invalid) * (1 - self.hidden)
        return dirty, self.invalid + (1 - self.invalid) * q * self.hidden


HIDDEN = [Hangs('half', hidden=0.5), Hangs('most', hidden=0.8), Hangs('all', hidden=1.0)]
HONEST = [Hangs('honest-0.5', invalid=0.005), Hangs('honest-2', invalid=0.02)]
HONEST_SHORT = [Hangs('honest-2', invalid=0.02), Hangs('honest-4', invalid=0.04)]  # few cells show only what is seen soon


class Counter:
    """Two tiers: one reader at q, the others at q_others. claim: the handset may pass. wrong: the rule that lets it pass here."""

    def __init__(self, name, q, q_others, claim, wrong=None):
        self.name, self.q, self.q_others, self.claim, self.wrong = name, q, q_others, claim, wrong

    def stated(self):
        """The line of `sample-size` that says what it does."""
        return ('q: %s' if self.q == self.q_others else 'readers: 1, q: %s, q_others: 0.005') % self.q


COUNTERS = [
    Counter('good', 0.005, 0.005, True),
    Counter('mean', 0.1, 0.1, False, 'each_alone'),
    Counter('one-bad', 0.3, 0.005, False, 'mean_alone'),
    Counter('one-weak', 0.2, 0.005, True),
]


# ---- what came out, beside what must ----

def limit(p, n):
    """Four standard errors of a rate."""
    return 4 * math.sqrt(p * (1 - p) / n) if n else 0.0


class Tally:
    """Verdicts and placements of the cells of one level; and by cluster, where its cells share a session effect."""

    def __init__(self):
        self.cells = self.placements = self.invalid_as_dirty = 0
        self.verdicts = defaultdict(int)
        self.clusters = defaultdict(lambda: defaultdict(int))

    def add(self, cell, cluster=None):
        self.cells += 1
        if cluster is not None:
            of = self.clusters[cluster]
            of['cells'] += 1
            of['placements'] += len(cell.placements)
            of[cell.verdict] += 1
        self.placements += len(cell.placements)
        self.verdicts[cell.verdict] += 1
        self.invalid_as_dirty += cell.verdict_invalid_as_dirty == COMPATIBLE

    def rate(self, verdict):
        return self.verdicts[verdict] / self.cells

    def mean(self):
        return self.placements / self.cells

    def clustered_limit(self, what, expected):
        """Four standard errors of a mean over clusters, which are independent of each other."""
        return 4 * math.sqrt(sum((of[what] - of['cells'] * expected) ** 2 for of in self.clusters.values())) / self.cells

    def share_limit(self, verdict, p):
        """That of a verdict's share. What befalls few clusters is hardly seen in their spread: then as if their cells were alike."""
        few = len(self.clusters) * p < 25
        return max(self.clustered_limit(verdict, p), limit(p, len(self.clusters)) if few else 0.0)


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
