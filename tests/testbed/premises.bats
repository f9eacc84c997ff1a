#!/usr/bin/env bats
# What a run takes for granted of its host, over the real pcscd: clocks that are set, sleep, a program that is stopped, the
# reader that a unit is. Nothing here sets the machine's clock: a preload library shows others to the program.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need cc
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 TZ=Asia/Tokyo
    SURVEY=$BATS_TEST_TMPDIR/survey.yaml
    RUN=$BATS_TEST_TMPDIR/run
    RUN_PID=
    export CLOCK_WALL=$BATS_TEST_TMPDIR/wall CLOCK_SLEPT=$BATS_TEST_TMPDIR/slept
    echo 0 >"$CLOCK_WALL"
    echo 0 >"$CLOCK_SLEPT"
    [ -e "$BATS_FILE_TMPDIR/clocks.so" ] ||
        cc -shared -fPIC -o "$BATS_FILE_TMPDIR/clocks.so" "$ROOT/tests/testbed/clocks.c" -ldl
}

teardown() {
    if [ -n "$RUN_PID" ]; then
        kill -KILL "$RUN_PID" 2>/dev/null || true
        wait "$RUN_PID" 2>/dev/null || true
    fi
    testbed_stop
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        sed 's/^/# /' "$BATS_TEST_TMPDIR/said" 2>/dev/null || true
        cut -c1-300 "$RUN/journal.yaml" 2>/dev/null | grep -v '"start": 1' | sed 's/^/# /' || true
    fi
}

# write_survey GAP-HOURS READER...: units emulated-1 ..., one handset, one script.
write_survey() {
    local gap=$1 reader number=0
    shift
    {
        cat <<YAML
format: nfc-survey/survey
version: 1
id: premises
title: {en: Premises, ja: 前提}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: ${K:-2}, n_max: 4}
sessions: 2
min_gap_h: $gap
pause_ms: 0
hands: {testbed: testbed.sock}
defaults: {driver: pcsc}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-testbed-a]
readers:
YAML
        for reader; do
            echo "  - {unit: emulated-$((number += 1)), profile: $reader}"
        done
    } >"$SURVEY"
}

# run_with STATUS ARGUMENT...: the program under the other clocks; what it says is in `said`.
run_with() {
    local got=0 wanted=$1
    shift
    # A sanitized build is not the first library then: ASAN_OPTIONS allows it.
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$BATS_FILE_TMPDIR/clocks.so \
        "$NFC_SURVEY" run "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- || got=$?
    [ "$got" -eq "$wanted" ] || { echo "exit status $got, not $wanted"; return 1; }
}

said() {
    grep -qE -- "$1" "$BATS_TEST_TMPDIR/said"
}

# begin_with ARGUMENT...: the same in the background, once a transaction is in the journal; run_ends waits for it.
begin_with() {
    local tries=0
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$BATS_FILE_TMPDIR/clocks.so \
        "$NFC_SURVEY" run "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    RUN_PID=$!
    until grep -q '^- {"transaction"' "$RUN/journal.yaml" 2>/dev/null; do
        kill -0 "$RUN_PID" && [ $((tries += 1)) -lt 200 ] || return 1
        sleep 0.05
    done
}
# run_ends PATTERN: it is in the journal, then Ctrl-C.
run_ends() {
    local got=0 tries=0
    until grep -qE -- "$1" "$RUN/journal.yaml"; do
        kill -0 "$RUN_PID" && [ $((tries += 1)) -lt 400 ] || return 1
        sleep 0.05
    done
    kill -INT "$RUN_PID"
    wait "$RUN_PID" || got=$?
    RUN_PID=
    [ "$got" -eq 6 ] || { echo "exit status $got, not 6"; return 1; }
    "$NFC_SURVEY" verify "$RUN" >/dev/null
}

# The first placement is invalid by what befell the host, which is nobody's fault.
first_is_spoilt() {
    [ "$(records 'select(.placed) | [.result, .suspect]' | head -n 1)" = '["invalid",null]' ]
    [ "$(records 'select(.transaction and .outcome != "ok") | [.outcome, .causes[], .detail[]]' | sort -u)" = \
        "[\"invalid\",\"F31\",\"$1\"]" ]
}

# records JQ: of the journal.
records() {
    sed 's/^- //' "$RUN/journal.yaml" | jq -c "$1"
}

@test "the gap between sessions is the boot clock's within one boot: a clock at 1970 that is put right shortens it by nothing" {
    write_survey 12 acs-acr122u
    testbed_start acs-acr122u
    echo -1790000000 >"$CLOCK_WALL"
    run_with 6 "$SURVEY" --output "$RUN"
    said 'session 2 may begin at .*[0-9]:[0-9]{2} JST, in 12 h 00 min'
    echo 0 >"$CLOCK_WALL"
    run_with 6 --resume "$RUN"
    said 'the clock was set ahead by [0-9]+ h'
    said 'session 2 may begin at .* JST, in 1(2 h 00|1 h 59) min'
    "$NFC_SURVEY" status "$RUN" | grep -Eq 'session 2 may begin at .*[0-9]:[0-9]{2} JST, in 1(2 h 00|1 h 59) min'
    [ "$(records 'select(.host and .event == "clock-set") | .seconds > 1789990000')" = true ]
    [ "$(records 'select(.ordinal != null) | .session' | sort -u)" = 1 ]
}

@test "a clock a year ahead that is put right blocks nothing: the next session begins twelve hours later" {
    write_survey 12 acs-acr122u
    testbed_start acs-acr122u
    echo 31536000 >"$CLOCK_WALL"
    run_with 6 "$SURVEY" --output "$RUN"
    echo 0 >"$CLOCK_WALL"
    run_with 6 --resume "$RUN"
    said 'the clock was set back by 87(60|59) h'
    said 'in 1(2 h 00|1 h 59) min'
    # After a boot nothing vouches for the time between: refused, unless somebody does.
    cp -r "$RUN" "$RUN.other"
    sed -i -E '/"(start|resume)": /{s/"boot_id": "[^"]*"/"boot_id": "another"/}; /^- \{"(resume|host|stop)": 1[1-9]/d' \
        "$RUN.other/journal.yaml"
    python3 "$ROOT/tests/cli/reseal.py" "$RUN.other"
    run_with 4 --resume "$RUN.other"
    said 'the last record is of 20.* and the clock shows .*: set it right'
    said "--resume $RUN.other --clock-was-wrong REASON"
    run_with 0 --resume "$RUN.other" --clock-was-wrong 'a year ahead' --operator Sato
    [ "$(sed -n 's/^- //p' "$RUN.other/journal.yaml" | jq -c 'select(.clock_was_wrong) | [.operator, .clock_was_wrong]')" = '["Sato","a year ahead"]' ]
    # Thirteen hours later, the machine having slept through them.
    echo 46800 >"$CLOCK_SLEPT"
    run_with 0 --resume "$RUN"
    "$NFC_SURVEY" verify "$RUN" >/dev/null
    [ "$(records 'select(.ordinal != null) | .session' | sort -u | tr '\n' ' ')" = '1 2 ' ]
}

@test "a transaction during which the program was stopped is invalid, and the sweep goes on" {
    K=8 write_survey 0 acs-acr122u
    testbed_start acs-acr122u
    begin_with "$SURVEY" --output "$RUN"
    kill -STOP "$RUN_PID"
    sleep 1.3
    kill -CONT "$RUN_PID"
    run_ends '^- {"placed"'
    first_is_spoilt host_stopped
    [ "$(records 'select(.host and .event == "stopped") | .seconds > 1 and .reader == null')" = true ]
    said 'this program was stopped for 1 s'
}

@test "a transaction during which the machine slept is invalid" {
    K=8 write_survey 0 acs-acr122u
    testbed_start acs-acr122u
    begin_with "$SURVEY" --output "$RUN"
    testbed_send fault 0 slow:1500 1 # the next transaction is long enough to be slept in
    sleep 0.5
    echo 3600 >"$CLOCK_SLEPT"
    run_ends '^- {"placed"'
    first_is_spoilt host_slept
    [ "$(records 'select(.host) | [.event, (.seconds | round)]')" = '["slept",3600]' ]
    [ "$(records 'select(.transaction) | .host' | sort -u | tr '\n' ' ')" = '"slept" null ' ]
}

@test "a worker that is stopped is killed, and its placement is invalid" {
    K=8 write_survey 0 acs-acr122u
    testbed_start acs-acr122u
    begin_with "$SURVEY" --output "$RUN"
    kill -STOP "$(pgrep -P "$RUN_PID")"
    run_ends '"event": "back"'
    [ "$(records 'select(.placed) | [.result, .reason, .suspect]' | head -n 1)" = '["invalid",["worker_stopped"],null]' ]
    [ "$(records 'select(.health) | .event' | tr '\n' ' ')" = '"killed" "back" ' ]
}

@test "a unit is the reader that its run was begun with, until --replace says that it is another" {
    write_survey 12 acs-acr122u
    testbed_start acs-acr122u
    run_with 6 "$SURVEY" --output "$RUN"
    # As if the run had been begun with another.
    sed -i -E '1s/"serial": "SIM-0001"/"serial": "SIM-0009"/; /^- \{"stop"/d' "$RUN/journal.yaml"
    python3 "$ROOT/tests/cli/reseal.py" "$RUN"
    run_with 4 --resume "$RUN"
    said 'emulated-1: .*serial SIM-0009.* is not attached .*--replace says so'
    run_with 2 --resume "$RUN" --replace emulated-9
    run_with 6 --resume "$RUN" --replace emulated-1
    said 'emulated-1 is another reader from here on'
    [ "$(records 'select(.resume) | [.replaced, .readers[0].serial]')" = '["emulated-1","SIM-0001"]' ]
    # What stands under the readers is in the record of every execution.
    [ "$(records 'select(.start or .resume) | .libraries' | grep -cE 'libpcsclite [0-9.]+, pcscd [0-9.]+, libccid [0-9.]+')" = 2 ]
    run_with 6 --resume "$RUN"
}

@test "a second run on the same readers is refused by name, and the first one does not notice" {
    K=8 write_survey 0 acs-acr122u
    testbed_start acs-acr122u
    begin_with "$SURVEY" --output "$RUN"
    RUN=$RUN.second run_with 4 "$SURVEY" --output "$RUN.second"
    said 'emulated-1: another run of nfc-survey uses this reader'
    run_ends '^- {"placed"'
    [ "$(records 'select(.transaction) | .outcome' | sort -u)" = '"ok"' ]
}

@test "two units that are one reader are told to be told apart, whatever the driver" {
    write_survey 0 acs-acr122u acs-acr122u
    sed -i 's/driver: pcsc/driver: ccid/' "$SURVEY"
    TMPDIR=$BATS_TEST_TMPDIR run -3 "$TESTBED" ccid --profiles "$DATA" --reader acs-acr122u --reader acs-acr122u -- \
        "$NFC_SURVEY" run "$SURVEY" --output "$RUN"
    [[ "$output" == *'emulated-2: is the same reader as emulated-1 '*'give each unit its `address` or `serial`'* ]]
}

@test "a resume lifts first: a phone that a killed run left on the reader makes no placement dirty" {
    K=8 write_survey 0 acs-acr122u
    testbed_start acs-acr122u
    begin_with "$SURVEY" --output "$RUN"
    kill -KILL "$RUN_PID"
    wait "$RUN_PID" || true
    begin_with --resume "$RUN"
    run_ends '^- \{"placed": .*"clean"'
    [ "$(records 'select(.placed) | .result' | sort | uniq -c | tr -s ' \n' ' ')" = ' 1 "aborted" 1 "clean" ' ]
    # A phone that lies there although nothing was broken off is lifted as well.
    testbed_lay 0 sim-testbed-a
    begin_with --resume "$RUN"
    run_ends '^- \{"placed": (2[4-9]|[3-9][0-9]),'
    [ "$(records 'select(.placed) | .result' | tail -n 1)" = '"clean"' ]
    [ "$(records 'select(.transaction) | .outcome' | sort -u)" = '"ok"' ]
}
