"""Sweeps over the real pcscd and libccid with emulated readers, whose plugs, daemon and clients are disturbed too."""
import os
import re
import select
import shutil
import signal
import subprocess
import time

from simulated import (Person, disturbed_from_outside, interrupt, kill_supervisor, kill_worker, kill_workers, leave_worker_stopped,
                       tear_last_line)
from sweep import DONE, EXECUTION_S, ROOT, Broken, acknowledged, send

READERS = ('acs-acr1252', 'acs-acr122u')
PHONE = 'sony-so-01h-docomo'  # what a person lays is no simulated phone to the survey
HOLD = ROOT + '/tests/testbed/hold'
SURVEYS = 3  # seeds of surveys: each is made once undisturbed
references = {}

SURVEY = '''format: nfc-survey/survey
version: 1
id: chaos
title: Chaos
seed: %d
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 6}
sessions: 2
min_gap_h: 0
pause_ms: 20
hands: {testbed: testbed.sock}
defaults: {driver: pcsc, deadline_ms: 2000, time_limit_ms: 60000}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [%s]
readers:
  - {unit: emulated-1, profile: acs-acr1252}
  - {unit: emulated-2, profile: acs-acr122u}
'''


def program_of(lab):
    return os.path.dirname(lab.program) + '/libexec/nfc-survey-testbed'


def testbed_is_there(program):
    perl = subprocess.run(['perl', '-MChipcard::PCSC', '-e1'], stderr=subprocess.DEVNULL)
    return bool(os.access(os.path.dirname(os.path.realpath(program)) + '/libexec/nfc-survey-testbed', os.X_OK)
            and shutil.which('umockdev-wrapper') and shutil.which('pcscd', path=os.environ['PATH'] + ':/usr/sbin')
            and os.path.exists('/etc/libccid_Info.plist') and perl.returncode == 0)


class Testbed:
    """Started with its readers; its daemon and control socket are in the lab's environment."""

    def __init__(self, lab, serials='SIM-'):
        self.lab, data = lab, lab.path('data')
        os.makedirs(data + '/profiles')
        for name in ('scripts', 'criteria'):
            os.symlink(f'{ROOT}/profiles/{name}', f'{data}/profiles/{name}')
        os.symlink(ROOT + '/reports', data + '/reports')
        for name in ('readers', 'handsets'):
            os.mkdir(f'{data}/profiles/{name}')
            for origin in ('profiles', 'tests/testbed/data'):
                for file in os.listdir(f'{ROOT}/{origin}/{name}'):
                    if name == 'readers' or file.startswith('sim-') or file[:-5] == PHONE:
                        os.symlink(f'{ROOT}/{origin}/{name}/{file}', f'{data}/profiles/{name}/{file}')
        lab.env['NFC_SURVEY_DATA'] = data
        command = [program_of(lab), 'ccid', '--pcscd', '--profiles', data] + [word for r in READERS for word in ('--reader', r)]
        command += ['--serial-base', serials]
        self.process = subprocess.Popen(command, env=lab.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=open(lab.path('testbed.errors'), 'wb'))
        lab.ending.append(self.end)
        ready = self.process.stdout.readline().decode().split()
        if ready[:1] != ['ready']:
            raise Broken('the testbed did not start: ' + open(lab.path('testbed.errors'), encoding='utf-8').read())
        lab.env.update(word.split('=', 1) for word in ready[1:])

    def end(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, *words):
        done = subprocess.run([program_of(self.lab), 'send', self.lab.env['NFC_SURVEY_TESTBED'], *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
        return done.stdout.decode().split()

    def pcscd(self):
        return int(self.ask('pid')[2])


# ---- what happens here only ----

def unplug(lab, x):
    reader = str(lab.draw.randrange(len(READERS)))
    lab.testbed.ask('unplug', reader)
    time.sleep(lab.draw.choice((1.5, 3)))  # pcscd takes what comes back sooner for a duplicate
    lab.testbed.ask('plug', reader)


def kill_daemon(lab, x):
    lab.testbed.ask('pcscd', 'kill')
    time.sleep(lab.draw.choice((0.2, 1)))
    lab.testbed.ask('pcscd', 'start')


def stop_daemon(lab, x):
    pid = lab.testbed.pcscd()
    send(pid, signal.SIGSTOP)
    time.sleep(lab.draw.choice((0.5, 3)))
    send(pid, signal.SIGCONT)


def hold_reader(lab, x):
    """Another client has it for itself, as scdaemon would."""
    holder = subprocess.Popen([HOLD, f'SIM-000{lab.draw.randint(1, len(READERS))}'], env=lab.env, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if holder.stdout.readline():
        time.sleep(lab.draw.choice((0.5, 2)))
    holder.stdin.close()
    holder.wait()
    holder.stdout.close()


def freeze_supervisor(lab, x):
    send(x.pid, signal.SIGSTOP)
    time.sleep(lab.draw.choice((0.1, 1.3)))
    send(x.pid, signal.SIGCONT)


def sleep_of_the_machine(lab, x):
    with open(lab.path('slept'), encoding='ascii') as f:
        slept = int(f.read())
    lab.write('slept', str(slept + lab.draw.choice((2, 3600))))


def set_clock(lab, x):
    lab.write('wall', str(lab.draw.choice((-3600, 0, 7200))))


KINDS = (kill_supervisor, kill_supervisor, kill_worker, kill_workers, leave_worker_stopped, interrupt, tear_last_line, unplug, unplug,
         kill_daemon, stop_daemon, hold_reader, hold_reader, freeze_supervisor, sleep_of_the_machine, set_clock)


def clocks(lab):
    """The environment of a program that sees other clocks than the machine has, which nobody sets."""
    library = lab.path('clocks.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library, ROOT + '/tests/testbed/clocks.c', '-ldl'], check=True)
    lab.write('slept', '0')
    lab.write('wall', '0')
    return dict(lab.env, LD_PRELOAD=library, CLOCK_WALL=lab.path('wall'), CLOCK_SLEPT=lab.path('slept'),
                ASAN_OPTIONS='verify_asan_link_order=0:detect_leaks=0')


def undisturbed_of(lab, what, make):
    """The same survey left alone, as MAKE makes it into a directory; kept for the sweeps that follow."""
    if lab.short:
        return None
    if what not in references:
        make(lab.path('undisturbed'))
        kept = os.path.join(os.path.dirname(lab.directory), f'chaos-undisturbed-{os.getpid()}-{len(references)}')
        shutil.copytree(lab.path('undisturbed'), kept)
        references[what] = kept
    return references[what]


def forget_references():
    for directory in references.values():
        shutil.rmtree(directory)


# ---- a person, with phones ----

PERSONS = SURVEY.replace('sims:\n', 'identity: scan\nsims:\n').replace('hands: {testbed: testbed.sock}', 'hands: person')
PERSONS = PERSONS[:PERSONS.index('sims:')] + '''sims: [{id: card, carrier: none, applet: none, token_label: CHAOS}]
conditions: [on-unlocked]
scripts: [token]
handsets: [%s]
''' + PERSONS[PERSONS.index('readers:'):]
PHONES = {'H-1': 'sim-testbed-a', 'H-2': 'sim-testbed-b'}
SHOWN = re.compile(r'^(?:Take (?P<tag>\S+) and scan[^>]*?^> '
                   r'|Lay the phone\.\n  handset  [^\n]*?(?P<phone>H-\d)\+card\)?\n  reader   (?P<lay>\S+)[^>]*?^> '
                   r'|Measuring on (?P<measuring>[\w-]+):|Lift the (?P<lift>phone)'
                   r'|[^\n]*?: move it to (?P<move>[\w-]+)|(?P<nothing>[\w-]+) sees nothing\. Was [^>]*?^> '
                   r'|[\w-]+ lost (?P<lost>\S+) while [^>]*?^> |[^\n]*Is it (?P<stranger>\S+) that lies there[^>]*?^> '
                   r'|(?:nfc-survey: )?[^\n]*(?P<clear>still sees|Take away whatever))', re.M)


class PersonWithPhones(Person):
    """Lays them on the testbed's readers, mostly as asked; told to be right, always."""

    def __init__(self, lab, command, right=False):
        super().__init__(lab, command, list(PHONES))
        self.always_right, self.asked_for = right, None
        for reader in READERS:
            lab.testbed.ask('lift', str(READERS.index(reader)))

    def lay(self, unit, phone):
        self.lab.testbed.ask('lay', str(int(unit[-1]) - 1), PHONES[phone], b'CHAOS'.hex(), 'on-unlocked', '0', '0', '0', '7', '1', '0')

    def lift(self):
        for number in range(len(READERS)):
            self.lab.testbed.ask('lift', str(number))

    def slips_by(self, chance, *kinds):
        if self.lab.only:
            # not three times running, which would close a cell
            kinds, chance = [kind for kind in kinds if kind == self.lab.only], self.lab.left % 2 or 0.4
        if self.always_right or not kinds or not self.may(chance):
            return None
        self.slips()
        kind = self.lab.draw.choice(kinds)
        self.lab.disturb('person: ' + kind)
        return kind

    def lays(self, unit, phone):
        self.asked_for = unit, phone
        other = {'emulated-1': 'emulated-2', 'emulated-2': 'emulated-1'}[unit]
        what = self.slips_by(0.3, 'lays nothing', 'lays it on the neighbour', 'lays another phone', 'kills the program')
        if what == 'kills the program':
            self.lay(unit, phone)
            os.kill(self.pid, signal.SIGKILL)
        elif what == 'lays it on the neighbour':
            self.lay(other, phone)
        elif what == 'lays another phone':
            self.lay(unit, next(other for other in PHONES if other != phone))
        elif what is None:
            self.lay(unit, phone)

    def does(self, shown):
        """What is shown asks for it; what is typed, or None."""
        what = shown.lastgroup
        if what == 'tag':
            return self.slips_by(0.1, *(p for p in PHONES if p != shown['tag'])) or shown['tag']
        if what == 'lay':
            self.lays(shown['lay'], shown['phone'])
            return ''
        if what == 'measuring':
            early = self.slips_by(0.1, 'lifts it early', 'kills the program while it measures')
            if early == 'lifts it early':
                self.lift()
            elif early:
                os.kill(self.pid, signal.SIGKILL)
        elif what == 'move':
            self.lift()
            self.lay(*self.asked_for)
        elif what in ('lift', 'clear'):
            self.lift()
        return {'nothing': 'n', 'lost': 'y', 'stranger': 'n'}.get(what)

    def serve(self):
        until, seen = time.monotonic() + EXECUTION_S, 0
        while time.monotonic() < until:
            if not select.select([self.terminal], [], [], 0.5)[0]:
                continue
            try:
                self.shown += os.read(self.terminal, 65536)
            except OSError:
                break
            for shown in SHOWN.finditer(self.text(), seen):
                seen = shown.end()
                typed = self.does(shown)
                if typed is not None:
                    os.write(self.terminal, typed.encode() + b'\n')
        else:
            os.kill(self.pid, signal.SIGKILL)
            raise Broken('the program and the person wait for each other: ' + self.text()[-500:])
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def executed_by_person(lab, right=False):
    def execute(command):
        person = PersonWithPhones(lab, command, right)
        try:
            status = person.serve()
        finally:
            lab.write('shown', person.text())
        if not right:
            acknowledged(lab, person.text())
        return status, person.text()
    return execute


def sweep_by_person_over_pcscd(lab):
    lab.testbed = Testbed(lab, 'RW-')
    lab.write('survey.yaml', PERSONS % (lab.seed % SURVEYS + 1, ', '.join('{unit: %s, handset: %s}' % (unit, PHONE) for unit in list(PHONES)[:1 if lab.short else 2])))

    def alone(directory):
        status, said = executed_by_person(lab, right=True)([lab.program, 'run', lab.survey, '--output', directory, '--operator', 'chaos'])
        if status not in DONE:
            raise Broken(f'the undisturbed sweep ended with {status}: {said[-400:]}')
    undisturbed = undisturbed_of(lab, f'person {lab.seed % SURVEYS}', alone)
    lab.left = 3 if lab.only else lab.draw.randint(1, 4)
    lab.disturb('sweep by a person over pcscd')
    lab.sweep(executed_by_person(lab))
    return undisturbed, None, False


def testbed_sweep(lab):
    if lab.only or lab.draw.random() < 0.3:
        return sweep_by_person_over_pcscd(lab)
    lab.testbed = Testbed(lab)
    survey_seed = lab.seed % SURVEYS + 1
    lab.write('survey.yaml', SURVEY % (survey_seed, 'sim-testbed-a' if lab.short else 'sim-testbed-a, sim-testbed-b'))
    undisturbed = undisturbed_of(lab, survey_seed, lambda directory: lab.run_alone(lab.survey, directory))
    env = clocks(lab)
    lab.disturb('sweep over pcscd')
    lab.sweep(disturbed_from_outside(lab, 4000, [lab.draw.randint(1, 5)], KINDS, lambda: env))
    return undisturbed, None, False
