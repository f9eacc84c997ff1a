"""A person at a station on a pseudo-terminal: person.py STEPS COMMAND...

STEPS is a file of lines, done one after the other: `expect REGEX` waits until it is shown behind what was matched before,
`type TEXT` types a line, `do COMMAND` runs a shell command. All that is shown stands in the file `shown` as it comes. After
the last step the program is waited for; its exit status is this one's (137 when it was killed after two minutes).
"""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

steps = [line.split(" ", 1) for line in open(sys.argv[1], encoding="utf-8").read().splitlines() if line]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:] + ["--plain", "--operator", "root"])
shown, seen, end = "", 0, time.monotonic() + 120
out = open("shown", "w", encoding="utf-8")


def look(seconds):
    global shown
    ready, _, _ = select.select([terminal], [], [], seconds)
    if not ready:
        return True
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        return False
    text = piece.decode("utf-8", "replace").replace("\r\n", "\n")
    shown += text
    out.write(text)
    out.flush()
    return bool(piece)


open_still = True
while steps and open_still and time.monotonic() < end:
    what, words = (steps[0] + [""])[:2]
    if what == "expect":
        found = re.compile(words, re.M).search(shown, seen)
        if not found:
            open_still = look(0.1)
            continue
        seen = found.end()
    elif what == "type":
        os.write(terminal, words.encode() + b"\n")
    else:
        subprocess.run(words, shell=True, check=True)
    steps.pop(0)
while open_still and time.monotonic() < end:
    open_still = look(0.2)
if steps:
    print("never came: " + " ".join(steps[0]), file=sys.stderr)
if open_still:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
sys.exit(1 if steps else os.waitstatus_to_exitcode(status) % 256 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
