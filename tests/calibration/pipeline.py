"""Simulated surveys whose truth is known: written, run by the program, and their journals read by code of its own.

A run's directory is deleted as soon as it is folded. What is kept of a cell is the list of its placements.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections import namedtuple

from oracle import SCHEMES

READER = '''format: nfc-survey/reader
version: 1
id: {id}
maker: nfc-survey
model: Virtual calibration reader
source: simulated
uid_apdu: "FF CA 00 00 00"
simulation:
  level: short
  max_message_bytes: 271
  interrupt_endpoint: true
  detect_quantum_us: 10000
  polling: BA
  max_kbit_s: 424
  fsd_bytes: 256
  host_us: {host_us}
  host_spread: 0.10
  field_db: {field_db}
  radius_mm: 32
  reader_session_sd_db: {session_sd_db}
  reader_session_spread: {session_spread}
'''

HANDSET = '''format: nfc-survey/handset
version: 1
id: {id}
source: simulated
note: "calibration: its true q is known"
share: 0
facts: {{maker: nfc-survey, name: Virtual calibration phone, target: uicc, technologies: B, max_kbit_s: "424"}}
simulation:
  technology: B
  uid: "5E 01 4E 53"
  fsci: 8
  fwi: 8
  max_kbit_s: 424
  targets:
    - {{target: uicc, power_modes: [on-unlocked], applets: [jpki], select_us: 24000, command_us: 8000,
       per_byte_ns: 12000, spread: 0.15, wtx_after_us: 60000}}
  margin_db: {margin_db}
  placement_sd_db: {placement_sd_db}
  session_sd_db: {session_sd_db}
  handset_session_sd_db: {handset_session_sd_db}
  handset_session_spread: {handset_session_spread}
'''

SCRIPT = '''format: nfc-survey/script
version: 1
id: select
title: One exchange
source: "a calibration script: the cheapest transaction that a phone can fail"
time_limit_ms: 1000
deadline_ms: 5000
variables:
  aid: {bytes: "D3 92 F0 00 26 01 00 00 00 01"}
steps:
  - name: select the JPKI application
    send: "00 A4 04 0C 0A {aid}"
    expect: "9000"
    stage: route
'''

SURVEY = '''format: nfc-survey/survey
version: 1
id: calibration
title: Calibration
seed: 1
scheme: {scheme}
sessions: {sessions}
lanes: {lanes}
hands: sim
sims:
  - {{id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}}
conditions: [on-unlocked]
scripts: [select]
'''

EXCHANGES = 1  # of a transaction of that script
READERS_MAX = 16

CLEAN, DIRTY, INVALID, ABORTED = 'clean', 'dirty', 'invalid', 'aborted'

# ok, fail, invalid: transactions. broken: the placement was not brought to its end. dead: nothing arrived on the reader.
# withdrawn: the hands took it back once they had seen its result. suspect: not proven innocent.
Placement = namedtuple('Placement', 'result ok fail invalid session broken dead withdrawn suspect')


class Cell:
    __slots__ = ('reader', 'handset', 'placements', 'verdict', 'verdict_invalid_as_dirty', 'verdict_without_withdrawn', 'n', 'd',
                 'invalid', 'row')

    def __init__(self, reader, handset):
        self.reader, self.handset, self.placements, self.row = reader, handset, [], None

    def counted(self):
        return [p for p in self.placements if p.result in (CLEAN, DIRTY)]


class PipelineError(Exception):
    pass


def plain(value):
    """A number as our YAML files take it: without an exponent."""
    return '%.17f' % value if isinstance(value, float) else str(value)


def scheme_text(s, k):
    if isinstance(s, str):
        return '{preset: %s, k: %d}' % (s, k)
    if s.name in SCHEMES:
        return '{preset: %s, k: %d}' % (s.name, k)
    rates = ', '.join('%s: %s' % (key, plain(getattr(s, key))) for key in ('q0', 'q1', 'alpha', 'beta'))
    return '{name: %s, %s, k: %d, n_max: %d}' % (s.name, rates, k, s.n_max)


def fault_line(fault):
    return '    - {' + ', '.join('%s: %s' % (key, plain(value)) for key, value in fault.items()) + '}\n'


class Phone:
    """A simulated handset profile: link margin with its random effects, and faults. session_sd_db is a cell's own effect,
    handset_session_sd_db and handset_session_spread are what a session does to the handset on every reader."""

    def __init__(self, margin_db=60.0, placement_sd_db=0.0, session_sd_db=0.0, faults=(), handset_session_sd_db=0.0,
                 handset_session_spread=0.0):
        self.margin_db, self.placement_sd_db, self.session_sd_db = margin_db, placement_sd_db, session_sd_db
        self.handset_session_sd_db, self.handset_session_spread = handset_session_sd_db, handset_session_spread
        self.faults = tuple(faults)

    def text(self, name):
        faults = ''.join(fault_line(f) for f in self.faults)
        return HANDSET.format(id=name, margin_db=plain(self.margin_db), placement_sd_db=plain(self.placement_sd_db),
                              session_sd_db=plain(self.session_sd_db),
                              handset_session_sd_db=plain(self.handset_session_sd_db),
                              handset_session_spread=plain(self.handset_session_spread)) + ('  faults:\n' + faults if faults else '')


class Reader:
    """A simulated reader profile: faults, how often the hands withdraw a dirty placement that they laid on it, its field and
    host time, and what a session does to both."""

    def __init__(self, faults=(), withdraws=0.0, field_db=0.0, host_us=1100, session_sd_db=0.0, session_spread=0.0):
        self.faults, self.withdraws = tuple(faults), withdraws
        self.values = {'field_db': plain(field_db), 'host_us': host_us, 'session_sd_db': plain(session_sd_db),
                       'session_spread': plain(session_spread)}

    def text(self, name):
        faults = ''.join(fault_line(f) for f in self.faults)
        return (READER.format(id=name, **self.values) + ('  faults:\n' + faults if faults else '') +
                ('  withdrawals: {dirty: %s}\n' % plain(self.withdraws) if self.withdraws else ''))


class Bench:
    """A data directory with calibration profiles, and a place for the runs. Removed at the end."""

    def __init__(self, program):
        self.program = os.path.realpath(program)
        self.root = tempfile.mkdtemp(prefix='nfc-survey-calibrate.')
        self.environment = dict(os.environ, NFC_SURVEY_DATA=self.root, NO_COLOR='1')
        for kind in 'readers', 'handsets', 'scripts', 'criteria':
            os.makedirs(os.path.join(self.root, 'profiles', kind))
        self.write('scripts', 'select', SCRIPT)

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def write(self, kind, name, text):
        with open(os.path.join(self.root, 'profiles', kind, name + '.yaml'), 'w', encoding='utf-8') as f:
            f.write(text)

    def survey(self, name, scheme, k, readers, phones, lanes, sessions=2, single=None):
        """scheme: an oracle.Scheme, or a preset's name. readers: unit -> Reader. phones: unit prefix -> (Phone, number of units).
        single: unit -> Phone, in place of its prefix's. The survey file's path."""
        path = os.path.join(self.root, name + '.yaml')
        lines = ['readers:\n']
        for unit, reader in readers.items():
            profile = 'sim-%s-%s' % (name, unit)
            self.write('readers', profile, reader.text(profile))
            lines.append('  - {unit: %s, profile: %s, driver: sim}\n' % (unit, profile))
        lines.append('handsets:\n')
        units = []
        for prefix, (phone, count) in phones.items():
            profile = 'sim-%s-%s' % (name, prefix)
            self.write('handsets', profile, phone.text(profile))
            units += ['%s-%d' % (prefix, i) for i in range(count)]
            own = {unit: 'sim-%s-%s' % (name, unit) for unit in single or {}}
            lines += ['  - {unit: %s, handset: %s}\n' % (unit, own.get(unit, profile)) for unit in units[-count:]]
        for unit, phone in (single or {}).items():
            self.write('handsets', 'sim-%s-%s' % (name, unit), phone.text('sim-%s-%s' % (name, unit)))
        with open(path, 'w', encoding='utf-8') as f:
            f.write(SURVEY.format(scheme=scheme_text(scheme, k), sessions=sessions, lanes=max(1, min(lanes, len(units), len(readers)))) + ''.join(lines))
        return path

    def process(self, *arguments):
        return subprocess.run([self.program, *arguments], env=self.environment, cwd=self.root, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def call(self, *arguments, good=(0,)):
        done = self.process(*arguments)
        if done.returncode not in good:
            raise PipelineError('%s: status %d: %s' % (' '.join(arguments), done.returncode, done.stderr.strip()[-500:]))
        return done.stdout

    def truth(self, survey):
        """(reader, handset) -> q, as the program's own integration has it."""
        out = {}
        for line in self.call('plan', survey, '--truth').splitlines()[1:]:
            reader, handset, _, _, q = line.split('\t')
            out[reader, handset.split('+')[0]] = float(q)
        return out

    def run(self, survey, seed, directory):
        self.call('run', survey, '--output', directory, '--seed', str(seed), good=(0, 5))  # 5: a cell is rejected so far

    def directory(self, name):
        return os.path.join(self.root, name)

    def cells(self, survey, seed, k):
        """Runs the survey and folds what came out."""
        directory = self.directory('run-%s-%d' % (os.path.basename(survey)[:-5], seed))
        try:
            self.run(survey, seed, directory)
            return fold(directory, k)
        finally:
            shutil.rmtree(directory, ignore_errors=True)


# ---- the journal ----

TRANSACTION = re.compile(r'- \{"transaction": \d+, "placement": (\d+), .*?"outcome": "([a-z-]+)"')


class Open:
    __slots__ = ('cell', 'session', 'ok', 'fail', 'invalid', 'lost')

    def __init__(self, cell, session):
        self.cell, self.session, self.ok, self.fail, self.invalid, self.lost = cell, session, 0, 0, 0, False


def close(o, k, broken, suspect):
    """The rule of a placement, from its transactions: any bad one makes it dirty, whatever else befell it."""
    if o.fail:
        result = DIRTY
    elif o.invalid:
        result = INVALID
    else:
        result = CLEAN if o.ok == k else ABORTED
    o.cell.placements.append(Placement(result, o.ok, o.fail, o.invalid, o.session, broken, o.lost, False, suspect))
    return result


def fold(directory, k):
    """Every cell of a run with its placements, folded from the transactions. What the program says must agree."""
    cells, opened, closed, by_index = {}, {}, {}, {}
    with open(os.path.join(directory, 'journal.yaml'), encoding='utf-8') as journal:
        for line in journal:
            if line.startswith('- {"transaction"'):
                placement, outcome = TRANSACTION.match(line).groups()
                o = opened[placement]
                if outcome == 'ok' and '"slow": true' not in line:
                    o.ok += 1
                elif outcome in ('ok', 'fail'):
                    o.fail += 1
                    o.lost = o.lost or '"stage": "detect"' in line
                else:
                    o.invalid += 1
            elif line.startswith('- {"placement"'):
                p = json.loads(line[2:])
                cell = cells.setdefault((p['reader'], p['handset']), None) or Cell(p['reader'], p['handset'])
                cells[p['reader'], p['handset']] = cell
                opened[str(p['placement'])] = Open(cell, p['session'])
            elif line.startswith('- {"placed"'):
                p = json.loads(line[2:])
                o = opened.pop(str(p['placement']))
                made = o.ok + o.fail + o.invalid
                o.lost = o.lost and made == 1
                result = close(o, k, p.get('reason') in (['broken_off'], ['interrupted']), p.get('suspect', False))
                by_index[p['results'][0][0]] = o.cell
                closed[p['placement']] = o.cell, len(o.cell.placements) - 1
                if [result] != [r[1] for r in p['results']]:
                    raise PipelineError('%s: placement %d is said to be %s; its transactions make it %s'
                                        % (directory, p['placement'], p['results'], result))
            elif line.startswith('- {"decision"') and '"row": ' in line:
                p = json.loads(line[2:])
                by_index[p['cell']].row = p['row']  # two tiers: of all the handset's cells; the last one holds
            elif line.startswith('- {"note"') and '"effect": "withdraw"' in line:
                cell, index = closed[json.loads(line[2:])['placement']]
                cell.placements[index] = cell.placements[index]._replace(withdrawn=True)
    if opened:
        raise PipelineError('%s: placements left open: %s' % (directory, sorted(opened)[:5]))
    read_summary(os.path.join(directory, 'summary.yaml'), cells)
    return list(cells.values())


def read_summary(path, cells):
    """The verdicts, and n, d and invalid, which must be what was counted here."""
    cell = None
    seen = {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            if line.startswith('  - cell: '):
                seen = {}
            elif line.startswith('    ') and line[4] != ' ' and ': ' in line:
                key, _, value = line.strip().partition(': ')
                seen[key] = value.strip('"')
                if key != 'verdict_without_withdrawn':
                    continue
                cell = cells[seen['reader_unit'], seen['handset']]
                cell.verdict, cell.verdict_invalid_as_dirty = seen['verdict'], seen['verdict_invalid_as_dirty']
                cell.verdict_without_withdrawn = seen['verdict_without_withdrawn']
                cell.n, cell.d, cell.invalid = int(seen['n']), int(seen['d']), int(seen['invalid'])
                counted = cell.counted()
                mine = (len(counted), sum(p.result == DIRTY for p in counted),
                        sum(p.result == INVALID for p in cell.placements))
                if mine != (cell.n, cell.d, cell.invalid):
                    raise PipelineError('%s: %s on %s: n, d, invalid are %d, %d, %d; counted from the transactions %d, %d, %d'
                                        % (path, cell.handset, cell.reader, cell.n, cell.d, cell.invalid, *mine))
    missing = [key for key, c in cells.items() if not hasattr(c, 'verdict')]
    if missing:
        raise PipelineError('%s: no verdict for %s' % (path, missing[:3]))


# ---- runs that are broken off ----

def break_off(bench, survey, seed, k, clean_every):
    """Runs a survey of one cell, and breaks it off as kill -9 would: after the first bad transaction of every dirty
    placement, and in the middle of every clean_every-th clean one. Returns its cell, and the cell of the unbroken run.

    Records are written one by one in the order of work, so the journal up to any line is what a kill at that moment leaves.
    """
    directory = bench.directory('broken-%d' % seed)
    journal = os.path.join(directory, 'journal.yaml')
    try:
        bench.run(survey, seed, directory)
        whole = fold(directory, k)
        looked_at = cuts = 0
        while True:
            at, looked_at = next_cut(journal, looked_at, k, clean_every)
            if at is None:
                break
            os.truncate(journal, at)
            bench.call('run', '--resume', directory, good=(0, 5))
            cuts += 1
            if cuts > 2 * len(whole[0].placements):
                raise PipelineError('%s: what was broken off is made again and again' % directory)
        broken = fold(directory, k)
        return broken[0], whole[0], cuts
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def next_cut(journal, looked_at, k, clean_every):
    """Where to cut next, in bytes, behind this many placements; and how many have then been looked at."""
    offset = placements = made = 0
    with open(journal, 'rb') as f:
        for line in f:
            offset += len(line)
            if line.startswith(b'- {"placement"'):
                placements += 1
                made = 0
            elif line.startswith(b'- {"transaction"') and placements > looked_at:
                made += 1
                if b'"outcome": "ok"' not in line:
                    return offset, placements
                if clean_every and placements % clean_every == 0 and made == (k + 1) // 2:
                    return offset, placements + 1  # the next one is this one again, and is left alone
    return None, looked_at
