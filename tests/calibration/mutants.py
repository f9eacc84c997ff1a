"""Wrong ways to judge the same journals. The calibration must see each of them fail, or it proves nothing.

Each takes a cell's placements in order and says a verdict. Where the journal ends before a mutant has decided, it is
`undecided`, so that the error rates found here are too small rather than too large.
"""
from oracle import COMPATIBLE, FIRST_VERDICT, INCOMPATIBLE, INSTRUMENT, INVALID_RUN, UNDECIDED, Scheme, Table, binomial_tail
from pipeline import ABORTED, CLEAN, DIRTY, INVALID


def judge(table, placements, result_of=lambda p: p.result, suspects=True, any_session=False, verdict=None):
    """The rule over a cell's placements in their order: three invalid ones running leave it to the instrument.

    result_of: a placement's result, or None to leave it out. suspects: they count against both verdicts. any_session: one with
    dirty placements is enough. verdict: of (n, d, s), in place of the table's.
    """
    n = d = s = running = 0
    seen, dirtied = set(), set()
    now = UNDECIDED
    for p in placements:
        result = result_of(p)
        if result in (CLEAN, DIRTY):
            running = 0
            n, d = n + 1, d + (result == DIRTY)
            seen.add(p.session)
            if result == DIRTY:
                dirtied.add(p.session)
        elif result in (INVALID, ABORTED):
            running += result == INVALID
            s += suspects and p.suspect
        now = (verdict(n, d, s, len(seen)) if verdict else
               table.verdict(n, d, len(seen), s, 2 if any_session else len(dirtied)))
        if now in (COMPATIBLE, INCOMPATIBLE):
            return now
        if running >= INVALID_RUN:
            return INSTRUMENT if now == UNDECIDED else now
    return now


def honest(table, placements):
    return judge(table, placements)


class Rules:
    """The mutants of one scheme."""

    def __init__(self, table, k):
        s = table.scheme
        self.table, self.k = table, k
        self.long = Table(s, s.n_max * k)
        per_transaction = [1 - (1 - q) ** (1 / k) for q in (s.q0, s.q1)]
        self.converted = Table(Scheme('transactions', *per_transaction, s.alpha, s.beta, s.n_max * k))
        self.fixed_accept = {(n, d) for n in range(FIRST_VERDICT, s.n_max + 1) for d in range(n + 1)
                             if 1 - binomial_tail(n, d + 1, s.q1) <= s.beta}
        self.fixed_reject = {(n, d) for n in range(FIRST_VERDICT, s.n_max + 1) for d in range(1, n + 1)
                             if binomial_tail(n, d, s.q0) <= s.alpha}

    def _by_transactions(self, table, placements):
        n = d = 0
        for p in placements:
            if p.result not in (CLEAN, DIRTY):
                continue
            made = self.k if p.dead else p.ok + p.fail
            n, d = n + made, d + (self.k if p.dead else p.fail)
            verdict = table.verdict(n, d)
            if verdict != UNDECIDED:
                return verdict
        return UNDECIDED

    def transactions_as_placements(self, placements):
        return self._by_transactions(self.long, placements)

    def transactions_as_if_independent(self, placements):
        return self._by_transactions(self.converted, placements)

    def peeked_clopper_pearson(self, placements):
        n = d = 0
        for p in placements:
            if p.result not in (CLEAN, DIRTY):
                continue
            n, d = n + 1, d + (p.result == DIRTY)
            if (n, d) in self.fixed_reject:
                return INCOMPATIBLE
            if (n, d) in self.fixed_accept:
                return COMPATIBLE
        return UNDECIDED

    def broken_off_left_out(self, placements):
        return judge(self.table, placements, lambda p: None if p.broken and p.result == DIRTY else p.result)

    def broken_off_counted_clean(self, placements):
        """k is cut short: what was clean so far counts as clean."""
        return judge(self.table, placements, lambda p: CLEAN if p.result == ABORTED and p.ok else p.result)

    def withdrawn_after_the_result(self, placements):
        """What the hands withdrew, as not laid well, once its result was seen, is left out of the count."""
        return judge(self.table, placements, lambda p: None if p.withdrawn else p.result)

    def dirty_made_again_as_invalid(self, placements):
        """A dirty placement in which the reader gave trouble too is taken for an invalid one."""
        return judge(self.table, placements, lambda p: None if p.result == DIRTY and p.invalid else p.result)

    def topped_up(self, placements):
        """Invalid transactions are replaced by others until k were valid."""
        return judge(self.table, placements, lambda p: CLEAN if p.result == INVALID and p.ok else p.result)

    def suspects_dropped(self, placements):
        """As 0.4.0 had it: an invalid placement is made again, and that is all."""
        return judge(self.table, placements, suspects=False)

    def incompatible_in_one_session(self, placements):
        """A bad day is enough."""
        return judge(self.table, placements, any_session=True)

    def bracket_on_one_side(self, placements):
        """Suspect placements are dirty before `incompatible`, too."""
        def verdict(n, d, s, sessions):
            return INCOMPATIBLE if self.table.rejects(n + s, d + s) else self.table.verdict(n, d, sessions, s)
        return judge(self.table, placements, verdict=verdict)

    def attributed_by_any_reader(self, placements):
        """Two suspect placements on one reader are the phone's, whatever that reader does with others."""
        def verdict(n, d, s, sessions):
            n, d, s = (n + s, d + s, 0) if s >= 2 else (n, d, s)
            return self.table.verdict(n, d, sessions, s)
        return judge(self.table, placements, verdict=verdict)

    def n_max_not_growing(self, placements):
        """Suspect placements use up the cell's own."""
        def verdict(n, d, s, sessions):
            return UNDECIDED if n + s > self.table.scheme.n_max else self.table.verdict(n, d, sessions, s)
        return judge(self.table, placements, verdict=verdict)


class RowRules:
    """Does a handset pass under two tiers? `passes` is the rule, by the placements of its cells on all readers; the others are
    wrong, and ask at the end of every tour. A suspect placement is its tour's dirty one."""

    def __init__(self, tiers, table):
        self.tiers, self.table = tiers, table

    def _tours(self, cells):
        """The counts of each reader's first t placements, for every t that all have."""
        marks = [[p.result != CLEAN for p in c.placements if p.result in (CLEAN, DIRTY) or p.suspect] for c in cells]
        return [[m[:t] for m in marks] for t in range(FIRST_VERDICT, min(map(len, marks)) + 1)], marks

    def _mean(self, tour):
        return self.tiers.mean_accepts(sum(map(len, tour)), sum(map(sum, tour)))

    def _each(self, marks):
        return all(self.tiers.each_accepts(len(m), sum(m)) for m in marks)

    def mean_alone(self, cells):
        return any(self._mean(tour) for tour in self._tours(cells)[0])

    def each_alone(self, cells):
        return any(self._each(tour) for tour in self._tours(cells)[0])

    def passes(self, cells):
        tours, marks = self._tours(cells)
        return (bool(tours) and self._mean(tours[-1]) and self._each(marks) and
                all(len({p.session for p in c.counted()}) > 1 and honest(self.table, c.placements) != INCOMPATIBLE for c in cells))
