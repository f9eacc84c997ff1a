#!/usr/bin/env bats
# The one contract suite (tests/contract/behaviours.c), over the real library of each driver inside a testbed of two readers.
# The simulated driver runs it by itself.

bats_require_minimum_version 1.5.0
load testbed.bash

# contract DRIVER KIND PROFILE PROFILE
contract() {
    local driver=$BUILD/tests/contract/driver_$1
    testbed_need
    [ -x "$driver" ] || skip "the contract tests are not built in $BUILD"
    testbed_data
    # A sanitized build is not the first library under the preload library: ASAN_OPTIONS allows it.
    ASAN_OPTIONS=verify_asan_link_order=0 CMOCKA_MESSAGE_OUTPUT=TAP TMPDIR=$BATS_TEST_TMPDIR run timeout 300 "$TESTBED" "$2" --profiles "$DATA" --reader "$3" \
        --reader "$4" -- "$driver"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"1..48"* ]]
}

@test "pcsc, over the real pcscd and libccid" {
    contract pcsc pcsc acs-acr1252 acs-acr122u
}

@test "ccid, over libusb" {
    contract ccid ccid acs-acr1252 acs-acr122u
}

@test "nfc, over libnfc with PN532 at serial ports" {
    contract nfc pn532 nxp-pn532-uart nxp-pn532-uart
}

@test "nfc, over libnfc with PN533 on USB" {
    contract nfc pn533 scm-scl3711 scm-scl3711
}

@test "port100, over libusb" {
    contract port100 port100 sony-rc-s380-s sony-rc-s380-s
}
