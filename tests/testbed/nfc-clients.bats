#!/usr/bin/env bats
# Other people's programs over the real libnfc see in our emulated chips what was laid there, and nothing where nothing lies.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need nfc-list
    testbed_data
}

# inside KIND SHELL-COMMANDS: `send REQUEST...` asks the testbed; LIBNFC_DEVICE names a PN532's port.
inside() {
    local profile=nxp-pn532-uart
    [ "$1" = pn533 ] && profile=scm-scl3711
    TMPDIR=$BATS_TEST_TMPDIR timeout 120 "$TESTBED" "$1" --profiles "$DATA" --reader "$profile" -- bash -c "
        [ -n \"\${NFC_SURVEY_PN532_0:-}\" ] && export LIBNFC_DEVICE=pn532_uart:\$NFC_SURVEY_PN532_0
        send() { '$TESTBED' send \"\$NFC_SURVEY_TESTBED\" \"\$@\" >/dev/null; }
        lay() { send lay 0 \"\$1\" - on-unlocked 0 0 0 7 1 0; }
        $2" 2>&1 | sed 's/  */ /g'
}

type_a() {
    [[ "$output" == *"ISO/IEC 14443A (106 kbps) target:"* ]]
    [[ "$output" == *"ATQA (SENS_RES): 00 44"* ]]
    [[ "$output" == *"UID (NFCID1): 04 11 22 33 44 55 66"* ]]
    [[ "$output" == *"SAK (SEL_RES): 20"* ]]
    [[ "$output" == *"ATS: 78 80 a0 02 80 31 80 66"* ]]
}

type_b() {
    [[ "$output" == *"ISO/IEC 14443-4B (106 kbps) target:"* ]]
    [[ "$output" == *"PUPI: 00 11 22 33"* ]]
    [[ "$output" == *"Application Data: 00 00 00 00"* ]]
    [[ "$output" == *"Protocol Info: 80 81 a1"* ]]
}

@test "nfc-list reads UID, ATQA, SAK and ATS of a type A handset" {
    for kind in pn532 pn533; do
        run inside $kind 'lay sim-testbed-a; nfc-list'
        [[ "$output" == *"1 ISO14443A passive target(s) found:"* && "$output" != *"14443B"* ]]
        type_a
    done
}

@test "nfc-list reads the ATQB of a type B handset" {
    for kind in pn532 pn533; do
        run inside $kind 'lay sim-testbed-b; nfc-list'
        [[ "$output" == *"1 ISO14443B passive target(s) found:"* && "$output" != *"14443A"* ]]
        type_b
    done
}

@test "nfc-list finds nothing of any kind where nothing lies" {
    for kind in pn532 pn533; do
        run inside $kind 'nfc-list -v; lay sim-testbed-b; send lift 0; nfc-list -v'
        [ "$(grep -c ' opened$' <<<"$output")" -eq 2 ]
        [ "$(grep -c '^0 .* passive target(s) found' <<<"$output")" -eq 20 ]
        [[ "$output" != *" target:"* ]]
    done
}

@test "nfc-list names the chip and its place" {
    run inside pn533 nfc-list
    [[ "$output" == *"NFC device: SCM Microsystems / SCL3711 opened"* ]]
    run inside pn533 'nfc-scan-device; lay sim-testbed-a; send unplug 0; nfc-scan-device'
    [[ "$output" == *"1 NFC device(s) found:"*"pn53x_usb:001:002"*"No NFC device found."* ]]
}

@test "nfc-poll sees a handset come to a PN532, and go" {
    command -v nfc-poll >/dev/null || skip "nfc-poll (libnfc-examples) is not installed"
    for handset in a b; do
        run inside pn532 "(sleep 0.5; lay sim-testbed-$handset; sleep 1; send lift 0) & nfc-poll; echo status \$?; wait"
        type_$handset
        [[ "$output" == *"Waiting for card removing...nfc_initiator_target_is_present: Target Released"* ]]
        [[ "$output" == *"status 0"* ]]
    done
}

# With a PN533 libnfc polls by itself, and gives up with an error after the first round: the handset lies there before.
@test "nfc-poll sees a handset on a PN533 go" {
    command -v nfc-poll >/dev/null || skip "nfc-poll (libnfc-examples) is not installed"
    for handset in a b; do
        run inside pn533 "lay sim-testbed-$handset; (sleep 1.5; send lift 0) & nfc-poll; echo status \$?; wait"
        type_$handset
        [[ "$output" == *"Waiting for card removing...nfc_initiator_target_is_present: Target Released"* ]]
        [[ "$output" == *"status 0"* ]]
    done
}

@test "a program that is killed leaves a reader that works" {
    command -v nfc-poll >/dev/null || skip "nfc-poll (libnfc-examples) is not installed"
    for kind in pn532 pn533; do
        run inside $kind 'nfc-poll & sleep 0.3; kill -9 $!; wait $!; lay sim-testbed-a; nfc-list'
        type_a
    done
}
