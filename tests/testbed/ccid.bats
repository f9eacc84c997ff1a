#!/usr/bin/env bats
# drivers/ccid over the real libusb: tests/contract/test_ccid.c and the program itself, run inside a testbed without a pcscd,
# under umockdev's preload library. (A sanitized build is not the first library then: ASAN_OPTIONS allows it.)

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 ASAN_OPTIONS=verify_asan_link_order=0
}

# inside PROFILE... [--OPTION VALUE]... -- COMMAND...: COMMAND sees the USB devices.
inside() {
    local readers=()
    while [ "$1" != -- ]; do
        case $1 in
            --*) readers+=("$1" "$2") && shift ;;
            *) readers+=(--reader "$1") ;;
        esac
        shift
    done
    shift
    TMPDIR=$BATS_TEST_TMPDIR timeout 120 "$TESTBED" ccid --profiles "$DATA" "${readers[@]}" -- "$@"
}

@test "the CCID driver names stages, causes and codes as they are" {
    [ -x "$BUILD/tests/contract/test_ccid" ] || skip "the contract tests are not built in $BUILD"
    CMOCKA_MESSAGE_OUTPUT=TAP run inside acs-acr1252 acs-acr122u -- "$BUILD/tests/contract/test_ccid"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"ok 1 - "* && "$output" != *"SKIP"* ]]
}

@test "readers lists CCID readers without a daemon" {
    run inside acs-acr1252 acs-acr122u -- "$NFC_SURVEY" readers
    [ "$status" -eq 0 ]
    [[ "$output" == *"ccid "*"ACS ACR1252 Reader (SIM-0001) 001:002.00 00"*"emulated (serial SIM-0001)"* ]]
    [[ "$output" == *"ccid "*"ACS ACR122U PICC Interface (SIM-0002) 001:003.00 00"* ]]
}

@test "a reader is known by its numbers and interface, whatever its strings are" {
    # Their strings name neither model nor side; the second is of a vendor class. A serial that is no sign of emulation.
    run inside identiv-utrust-4701-f-cl hid-omnikey-5021-cl sony-rc-s300-p --serial-base U- -- "$NFC_SURVEY" readers
    [ "$status" -eq 0 ]
    [[ "$output" == *"Identiv uTrust 4701 F Dual Interface Reader (U-0001) 001:002.01 00 "*" identiv-utrust-4701-f-cl "* ]]
    [[ "$output" == *"HID OMNIKEY Smart Card Reader USB (U-0002) 001:003.00 00 "*" hid-omnikey-5021-cl "* ]]
    [[ "$output" == *"SONY FeliCa Port/PaSoRi 4.0 (U-0003) 001:004.00 00 "*" sony-rc-s300-p "* ]]
    [[ "$output" != *"no profile"* && "$output" != *"differs from its profile"* ]]
}

@test "a vendor-class reader is driven by its profile, and without one named as what it is" {
    run inside hid-omnikey-5021-cl -- sh -c '"$0" send "$NFC_SURVEY_TESTBED" lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0 &&
        "$1" apdu --driver ccid --reader hid-omnikey-5021-cl 00A4040C0AD392F000260100000001' "$TESTBED" "$NFC_SURVEY"
    [ "$status" -eq 0 ]
    [[ "$output" == *"9000"* ]]
    local without=$BATS_TEST_TMPDIR/without
    cp -r "$DATA" "$without"
    rm "$without/profiles/readers/hid-omnikey-5021-cl.yaml"
    run inside hid-omnikey-5021-cl -- env NFC_SURVEY_DATA="$without" sh -c '"$0" readers &&
        "$0" apdu --driver ccid --reader "Smart Card Reader USB" 00A40400' "$NFC_SURVEY"
    [ "$status" -ne 0 ]
    [[ "$output" == *"no profile"*"a vendor-class interface that no profile describes"* ]]
    [[ "$output" != *"plug it in"* ]]
}

@test "apdu speaks to a handset through the CCID driver" {
    run inside acs-acr1252 -- sh -c '"$0" send "$NFC_SURVEY_TESTBED" lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0 &&
        "$1" apdu --driver ccid --reader ACR1252 00A4040C0AD392F000260100000001 00A4020C020006 00B0000020' \
        "$TESTBED" "$NFC_SURVEY"
    [ "$status" -eq 0 ]
    [[ "$output" == *"4a 50 4b 49 41 50 47 50 53 45 54 4f 4b 45 4e"*"9000"* ]]
}

# One claims a reader for its look while another waits for the answer to a string request.
@test "several programs look at the same readers at once" {
    run inside acs-acr1252 identiv-utrust-3700-f -- sh -c '
        for round in 1 2 3 4 5; do
            for look in 1 2 3 4 5; do "$0" readers >/dev/null & done
            wait
        done' "$NFC_SURVEY"
    [ "$status" -eq 0 ]
    run grep -v ' pcsc: ' <<<"$output" # there is no daemon
    printf '%s\n' "$output" | sed 's/^/# /'
    [ -z "$output" ]
}

# Workers open their readers while others list them: whoever reads a device's strings, or looks at its slot, is in nobody's way.
@test "two CCID readers at once are swept while others look at them" {
    cat >"$BATS_TEST_TMPDIR/two.yaml" <<YAML
format: nfc-survey/survey
version: 1
id: two-at-once
title: Two CCID readers at once
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 1, n_max: 6}
sessions: 1
criteria: crossover-3-reads
min_gap_h: 0
lanes: 2
pause_ms: 0
hands: {testbed: control.sock}
defaults: {driver: ccid}
sims: [{id: sim-a, carrier: virtual, applet: JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-testbed-a, sim-testbed-b]
readers: [{unit: left, profile: acs-acr1252}, {unit: right, profile: identiv-utrust-3700-f}]
YAML
    run inside acs-acr1252 identiv-utrust-3700-f --control "$BATS_TEST_TMPDIR/control.sock" -- sh -c '
        while [ ! -e "$2" ]; do "$0" readers >/dev/null 2>&1; done &
        for again in 1 2; do
            "$0" run "$1" --output "$2.$again" || break
        done
        status=$?
        touch "$2"
        wait
        exit $status' "$NFC_SURVEY" "$BATS_TEST_TMPDIR/two.yaml" "$BATS_TEST_TMPDIR/done"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *" 0 failed"* ]]
    run grep -h -e '"health"' -e '"invalid"' "$BATS_TEST_TMPDIR"/done.[12]/journal.yaml
    [ -z "$output" ]
}
