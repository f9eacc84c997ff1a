#!/usr/bin/env bats
# Hangs and crashes are contained: a short real sweep meets each of them, goes on to its end, loses nothing, and the question
# who hung is answered right. One line each for every driver that can have it; the last test checks that every line has its
# test. Drivers: what the worker runs; fail = the handset's side (F10, F11 at exchange), invalid = the instrument's (F31, F01).
#
# driver   what happens                                        recorded as             by the test
TABLE='
pcsc     | a card that never answers                         | fail F10 F11          | survey.bats: a mute reader left alone answers after libccid'\''s own wait, and the transaction is the handset'\''s failure
pcsc     | a card that answers long after the deadline       | fail F10 F11          | pcsc: a card that is silent past its deadline
pcsc     | a time extension without end                      | fail or invalid F31   | pcsc: a time extension without end
pcsc     | 61xx without end                                  | invalid, stopped      | pcsc: 61xx without end
pcsc     | a reader that answers nothing                     | invalid F31           | survey.bats: a mute reader is quarantined while the others go on, and pulling its plug makes the transaction invalid
pcsc     | the daemon is killed                              | invalid F01           | survey.bats: pcscd killed in mid-transaction and started again costs invalid placements, and everything is decided
pcsc     | the daemon stops                                  | invalid F31           | pcsc: a daemon that stops
pcsc     | the handset leaves in mid-transaction             | fail F03 F16          | survey.bats: a handset that leaves in mid-transaction fails there, and the other reader stays clean
pcsc     | the reader is unplugged in mid-transfer           | invalid F01           | survey.bats: a reader unplugged in mid-transaction and plugged in again costs one invalid placement
pcsc     | the worker is killed in an exchange               | invalid F31           | survey.bats: a worker killed with -9 costs at most its placement, an idle one nothing, and the sweep completes
pcsc     | the worker crashes in an exchange                 | invalid F31           | pcsc: a worker that crashes in an exchange
ccid     | a card that never answers                         | fail F10              | ccid: a card that never answers
ccid     | a time extension without end                      | fail F10 F11          | ccid: a time extension without end
ccid     | a reader that answers nothing                     | invalid F31           | ccid: a reader that answers nothing
ccid     | the reader is unplugged in mid-transfer           | invalid F01           | ccid: a reader unplugged in mid-transfer
ccid     | the worker crashes or is killed in an exchange    | invalid F31           | ccid: a worker that crashes in an exchange
nfc      | a card that never answers                         | fail F10              | nfc: a card that never answers
nfc      | a time extension without end                      | fail F10              | nfc: a time extension without end
nfc      | a chip that answers nothing                       | invalid F31           | nfc: a chip that answers nothing
nfc      | libnfc calls abort()                              | invalid F31           | nfc: a status byte that makes libnfc abort
nfc      | the stick is unplugged in mid-transfer            | invalid F01           | nfc: a stick unplugged in mid-transfer
nfc      | the worker crashes or is killed in an exchange    | invalid F31           | nfc: a worker that crashes in an exchange
port100  | a card that never answers                         | fail F10              | port100: a card that never answers
port100  | a time extension without end                      | fail F10              | port100: a time extension without end
port100  | a reader that answers nothing                     | invalid F01           | port100: a reader that answers nothing
port100  | the reader is unplugged in mid-transfer           | invalid F01           | port100: a reader unplugged in mid-transfer
port100  | the worker crashes or is killed in an exchange    | invalid F31           | port100: a worker that crashes in an exchange
'

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need jq
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    # A sanitized build is not the first library under the preload library: ASAN_OPTIONS allows it.
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 ASAN_OPTIONS=verify_asan_link_order=0
    SURVEY=$BATS_TEST_TMPDIR/survey.yaml
    RUN=$BATS_TEST_TMPDIR/run
    RUN_PID=
    STOPPED=
}

teardown() {
    [ -z "$STOPPED" ] || kill -CONT "$STOPPED" 2>/dev/null || true
    if [ -n "$RUN_PID" ]; then
        kill -KILL "$RUN_PID" 2>/dev/null || true
        wait "$RUN_PID" 2>/dev/null || true
    fi
    testbed_stop
    vpcd_stop
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        sed 's/^/# /' "$BATS_TEST_TMPDIR/said" 2>/dev/null || true
        cut -c1-400 "$RUN/journal.yaml" 2>/dev/null | grep -v '"start": 1' | sed 's/^/# /' || true
    fi
}

# serve DRIVER [HANDSET]: the driver's emulated reader and a survey of it, two handsets, one script. KIND is the testbed's.
serve() {
    local driver=$1 handset=${2:-sim-testbed-a} profile tries=0 address=
    case $driver in
    pcsc | ccid) KIND=$driver profile=acs-acr1252 ;;
    nfc) KIND=pn533 profile=scm-scl3711 ;;
    pn532) KIND=pn532 profile=nxp-pn532-uart driver=nfc ;;
    port100) KIND=port100 profile=sony-rc-s380-s ;;
    esac
    TMPDIR=$BATS_TEST_TMPDIR "$TESTBED" "$KIND" --profiles "$DATA" --reader "$profile" >"$BATS_TEST_TMPDIR/ready" \
        2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    TESTBED_PID=$!
    until grep -q '^ready ' "$BATS_TEST_TMPDIR/ready"; do
        kill -0 "$TESTBED_PID" 2>/dev/null && [ $((tries += 1)) -lt 400 ] || {
            cat "$BATS_TEST_TMPDIR/errors"
            return 1
        }
        sleep 0.05
    done
    for word in $(sed -n 's/^ready //p' "$BATS_TEST_TMPDIR/ready"); do
        export "${word?}"
    done
    [ "$KIND" = pcsc ] && unset UMOCKDEV_DIR || true
    [ "$KIND" != pn532 ] || address=", address: \"pn532_uart:$NFC_SURVEY_PN532_0\""
    cat >"$SURVEY" <<YAML
format: nfc-survey/survey
version: 1
id: contained
title: {en: What hangs or crashes, ja: 無応答と異常終了}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 6}
sessions: 2
min_gap_h: 0
pause_ms: 20
hands: {testbed: testbed.sock}
defaults: {driver: $driver, deadline_ms: ${DEADLINE_MS:-700}}
readers:
  - {unit: emulated-1, profile: $profile$address}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [$handset, sim-testbed-b]
YAML
}

# A program that opens emulated USB devices by itself lives in the emulated machine.
inside() {
    if [ -n "${UMOCKDEV_DIR:-}" ]; then
        exec umockdev-wrapper "$@"
    else
        exec "$@"
    fi
}

run_begins() {
    (inside "$NFC_SURVEY" run "$@") >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    RUN_PID=$!
}

run_ends() {
    local got=0
    wait "$RUN_PID" || got=$?
    RUN_PID=
    [ "$got" -eq "$1" ] || {
        echo "exit status $got, not $1"
        return 1
    }
}

# journal FILTER: jq over the records, one a line of output.
journal() {
    sed 's/^- //' "$RUN/journal.yaml" | jq -c "$1"
}

# wait_for FILTER SECONDS: until the running sweep has written a record that FILTER selects.
wait_for() {
    local tries=0
    until [ -n "$(journal "select($1)" 2>/dev/null)" ]; do
        kill -0 "$RUN_PID" 2>/dev/null && [ $((tries += 1)) -lt $(($2 * 10)) ] || {
            echo "not in the journal: $1"
            return 1
        }
        sleep 0.1
    done
}

# in_an_exchange: a placement is open, and its first exchange is under way (the reader is slow).
in_an_exchange() {
    local tries=0
    until [ "$(journal 'select(.handset and .placement)' 2>/dev/null | wc -l)" -gt "$(journal 'select(.placed)' 2>/dev/null | wc -l)" ]; do
        kill -0 "$RUN_PID" 2>/dev/null && [ $((tries += 1)) -lt 200 ] || return 1
        sleep 0.1
    done
    sleep 1
}

bad_ones() {
    journal 'select(.transaction) | select(.outcome != "ok") | [.outcome, .stage, (.causes // [] | join(" "))] | join(" ")' |
        tr -d '"'
}

# contained PATTERN [COUNT]: the sweep came to its end, every bad transaction is of this kind (so many, 1 unless given), the
# rest is ok, both cells are decided, the journal is whole, and there is nothing left for a resume to do.
contained() {
    local bad
    bad=$(bad_ones)
    grep -Evx "$1" <<<"$bad" && return 1
    [ "$(wc -l <<<"$bad")" -eq "${2:-1}" ]
    [ "$(journal 'select(.transaction and .outcome == "ok")' | wc -l)" -ge 12 ]
    [ "$(grep -c '^    verdict: "compatible"' "$RUN/summary.yaml")" -eq 2 ]
    "$NFC_SURVEY" verify "$RUN" >/dev/null
    # Every placement that was opened is closed, and every transaction belongs to one.
    [ "$(journal 'select(.handset and .placement)' | wc -l)" -eq "$(journal 'select(.placed)' | wc -l)" ]
    [ -z "$(comm -13 <(journal 'select(.handset) | .placement' | sort) <(journal 'select(.transaction) | .placement' | sort -u))" ]
}

# resumes: broken off in the middle and gone on with, the sweep still ends, and what was recorded stays.
resumes() {
    local before
    kill -INT "$RUN_PID"
    run_ends 6
    cp "$RUN/journal.yaml" "$BATS_TEST_TMPDIR/before"
    run_begins --resume "$RUN"
    run_ends 0
    cmp -n "$(stat -c %s "$BATS_TEST_TMPDIR/before")" "$BATS_TEST_TMPDIR/before" "$RUN/journal.yaml"
    [ "$(journal 'select(.resume)' | wc -l)" -eq 1 ]
}

# crashes DRIVER SIGNAL SIGNAL: the worker dies by two signals, each in an exchange, and the operator breaks off in between.
# (Three invalid placements running would leave the cell to the instrument.)
crashes() {
    local driver=$1 signal worker
    shift
    DEADLINE_MS=6000 serve "$driver"
    testbed_send fault 0 slow:2500
    run_begins "$SURVEY" --output "$RUN"
    for signal; do
        in_an_exchange
        worker=$(<"/proc/$RUN_PID/task/$RUN_PID/children")
        kill -"$signal" $worker
        wait_for ".event == \"lost\" and .detail == [\"worker_ended\", \"SIG$signal\"]" 15
        wait_for ".event == \"back\"" 20
    done
    testbed_send fault 0 none
    resumes
    contained 'invalid exchange F31' 2
    [ "$(journal 'select(.event == "lost")' | wc -l)" -eq 2 ]
}

# unplugged DRIVER: the plug is pulled in an exchange, and put in again.
unplugged() {
    DEADLINE_MS=5000 serve "$1"
    testbed_send fault 0 slow:3000 1
    run_begins "$SURVEY" --output "$RUN"
    in_an_exchange
    testbed_send unplug 0
    wait_for '.event == "lost"' 20
    sleep 1
    testbed_send plug 0
    run_ends 0
    contained 'invalid [a-z]+ F01'
    [ "$(journal 'select(.event == "back")' | wc -l)" -eq 1 ]
}

# falls_silent DRIVER PATTERN COUNT: in an exchange the reader itself stops answering. Where that costs the worker, it is
# plugged in anew, as a person would; where the driver says so by itself, the reader comes to itself.
falls_silent() {
    DEADLINE_MS=2000 serve "$1"
    testbed_send fault 0 slow:60000 1
    run_begins "$SURVEY" --output "$RUN"
    in_an_exchange
    testbed_send fault 0 silent
    wait_for '.outcome == "invalid" or .event == "quarantined"' 30
    if [ -n "$(journal 'select(.event == "quarantined")')" ]; then
        sleep 2
        [ -z "$(journal 'select(.event == "released")')" ]
        testbed_send unplug 0
        sleep 2
        testbed_send fault 0 none
        testbed_send plug 0
    fi
    testbed_send fault 0 none
    run_ends 0
    contained "$2" "$3"
}

# silent_card DRIVER PATTERN [EXTENDS]: the first handset never answers the application's SELECT, and with EXTENDS it asks for
# more time instead, for ever. Each of its transactions fails so, its cell is undecided or incompatible; the other is compatible.
silent_card() {
    local bad
    cat >"$DATA/profiles/handsets/sim-testbed-speechless.yaml" <<YAML
format: nfc-survey/handset
version: 1
id: sim-testbed-speechless
source: "made up for tests"
facts:
  maker: "Testbed"
  name: "Speechless A"
simulation:
  technology: A
  uid: "04112233445588"
  atqa: "4400"
  sak: "20"
  historical: "80318066"
  fsci: 8
  fwi: 8
  max_kbit_s: 106
  margin_db: 40
  placement_sd_db: 0
  session_sd_db: 0
  targets:
    - target: uicc
      power_modes: [on-unlocked, on-locked, screen-off, battery-low, "off"]
      applets: [jpki]
      select_us: 2000
      command_us: 1000
      per_byte_ns: 0
      spread: 0${3:+
      wtx_after_us: 20000}
  faults:
    - {cause: F10, rate: 1, per: transaction}
YAML
    serve "$1" sim-testbed-speechless
    run_begins "$SURVEY" --output "$RUN"
    run_ends 0
    bad=$(bad_ones)
    [ "$(wc -l <<<"$bad")" -ge 4 ]
    ! grep -Evx "$2" <<<"$bad"
    [ "$(grep -c '^    verdict: "compatible"' "$RUN/summary.yaml")" -eq 1 ]
    "$NFC_SURVEY" verify "$RUN" >/dev/null
    [ "$(journal 'select(.stop and .status == "done")' | wc -l)" -eq 1 ]
}

# ---- pcsc ----

# The handset's silence ends after 4 s: pcscd lets go of the reader, which answers when it is asked.
@test "pcsc: a card that is silent past its deadline" {
    serve pcsc
    testbed_send fault 0 slow:4000 1
    run_begins "$SURVEY" --output "$RUN"
    wait_for '.event == "quarantined"' 20
    run_ends 0
    contained 'fail exchange F10 F11'
    [ "$(journal 'select(.event == "released")' | wc -l)" -eq 1 ]
}

@test "pcsc: a time extension without end" {
    serve pcsc
    testbed_send fault 0 extend 1
    run_begins "$SURVEY" --output "$RUN"
    wait_for '.event == "quarantined"' 20
    testbed_send unplug 0
    sleep 3
    testbed_send plug 0
    run_ends 0
    contained 'invalid exchange F31'
}

# A card that the virtual handset cannot be: on vsmartcard's virtual reader, under a pcscd of its own. The program behind it
# is the testbed to the hands: it brings the card at `lay` and takes it away at `lift`.
@test "pcsc: 61xx without end" {
    vpcd_start endless
    cat >"$BATS_TEST_TMPDIR/endless.yaml" <<'YAML'
format: nfc-survey/script
version: 1
id: endless
title: {en: Fetching what is never all there, ja: 終わらない応答の取得}
source: "made up for tests"
time_limit_ms: 20000
deadline_ms: 5000
steps:
  - name: select
    send: "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"
    expect: "61XX"
  - name: fetch the rest
    repeat: 1000
    send: "00 C0 00 00 10"
    expect: "61XX"
YAML
    cat >"$SURVEY" <<YAML
format: nfc-survey/survey
version: 1
id: without-end
title: 61xx without end
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 3}
sessions: 1
hands: {testbed: hands.sock}
defaults: {driver: pcsc}
readers: [{unit: virtual-1, profile: sim-testbed-vpcd}]
sims: [{id: virtual-sim, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]
conditions: [on-unlocked]
scripts: [endless]
handsets: [sim-testbed-a]
YAML
    run_begins "$SURVEY" --output "$RUN"
    run_ends 5
    [ "$(journal 'select(.transaction)' | wc -l)" -ge 4 ]
    # Each one is stopped after the 64th GET RESPONSE, by the guard: no fault of the phone, and no exchange is lost.
    [ -z "$(journal 'select(.transaction) | select(.outcome != "invalid" or (.exchanges | length) != 65)')" ]
    [[ "$(journal 'select(.transaction) | .detail' | head -1)" == *'64 GET RESPONSE'* ]]
    "$NFC_SURVEY" verify "$RUN" >/dev/null
    [ "$(journal 'select(.stop and .status == "done")' | wc -l)" -eq 1 ]
}

@test "pcsc: a daemon that stops" {
    local pids
    DEADLINE_MS=3000 serve pcsc
    testbed_send fault 0 slow:1500 1
    run_begins "$SURVEY" --output "$RUN"
    in_an_exchange
    pids=$(testbed_send pid)
    STOPPED=${pids##* }
    kill -STOP "$STOPPED"
    wait_for '.event == "killed" or .event == "quarantined" or .event == "lost"' 30
    sleep 2
    kill -0 "$RUN_PID"
    kill -CONT "$STOPPED"
    STOPPED=
    run_ends 0
    contained '(fail exchange F10 F11|invalid exchange F31)'
}

@test "pcsc: a worker that crashes in an exchange" {
    crashes pcsc SEGV ABRT
}

# ---- ccid ----

@test "ccid: a card that never answers" {
    silent_card ccid 'fail exchange .*F10.*'
}

@test "ccid: a time extension without end" {
    serve ccid
    testbed_send fault 0 extend 1
    run_begins "$SURVEY" --output "$RUN"
    run_ends 0
    contained 'fail exchange F10 F11'
}

@test "ccid: a reader that answers nothing" {
    falls_silent ccid 'invalid exchange F31' 1
}

@test "ccid: a reader unplugged in mid-transfer" {
    unplugged ccid
}

@test "ccid: a worker that crashes in an exchange" {
    crashes ccid SEGV KILL
}

# ---- nfc ----

@test "nfc: a card that never answers" {
    silent_card nfc 'fail exchange .*F10.*'
}

@test "nfc: a chip that answers nothing" {
    falls_silent nfc 'invalid exchange F31' 1
}

@test "nfc: a status byte that makes libnfc abort" {
    serve pn532
    testbed_send fault 0 nad 1
    run_begins "$SURVEY" --output "$RUN"
    run_ends 0
    contained 'invalid exchange F31'
    [ "$(journal 'select(.event == "lost") | select(.detail == ["worker_ended", "SIGABRT"])' | wc -l)" -eq 1 ]
    [ "$(journal 'select(.event == "back")' | wc -l)" -eq 1 ]
}

@test "nfc: a stick unplugged in mid-transfer" {
    unplugged nfc
}

@test "nfc: a worker that crashes in an exchange" {
    crashes nfc ABRT KILL
}

@test "nfc: a time extension without end" {
    silent_card nfc 'fail exchange .*F10.*' extends
}

# ---- port100 ----

@test "port100: a card that never answers" {
    silent_card port100 'fail exchange .*F10.*'
}

@test "port100: a time extension without end" {
    silent_card port100 'fail exchange .*F10.*' extends
}

@test "port100: a reader that answers nothing" {
    falls_silent port100 'invalid (setup F01|exchange F31)' 2
}

@test "port100: a reader unplugged in mid-transfer" {
    unplugged port100
}

@test "port100: a worker that crashes in an exchange" {
    crashes port100 SEGV KILL
}

# ---- the table ----

@test "every line of the table has its test" {
    local driver what how test file lines=0
    while IFS='|' read -r driver what how test; do
        [ -n "$driver" ] || continue
        test=${test# }
        file=containment.bats
        case $test in *.bats:*) file=${test%%:*} test=${test#*: } ;; esac
        grep -qxF "@test \"$test\" {" "$BATS_TEST_DIRNAME/$file" || {
            echo "no such test in $file: $test"
            return 1
        }
        lines=$((lines + 1))
    done <<<"$TABLE"
    [ "$lines" -ge 20 ]
    # ... and every test of this file its line.
    grep -oP '^@test "\K(pcsc|ccid|nfc|port100): [^"]*' "$BATS_TEST_DIRNAME/containment.bats" | while read -r test; do
        grep -qF "| $test" <<<"$TABLE" || {
            echo "not in the table: $test"
            return 1
        }
    done
}
