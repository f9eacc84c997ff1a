"""What a sweep must still be after whatever befell it, judged from its journal alone.

judge(disturbed, undisturbed, wide) returns what is wrong, a line each, and counts of what was compared. `undisturbed` is the same
survey with the same seed, left alone. `wide` is it too, with a scheme that decides nothing early: it has attempts that the
undisturbed sweep did not need, and a sweep that lost some did. Without either, by phones that never fail, all that counts
must be clean. Nothing of the program is used here.
"""
import collections
import json

PER_LINE = {'transaction', 'placement', 'at_us', 'crc'}
COUNTED = ('clean', 'dirty')
RANK = {'incompatible': 0, 'rejected so far': 1, 'undecided': 2, 'undecided (instrument)': 2, 'compatible': 3}


class Placement:
    def __init__(self, record):
        self.line = record['placement']
        self.key = tuple(record[k] for k in ('reader', 'handset', 'sim', 'condition', 'session', 'ordinal'))
        self.transactions, self.placed, self.notes = [], [], []

    @property
    def result(self):
        return self.placed[0]['result'] if self.placed else None

    @property
    def results(self):
        """By cell: result, ok, fail, invalid, slow."""
        return {cell: tuple(rest) for cell, *rest in self.placed[0]['results']}

    @property
    def touched(self):
        """Broken off, or with transactions that an instrument spoilt."""
        return 'reason' in self.placed[0] or any(t['outcome'] == 'invalid' for t in self.transactions)

    @property
    def measured(self):
        """Its transactions in their order, without where and when they were written."""
        return [{k: v for k, v in t.items() if k not in PER_LINE} for t in self.transactions]


class Sweep:
    def __init__(self, directory):
        self.wrong, self.placements, self.decisions, self.events = [], {}, {}, collections.Counter()
        with open(directory + '/journal.yaml', 'rb') as f:
            lines = f.read().split(b'\n')
        if lines.pop() != b'':
            self.wrong.append('the journal does not end with a whole line')
        for number, line in enumerate(lines, 1):
            self.take(number, json.loads(line[2:]))
        self.by_key = collections.defaultdict(list)
        for p in self.placements.values():
            self.by_key[p.key].append(p)

    def take(self, number, record):
        kind, line = next(iter(record.items()))
        self.events[kind] += 1
        if line != number:
            self.wrong.append(f'line {number} says that it is {line}')
        if kind == 'placement':
            self.placements[line] = Placement(record)
        elif kind == 'decision':
            self.decisions[record['cell']] = record['verdict']
        elif kind in ('transaction', 'placed', 'note') and 'placement' in record:
            p = self.placements.get(record['placement'])
            if not p:
                self.wrong.append(f'line {number} is of placement {record["placement"]}, which was never opened')
            elif kind == 'note':
                p.notes.append(record)
            elif p.placed:
                self.wrong.append(f'line {number}: a {kind} of placement {p.line}, which is closed')
            else:
                (p.transactions if kind == 'transaction' else p.placed).append(record)

    def made_once(self):
        """Every placement closed once, and none made again that had counted."""
        for p in self.placements.values():
            if len(p.placed) != 1:
                self.wrong.append(f'placement {p.line} is closed {len(p.placed)} times')
        if self.wrong:
            return
        for key, tries in self.by_key.items():
            done = [p.line for p in tries if any(result != 'aborted' for result, *_ in p.results.values())]
            if len(done) != 1:
                self.wrong.append(f'{key} was made in the placements {done}')

    def counted(self, result):
        return [p for p in self.placements.values() if p.result == result]


def compare(p, same, exact):
    """Of two counted placements of one key; what differs. Another set of scripts is drawn in another order: not compared."""
    if set(p.results) != set(same.results):
        return None
    if p.touched:
        if p.result != same.result:
            return f'placement {p.line} {p.key}: {p.result}, undisturbed {same.result}'
    elif p.results != same.results:
        return f'placement {p.line} {p.key}: {p.results}, undisturbed {same.results}'
    if exact and not all(t in same.measured for t in p.measured if t['outcome'] != 'invalid' or not p.touched):
        return f'placement {p.line} {p.key}: its transactions differ from those of the undisturbed sweep'
    return ''


def judge_cells(sweep, undisturbed, count):
    """No better verdict, but where attempts were invalid and others were drawn in their place."""
    redrawn = {cell for p in sweep.counted('invalid') for cell in p.results}
    redrawn |= {cell for p in sweep.placements.values() if p.placed[0].get('suspect') for cell in p.results} # N_max grows
    for cell, verdict in undisturbed.decisions.items():
        now = sweep.decisions.get(cell, 'undecided' if verdict == 'undecided' else None)
        if now is None:
            sweep.wrong.append(f'cell {cell} is not decided; undisturbed: {verdict}')
        elif RANK[now] > RANK[verdict]:
            count['better, redrawn'] += 1
            if cell not in redrawn:
                sweep.wrong.append(f'cell {cell} is {now}, and undisturbed {verdict}')
        count['cells'] += 1


def judge(directory, undisturbed, wide=None, exact=True):
    """WRONG, COUNTS."""
    sweep, count = Sweep(directory), collections.Counter()
    sweep.made_once()
    if sweep.wrong:
        return sweep.wrong, count
    others = [Sweep(d) for d in (undisturbed, wide) if d]
    for p in sweep.placements.values():
        count[p.result] += 1
        same = next((o.by_key[p.key][0] for o in others if p.key in o.by_key), None)
        if p.result not in COUNTED or any(n.get('effect') == 'exclude' for n in p.notes):
            continue
        if not same:
            count['without a counterpart'] += 1
            if p.result == 'dirty':
                count['dirty without a counterpart'] += 1
                if not exact:  # by phones that never fail
                    sweep.wrong.append(f'placement {p.line} {p.key}: dirty')
            continue
        differs = compare(p, same, exact)
        if differs:
            sweep.wrong.append(differs)
        count['of other scripts' if differs is None else 'compared'] += 1
    if others:
        judge_cells(sweep, others[0], count)
    else:
        sweep.wrong += [f'cell {cell} is {verdict}' for cell, verdict in sweep.decisions.items() if verdict == 'incompatible']
    return sweep.wrong, count
