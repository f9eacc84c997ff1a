#!/usr/bin/env bats
# The emulated USB bus as a kernel's would be: who has a device keeps others out until it lets go or dies, kernel drivers are
# sent away and called back, and readers of several kinds stand side by side.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    # (A sanitized build is not the first library under umockdev's preload library: ASAN_OPTIONS allows it.)
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 ASAN_OPTIONS=verify_asan_link_order=0
}

# inside ARGUMENT... -- SCRIPT: a shell script among the readers; `send REQUEST...` asks their testbed.
inside() {
    local arguments=()
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    {
        echo "send() { '$TESTBED' send \"\$NFC_SURVEY_TESTBED\" \"\$@\"; }"
        echo "state() { echo \"\$1: \$(send state 0)\"; }"
        echo "apdu() { '$NFC_SURVEY' apdu --driver ccid --reader SIM-0001 00A4040C0AD392F000260100000001; }"
        echo "lay() { send lay \$1 sim-testbed-b - on-unlocked 0 0 0 7 1 0; }"
        echo "until_state() { for i in \$(seq 100); do case \$(send state 0) in *\"\$1\"*) return;; esac; sleep 0.05; done; return 1; }"
        echo "$2"
    } >"$BATS_TEST_TMPDIR/script"
    TMPDIR=$BATS_TEST_TMPDIR timeout 100 "$TESTBED" "${arguments[@]}" --profiles "$DATA" -- bash "$BATS_TEST_TMPDIR/script"
}

@test "a second claim is refused while the first lives, and allowed when its holder was killed" {
    run inside ccid --reader acs-acr1252 -- '
        lay 0
        state before
        send fault 0 slow:60000 1
        apdu >/dev/null 2>&1 &
        until_state "claimed driver=none powered=1"
        state held
        apdu && echo "not refused"
        pkill -KILL -P $! # the program; its worker, which has the reader, dies with it
        kill -KILL $!
        until_state free
        state after
        send fault 0 none
        apdu'
    [ "$status" -eq 0 ]
    [[ "$output" == *"before: ok free driver=none powered=0 plugged=1"* ]]
    [[ "$output" == *"held: ok claimed driver=none powered=1 plugged=1"* ]]
    [[ "$output" == *LIBUSB_ERROR_BUSY* && "$output" != *"not refused"* ]]
    [[ "$output" == *"after: ok free driver=none powered=0 plugged=1"*"<< 90 00"* ]]
}

@test "a kernel driver is sent away for the time of the claim and called back" {
    run inside ccid --reader acs-acr1252 -- '
        lay 0
        send fault 0 kernel-driver
        state before
        send fault 0 slow:1500 1
        apdu &
        until_state claimed
        state held
        wait
        state after
        send fault 0 none
        state ended'
    [ "$status" -eq 0 ]
    [[ "$output" == *"before: ok free driver=attached"*"held: ok claimed driver=detached"* ]]
    [[ "$output" == *"<< 90 00"*"after: ok free driver=attached"*"ended: ok free driver=none"* ]]
}

@test "readers of several kinds stand side by side, pcscd among them" {
    testbed_need opensc-tool
    run inside pcsc --reader acs-acr1252 --reader pn533:scm-scl3711 --reader port100:sony-rc-s380-s --reader pn532:nxp-pn532-uart -- '
        lay 0
        sleep 0.5
        opensc-tool -r 0 -a
        "'"$NFC_SURVEY"'" readers
        [ -e "$NFC_SURVEY_PN532_3" ] && echo "a port: $NFC_SURVEY_PN532_3"'
    [ "$status" -eq 0 ]
    [[ "$output" == *"3b:88:80:01:"* ]]
    for line in 'pcsc .*ACR1252.*SIM-0001' 'nfc .*pn53x_usb:001:003.*SIM-0002' 'port100 .*SIM-0003' 'a port: .*/pn532-3'; do
        grep -qE "$line" <<<"$output"
    done
}

@test "libnfc looks at a bus with CCID readers and finds none of its own" {
    testbed_need nfc-scan-device
    run inside ccid --reader acs-acr1252 -- 'timeout 20 nfc-scan-device; echo "status $?"'
    [[ "$output" == *"No NFC device found"* && "$output" != *"status 124"* ]]
}
