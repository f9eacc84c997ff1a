#!/usr/bin/env python3
"""How fast the station goes with hands that take no time.

  pace.py station PROGRAM SURVEY DIRECTORY [LAY LIFT]   a person at its terminal who answers at once; LAY and LIFT are shell commands
                                                        that lay and lift the phone, none where the simulator does
  pace.py bare COUNT LAY LIFT                           the same without a station: PC/SC's own calls on the only reader there is, and
                                                        the wait for pcscd that no client can do without

Prints the seconds of each placement, from one to the next, and of a station before them `measured N`.
"""
import ctypes
import json
import os
import pty
import re
import select
import subprocess
import sys
import time

LIMIT_S = 120
REWATCH_S = 0.45  # after a disconnect pcscd may take so long until it sees a phone go: see wait_absent() in drivers/pcsc
QUESTION = re.compile(r'^(?:Take (\S+) and scan|(Lay the phone)|(Lift the phone))', re.M)


def hand(command):
    if command:
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)


def answer(question, lay, lift):
    """What a person does and types at it; None: nothing is to be typed."""
    tag, lays, _ = question
    if tag:
        return tag
    hand(lay if lays else lift)
    return '' if lays or not lift else None


def station(program, survey, directory, lay='', lift=''):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, [program, 'run', survey, '--output', directory])
    shown, seen, until = '', 0, time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            shown += os.read(terminal, 65536).decode(errors='replace').replace('\r', '')
        except OSError:
            break
        for asked in QUESTION.finditer(shown, seen):
            if not asked[3] or not lift:  # else a lift is seen by the reader, and asked for without a prompt
                if not re.search(r'^> $', shown[asked.end():], re.M):
                    break
            seen = asked.end()
            typed = answer(asked.groups(), lay, lift)
            if typed is not None:
                os.write(terminal, typed.encode() + b'\n')
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
        sys.exit('the sweep failed: ' + shown[-500:])


def seconds_of(directory):
    """Of each placement, and how many there were."""
    with open(directory + '/journal.yaml', encoding='utf-8') as f:
        records = [json.loads(line[2:]) for line in f]
    begun = [r['at_us'] for r in records if 'placement' in r and next(iter(r)) == 'placement']
    return [(b - a) / 1e6 for a, b in zip(begun, begun[1:])], len(begun)


class ReaderState(ctypes.Structure):
    _fields_ = [('reader', ctypes.c_char_p), ('user', ctypes.c_void_p), ('current', ctypes.c_ulong), ('event', ctypes.c_ulong),
                ('length', ctypes.c_ulong), ('atr', ctypes.c_ubyte * 33)]


class Reader:
    """The only one that pcscd has."""
    PRESENT, EMPTY, CHANGED = 0x20, 0x10, 2
    APDUS = [bytes.fromhex(text) for text in ('00A4040C0AD392F000260100000001', '00A4020C020006', '00B0000020')]  # the script token

    def __init__(self):
        self.lib, self.context = ctypes.CDLL('libpcsclite.so.1'), ctypes.c_long()
        self.call('SCardEstablishContext', 2, None, None, ctypes.byref(self.context))
        names, length = ctypes.create_string_buffer(4096), ctypes.c_ulong(4096)
        self.call('SCardListReaders', self.context, None, names, ctypes.byref(length))
        self.name = names.value

    def call(self, function, *arguments):
        status = getattr(self.lib, function)(*arguments) & 0xffffffff
        if status:
            sys.exit(f'{function}: {status:08X}')

    def await_state(self, wanted):
        state = ReaderState(reader=self.name)
        while True:
            self.call('SCardGetStatusChange', self.context, ctypes.c_ulong(10000), ctypes.byref(state), ctypes.c_ulong(1))
            if state.event & wanted:
                return
            state.current = state.event & ~self.CHANGED

    def transaction(self):
        card, protocol, response = ctypes.c_long(), ctypes.c_ulong(), ctypes.create_string_buffer(300)
        self.call('SCardConnect', self.context, self.name, ctypes.c_ulong(1), ctypes.c_ulong(3), ctypes.byref(card), ctypes.byref(protocol))
        pci = ctypes.byref(ctypes.c_ubyte.in_dll(self.lib, 'g_rgSCardT1Pci'))
        for apdu in self.APDUS:
            length = ctypes.c_ulong(300)
            self.call('SCardTransmit', card, pci, apdu, ctypes.c_ulong(len(apdu)), None, response, ctypes.byref(length))
        self.call('SCardDisconnect', card, ctypes.c_ulong(2))  # power it down


def bare(count, lay, lift):
    reader, last = Reader(), time.monotonic()
    for _ in range(count):
        hand(lay)
        reader.await_state(Reader.PRESENT)
        for _ in range(2):
            reader.transaction()
        down = time.monotonic()
        hand(lift)
        reader.await_state(Reader.EMPTY)
        time.sleep(max(0, down + REWATCH_S - time.monotonic()))
        now = time.monotonic()
        print(now - last)
        last = now


def main():
    if sys.argv[1] == 'bare':
        bare(int(sys.argv[2]), *sys.argv[3:])
        return
    program, survey, directory, *hands = sys.argv[2:]
    started = time.monotonic()
    station(program, survey, directory, *hands)
    wall = time.monotonic() - started
    seconds, count = seconds_of(directory)
    print('measured', count)
    # In virtual time the journal tells nothing of the station: the program's own time, its start and end included, does.
    print(*(seconds if hands else [wall / count]), sep='\n')


if __name__ == '__main__':
    main()
