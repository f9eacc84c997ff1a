"""A sweep under disturbance: the run and its resumptions, what befalls them, and what they acknowledged."""
import collections
import os
import re
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXECUTIONS_MAX = 60   # of one sweep: more say that it does not come to its end
EXECUTION_S = 90      # of one execution
REOPENED_MAX = 3
DONE = (0, 5)         # 5: cells stay rejected so far
GOES_ON = (4, 6)      # exit statuses after which a run is resumed


class Broken(Exception):
    """The sweep cannot go on, or its end is not what it must be."""


class Lab:
    """A sweep's directory, its draws, and what happened in it."""

    def __init__(self, program, directory, draw, seed, short=False, only=None):
        self.program, self.directory, self.draw, self.seed, self.short, self.only = program, directory, draw, seed, short, only
        self.run, self.survey = directory + '/run', directory + '/survey.yaml'
        self.journal = self.run + '/journal.yaml'
        self.env = dict(os.environ, NFC_SURVEY_DATA=ROOT, NO_COLOR='1', LC_ALL='C.UTF-8', TMPDIR=directory)
        self.story, self.lost, self.ending, self.left = [], [], [], 0
        self.disturbed = collections.Counter()
        self.kept = b''

    def end(self):
        for ending in reversed(self.ending):
            ending()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def disturb(self, what):
        self.disturbed[what] += 1
        self.story.append(what)

    def has_begun(self):
        """A start record is there, so the run can be resumed; what a kill left before it is no run."""
        if b'\n' in self.read():
            return True
        if os.path.exists(self.journal):
            os.unlink(self.journal)
        return False

    def command(self, *more):
        how = ['--resume', self.run] if self.has_begun() else [self.survey, '--output', self.run]
        return [self.program, 'run', *how, '--operator', 'chaos', *more]

    def read(self):
        try:
            with open(self.journal, 'rb') as f:
                return f.read()
        except FileNotFoundError:
            return b''

    def size(self):
        try:
            return os.stat(self.journal).st_size
        except FileNotFoundError:
            return 0

    def whole_lines(self):
        text = self.read()
        return text[:text.rfind(b'\n') + 1]

    def keeps(self):
        """What was in the journal is in it still, to the byte."""
        now = self.whole_lines()
        if not now.startswith(self.kept):
            self.lost.append(f'the first {len(self.kept)} bytes of the journal are not what they were')
        self.kept = now

    def left_open(self):
        """Cells that instruments closed, which can be opened again."""
        last = dict(re.findall(rb'"decision": \d+, "at_us": \d+, "cell": (\d+), "verdict": "([^"]*)"', self.kept))
        return b'undecided (instrument)' in last.values()

    def run_alone(self, survey, directory, env=None):
        """An undisturbed sweep."""
        done = subprocess.run([self.program, 'run', survey, '--output', directory], env=env or self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=EXECUTION_S)
        if done.returncode not in DONE:
            raise Broken(f'the undisturbed sweep ended with {done.returncode}: {done.stdout.decode()[-400:]}')
        return directory

    def verify(self):
        done = subprocess.run([self.program, 'verify', self.run], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Broken(f'verify ends with {done.returncode}: {done.stdout.decode()[-400:]}')

    def sweep(self, execute):
        """EXECUTE(command) until the run is done: it returns exit status and output. Reopened once where instruments closed cells."""
        more = []
        for _ in range(EXECUTIONS_MAX):
            status, said = execute(self.command(*more))
            more = []
            self.keeps()
            if status in DONE and (not self.left_open() or self.disturbed['reopened'] >= REOPENED_MAX):
                break
            if status in DONE:
                more = ['--reopen']
                self.disturb('reopened')
            elif status > 0 and status not in GOES_ON:
                raise Broken(f'run ended with {status}: {said[-400:]}')
        else:
            raise Broken(f'not done after {EXECUTIONS_MAX} executions: {said[-400:]}')
        self.verify()


def children(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def send(pid, what):
    try:
        os.kill(pid, what)
        return True
    except ProcessLookupError:
        return False


class Execution:
    """One execution of the program in the background."""

    def __init__(self, lab, command, env=None):
        self.lab, self.out = lab, open(lab.path('said'), 'wb+')
        self.process = subprocess.Popen(command, env=env or lab.env, stdin=subprocess.DEVNULL, stdout=self.out, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        self.pid, self.until = self.process.pid, time.monotonic() + EXECUTION_S
        lab.write('supervisor', str(self.pid))

    def runs(self):
        return self.process.poll() is None

    def await_size(self, size):
        """Until the journal has grown to SIZE bytes; False when the program ended before."""
        while self.lab.size() < size:
            if not self.runs():
                return False
            self.check_time()
            time.sleep(0.0002)
        return self.runs()

    def check_time(self):
        if time.monotonic() > self.until:
            self.kill()
            raise Broken(f'an execution takes more than {EXECUTION_S} s: {self.said()[-400:]}')

    def workers(self):
        return children(self.pid)

    def kill(self):
        send(self.pid, signal.SIGCONT)
        send(self.pid, signal.SIGKILL)
        self.process.wait()

    def said(self):
        self.out.seek(0)
        return self.out.read().decode(errors='replace')

    def end(self):
        """Exit status, negative by a signal, and what was said."""
        while self.runs():
            self.check_time()
            time.sleep(0.002)
        said = self.said()
        self.out.close()
        return self.process.returncode, said


ACKNOWLEDGED = re.compile(r'^placement (\d+): (clean|dirty|invalid|aborted)', re.M)


def acknowledged(lab, shown):
    """Each result that was on the screen is in the journal."""
    journal = lab.whole_lines().decode()
    for placement, result in ACKNOWLEDGED.findall(shown):
        if not re.search(rf'"placed": \d+, "placement": {placement}, "at_us": \d+, "result": "{result}"', journal):
            lab.lost.append(f'placement {placement} was shown as {result}; the journal does not have it')
    for placement in re.findall(r'placement (\d+) stays counted', shown):
        if not re.search(rf'"note": \d+, [^\n]*"placement": {placement}, [^\n]*"effect": "withdraw"', journal):
            lab.lost.append(f'the withdrawal of placement {placement} was acknowledged; the journal does not have it')
