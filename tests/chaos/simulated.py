"""Sweeps on the simulator: by its own hands, by a robot, and by a person at a terminal."""
import glob
import os
import pty
import re
import select
import signal
import subprocess
import time

from sweep import ROOT, Broken, Execution, acknowledged, children, send

WIDE = '{name: wide, q0: 0.05, q1: 0.1, alpha: 0.005, beta: 0.005, k: %d, n_max: 40}'
SIMULATED = sorted(os.path.basename(path)[:-5] for path in glob.glob(ROOT + '/profiles/handsets/sim-*.yaml'))


def write_survey(lab, name, seed_of, scheme, hands):
    text = seed_of | {'scheme': scheme, 'hands': hands}
    lines = ['format: nfc-survey/survey', 'version: 1', 'id: chaos', 'title: Chaos', f'seed: {lab.seed}', 'sims:',
             '  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}']
    return lab.write(name, '\n'.join(lines + [f'{key}: {value}' for key, value in text.items()]) + '\n')


def draw_survey(lab, cells):
    """What the survey has; about so many cells."""
    draw = lab.draw
    readers = draw.sample(['sim-reader-' + letter for letter in 'abcdef'], draw.randint(2, 4))
    conditions = draw.sample(['on-unlocked', 'screen-off', 'on-locked'], draw.randint(1, 2))
    handsets = draw.sample(SIMULATED, max(2, cells // len(readers) // len(conditions)))
    scripts = draw.choice((['token'], ['cert'], ['token', 'cert']))
    return {key: '[' + ', '.join(value) + ']' for key, value in
            (('readers', readers), ('handsets', handsets), ('conditions', conditions), ('scripts', scripts))} | {'sessions': 2}, handsets


# ---- from outside: while the program runs by itself ----

def kill_supervisor(lab, x):
    x.kill()


def kill_worker(lab, x):
    for worker in lab.draw.sample(x.workers(), min(1, len(x.workers()))):
        send(worker, signal.SIGKILL)


def kill_workers(lab, x):
    for worker in x.workers():
        send(worker, signal.SIGKILL)


def crash_worker(lab, x):
    for worker in x.workers()[-1:]:
        send(worker, signal.SIGSEGV)


def stop_supervisor(lab, x):
    send(x.pid, signal.SIGSTOP)
    time.sleep(lab.draw.choice((0.02, 0.1)))
    send(x.pid, signal.SIGCONT)


def stop_worker(lab, x):
    for worker in x.workers()[:1]:
        send(worker, signal.SIGSTOP)
        time.sleep(lab.draw.choice((0.02, 0.3)))
        send(worker, signal.SIGCONT)


def leave_worker_stopped(lab, x):
    for worker in x.workers()[:1]:
        send(worker, signal.SIGSTOP)


def interrupt(lab, x):
    send(x.pid, signal.SIGINT)


def interrupt_twice(lab, x):
    send(x.pid, signal.SIGINT)
    time.sleep(0.002)
    send(x.pid, signal.SIGTERM)


def tear_last_line(lab, x):
    """As after a loss of power: the line that was being written is there in part."""
    x.kill()
    if lab.has_begun():
        with open(lab.journal, 'ab') as f:
            f.write(b'- {"transaction": 1, "placement'[:lab.draw.randint(1, 30)])


FROM_OUTSIDE = (kill_supervisor, kill_supervisor, kill_worker, kill_worker, kill_workers, crash_worker, stop_supervisor, stop_worker,
                leave_worker_stopped, interrupt, interrupt_twice, tear_last_line)


def disturbed_from_outside(lab, step, left, kinds=FROM_OUTSIDE, env=None):
    """EXECUTE of Lab.sweep: disturbs each execution some times, at lengths of the journal STEP apart at most."""
    def execute(command):
        x = Execution(lab, command, env and env())
        while left[0] > 0 and x.await_size(lab.size() + lab.draw.randint(1, step)):
            what = lab.draw.choice(kinds)
            left[0] -= 1
            lab.disturb(what.__name__)
            what(lab, x)
        return x.end()
    return execute


# ---- a robot ----

# Knows who lies where: a phone that is laid on another one is the station's fault, and so is one that it was never asked to lift.
ROBOT = r'''#!/bin/sh
action=$NFC_SURVEY_ACTION reader=$NFC_SURVEY_READER phone=$NFC_SURVEY_HANDSET
count=$(($(cat count 2>/dev/null) + 1))
echo $count >count
act=$(sed -n "s/^$count //p" acts)
[ -z "$act" ] || echo "$act" >>acted
case $act in
again) exit 75 ;;
fail) exit 1 ;;
die) kill -9 $$ ;;
hang) sleep 30 ;;
kill_supervisor) kill -9 $(cat supervisor); sleep 5 ;;
esac
if [ $action = lay ]; then
    [ ! -e on-$reader ] || echo "$phone on $(cat on-$reader) on $reader, action $count" >>stacked
    echo "$phone" >on-$reader
else
    rm -f on-$reader
fi
case $act in
late_fail) exit 1 ;;
late_kill_supervisor) kill -9 $(cat supervisor) ;;
interrupt) kill -INT $(cat supervisor) ;;
kill_workers) kill -9 $(cat /proc/$(cat supervisor)/task/*/children | tr ' ' '\n' | grep -vx $$) ;;
esac
exit 0
'''
ACTS = ('again', 'fail', 'die', 'kill_supervisor', 'kill_supervisor', 'late_fail', 'late_kill_supervisor',
        'late_kill_supervisor', 'interrupt', 'kill_workers')


def sweep_by_robot(lab):
    draw, count, acts = lab.draw, 0, []
    for _ in range(draw.randint(3, 8)):
        count += draw.randint(1, 25)
        acts.append(f'{count} {draw.choice(ACTS)}')
    if draw.random() < 0.05:
        acts.append(f'{count + 3} hang')
    lab.write('acts', '\n'.join(acts) + '\n')
    lab.write('arm', ROBOT, 0o755)
    lab.sweep(disturbed_from_outside(lab, 20000, [draw.randint(0, 2)]))
    for act in open(lab.path('acted'), encoding='utf-8').read().split() if os.path.exists(lab.path('acted')) else ():
        lab.disturb('robot ' + act)
    if os.path.exists(lab.path('stacked')):
        lab.lost += open(lab.path('stacked'), encoding='utf-8').read().splitlines()[:3]


# ---- a person ----

PERSON_S = 30 # of an execution

QUESTION = re.compile(r'^(Take .*|Lay the phone|Lift the phone|.* sees nothing\. Was .*|The sweep is paused|.* Did you lift or move it\?)', re.M)


class Person:
    """At a terminal of the program's: answers each prompt by what was asked last, mostly as it should be."""

    def __init__(self, lab, command, handsets):
        self.lab, self.handsets, self.shown, self.seen, self.refused = lab, handsets, b'', 0, -1
        if b'--plain' in subprocess.run([command[0], 'run', '--help'], stdout=subprocess.PIPE, check=True).stdout:
            command = command + ['--plain']
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, lab.env)

    def text(self):
        return self.shown.decode(errors='replace').replace('\r\n', '\n')

    def asked(self):
        """The question above the prompt, whatever was said since."""
        found = QUESTION.findall(self.text()[-3000:])
        if not found:
            raise Broken('what is asked? ' + self.text()[-500:])
        return found[-1]

    def may(self, chance):
        return self.lab.left > 0 and self.lab.draw.random() < chance

    def slips(self):
        self.lab.left -= 1

    def answer(self):
        """What is typed, or None: it killed the program, or left its terminal."""
        asked = self.asked()
        if self.may(0.02):
            self.slips()
            what = self.lab.draw.choice(('kill at a prompt', 'terminal is gone', 'interrupt at a prompt', 'q', 'kill a worker at a prompt'))
            self.lab.disturb(what)
            if what == 'kill at a prompt':
                os.kill(self.pid, signal.SIGKILL)
                return None
            if what == 'terminal is gone':
                return None
            if what == 'q':
                return 'q'
            os.kill(*((self.pid, signal.SIGINT) if what == 'interrupt at a prompt' else (self.worker(), signal.SIGKILL)))
        if self.text().rstrip().endswith('Not understood.\n>'):  # it reads again, and says what else is offered
            self.refused += 1
            return ('y', '', *self.handsets, 'q')[self.refused % (len(self.handsets) + 3)]
        return self.right(asked)

    def worker(self):
        return (children(self.pid) or [self.pid])[-1]

    def slip(self, chance, *answers):
        if not self.may(chance):
            return None
        self.slips()
        answer = self.lab.draw.choice(answers)
        self.lab.disturb('person says ' + self.kind(answer))
        return answer

    def kind(self, answer):
        return 'another tag' if answer in self.handsets else repr(answer.split(' ')[0])

    def right(self, asked):
        tag = re.search(r'Take (\S+) and scan', asked)
        if tag:
            return self.slip(0.05, *(h for h in self.handsets if h != tag[1])) or self.slip(0.05, 'l') or tag[1]
        if 'sees nothing' in asked:
            return self.slip(0.2, 'n', 'x upside down', 'nothing of this') or 'y'
        if 'Did you lift or move it?' in asked:
            return self.slip(0.2, 'y', 'x knocked off') or 'n'
        if 'Lift the phone' in asked:
            return self.slip(0.05, 'x wrong phone', 'w was in its case', 'n window', '') or ''
        return self.slip(0.05, 'l', 'n counter 3', 'w it was askew', 'p', 'nonsense', '\n') or ''

    def serve(self):
        """Until the program ends; its exit status."""
        until = time.monotonic() + PERSON_S
        while time.monotonic() < until:
            if not select.select([self.terminal], [], [], 0.5)[0]:
                continue
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            self.shown += piece
            prompt = re.search(rb'(^|\n)> $', self.shown[self.seen:])
            if not prompt:
                continue
            self.seen = len(self.shown)
            answer = self.answer()
            if answer is None:
                break
            os.write(self.terminal, answer.encode() + b'\n')
        else:
            os.kill(self.pid, signal.SIGKILL)
            raise Broken('the program and the person wait for each other: ' + self.text()[-500:])
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def sweep_by_person(lab, handsets):
    lab.left = lab.draw.randint(2, 8)

    def execute(command):
        person = Person(lab, command, handsets)
        try:
            status = person.serve()
        finally:
            lab.write('shown', person.text())
        acknowledged(lab, person.text())
        return status, person.text()
    lab.sweep(execute)


# ---- one sweep ----

def simulated_sweep(lab):
    """Makes it; the directories of the same survey left alone."""
    draw = lab.draw
    who = draw.choice(('simulator', 'simulator', 'robot', 'person'))
    survey, handsets = draw_survey(lab, 40 if who == 'simulator' else 8)
    k = draw.randint(1, 3)
    scheme = '{name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: %d, n_max: %d}' % (k, draw.randint(4, 8))
    if who == 'simulator':
        scheme = '{preset: screen, k: %d}' % k
        survey['lanes'] = draw.randint(1, 2)
    hands = {'simulator': 'sim', 'robot': '{command: ./arm, limit_s: 2, retries: 1}', 'person': 'person'}[who]
    if who != 'person':
        survey['identity'] = '"off"'
    write_survey(lab, 'survey.yaml', survey, scheme, hands)
    alone = {key: value for key, value in survey.items() if key != 'lanes'} | {'identity': '"off"'}
    undisturbed = lab.run_alone(write_survey(lab, 'undisturbed.yaml', alone, scheme, 'sim'), lab.path('undisturbed'))
    wide = lab.run_alone(write_survey(lab, 'wide.yaml', alone, WIDE % k, 'sim'), lab.path('wide'))
    lab.disturb('sweep by ' + who)
    if who == 'simulator':
        lab.sweep(disturbed_from_outside(lab, 60000, [draw.randint(2, 8)]))
    elif who == 'robot':
        sweep_by_robot(lab)
    else:
        sweep_by_person(lab, handsets)
    return undisturbed, wide, True
