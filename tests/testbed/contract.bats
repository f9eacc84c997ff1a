#!/usr/bin/env bats
# The one contract suite (tests/contract/behaviours.c), over the real library of each driver inside a testbed of two readers.
# The simulated driver runs it by itself.

bats_require_minimum_version 1.5.0
load testbed.bash

# Two lanes beside each other, as they mostly wait for readers; more would let pcscd come late. Each test waits for its own.
setup_file() {
    testbed_need
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR testbed_data
    {
        begin pcsc pcsc acs-acr1252 acs-acr122u
        begin nfc pn532 nxp-pn532-uart nxp-pn532-uart
    } 3>&- &
    {
        begin ccid ccid acs-acr1252 acs-acr122u
        begin nfc pn533 scm-scl3711 scm-scl3711
        begin port100 port100 sony-rc-s380-s sony-rc-s380-s
    } 3>&- &
}

# begin DRIVER KIND PROFILE PROFILE: the suite inside a testbed of this kind; `tap` and, once it has ended, `status` are in the
# kind's folder.
begin() {
    local folder=$BATS_FILE_TMPDIR/$2 driver=$BUILD/tests/contract/driver_$1
    mkdir "$folder"
    [ -x "$driver" ] || return 0
    local status=0
    # A sanitized build is not the first library under the preload library: ASAN_OPTIONS allows it.
    ASAN_OPTIONS=verify_asan_link_order=0 CMOCKA_MESSAGE_OUTPUT=TAP TMPDIR=$folder timeout 300 "$TESTBED" "$2" \
        --profiles "$BATS_FILE_TMPDIR/data" --reader "$3" --reader "$4" -- "$driver" >"$folder/tap" 2>&1 || status=$?
    echo "$status" >"$folder/ended"
    mv "$folder/ended" "$folder/status"
}

# contract DRIVER KIND
contract() {
    local folder=$BATS_FILE_TMPDIR/$2
    [ -x "$BUILD/tests/contract/driver_$1" ] || skip "the contract tests are not built in $BUILD"
    until [ -e "$folder/status" ]; do sleep 0.2; done
    sed 's/^/# /' "$folder/tap"
    [ "$(<"$folder/status")" -eq 0 ]
    grep -qx '1\.\.48' "$folder/tap"
}

@test "pcsc, over the real pcscd and libccid" {
    contract pcsc pcsc
}

@test "ccid, over libusb" {
    contract ccid ccid
}

@test "nfc, over libnfc with PN532 at serial ports" {
    contract nfc pn532
}

@test "nfc, over libnfc with PN533 on USB" {
    contract nfc pn533
}

@test "port100, over libusb" {
    contract port100 port100
}
