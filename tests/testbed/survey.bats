#!/usr/bin/env bats
# Whole sweeps of `nfc-survey run` over the real pcscd and libccid with emulated readers: what goes wrong with one reader is
# recorded as what it is, and costs the others nothing.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1
    SURVEY=$BATS_TEST_TMPDIR/survey.yaml
    RUN=$BATS_TEST_TMPDIR/run
    RUN_PID=
}

teardown() {
    if [ -n "$RUN_PID" ]; then
        kill -KILL "$RUN_PID" 2>/dev/null || true
        wait "$RUN_PID" 2>/dev/null || true
    fi
    testbed_stop
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        sed 's/^/# /' "$BATS_TEST_TMPDIR/said" 2>/dev/null || true
        cut -c1-400 "$RUN/journal.yaml" 2>/dev/null | grep -v '"start": 1' | sed 's/^/# /' || true
    fi
}

# write_survey LANES DEADLINE-MS READER...: units emulated-1, emulated-2 ..., two handsets, one condition, one script.
write_survey() {
    local lanes=$1 deadline_ms=$2 reader number=0
    shift 2
    {
        cat <<YAML
format: nfc-survey/survey
version: 1
id: over-usb
title: {en: A small sweep over emulated USB readers, ja: 小さな模擬調査}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 6}
sessions: 2
min_gap_h: 0
lanes: $lanes
pause_ms: 20
hands: {testbed: testbed.sock}
defaults: {driver: pcsc, deadline_ms: $deadline_ms}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-testbed-a, sim-testbed-b]
readers:
YAML
        for reader; do
            echo "  - {unit: emulated-$((number += 1)), profile: $reader}"
        done
    } >"$SURVEY"
}

# The sweep in the background; its answer is waited for by run_ends.
run_begins() {
    "$NFC_SURVEY" run "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    RUN_PID=$!
}

# run_ends STATUS: the sweep ends with this exit status, and its journal is whole.
run_ends() {
    local got=0
    wait "$RUN_PID" || got=$?
    RUN_PID=
    [ "$got" -eq "$1" ] || {
        echo "exit status $got, not $1"
        return 1
    }
    "$NFC_SURVEY" verify "$RUN" >/dev/null
}

records() {
    grep -cE -- "$1" "$RUN/journal.yaml" || true
}

# journal_has PATTERN SECONDS [COUNT]: waits until the running sweep has written it.
journal_has() {
    local tries=0
    until [ "$(records "$1" 2>/dev/null)" -ge "${3:-1}" ] 2>/dev/null; do
        [ -z "$RUN_PID" ] || kill -0 "$RUN_PID" 2>/dev/null && [ $((tries += 1)) -lt $(($2 * 10)) ] || {
            echo "not in the journal: $1"
            return 1
        }
        sleep 0.1
    done
}

# Pulls the plug and waits until pcscd has let go of reader 0: it takes up to 1 s where a transmit is under way, and what is
# plugged in sooner it calls a duplicate and ignores.
pull_plug() {
    local listed tries=0
    testbed_send unplug 0
    until listed=$("$NFC_SURVEY" readers | grep -o 'SIM-000[12]' | sort -u) && [ "$listed" = SIM-0002 ]; do
        [ $((tries += 1)) -lt 100 ] || return 1
        sleep 0.1
    done
}

# cells VERDICT: how many cells of the summary have it.
cells() {
    grep -c "^    verdict: \"$1\"" "$RUN/summary.yaml" || true
}

# The `placement` records' lines of a unit, as an alternation for grep.
placements_of() {
    sed -nE "s/^- \{\"placement\": ([0-9]+),.*\"reader\": \"$1\".*/\1/p" "$RUN/journal.yaml" | paste -sd'|'
}

# Transactions of a unit that are not ok.
bad_of() {
    grep -E "\"transaction\": [0-9]+, \"placement\": ($(placements_of "$1"))," "$RUN/journal.yaml" | grep -v '"outcome": "ok"' || true
}

@test "all six readers are swept through two sessions, every cell is compatible, and no model is named" {
    write_survey 2 5000 $SIX
    testbed_start $SIX
    run_begins "$SURVEY" --output "$RUN"
    run_ends 0
    [ "$(cells compatible)" -eq 12 ]
    [ "$(records '"outcome": "ok"')" -eq "$(records '^- \{"transaction"')" ]
    grep -q '^simulated: true' "$RUN/summary.yaml"
    [ "$(records '"session": 2, "ordinal"')" -gt 0 ]
    "$NFC_SURVEY" report "$RUN" >/dev/null
    for file in summary.yaml report.html; do
        grep -q 'emulated: ' "$RUN/$file"
        run ! grep -iE 'RC-S300|ACR1252|ACR122|uTrust|OMNIKEY|TC63CUT021|sony|identiv|toppan' "$RUN/$file"
    done
}

@test "a handset that leaves in mid-transaction fails there, and the other reader stays clean" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 remove-at:2 1
    run_begins "$SURVEY" --output "$RUN"
    run_ends 0
    run bad_of emulated-1
    [[ "${lines[0]}" == *'"outcome": "fail", "stage": "exchange"'*'"F03"'*'"F16"'* ]]
    [[ "${lines[0]}" == *SCARD_W_REMOVED_CARD* || "${lines[0]}" == *SCARD_E_NO_SMARTCARD* ]]
    # The placement's second transaction finds nothing; every later placement is clean again.
    [ "${#lines[@]}" -eq 2 ]
    [[ "${lines[1]}" == *'"outcome": "fail"'*SCARD_E_NO_SMARTCARD* ]]
    [ "$(records '"placed".*"result": "dirty"')" -eq 1 ]
    [ -z "$(bad_of emulated-2)" ]
    [ "$(cells compatible)" -ge 3 ]
    [ "$(records '"health"')" -eq 0 ]
}

@test "a session ends before the gap is over, and a resume inside it is the same session" {
    write_survey 1 5000 acs-acr1252
    sed -i 's/^min_gap_h: 0/min_gap_h: 12/' "$SURVEY"
    testbed_start acs-acr1252
    run_begins "$SURVEY" --output "$RUN"
    run_ends 6
    grep -q 'session 1 is done; session 2 may begin at .*reboot the phones' "$BATS_TEST_TMPDIR/said"
    local made
    made=$(records '^- \{"placement"')
    [ "$made" -ge 4 ]
    run_begins --resume "$RUN" # at once: nothing of session 2 is made, and session 1 has nothing left
    run_ends 6
    [ "$(records '^- \{"placement"')" -eq "$made" ]
    [ "$(records '"session": 2, "ordinal"')" -eq 0 ]
    [ "$("$NFC_SURVEY" status "$RUN" | sed -n 's/^session  *//p')" = '1 of 2' ]
    # Thirteen hours earlier it would have been: the wall times of the executions are moved, and now session 2 begins.
    python3 - "$RUN/journal.yaml" <<'PY'
import datetime, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
def earlier(match):
    when = datetime.datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%SZ") - datetime.timedelta(hours=13)
    return '"wall": "%s"' % when.strftime("%Y-%m-%dT%H:%M:%SZ")
text = re.sub(r'"wall": "([^"]*)"', earlier, text)
text = re.sub(r', "boot_us": [0-9]+', "", text)  # the clock of this boot would tell
open(sys.argv[1], "w", encoding="utf-8").write(text)
PY
    python3 "$ROOT/tests/cli/reseal.py" "$RUN"
    "$NFC_SURVEY" run --resume "$RUN" >"$BATS_TEST_TMPDIR/said" 2>&1
    [ "$(records '"session": 2, "ordinal"')" -ge 2 ]
    [ "$(records '^- \{"stop".*"status": "done"')" -eq 1 ]
}

# Garbled answers are dirty placements of every phone, until the reference card is laid as well.
@test "a reader that garbles every answer makes no phone dirty where a reference card is laid, and comes back" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    sed -i 's/^sessions: .*/sessions: 1/; s/^handsets: .*/handsets: [sim-testbed-b]/; s/n_max: 6/n_max: 4/' "$SURVEY" # one may be clean yet
    echo 'reference: {handset: sim-testbed-a, unit: CARD-1}' >>"$SURVEY"
    testbed_start acs-acr1252 acs-acr122u
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"reference": [0-9]+,.*"reader": "emulated-1", "why": "begin", "ok": true' 10
    testbed_send fault 0 parity
    journal_has '"reader": "emulated-1", "event": "set-aside", "detail": \["reference_fails"\]' 20
    testbed_send fault 0 none
    run_ends 5
    [ "$(records '"reader": "emulated-1", "event": "back"')" -eq 1 ]
    [ "$(records '^- \{"placed".*"result": "dirty"')" -ge 3 ]
    grep -q '"why": "failures", "ok": false, "since": [0-9]*, "placements": [3-9]' "$RUN/journal.yaml"
    [ "$(cells incompatible)" -eq 0 ]
    [ "$(sed -n 's/^    d: //p' "$RUN/summary.yaml" | sort -u)" = 0 ]
    [ "$(sed -n 's/^    n: //p' "$RUN/summary.yaml" | sort -n | head -n 1)" -ge 2 ]
    # What no card answers is timed as the sweep begins, through the daemon and the cable.
    [ "$(records '^- \{"calibration".*"what": "SCardGetAttrib\(SCARD_ATTR_ICC_PRESENCE\)", "n": 50, "median_us": [1-9]')" -eq 2 ]
    "$NFC_SURVEY" report "$RUN" >/dev/null
    grep -q 'SCARD_ATTR_ICC_PRESENCE' "$RUN/report.html"
}

# A mute reader: an exchange is never answered, libccid waits for 800 s over the reader's clock in MHz (200 s for an ACR1252:
# tests/unit/station/test_quarantine.c), and the worker is killed after four waiting times of the handset.
# begin_mute LANES
begin_mute() {
    write_survey "$1" 700 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 mute 1
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"reader": "emulated-1", "event": "quarantined"' 20
    # The sweep goes on elsewhere: the other reader's present session is finished meanwhile.
    journal_has '"placed".*"clean"' 20 3
    [ "$(records '"event": "released"')" -eq 0 ]
}

@test "a mute reader is quarantined while the others go on, and pulling its plug makes the transaction invalid" {
    begin_mute 2
    pull_plug
    sleep 2
    testbed_send plug 0
    run_ends 0
    run bad_of emulated-1
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *'"outcome": "invalid"'*'"F31"'* ]]
    [ "$(records '"reader": "emulated-1", "event": "released"')" -eq 1 ]
    [ -z "$(bad_of emulated-2)" ]
    [ "$(cells compatible)" -eq 4 ]
}

@test "a sweep stopped while a reader hangs goes on without it, until pcscd has let go of the reader" {
    begin_mute 1
    kill -INT "$RUN_PID"
    run_ends 6
    run bad_of emulated-1
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *'"outcome": "invalid"'*'"F31"'* ]]
    run_begins --resume "$RUN"
    journal_has '"reader": "emulated-1", "event": "set-aside"' 20
    grep -q SCARD_E_SHARING_VIOLATION "$BATS_TEST_TMPDIR/said"
    pull_plug
    sleep 2
    testbed_send plug 0
    run_ends 0
    [ "$(records '"reader": "emulated-1", "event": "back"')" -eq 1 ]
    [ "$(records '"stop".*"status": "done"')" -eq 1 ]
    [ "$(bad_of emulated-1 | wc -l)" -eq 1 ]
    [ "$(cells compatible)" -eq 4 ]
}

# libccid's wait runs its full course, of half a minute for a reader with this clock.
@test "a mute reader left alone answers after libccid's own wait, and the transaction is the handset's failure" {
    local profile=$DATA/profiles/readers/acs-acr1252.yaml
    rm "$profile"
    sed 's/clock_khz: 4000/clock_khz: 32000/' "$ROOT/profiles/readers/acs-acr1252.yaml" >"$profile"
    begin_mute 1
    journal_has '"reader": "emulated-1", "event": "released"' 60
    run_ends 0
    run bad_of emulated-1
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *'"outcome": "fail", "stage": "exchange"'*'"F10", "F11"'* ]]
    [ "$(records '"event": "quarantined"')" -eq 1 ]
    [ -z "$(bad_of emulated-2)" ]
    [ "$(cells undecided)" -eq 0 ]
}

@test "a reader unplugged in mid-transaction and plugged in again costs one invalid placement" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 slow:3000 1
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"placement".*"reader": "emulated-1"' 20
    sleep 0.6
    pull_plug
    journal_has '"reader": "emulated-1", "event": "lost"' 20
    testbed_send plug 0
    run_ends 0
    run bad_of emulated-1
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *'"outcome": "invalid"'*'"F01"'* ]]
    [ "$(records '"reader": "emulated-1", "event": "back"')" -eq 1 ]
    [ -z "$(bad_of emulated-2)" ]
    [ "$(cells compatible)" -eq 4 ]
}

@test "a reader that is away while others are swept is swept when it is back" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 slow:3000 1
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"placement".*"reader": "emulated-1"' 20
    sleep 0.6
    pull_plug
    journal_has '"placed".*"clean"' 30 3
    sleep 4
    kill -0 "$RUN_PID"
    [ "$(records '"event": "back"')" -eq 0 ]
    testbed_send plug 0
    run_ends 0
    [ "$(cells compatible)" -eq 4 ]
}

@test "pcscd killed in mid-transaction and started again costs invalid placements, and everything is decided" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 slow:3000 1
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"placement".*"reader": "emulated-1"' 20
    sleep 0.6
    testbed_send pcscd kill
    journal_has '"reader": "emulated-1", "event": "lost"' 20
    sleep 1
    testbed_send pcscd start
    run_ends 0
    run bad_of 'emulated-[12]'
    [ "${#lines[@]}" -ge 1 ]
    for line in "${lines[@]}"; do
        [[ "$line" == *'"outcome": "invalid"'*'"F01"'* ]]
    done
    [ "$(records '"reader": "emulated-1", "event": "back"')" -eq 1 ]
    [ "$(cells compatible)" -eq 4 ]
}

@test "Ctrl-C ends the sweep after the present transaction, and --resume completes it" {
    write_survey 2 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    run_begins "$SURVEY" --output "$RUN"
    journal_has '^- \{"transaction"' 20
    kill -INT "$RUN_PID"
    run_ends 6
    [ "$(records '"stop"')" -eq 1 ]
    [ "$(records '"outcome": "ok"')" -eq "$(records '^- \{"transaction"')" ]
    before=$(records '"result": "clean"')
    run_begins --resume "$RUN"
    run_ends 0
    [ "$(records '"resume"')" -eq 1 ]
    [ "$(records '"result": "clean"')" -gt "$before" ]
    [ "$(records '"outcome": "ok"')" -eq "$(records '^- \{"transaction"')" ]
    [ "$(cells compatible)" -eq 4 ]
}

@test "a worker killed with -9 costs at most its placement, an idle one nothing, and the sweep completes" {
    write_survey 1 5000 acs-acr1252 acs-acr122u
    testbed_start acs-acr1252 acs-acr122u
    testbed_send fault 0 slow:3000 1
    run_begins "$SURVEY" --output "$RUN"
    journal_has '"placement".*"reader": "emulated-1"' 20
    sleep 0.6
    workers=($(<"/proc/$RUN_PID/task/$RUN_PID/children"))
    [ "${#workers[@]}" -eq 2 ]
    kill -KILL "${workers[1]}"
    journal_has '"reader": "emulated-2", "event": "back"' 20
    kill -KILL "${workers[0]}"
    run_ends 0
    [ "$(records '"event": "lost", "detail": \["worker_ended", "SIGKILL"\]')" -eq 2 ]
    [ "$(records '"event": "back"')" -eq 2 ]
    run bad_of emulated-1
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *'"outcome": "invalid"'*'"F31"'*SIGKILL* ]]
    [ -z "$(bad_of emulated-2)" ]
    [ "$(cells compatible)" -eq 4 ]
}
