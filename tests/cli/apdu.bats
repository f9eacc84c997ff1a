#!/usr/bin/env bats
# apdu and readers on the simulator, and without pcscd.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    SELECT=00A4040C0AD392F000260100000001
}

@test "an exchange is traced in both directions with its time" {
    run -0 "$NFC_SURVEY" apdu --driver sim $SELECT
    [[ ${lines[0]} == '-- simulated: sim-akane on sim-reader-e' ]]
    [[ ${lines[2]} == '>> 00 a4 04 0c 0a d3 92 f0 00 26 01 00 00 00 01' ]]
    [[ ${lines[3]} =~ ^'<< 90 00  (2 bytes, '[0-9.]+' ms) 9000' ]]
}

@test "the token label of a simulated handset says that it is virtual" {
    run -0 "$NFC_SURVEY" apdu --driver sim $SELECT '00 A4 02 0C 02 00 06' 00B0000020
    [[ $output == *"$(printf 'NFC-SURVEY VIRTUAL TOKEN' | od -An -tx1 -w64 | sed 's/^ //')"* ]]
}

@test "an unexpected status word is an answer, not a failure" {
    run -0 "$NFC_SURVEY" apdu --driver sim $SELECT '00 A4 02 0C 02 00 06' 00B07FFF01
    [[ $output == *'<< 6b 00'* ]]
}

@test "without commands the handset is only activated" {
    run -0 "$NFC_SURVEY" apdu --driver sim
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == '-- type B, ATR 3b '* ]]
}

@test "a script runs as one transaction" {
    run -0 "$NFC_SURVEY" apdu --driver sim --script token
    [[ ${lines[-1]} == '-- token: ok, 3 exchanges'* ]]
    run -0 "$NFC_SURVEY" apdu --driver sim --script "$ROOT/profiles/scripts/cert.yaml"
    [[ ${lines[-1]} == '-- cert: ok'* ]]
}

@test "commands that change a card or read personal data are refused, and are not sent" {
    for command in 0020008004FFFFFFFF 00D6000001FF 002C008004FFFFFFFF 80E40000 FF00000000 0020008000; do
        run -3 --separate-stderr "$NFC_SURVEY" apdu --driver sim $SELECT $command
        [[ $output != *'>> 00 20'* && $output != *'>> 00 d6'* && $output != *'>> 80'* && $output != *'>> ff'* ]]
        [ "$(grep -c '^>>' <<<"$output")" -eq 1 ]
        [ -n "$stderr" ]
    done
}

@test "a handset that does not answer ends at detect, with candidate causes" {
    run -4 --separate-stderr "$NFC_SURVEY" apdu --handset sim-gin --reader sim-reader-c
    [[ $output == *'!! ended at detect; candidate causes F'* ]]
    [[ $stderr == *'sim-reader-c'* ]]
}

@test "a command that is no hexadecimal, unknown readers, handsets, modes and drivers are usage errors" {
    fails_with 2 'operand 1 is no command' "$NFC_SURVEY" apdu --driver sim 00a
    fails_with 2 'is no command' "$NFC_SURVEY" apdu --driver sim ''
    fails_with 2 'no simulated reader' "$NFC_SURVEY" apdu --driver sim --reader sony-rc-s300-s
    fails_with 2 'no simulated handset' "$NFC_SURVEY" apdu --handset nobody
    fails_with 2 'no power mode' "$NFC_SURVEY" apdu --driver sim --power-mode asleep
    fails_with 2 'no driver' "$NFC_SURVEY" apdu --driver serial
    fails_with 2 'not both' "$NFC_SURVEY" apdu --driver sim --script token 00B0000000
    fails_with 2 'simulated handsets' "$NFC_SURVEY" apdu --driver pcsc --handset sim-akane
}

@test "a script that is not there is status 3" {
    fails_with 3 'nothing-here' "$NFC_SURVEY" apdu --driver sim --script nothing-here
}

@test "without pcscd: readers says so and goes on, apdu ends with status 4" {
    export PCSCLITE_CSOCK_NAME=$PWD/no-such-socket
    run -0 --separate-stderr timeout 20 "$NFC_SURVEY" readers
    [[ $output == *'no reader is attached'* ]]
    [[ $stderr == *'start pcscd'* ]]
    run -4 --separate-stderr timeout 20 "$NFC_SURVEY" readers --reader ACR1252
    [[ $stderr == *'no attached reader is `ACR1252`'* ]]
    fails_with 4 'start pcscd' timeout 20 "$NFC_SURVEY" apdu $SELECT
}

@test "a daemon that accepts and never answers is given up after the limit" {
    export PCSCLITE_CSOCK_NAME=$PWD/mute-socket
    python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
time.sleep(60)' "$PCSCLITE_CSOCK_NAME" 3>&- &
    mute=$!
    for _ in $(seq 50); do [ -S mute-socket ] && break; sleep 0.1; done
    run -0 --separate-stderr timeout 20 "$NFC_SURVEY" readers
    kill $mute
    [[ $stderr == *'did not answer within 5.0 s'* ]]
}

@test "the profile database is a table of every reader profile" {
    speaks_japanese '(sim|scm|acs|sony|hid|identive?|nxp|toppan)-[a-z0-9-]+|[A-Z][A-Za-z]*[A-Za-z0-9 /-]*  +|[A-Z0-9]{2,}|[0-9a-f]{4}:[0-9a-f]{4}' "$NFC_SURVEY" readers --profiles
    run -0 "$NFC_SURVEY" readers --profiles
    [ "${#lines[@]}" -eq $(($(ls "$ROOT"/profiles/readers/*.yaml | wc -l) + 1)) ]
    [[ $output == *'sony-rc-s300-s'*'054c:0dc8'* ]]
}

@test "nothing is read of what has not been selected with success, in the program's own words" {
    for commands in 00B0000010 "$SELECT 00B0000010" '00A40000' "$SELECT 00A4020C022FE2" "$SELECT 00CA005A00" 80CA9F7F00 \
        00A4040C07A0000000871002 "$SELECT 00C0000010"; do
        run -3 --separate-stderr "$NFC_SURVEY" apdu --driver sim $commands
        [[ $stderr == *'nothing of it was sent'* || $stderr == *'selected'* || $stderr == *'selects'* || $stderr == *'61xx'* || $stderr == *path* ]]
    done
}

@test "an argument that may hold a PIN is in no message" {
    run -2 "$NFC_SURVEY" apdu --driver sim 0020008004SECRETX1234
    [[ $output != *SECRETX* && $output != *1234* ]]
}
