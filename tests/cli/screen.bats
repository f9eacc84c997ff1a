#!/usr/bin/env bats
# The full screen in a terminal (tmux): all keys, both languages, sizes, signals, a terminal that goes away.
load helper

setup() {
    command -v tmux >/dev/null || skip 'tmux is not installed (apt-get install tmux)'
    cd "$BATS_TEST_TMPDIR"
    small_survey s.yaml
    sed -i 's/^hands: sim/hands: person/; s/^readers: .*/readers: [{unit: RW-A, profile: sim-reader-b, place: "left, blue label"}]/' s.yaml
    sed -i 's/^conditions: .*/points: [{id: edge, x_mm: -20, y_mm: 10, z_mm: 5}]\nconditions: [{id: edge, power_mode: screen-off, position: edge}]/' s.yaml
}

teardown() {
    terminal kill-server 2>/dev/null || true
}

terminal() {
    tmux -u -S "$BATS_TEST_TMPDIR/tmux${OPENED-}" -f /dev/null "$@"
}

# open COLUMNSxROWS ARGUMENTS...: a run in a terminal; its status is in `status`, its stderr in `err`.
open() {
    local size=$1
    shift
    terminal kill-server 2>/dev/null || true
    OPENED=$((${OPENED-0} + 1)) # a server that ends may still answer
    rm -f status err
    terminal new-session -d -x "${size%x*}" -y "${size#*x}" "env TERM=${TERMINAL-tmux-256color} $NFC_SURVEY run $* --operator root 2>err; echo \$? >status; echo back at the shell; exec sh"
}

# until COMMAND...: it succeeds within 20 s.
until_true() {
    local left
    for ((left = 400; left > 0; left--)); do
        "$@" && return
        sleep 0.05
    done
    echo "never: $*"
    terminal capture-pane -p || true
    cat err 2>/dev/null
    return 1
}

shown() {
    terminal capture-pane -p | grep -q -- "$1"
}

sees() {
    until_true shown "$1"
}

# says TEXT: a line and Enter.
says() {
    terminal send-keys -l "$1"
    terminal send-keys Enter
}

ended() {
    [ -s status ] && [ "$(cat status)" -eq "$1" ] && shown 'back at the shell'
}

records() {
    tail -n +2 r/journal.yaml | sed 's/^- //' | jq -c "$1"
}

# No line is longer than the window, and what is typed stands in the last one.
fits() {
    terminal capture-pane -p >screen
    [ "$(wc -l <screen)" -eq "$2" ]
    [ "$(wc -L <screen)" -le "$1" ]
    tail -n 1 screen | grep -q '>'
}

@test "60x20: every key of a rehearsal, and what is on the screen" {
    open 60x20 s.yaml --output r --lang en
    sees 'Take sim-akane and scan its asset tag'
    fits 60 20
    grep -q 'session 1 of 2' screen
    grep -q 'turn its screen off' screen
    grep -q 'RW-A (left, blue label)' screen
    grep -q 'edge: x -20, y +10, z 5 mm' screen
    grep -Eq '\|\.*o\.*\|' screen
    grep -q 'l = later' screen
    run ! grep -q 'x = slip' screen
    says 'sim-botan'
    sees 'sim-botan is not sim-akane'
    says ' SIM-AKANE '
    sees 'Lay sim-akane on RW-A'
    says '?'
    sees 'Any key closes this'
    terminal send-keys Enter
    sees 'Lay sim-akane on RW-A'
    says 'p'
    sees 'The sweep is paused'
    sleep 0.2 # an Enter right behind a tag's is a scanner's
    terminal send-keys Enter
    sees 'Lay sim-akane on RW-A'
    terminal send-keys -l 'n'
    sees 'note: text?'
    terminal send-keys -l ' moved by 20 cn'
    terminal send-keys BSpace
    says 'm'
    until_true grep -q 'moved by 20 cm' r/journal.yaml
    sees 'Lay sim-akane'
    sleep 0.2 # a key before a question is of the question before
    terminal send-keys Enter
    sees 'Lift sim-akane from RW-A'
    fits 60 20
    says 'x'
    sees 'Say why'
    says ' knocked off'
    sees 'placement [0-9]*: invalid  *knocked off'
    sees 'Lay sim-akane'
    fits 60 20
    grep -q 'done now' screen
    terminal send-keys Enter
    sees 'Lift sim-akane'
    terminal send-keys Enter
    sees 'placement [0-9]*: clean'
    sees 'Lay sim-akane'
    says 'w in its case'
    sees 'stays counted'
    says 'zzz'
    sees 'Not understood'
    says 'l next'
    until_true grep -q '"later"' r/journal.yaml
    says 'q'
    until_true ended 6
    [ "$(records 'select(.note) | [.effect, .text]' | tr -d '\n')" = '[null,"moved by 20 cm"]["exclude","knocked off"]["withdraw","in its case"]' ]
    [ "$(records 'select(.answer) | .face' | sort -u)" = '"screen"' ]
    "$NFC_SURVEY" verify r
}

@test "80x24 in Japanese: full width, an ideographic blank, bytes that are no character, and a scanner's ends of line" {
    open 80x24 s.yaml --output r --lang ja
    sees 'セッション1/2'
    fits 80 24
    # CR LF, and CR CR: the second one lays nothing.
    terminal send-keys -l 'ＳＩＭ－ＡＫＡＮＥ'
    terminal send-keys -H 0d 0a
    sees 'sim-akaneをRW-A'
    terminal send-keys -l 'HS-007'
    terminal send-keys -H 0d 0d
    terminal send-keys -l 'ｎ　窓口を動かした '
    terminal send-keys -H 8a bf e3 81
    terminal send-keys Enter
    until_true grep -q '窓口を動かした' r/journal.yaml
    [ "$(records 'select(.note) | .text')" = '"窓口を動かした ���"' ]
    shown 'sim-akaneをRW-A'
    [ "$(records 'select(.placement and .session)' | wc -l)" -eq 0 ]
    sleep 0.2
    terminal send-keys Enter
    sees 'RW-A.*からsim-akane'
    says 'ｘ　端末違い'
    sees '無効.*端末違い'
    sees 'sim-akaneをRW-A'
    says 'Ｑ'
    until_true ended 6
    "$NFC_SURVEY" verify r
}

@test "resized to anything and back, stopped and gone on, it is drawn anew" {
    open 100x30 s.yaml --output r --lang en
    sees 'Take sim-akane'
    for size in 60x20 140x50 31x11 60x20; do
        terminal resize-window -x "${size%x*}" -y "${size#*x}"
        until_true fits "${size%x*}" "${size#*x}"
        sees 'sim-akane'
    done
    terminal resize-window -x 20 -y 5
    sees 'Make the window'
    terminal resize-window -x 80 -y 24
    sees 'Take sim-akane'
    says 'sim-akane'
    sees 'Lay sim-akane'
    terminal send-keys C-c
    until_true ended 6
    shown 'Lay sim-akane' && return 1 # the shell's own screen is back
    [ "$(records 'select(.stop) | .status')" = '"interrupted"' ]
}

@test "whatever ends it gives the terminal back" {
    local sign
    for sign in TERM:6 SEGV:139 QUIT:131; do
        rm -rf r
        open 60x20 s.yaml --output r --lang en
        sees 'Take sim-akane'
        kill -"${sign%:*}" "$(pgrep -P "$(terminal display -p '#{pane_pid}')")"
        until_true ended "${sign#*:}"
        says 'stty -a | grep -o " icanon.*"'
        sees 'icanon'
    done
}

@test "a terminal that goes away ends the run with a stop record, or leaves it to the page" {
    open 60x20 s.yaml --output r --lang en
    sees 'Take sim-akane'
    terminal kill-server
    until_true grep -q '"stop"' r/journal.yaml
    [ "$(records 'select(.stop) | .status')" = '"interrupted"' ]
    open 60x20 s.yaml --output r2 --lang en --station
    sees 'Take sim-akane'
    says '?'
    sees 'http://127.0.0.1:'
    terminal kill-server
    PYTHONPATH=$BATS_TEST_DIRNAME python3 - <<'PYTHON'
import re
from station import Run
run = Run.__new__(Run)
url = re.search(r"http://(\S+?):(\d+)/#([0-9a-f]{32})", open("err").read())
run.host, run.port, run.key = url[1], int(url[2]), url[3]
assert run.ask("POST", "/line/1", "n by the page")[0] == 204
assert run.ask("POST", "/line/1", "q")[0] == 204
PYTHON
    until_true grep -q '"stop"' r2/journal.yaml
    grep -q 'by the page' r2/journal.yaml
}

@test "no terminal, a dumb or a small one, or --plain: lines, and why" {
    TERMINAL=dumb open 80x24 s.yaml --output r --lang en
    until_true grep -q "this terminal can't place its cursor" err
    until_true grep -q '^> ' err
    open 59x20 s.yaml --output r1 --lang en
    until_true grep -q 'smaller than 60 x 20' err
    open 60x20 s.yaml --output r2 --lang en --plain
    until_true grep -q '^> ' err
    run ! grep -q 'instead of the screen' err
    fails_with 4 'no terminal to ask at' "$NFC_SURVEY" run s.yaml --output r3
}

@test "one bell at your turn, one more when it failed, and none with --no-sound" {
    cat >bell.py <<'PYTHON'
import fcntl, os, pty, select, struct, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.environ.update(TERM="xterm")
    os.execv(sys.argv[1], sys.argv[1:])
got, end = b"", time.monotonic() + 20
while time.monotonic() < end:
    if select.select([fd], [], [], 0.1)[0]:
        try:
            got += os.read(fd, 65536)
        except OSError:
            break
    if b"asset tag" in got and b"q\r" not in got:
        os.write(fd, b"q\r")
        os.waitpid(pid, 0)
        break
print(got.count(b"\x07"))
PYTHON
    [ "$(python3 bell.py "$NFC_SURVEY" run s.yaml --output r --operator root)" -eq 1 ]
    [ "$(python3 bell.py "$NFC_SURVEY" run s.yaml --output r2 --operator root --no-sound)" -eq 0 ]
}
