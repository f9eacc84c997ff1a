"""Sweeps over the real pcscd and libccid with emulated readers, whose plugs, daemon and clients are disturbed too."""
import os
import shutil
import signal
import subprocess
import time

from simulated import disturbed_from_outside, interrupt, kill_supervisor, kill_worker, kill_workers, leave_worker_stopped, tear_last_line
from sweep import ROOT, Broken, send

READERS = ('acs-acr1252', 'acs-acr122u')
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
defaults: {driver: pcsc, deadline_ms: 2000}
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

    def __init__(self, lab):
        self.lab, data = lab, lab.path('data')
        os.makedirs(data + '/profiles')
        for name in ('scripts', 'criteria'):
            os.symlink(f'{ROOT}/profiles/{name}', f'{data}/profiles/{name}')
        os.symlink(ROOT + '/reports', data + '/reports')
        for name in ('readers', 'handsets'):
            os.mkdir(f'{data}/profiles/{name}')
            for origin in ('profiles', 'tests/testbed/data'):
                for file in os.listdir(f'{ROOT}/{origin}/{name}'):
                    if name == 'readers' or file.startswith('sim-'):
                        os.symlink(f'{ROOT}/{origin}/{name}/{file}', f'{data}/profiles/{name}/{file}')
        lab.env['NFC_SURVEY_DATA'] = data
        command = [program_of(lab), 'ccid', '--pcscd', '--profiles', data] + [word for r in READERS for word in ('--reader', r)]
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


def undisturbed_of(lab, survey_seed):
    """The same survey left alone, on the same testbed; kept for the sweeps that follow."""
    if survey_seed not in references:
        directory = lab.run_alone(lab.survey, lab.path('undisturbed'))
        kept = os.path.join(os.path.dirname(lab.directory), f'chaos-undisturbed-{os.getpid()}-{survey_seed}')
        shutil.copytree(directory, kept)
        references[survey_seed] = kept
    return references[survey_seed]


def forget_references():
    for directory in references.values():
        shutil.rmtree(directory)


def testbed_sweep(lab):
    lab.testbed = Testbed(lab)
    survey_seed = lab.seed % SURVEYS + 1
    lab.write('survey.yaml', SURVEY % (survey_seed, 'sim-testbed-a' if lab.short else 'sim-testbed-a, sim-testbed-b'))
    undisturbed = undisturbed_of(lab, survey_seed)
    env = clocks(lab)
    lab.disturb('sweep over pcscd')
    lab.sweep(disturbed_from_outside(lab, 4000, [lab.draw.randint(1, 5)], KINDS, lambda: env))
    return undisturbed, None, False
