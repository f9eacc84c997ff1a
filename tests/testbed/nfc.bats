#!/usr/bin/env bats
# drivers/nfc over the real libnfc: tests/contract/test_nfc.c and the program itself, inside a testbed that serves a PN532 at a
# pseudo-terminal or a PN533 on USB, the latter under umockdev's preload library. (A sanitized build is not the first library
# then: ASAN_OPTIONS allows it.)

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 ASAN_OPTIONS=verify_asan_link_order=0
}

# inside KIND PROFILE COMMAND...
inside() {
    local kind=$1 profile=$2
    shift 2
    TMPDIR=$BATS_TEST_TMPDIR timeout 240 "$TESTBED" "$kind" --profiles "$DATA" --reader "$profile" -- "$@"
}

contract() {
    [ -x "$BUILD/tests/contract/test_nfc" ] || skip "the contract tests are not built in $BUILD"
    CMOCKA_MESSAGE_OUTPUT=TAP run inside "$1" "$2" "$BUILD/tests/contract/test_nfc"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"ok 1 - "* && "$output" != *"SKIP"* ]]
}

@test "the libnfc driver names stages, causes and codes as they are, with a PN532 at a serial port" {
    contract pn532 nxp-pn532-uart
}

@test "the libnfc driver names stages, causes and codes as they are, with a PN533 on USB" {
    # libnfc 1.8.0 forgets its chip's data where opening a silent USB chip fails; with a PN532 every leak counts.
    echo 'leak:libnfc.so' >"$BATS_TEST_TMPDIR/leaks"
    export LSAN_OPTIONS=suppressions=$BATS_TEST_TMPDIR/leaks:print_suppressions=0
    contract pn533 scm-scl3711
}

@test "readers lists a PN533 by its place on the bus, and a PN532 where LIBNFC_DEVICE names it" {
    run inside pn533 scm-scl3711 "$NFC_SURVEY" readers
    [ "$status" -eq 0 ]
    [[ "$output" == *"nfc "*"pn53x_usb:001:002"*"emulated (serial SIM-0001)"* ]]
    run inside pn532 nxp-pn532-uart sh -c 'LIBNFC_DEVICE=pn532_uart:$NFC_SURVEY_PN532_0 "$0" readers' "$NFC_SURVEY"
    [ "$status" -eq 0 ]
    [[ "$output" == *"nfc "*"pn532_uart:"*"pn532-0"*"emulated (a pseudo-terminal)"* ]]
}

@test "apdu speaks to a handset through the libnfc driver" {
    local kind
    for kind in 'pn532 nxp-pn532-uart' 'pn533 scm-scl3711'; do
        run inside $kind sh -c '"$0" send "$NFC_SURVEY_TESTBED" lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0
            [ -n "$NFC_SURVEY_PN532_0" ] && address=pn532_uart:$NFC_SURVEY_PN532_0 || address=pn53x_usb:001:002
            "$1" apdu --driver nfc --reader "$address" 00A4040C0AD392F000260100000001 00A4020C020006 00B0000020' \
            "$TESTBED" "$NFC_SURVEY"
        printf '%s\n' "$output"
        [ "$status" -eq 0 ]
        [[ "$output" == *"4a 50 4b 49 41 50 47 50 53 45 54 4f 4b 45 4e"*"9000"* ]]
    done
}
