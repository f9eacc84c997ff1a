#!/usr/bin/env bats
# doctor at a real pcscd: in order, held by another process, hung, stopped.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need perl jq
    perl -MChipcard::PCSC -e 1 2>/dev/null || skip 'libpcsc-perl is not installed'
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    [ -z "${HOLDER-}" ] || kill "$HOLDER" 2>/dev/null || true
    testbed_stop
}

# hold READER [EXCHANGE]: another process, no child of doctor's, holds it; its pid in HOLDER.
hold() {
    mkfifo hands
    "$BATS_TEST_DIRNAME/hold" "$@" <hands >held 3>&- &
    HOLDER=$!
    exec 7>hands
    until grep -q held held; do
        kill -0 "$HOLDER"
        sleep 0.02
    done
}

doctor() { # findings of pcscd and the readers behind it in $output
    NFC_SURVEY_DATA=$DATA "$NFC_SURVEY" doctor --json >all || true
    output=$(jq -c 'select(.check == "pcscd" or .check == "held") | [.check, .severity, .code, .subject, .arguments, .fix]' all)
}

# The same of a user who is not root; nothing where this is not root, or nobody can reach the program.
as_nobody() {
    local socket=${PCSCLITE_CSOCK_NAME#"$BATS_RUN_TMPDIR"} folder=$BATS_RUN_TMPDIR nobody='setpriv --reuid 65534 --clear-groups'
    output=
    [ "$(id -u)" -eq 0 ] && $nobody test -x "$NFC_SURVEY" || return 0
    chmod go+x "$folder"
    while [[ $socket == /*/* ]]; do
        socket=${socket#/}
        folder+=/${socket%%/*} socket=/${socket#*/}
        chmod go+rx "$folder"
    done
    chmod go+rw "$PCSCLITE_CSOCK_NAME"
    NFC_SURVEY_DATA=$DATA $nobody "$NFC_SURVEY" doctor --json >all || true
    output=$(jq -c 'select(.check == "pcscd" or .check == "held") | [.check, .severity, .code, .subject, .arguments, .fix]' all)
}

IN_ORDER=$'["pcscd","ok","nothing_in_the_way","",[],""]\n["held","ok","nothing_in_the_way","",[],""]'

@test "with nobody at its readers pcscd is in order; another client is named, and with a card on it the reader that it holds" {
    testbed_start acs-acr1252 acs-acr122u
    doctor
    [ "$output" = "$IN_ORDER" ]
    hold ACR1252
    doctor
    echo "$output"
    grep -Fx "[\"held\",\"spoils\",\"pcsc_clients\",\"\",[\"hold ($HOLDER)\"],\"kill $HOLDER\"]" <<<"$output"
    testbed_lay 0 sim-testbed-b
    doctor
    echo "$output"
    [ "$(grep -c '"held"' <<<"$output")" -eq 1 ]
    grep -F '["held","stops","reader_held_by","ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0001)' <<<"$output" |
        grep -F "[\"hold ($HOLDER)\"],\"kill $HOLDER\"]"
    as_nobody # may not look into root's processes
    [ -z "$output" ] || grep -F '["held","stops","reader_held","ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0001)' <<<"$output" | grep -F 'sudo ss -xp'
    doctor
    # Its fix frees the reader.
    eval "$(jq -r '.[5] | select(. != "")' <<<"$output")"
    wait "$HOLDER" || true
    HOLDER=
    for _ in $(seq 50); do
        doctor
        [ "$output" != "$IN_ORDER" ] || break
    done
    [ "$output" = "$IN_ORDER" ]
}

@test "a reader in which an exchange hangs is listed and does not connect; the one behind it is looked at all the same" {
    testbed_start acs-acr1252 acs-acr122u
    testbed_lay 0 sim-testbed-b
    testbed_send fault 0 mute 1
    hold ACR1252 '00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01'
    sleep 0.5 # until the exchange is under way
    doctor
    echo "$output"
    grep -F '"held","stops","reader_hangs","ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0001)' <<<"$output" |
        grep -F "\"kill $HOLDER\\nsudo systemctl restart pcscd\""
    ! grep -q ACR122U <<<"$output" || false
    # Its client is killed, and the exchange stays in the reader.
    kill -9 "$HOLDER"
    HOLDER=
    doctor
    grep -F '"held","stops","reader_hangs","ACS ACR1252 Reader [ACR1252 Reader PICC] (SIM-0001)' <<<"$output" | grep -F '"sudo systemctl restart pcscd"'
}

@test "a pcscd that stopped, and one that hangs itself, are told apart" {
    testbed_start acs-acr122u
    daemon=$(pgrep -P "$TESTBED_PID" pcscd)
    kill -STOP "$daemon"
    doctor
    kill -CONT "$daemon"
    [[ $output == *'["pcscd","stops","pcscd_silent","",[],"sudo systemctl restart pcscd"]'* ]]
    testbed_stop
    doctor
    [[ $output == *'["pcscd","stops","pcscd_stopped"'*'systemctl enable --now pcscd.socket"]'* ]]
}
