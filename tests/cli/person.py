"""A person at a pseudo-terminal: person.py ANSWERS COMMAND... answers each prompt `> ` in turn.

ANSWERS are separated by |; \\n inside one types a line ahead. KILL kills the program at its prompt; after the last answer
every prompt gets q. WIDTH: of the terminal, in columns. What was shown goes to stdout, and the exit status is the program's (137 when it was killed).
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

answers = sys.argv[1].replace("\\n", "\n").split("|")
more = []
if "run" in sys.argv[3:4]:
    more = ["--plain"]
    if "--operator" not in sys.argv and "ASK" not in os.environ:
        more += ["--operator", "root"]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:] + more)
if "WIDTH" in os.environ:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(os.environ["WIDTH"]), 0, 0))
shown, seen, end = b"", 0, time.monotonic() + 60
while time.monotonic() < end:
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if not ready:
        continue
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    while (prompt := re.search(rb"(^|\n)> ", shown[seen:])):
        seen += prompt.end()
        answer = answers.pop(0) if answers else "q"
        if answer == "KILL":
            os.kill(pid, signal.SIGKILL)
            break
        os.write(terminal, answer.encode() + b"\n")
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
sys.stdout.write(shown.decode().replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(status) % 256 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
