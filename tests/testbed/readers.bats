#!/usr/bin/env bats
# The real pcscd and libccid bind to the emulated readers, and other people's tools see what we serve.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
}

teardown() {
    testbed_stop
}

@test "pcscd and libccid bind to all six readers and list them by name" {
    testbed_need pcsc_scan
    run testbed_run $SIX -- timeout 20 pcsc_scan -r
    [ "$status" -eq 0 ]
    for name in 'SONY FeliCa RC-S300/S (SIM-0001)' 'ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0002)' \
        'ACS ACR122U PICC Interface (SIM-0003)' 'Identiv uTrust 3700 F CL Reader [uTrust 3700 F CL Reader] (SIM-0004)' \
        'OMNIKEY 5022 Smart Card Reader [OMNIKEY 5022 Smart Card Reader] (SIM-0005)' \
        'TOPPAN FORMS CO.,LTD TC63CUT021 [TC63CUT021] (SIM-0006)'; do
        [[ "$output" == *"$name"* ]]
    done
}

@test "opensc-tool sees a card only where a handset lies" {
    testbed_need opensc-tool
    testbed_start acs-acr1252 acs-acr122u
    testbed_lay 1 sim-testbed-b
    run opensc-tool -l
    [ "$status" -eq 0 ]
    [[ "$output" == *"No"*"ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0001)"* ]]
    [[ "$output" == *"Yes"*"ACS ACR122U PICC Interface (SIM-0002)"* ]]
}

@test "opensc-tool reads the ATR and the bytes that the virtual handset gives, on each of the six" {
    testbed_need opensc-tool
    testbed_start $SIX
    for reader in 0 1 2 3 4 5; do
        testbed_lay $reader sim-testbed-b
        run opensc-tool -r $reader -a
        [ "$status" -eq 0 ]
        [[ "$output" == *"3b:88:80:01:00:00:00:00:80:81:a1:00:a9"* ]]
        run opensc-tool -r $reader -s FFCA000000 -s 00A4040C0AD392F000260100000001 -s 00A4020C020006 -s 00B0000020
        [ "$status" -eq 0 ]
        [[ "$output" == *"00 11 22 33"* ]]
        [[ "$output" == *"4A 50 4B 49 41 50 47 50 53 45 54 4F 4B 45 4E 20"* ]]
        [ "$(grep -c 'SW1=0x90, SW2=0x00' <<<"$output")" -eq 4 ]
    done
}

@test "a reader at TPDU level works: libccid runs T=1, and long answers and slow ones come whole" {
    testbed_need opensc-tool scriptor
    testbed_start hid-omnikey-5321
    testbed_lay 0 sim-testbed-b
    run opensc-tool -r 0 -s FFCA000000 -s 00A4040C0AD392F000260100000001 -s 00A4020C020006 -s 00B0000020
    [ "$status" -eq 0 ]
    [[ "$output" == *"4A 50 4B 49 41 50 47 50 53 45 54 4F 4B 45 4E 20"* ]]
    [ "$(grep -c 'SW1=0x90, SW2=0x00' <<<"$output")" -eq 3 ]
    printf '%s\n' '00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01' '00 A4 02 0C 02 00 0B' '00 B0 00 00 00 04 00' \
        >"$BATS_TEST_TMPDIR/apdus"
    run --separate-stderr scriptor -p T=1 "$BATS_TEST_TMPDIR/apdus"
    [ "$status" -eq 0 ]
    whole=$output
    [ "$(grep -c '90 00 : Normal processing' <<<"$whole")" -eq 3 ]
    [ "$(grep -oE '\b[0-9A-F]{2}\b' <<<"$(sed -n '/^> 00 B0/,$p' <<<"$whole" | sed 1d)" | wc -l)" -eq 1026 ]
    # The reader asks for time by S(WTX), or sends a damaged block that is asked for again: the same bytes.
    for fault in slow:1500 parity; do
        testbed_send fault 0 $fault 1
        run --separate-stderr scriptor -p T=1 "$BATS_TEST_TMPDIR/apdus"
        [ "$output" = "$whole" ]
    done
    run scriptor -p T=0 "$BATS_TEST_TMPDIR/apdus"
    [[ "$output" == *"protocol mismatch"* ]]
}

@test "the contactless interface of a reader with two has its real number" {
    testbed_need opensc-tool
    testbed_start identiv-utrust-4701-f-cl
    testbed_lay 0 sim-testbed-b
    run opensc-tool -r 0 -a
    [ "$status" -eq 0 ]
    [[ "$output" == *"3b:88:80:01:"* ]]
}

@test "the token label asked for is the one that is read" {
    testbed_need opensc-tool
    testbed_start acs-acr1252
    testbed_send lay 0 sim-testbed-a 4e46432d535552564559 on-locked 0 0 0 9 1 0
    sleep 0.5
    run opensc-tool -r 0 -s 00A4040C0AD392F000260100000001 -s 00A4020C020006 -s 00B000000A
    [ "$status" -eq 0 ]
    [[ "$output" == *"4E 46 43 2D 53 55 52 56 45 59"* ]]
}

@test "a handset too far away is not seen" {
    testbed_need opensc-tool
    testbed_start acs-acr1252
    testbed_send lay 0 sim-testbed-b - on-unlocked 0 0 900 7 1 0
    sleep 0.5
    run opensc-tool -l
    [[ "$output" == *"No"*"SIM-0001"* ]]
}

@test "an unplugged reader leaves the list, the others stay, and plugged in again it is back" {
    testbed_need opensc-tool
    testbed_start acs-acr1252 acs-acr122u
    testbed_send unplug 0
    for _ in $(seq 50); do
        run opensc-tool -l
        [[ "$output" != *"SIM-0001"* ]] && break
        sleep 0.1
    done
    [[ "$output" != *"SIM-0001"* && "$output" == *"SIM-0002"* ]]
    testbed_send plug 0
    for _ in $(seq 50); do
        run opensc-tool -l
        [[ "$output" == *"SIM-0001"* ]] && break
        sleep 0.1
    done
    [[ "$output" == *"SIM-0001"* && "$output" == *"SIM-0002"* ]]
}

@test "the command's exit status is the testbed's" {
    run testbed_run acs-acr122u -- sh -c 'exit 7'
    [ "$status" -eq 7 ]
    run -127 testbed_run acs-acr122u -- /no/such/program
}

@test "the command sees the private pcscd and no preload library" {
    run testbed_run acs-acr122u -- sh -c 'echo "[$LD_PRELOAD][$UMOCKDEV_DIR][$PCSCLITE_CSOCK_NAME][$NFC_SURVEY_TESTBED]"'
    [ "$status" -eq 0 ]
    [[ "$output" == *"[][][$BATS_TEST_TMPDIR/"*"pcscd.sock][$BATS_TEST_TMPDIR/"*"control.sock]"* ]]
}

@test "nothing is left behind: neither processes nor files" {
    testbed_start acs-acr122u
    read -r _ testbed pcscd <<<"$(testbed_send pid)"
    kill -0 "$testbed" && kill -0 "$pcscd"
    testbed_send quit
    wait "$TESTBED_PID"
    ! kill -0 "$testbed" 2>/dev/null
    ! kill -0 "$pcscd" 2>/dev/null
    [ -z "$(find "$BATS_TEST_TMPDIR" -name 'nfc-survey-testbed.*' -o -name 'umockdev.*')" ]
}

@test "two testbeds run side by side without seeing each other" {
    testbed_need opensc-tool
    testbed_start acs-acr1252
    run testbed_run acs-acr122u -- opensc-tool -l
    [ "$status" -eq 0 ]
    [[ "$output" == *"ACR122U"* && "$output" != *"ACR1252"* ]]
    run opensc-tool -l
    [[ "$output" == *"ACR1252"* && "$output" != *"ACR122U"* ]]
}

@test "what can't be served is refused with a reason" {
    testbed_data
    run "$TESTBED" ccid --pcscd --profiles "$DATA" --reader sony-rc-s380-s -- true
    [ "$status" -eq 4 ]
    [[ "$output" == *"CCID level"* ]]
    run "$TESTBED" ccid --pcscd --profiles "$DATA" --reader sim-reader-a -- true
    [ "$status" -eq 4 ]
    [[ "$output" == *"USB"* ]]
    run "$TESTBED" ccid --pcscd --profiles "$DATA" --reader no-such-reader -- true
    [ "$status" -eq 3 ]
    run "$TESTBED" ccid --frobnicate
    [ "$status" -eq 2 ]
    run "$TESTBED" ccid --reader tea:acs-acr1252 -- true
    [ "$status" -eq 2 ]
    [[ "$output" == *"no such kind"* ]]
    run "$TESTBED" toaster --reader acs-acr1252 -- true
    [ "$status" -eq 2 ]
    [[ "$output" == *"pcsc, ccid, pn533, port100, pn532"* ]]
    run "$TESTBED" --help
    [ "$status" -eq 0 ]
}

@test "a wrong request is answered with what is wrong" {
    testbed_start acs-acr122u
    for request in 'lift 9' 'lift x' 'lay 0 no-such - on-unlocked 0 0 0 1 1 0' 'fault 0 tremble' 'fault 0 slow' \
        'fault 0 remove-at:0' 'lay 0 sim-testbed-b zz on-unlocked 0 0 0 1 1 0' 'plug 0' 'pcscd start' 'dance'; do
        run testbed_send $request
        [ "$status" -eq 3 ]
        [[ "$output" == "error "* ]]
    done
    run testbed_send pid
    [ "$status" -eq 0 ]
}
