#!/usr/bin/env bats
# A robot's hands, rehearsed: the command is run for each phone, the simulator lays.
load helper

# robot COMMAND-LINE [KEY: VALUE]: a small survey in a folder of its own.
robot() {
    mkdir -p lab
    small_survey lab/s.yaml
    sed -i "s|^hands: sim|hands: {command: \"${1//&/\\&}\"${2:+, $2}}|" lab/s.yaml
}

records() {
    sed 's/^- //' r/journal.yaml | jq -c "$1"
}

# run_begins: in a group of its own, as a terminal has it; then waits for the robot to be at work.
run_begins() {
    local tries=0
    setsid "$NFC_SURVEY" run lab/s.yaml --output r >out 2>err 3>&- &
    RUN_PID=$!
    until [ -s lab/begun ]; do
        [ $((tries += 1)) -lt 200 ] || return 1
        sleep 0.05
    done
}

run_ends() {
    local got=0
    wait "$RUN_PID" || got=$?
    RUN_PID=
    [ "$got" -eq "$1" ] || { echo "status $got, not $1"; cat err; return 1; }
    "$NFC_SURVEY" verify r >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    RUN_PID=
}

teardown() {
    [ -z "$RUN_PID" ] || kill -KILL "$RUN_PID" 2>/dev/null || true
}

@test "a robot is run in the survey's folder, from wherever the run is begun and gone on with" {
    robot './arm' 'limit_s: 60'
    printf '#!/bin/sh\necho "$NFC_SURVEY_ACTION $NFC_SURVEY_READER $NFC_SURVEY_PLACEMENT" >>told\n[ -e go ] || exit 1\n' >lab/arm
    chmod +x lab/arm
    run -4 "$NFC_SURVEY" run lab/s.yaml --output r
    [[ "$output" == *'hands: the hands command `./arm` failed (lay, status 1)'* ]]
    touch lab/go
    rm lab/told
    mkdir elsewhere
    (cd elsewhere && "$NFC_SURVEY" run --resume ../r) >out 2>err
    [ "$(records 'select(.start) | .directory')" = "\"$PWD/lab\"" ]
    # What the execution before may have left on the reader is taken away first.
    [ "$(sed -n '1,5s/sim-reader-. //p' lab/told | tr '\n' ,)" = 'lift 0,lay 1,lift 1,lay 2,lift 2,' ]
    [ "$(records 'select(.placed) | .result' | sort | uniq -c | sort -rn | head -n 1 | grep -c clean)" -eq 1 ]
    "$NFC_SURVEY" verify r >/dev/null
}

# A phone that is off, or dead, is seen by no reader: only the journal knows that it lies there.
@test "a phone that a robot laid for an execution that was killed is taken away before another is laid" {
    robot './arm'
    cat >lab/arm <<'SH'
#!/bin/sh
on=on-$NFC_SURVEY_READER
echo $NFC_SURVEY_ACTION >>told
if [ $NFC_SURVEY_ACTION = lay ]; then
    [ ! -e $on ] || echo "$NFC_SURVEY_HANDSET" >>stacked
    touch $on
    [ "$(wc -l <told)" -ne 1 ] || kill -KILL $PPID # laid, and before anybody hears of it
else
    [ "$(wc -l <told)" -ne 8 ] || kill -KILL $PPID # measured, and not taken away
    rm -f $on
fi
SH
    chmod +x lab/arm
    run ! "$NFC_SURVEY" run lab/s.yaml --output r
    [ "$(records 'select(.placement and .session)' | wc -l)" -eq 1 ]
    run ! "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.placed)' | wc -l)" -gt 1 ]
    run -0 "$NFC_SURVEY" run --resume r
    [ ! -e lab/stacked ]
    [ "$(records 'select(.placed) | .result' | grep -c aborted)" -eq 1 ]
    "$NFC_SURVEY" verify r >/dev/null
}

@test "Ctrl-C does not reach a robot: its phone is laid, taken away again, and not measured" {
    robot 'echo $NFC_SURVEY_ACTION >>begun; sleep 0.5; echo $NFC_SURVEY_ACTION >>done'
    run_begins
    kill -INT -- "-$RUN_PID"
    run_ends 6
    [ "$(tr '\n' ' ' <lab/done)" = 'lay lift ' ]
    [ "$(records 'select(.placed) | [.result, .reason[]]')" = '["aborted","stopped_by_operator"]' ]
    [ "$(records 'select(.transaction)')" = '' ]
}

@test "a robot that hangs is left by a second Ctrl-C, and nothing of it lives on" {
    robot 'sleep 1000 & echo $! >begun; wait'
    run_begins
    kill -INT "$RUN_PID"
    sleep 0.3
    kill -0 "$(cat lab/begun)"
    kill -INT "$RUN_PID"
    run_ends 6
    local tries=0
    while grep -qs ') [^Z]' "/proc/$(cat lab/begun)/stat"; do # a dead one may wait for its new parent
        [ $((tries += 1)) -lt 40 ] || return 1
        sleep 0.05
    done
}

@test "a robot that takes too long ends the run, which can be gone on with" {
    robot 'sleep 1000' 'limit_s: 1'
    run -4 "$NFC_SURVEY" run lab/s.yaml --output r
    [[ "$output" == *'took longer than 1 s (lay) and was stopped'*'go on with: nfc-survey run --resume r'* ]]
}


# answers KEY: `run --resume r` at a terminal, whose question is answered with the key.
answers() {
    python3 - "$1" "$NFC_SURVEY" run --resume r <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said, asked = b"", False
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        piece = b""
    if not piece:
        break
    said += piece
    if not asked and b"Run it?" in said:
        asked = True
        os.write(fd, sys.argv[1].encode() + b"\n")
print(said.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if asked else 99)
PYTHON
}

@test "the command in a journal that somebody else began is shown before it is run, and run by nobody who was not asked" {
    export XDG_STATE_HOME=$PWD/mine
    robot 'echo ran >>told; test -e ready'
    run -4 "$NFC_SURVEY" run lab/s.yaml --output r
    touch lab/ready
    cp -r r copy
    : >lab/told
    export XDG_STATE_HOME=$PWD/somebody-else
    fails_with 3 'not begun by this user on this host.*`echo ran >>told; test -e ready`.*--allow-command' "$NFC_SURVEY" run --resume r
    run -3 answers n
    [[ $output == *'`echo ran >>told; test -e ready`'* ]]
    [ ! -s lab/told ]
    cmp r/journal.yaml copy/journal.yaml
    run -0 answers y
    [ -s lab/told ]
    rm -r r && cp -r copy r
    run -0 "$NFC_SURVEY" run --resume r --allow-command
    rm -r r && mv copy r
    XDG_STATE_HOME=$PWD/mine run -0 "$NFC_SURVEY" run --resume r
}
