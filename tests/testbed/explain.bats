#!/usr/bin/env bats
# `nfc-survey explain` over one emulated CCID reader: a cell fails under the real pcscd and libccid, pcscd lets go, and the
# reader itself is asked over the real libusb.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    # A sanitized build is not the first library under the preload library: ASAN_OPTIONS allows it.
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 ASAN_OPTIONS=verify_asan_link_order=0
    RUN=$BATS_TEST_TMPDIR/run
}

teardown() {
    testbed_stop
}

# write_survey DRIVER PROFILE
write_survey() {
    cat >"$BATS_TEST_TMPDIR/survey.yaml" <<YAML
format: nfc-survey/survey
version: 1
id: to-be-explained
title: {en: One emulated USB reader, ja: 模擬ICカードRW1台}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 4}
sessions: 2
min_gap_h: 0
lanes: 1
pause_ms: 0
hands: {testbed: testbed.sock}
defaults: {driver: $1, deadline_ms: 3000}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-testbed-b]
readers:
  - {unit: emulated-1, profile: $2}
YAML
}

# swept FAULT COUNT [PROFILE]: a finished run over PC/SC in which the reader had this fault so many times.
swept() {
    write_survey pcsc "${3:-acs-acr1252}"
    testbed_start acs-acr1252
    testbed_send fault 0 "$1" "$2"
    "$NFC_SURVEY" run "$BATS_TEST_TMPDIR/survey.yaml" --output "$RUN" >/dev/null 2>&1
    testbed_send fault 0 none
    sha256sum "$RUN"/* >"$BATS_TEST_TMPDIR/before"
}

# In the emulated machine, where libusb sees the devices.
explain() {
    run --separate-stderr umockdev-wrapper timeout 60 "$NFC_SURVEY" explain "$@"
    printf '%s\n' "$output" "$stderr" | sed 's/^/# /'
}

untouched() {
    sha256sum --status -c "$BATS_TEST_TMPDIR/before"
    "$NFC_SURVEY" verify "$RUN" >/dev/null
}

@test "a parity error that PC/SC calls NOT_TRANSACTED is shown as what it was, beside the record" {
    swept parity 1
    explain "$RUN"
    [ "$status" -eq 0 ]
    [[ "$output" == *'SIMULATED'*'cell 0: emulated-1'*'1 of '*' transactions not ok (fail 1, invalid 0)'* ]]
    testbed_send pcscd kill
    testbed_send fault 0 parity 2
    explain "$RUN" 0
    [ "$status" -eq 0 ]
    [[ "$output" == *'SIMULATED: this run'*'SIMULATED: the reader asked now is emulated (serial SIM-0001)'* ]]
    [[ "$output" == *'pcsc, recorded in the run'*'ccid, repeated now'* ]]
    grep -Eq '1 of [0-9]+ not ok +2 of 3 not ok' <<<"$output"
    grep -Eq 'SCARD_E_NOT_TRANSACTED +bStatus failed, bmICCStatus ICC_ACTIVE, bError XFR_PARITY_ERROR \(FD\)' <<<"$output"
    grep -Eq 'F07, F09, F10, F12 +F09$' <<<"$output"
    [[ "$output" == *'narrows the causes to F09'* ]]
    [[ "$output" == *'Nothing of this was written to the run'* ]]
    untouched
}

@test "a broken answer of the reader itself is a cause that PC/SC did not show" {
    swept truncate 1
    testbed_send pcscd kill
    testbed_send fault 0 truncate 1
    explain "$RUN" 0 --times 1
    [ "$status" -eq 0 ]
    [[ "$output" == *'TRUNCATED at '*'narrows the causes to F12'*'candidates that PC/SC did not show: F01'* ]]
}

@test "a failure that does not come again leaves the causes as they were recorded" {
    swept parity 1
    testbed_send pcscd kill
    explain "$RUN" 0 --times 2
    [ "$status" -eq 0 ]
    [[ "$output" == *'0 of 2 not ok'*'did not fail in 2 repetitions'* ]]
}

@test "another failure than the recorded one is said to contradict the record" {
    swept parity 1
    testbed_send pcscd kill
    testbed_send fault 0 remove-at:1
    explain "$RUN" 0 --times 1
    [ "$status" -eq 0 ]
    [[ "$output" == *'ICC_ABSENT'*'contradicts the record'*'did not show: F03, F16'* ]]
}

@test "a reader that pcscd holds, one that is away and one that is not named are said, and nothing is tried" {
    swept parity 1
    explain "$RUN" 0
    [ "$status" -eq 4 ]
    [[ "$stderr" == *'holds the reader'*'systemctl stop pcscd.socket pcscd'*'pcscd kill'* ]]
    [[ "$output" == *'SCARD_E_NOT_TRANSACTED'* && "$output" != *'repeated now'* ]]
    testbed_send pcscd kill
    explain "$RUN" 0 --ccid-reader OMNIKEY
    [ "$status" -eq 4 ]
    [[ "$stderr" == *'OMNIKEY: no such reader is attached for the ccid driver'* ]]
    testbed_send unplug 0
    explain "$RUN" 0
    [ "$status" -eq 4 ]
    [[ "$stderr" == *'emulated-1'*'acs-acr1252'*'SIM-0001'*'is not attached'* ]]
    untouched
}

@test "a person who is to lay the phone is asked only at a terminal, and a phone that is not there is seen" {
    swept parity 1
    testbed_send pcscd kill
    explain "$RUN" 0 --hands person
    [ "$status" -eq 4 ]
    [[ "$stderr" == *'no terminal to ask at'*'--hands none'* ]]
    explain "$RUN" 0 --hands none --wait 1
    [ "$status" -eq 0 ]
    [[ "$output" == *'detect'*'nothing was seen in the field'* ]]
    # Laid already, it is used as it lies.
    testbed_send lay 0 sim-testbed-b "$(printf 'NFC-SURVEY VIRTUAL TOKEN' | od -An -tx1 -w64 | tr -d ' ')" on-unlocked 0 0 0 7 1 0
    explain "$RUN" 0 --hands none --times 1
    [ "$status" -eq 0 ]
    [[ "$output" == *'0 of 1 not ok'* ]]
}

@test "at a terminal the person is told what to lay where, and can stop" {
    command -v script >/dev/null || skip "script is not installed"
    swept parity 1
    testbed_send pcscd kill
    run bash -c "printf 'q\n' | script -qec 'umockdev-wrapper $NFC_SURVEY explain $RUN 0 --hands person' /dev/null"
    [ "$status" -eq 6 ]
    [[ "$output" == *'Lay '*'sim-testbed-b'*'on emulated-1 in on-unlocked, position centre'*'the run is as it was'* ]]
}

@test "the same repetition by hand: apdu runs the script over CCID and names the reader's code" {
    swept parity 1
    testbed_send pcscd kill
    testbed_send lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0
    testbed_send fault 0 parity 1
    run --separate-stderr umockdev-wrapper "$NFC_SURVEY" apdu --driver ccid --script token
    [ "$status" -eq 4 ]
    [[ "$output" == *'ended at exchange; candidate causes F09'*'seen from ccid'* ]]
    [[ "$stderr" == *'XFR_PARITY_ERROR(FD)'* ]]
    run umockdev-wrapper "$NFC_SURVEY" apdu --driver ccid --script token
    [ "$status" -eq 0 ]
}

@test "a reader whose profile knows no CCID interface is not asked" {
    sed -e 's/^id: .*/id: no-ccid/' -e '/^ccid:/,/^[a-z]/{/^ccid:/d;/^  /d}' "$ROOT/profiles/readers/acs-acr1252.yaml" \
        >"$BATS_TEST_TMPDIR/no-ccid.yaml"
    swept parity 1 no-ccid
    testbed_send pcscd kill
    explain "$RUN" 0
    [ "$status" -eq 0 ] # the record answers
    [[ "$output" == *'profile no-ccid has no CCID interface'* ]]
    [[ "$output" == *'SCARD_E_NOT_TRANSACTED'* ]]
}

@test "what was recorded over CCID is not asked for again" {
    write_survey ccid acs-acr1252
    testbed_start acs-acr1252
    testbed_send pcscd kill
    testbed_send fault 0 parity 1
    umockdev-wrapper "$NFC_SURVEY" run "$BATS_TEST_TMPDIR/survey.yaml" --output "$RUN" >/dev/null 2>&1
    explain "$RUN" 0
    [ "$status" -eq 0 ]
    [[ "$output" == *'ccid, recorded in the run'*'XFR_PARITY_ERROR (FD)'*'over CCID already'* ]]
    explain "$RUN" 0 --times 1
    [ "$status" -eq 4 ]
    [[ "$stderr" == *'over CCID already'* ]]
}
