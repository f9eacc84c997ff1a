"""What must come out, computed by another way than the program does it.

Schemes as tables from the formulas of the beta mixture e-values, the exact probabilities of the three verdicts by dynamic
programming over (n, d), and the simulated handset's true rates by integration over its
random effects. Nothing here calls or reads the program under test.
"""
import math
from collections import defaultdict
from dataclasses import dataclass

FIRST_VERDICT = 3  # placements
SESSIONS_NEEDED = 2
INVALID_RUN = 3

COMPATIBLE, INCOMPATIBLE, UNDECIDED, INSTRUMENT, REJECTED = (
    'compatible', 'incompatible', 'undecided', 'undecided (instrument)', 'rejected so far')


def log_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def log_e_value(q, n, d, a, b):
    """Of d dirty among n placements against a rate of q, with the prior Beta(a, b)."""
    return log_beta(a + d, b + n - d) - log_beta(a, b) - d * math.log(q) - (n - d) * math.log1p(-q)


@dataclass(frozen=True)
class Scheme:
    name: str
    q0: float
    q1: float
    alpha: float
    beta: float
    n_max: int

    def accepts(self, n, d):
        return (n >= FIRST_VERDICT and d < self.q1 * n
                and log_e_value(self.q1, n, d, 0.5, 5 / self.q1) >= -math.log(self.beta))

    def rejects(self, n, d):
        return (n >= FIRST_VERDICT and d > self.q0 * n
                and log_e_value(self.q0, n, d, 1.0, 4.0) >= -math.log(self.alpha))


@dataclass(frozen=True)
class TwoTiers:
    """Of a handset on R readers: the mean of their q at most `mean`, and none above scheme.q1."""

    scheme: Scheme
    mean: float

    def mean_accepts(self, n, d):
        """The beta mixture against the mean, with its prior cut off there."""
        a, b = 0.5, 5 / self.mean
        return d < self.mean * n and (
            log_e_value(self.mean, n, d, a, b) + math.log(below(self.mean, a + d, b + n - d) / below(self.mean, a, b))
            >= -math.log(self.scheme.beta))

    def each_accepts(self, n, d):
        return self.scheme.accepts(n, d)


def below(x, a, b):
    """P(Beta(a, b) < x) for x below its mean, by the series of the hypergeometric function."""
    term = total = 1.0
    n = 0
    while term > 1e-17 * total:
        term *= x * (a + b + n) / (a + 1 + n)
        total += term
        n += 1
    return math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b)) / a * total


SCHEMES = {
    'screen': Scheme('screen', 0.02, 0.20, 0.005, 0.05, 45),
    'standard': Scheme('standard', 0.02, 0.10, 0.005, 0.05, 90),
    'strict': Scheme('strict', 0.01, 0.05, 0.005, 0.05, 180),
}


class Table:
    """accept[d]: the least n at which d dirty are compatible; reject[n]: the least d that is incompatible; or None.

    Both go on to `size`, as far as suspect placements can move N_max.
    """

    def __init__(self, scheme, transactions=None):
        self.scheme = scheme
        n_max = self.longest = transactions or scheme.n_max
        self.size = n_max if transactions else n_max + 2 * n_max // 3
        self.accept = {}
        for d in range(self.size + 1):
            start = self.accept.get(d - 1, FIRST_VERDICT) if d else FIRST_VERDICT
            if start is None:
                self.accept[d] = None
                continue
            self.accept[d] = next((n for n in range(start, self.size + 1) if scheme.accepts(n, d)), None)
        self.reject = {}
        least = 1
        for n in range(FIRST_VERDICT, self.size + 1):
            least = next((d for d in range(max(1, least - 1), n + 1) if scheme.rejects(n, d)), None)
            self.reject[n] = least
            least = least or 1

    def n_max(self, s):
        """Each suspect placement gives a cell as many more as a clean cell takes."""
        clean = self.accept[0] if self.accept[0] and self.accept[0] <= self.longest else 0
        return min(self.longest + s * clean, self.size)

    def needed(self, d, s=0):
        """Placements, suspect ones too, with which it is compatible; None: more than it is given."""
        needed = self.accept.get(d + s)
        return needed if needed and needed <= self.n_max(s) else None

    def rejects(self, n, d):
        least = self.reject.get(n)
        return (least is not None and d >= least) or (n > self.size and self.scheme.rejects(n, d))

    def verdict(self, n, d, sessions=SESSIONS_NEEDED, s=0, dirty_sessions=SESSIONS_NEEDED):
        """s: suspect placements, in neither n nor d. They are dirty before `compatible`, and clean before `incompatible`."""
        if self.rejects(n + s, d):
            return INCOMPATIBLE if dirty_sessions >= SESSIONS_NEEDED else REJECTED
        needed = self.needed(d, s)
        if needed is not None and n + s >= needed and sessions >= SESSIONS_NEEDED:
            return COMPATIBLE
        return UNDECIDED

    def corners(self):
        """The table as it is published: accept n:d, and from which n on so many dirty are needed to reject."""
        accept = ['%d:%d' % (n, d) for d, n in self.accept.items() if n and n <= self.longest]
        reject, before = [], None
        for n, d in self.reject.items():
            if d is not None and d != before and n <= self.longest:
                reject.append('%d:%d' % (n, d))
            before = d
        return ' '.join(accept), ' '.join(reject)

    def session_target(self, d, s, session, sessions):
        """How many placements a cell is given until the end of this session."""
        whole = self.needed(d, s) or self.n_max(s)
        return whole if session >= sessions else -(-whole * session // sessions)


@dataclass
class Expectation:
    compatible: float = 0.0
    incompatible: float = 0.0
    undecided: float = 0.0
    instrument: float = 0.0
    rejected: float = 0.0
    placements: float = 0.0
    placements_squared: float = 0.0
    compatible_invalid_as_dirty: float = 0.0

    def end(self, made, n, d, verdict, probability, table):
        self.placements += probability * made
        self.placements_squared += probability * made * made
        name = FIELDS[verdict]
        setattr(self, name, getattr(self, name) + probability)
        if table.verdict(made, d + made - n) == COMPATIBLE:
            self.compatible_invalid_as_dirty += probability

    def placements_sd(self):
        return math.sqrt(max(0.0, self.placements_squared - self.placements ** 2))


FIELDS = {COMPATIBLE: 'compatible', INCOMPATIBLE: 'incompatible', UNDECIDED: 'undecided', INSTRUMENT: 'instrument',
          REJECTED: 'rejected'}
TINY = 1e-13  # probabilities below are dropped


def rests(table, verdict, d, s, dirty_sessions, session, sessions):
    """What another session has to decide gets no more placements in this one. dirty_sessions: bits."""
    here = 1 << (session - 1)
    if verdict == REJECTED:
        return bool(dirty_sessions & here)
    return session < sessions and dirty_sessions == here and table.needed(d, s) is None


def run_session(table, start, dirty, suspect, innocent, session, sessions, out):
    """One session from a distribution over (placements made, n, d, s, invalid ones running, sessions, dirty sessions), the
    last two as bits; what is left open waits for the next one."""
    waiting = defaultdict(float)
    layers = defaultdict(lambda: defaultdict(float))  # by placements made: each one leads to the next layer
    for state, probability in start.items():
        layers[state[0]][state[1:]] += probability
    here = 1 << (session - 1)
    chances = [c for c in (('clean', 1 - dirty - suspect - innocent), ('dirty', dirty), ('suspect', suspect),
                           ('innocent', innocent)) if c[1] > 0]
    made = min(layers, default=0)
    while layers:
        for state, probability in layers.pop(made, {}).items():
            n, d, s, running, seen, dirtied = state
            verdict = table.verdict(n, d, bin(seen).count('1'), s, bin(dirtied).count('1'))
            if probability < TINY or n + s >= table.session_target(d, s, session, sessions) or \
                    rests(table, verdict, d, s, dirtied, session, sessions):
                waiting[(made, *state)] += probability
                continue
            for kind, chance in chances:
                p = probability * chance
                after = {'clean': (n + 1, d, s, 0, seen | here, dirtied), 'dirty': (n + 1, d + 1, s, 0, seen | here, dirtied | here),
                         'suspect': (n, d, s + 1, running + 1, seen, dirtied),
                         'innocent': (n, d, s, running + 1, seen, dirtied)}[kind]
                v = table.verdict(after[0], after[1], bin(after[4]).count('1'), after[2], bin(after[5]).count('1'))
                if after[3] >= INVALID_RUN and v == UNDECIDED:
                    v = INSTRUMENT
                if v in (COMPATIBLE, INCOMPATIBLE) or after[3] >= INVALID_RUN:
                    out.end(made + 1, after[0], after[1], v, p, table)
                else:
                    layers[made + 1][after] += p
        made += 1
    return waiting


def finish(table, state, out):
    for (made, n, d, s, _, seen, dirtied), probability in state.items():
        out.end(made, n, d, table.verdict(n, d, bin(seen).count('1'), s, bin(dirtied).count('1')), probability, table)
    return out


START = {(0, 0, 0, 0, 0, 0, 0): 1.0}


def expect(table, dirty, suspect=0.0, innocent=0.0, sessions=2):
    """Every placement is dirty, suspect or innocently invalid with these chances, whatever came before."""
    out = Expectation()
    state = START
    for session in range(1, sessions + 1):
        state = run_session(table, state, dirty, suspect, innocent, session, sessions, out)
    return finish(table, state, out)


def expect_sessions(table, q_of_session, sessions=2):
    """Each session draws its own q from the weighted list; the exact mixture over the sessions that may be run."""
    out = Expectation()
    state = START
    for session in range(1, sessions + 1):
        after = defaultdict(float)
        for weight, q in q_of_session:
            part = {key: weight * value for key, value in state.items()}
            for key, value in run_session(table, part, q, 0.0, 0.0, session, sessions, out).items():
                after[key] += value
        state = after
    return finish(table, state, out)


def stated(table, dirty, suspect):
    """What `sample-size` states: both sessions' share taken as met, and no cell left to the instrument."""
    out = Expectation()
    layer, made = {(0, 0): 1.0}, 0  # (d, s)
    while layer:
        following = defaultdict(float)
        for (d, s), probability in layer.items():
            if made >= table.n_max(s):
                out.end(made, made - s, d, UNDECIDED, probability, table)
                continue
            for chance, after in ((1 - dirty - suspect, (d, s)), (dirty, (d + 1, s)), (suspect, (d, s + 1))):
                v = table.verdict(made + 1 - after[1], after[0], s=after[1])
                if v == UNDECIDED:
                    following[after] += probability * chance
                elif chance > 0:
                    out.end(made + 1, made + 1 - after[1], after[0], v, probability * chance, table)
        layer, made = {k: p for k, p in following.items() if p > 0}, made + 1
    return out


# ---- the simulated handset's own rates ----

DEAD_DB = -6.0
LOST_EXCHANGES = 4
STEPS = 600
REACH_SD = 6.0

# Simpson's rule over the normal distribution, normed.
NODES = []
for _i in range(STEPS + 1):
    _z = REACH_SD * (2.0 * _i / STEPS - 1)
    NODES.append((math.exp(-_z * _z / 2) * (1 if _i in (0, STEPS) else 4 if _i % 2 else 2), _z))
_total = sum(w for w, _ in NODES)
NODES = [(w / _total, z) for w, z in NODES]


def transaction_failure(margin_db, exchanges):
    """At this link margin. A link that is lost during the exchanges goes at one of the first four."""
    if margin_db <= DEAD_DB:
        return 1.0
    fails = 1 / (1 + math.exp(min(margin_db, 700)))
    early = 0.05 + 0.75 / (1 + math.exp(min(margin_db + 2, 700))) + 0.15
    return fails * (early + (1 - early) * min(1.0, exchanges / LOST_EXCHANGES))


def margin_rates(margin_db, sd_db, exchanges, k):
    """(q, intraclass correlation of transactions) of a random effect of each placement."""
    clean = mean = square = 0.0
    for weight, z in NODES:
        p = transaction_failure(margin_db + sd_db * z, exchanges)
        clean += weight * (1 - p) ** k
        mean += weight * p
        square += weight * p * p
    return 1 - clean, (square - mean * mean) / (mean * (1 - mean))


def bisect(function, low, high, wanted, steps=60):
    """function rises from low to high (or falls, with low > high); where it reaches what is wanted."""
    for _ in range(steps):
        middle = (low + high) / 2
        if function(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def margin_for(q, sd_db, exchanges, k):
    return bisect(lambda m: margin_rates(m, sd_db, exchanges, k)[0], 200.0, -60.0, q, 36)


def margin_and_sd_for(q, icc, exchanges, k):
    sd = bisect(lambda s: margin_rates(margin_for(q, s, exchanges, k), s, exchanges, k)[1], 0.1, 30.0, icc, 20)
    return margin_for(q, sd, exchanges, k), sd


# ---- limits for a fixed number of placements, which peeking abuses ----

def binomial_tail(n, d, q):
    """P(at least d of n)."""
    return sum(math.comb(n, i) * q ** i * (1 - q) ** (n - i) for i in range(d, n + 1))
