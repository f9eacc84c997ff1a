"""Wrong ways to judge the same journals. The calibration must see each of them fail, or it proves nothing.

Each takes a cell's placements in order and says a verdict. Where the journal ends before a mutant has decided, it is
`undecided`, so that the error rates found here are too small rather than too large.
"""
from oracle import COMPATIBLE, FIRST_VERDICT, INCOMPATIBLE, INSTRUMENT, INVALID_RUN, UNDECIDED, Scheme, Table, binomial_tail
from pipeline import ABORTED, CLEAN, DIRTY, INVALID


def judge(table, results, sessions=None):
    """The honest rule over a sequence of results: three invalid ones running leave a cell to the instrument."""
    n = d = running = 0
    seen = set()
    for i, result in enumerate(results):
        if result == INVALID:
            running += 1
            if running >= INVALID_RUN:
                return INSTRUMENT
        if result not in (CLEAN, DIRTY):
            continue
        running = 0
        n, d = n + 1, d + (result == DIRTY)
        if sessions:
            seen.add(sessions[i])
        verdict = table.verdict(n, d, len(seen) if sessions else 2)
        if verdict != UNDECIDED:
            return verdict
    return UNDECIDED


def honest(table, placements):
    return judge(table, [p.result for p in placements], [p.session for p in placements])


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
        return judge(self.table, [p.result for p in placements if not (p.broken and p.result == DIRTY)])

    def broken_off_counted_clean(self, placements):
        """k is cut short: what was clean so far counts as clean."""
        return judge(self.table, [CLEAN if p.result == ABORTED and p.ok else p.result for p in placements])

    def withdrawn_after_the_result(self, placements):
        """What the hands withdrew, as not laid well, once its result was seen, is left out of the count."""
        return judge(self.table, [p.result for p in placements if not p.withdrawn])

    def dirty_made_again_as_invalid(self, placements):
        """A dirty placement in which the reader gave trouble too is taken for an invalid one."""
        return judge(self.table, [p.result for p in placements if not (p.result == DIRTY and p.invalid)])

    def topped_up(self, placements):
        """Invalid transactions are replaced by others until k were valid."""
        return judge(self.table, [CLEAN if p.result == INVALID and p.ok else p.result for p in placements])

    def invalid_left_out(self, placements):
        """Nobody asks what the verdict is with the invalid ones counted as dirty."""
        return honest(self.table, placements)
