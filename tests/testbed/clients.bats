#!/usr/bin/env bats
# Clients that nobody here wrote, over the real pcscd and libccid: pcsc_scan, scriptor (pcsc-tools) and opensc-tool see the
# readers, serials, presence and ATR that the testbed claims, and get the bytes that nfc-survey gets.

bats_require_minimum_version 1.5.0
load testbed.bash

# Four of the six: with and without extended APDUs, with and without a serial of their own in the name.
FOUR='sony-rc-s300-s acs-acr1252 acs-acr122u identiv-utrust-3700-f'

setup() {
    testbed_need "$@"
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1
}

teardown() {
    testbed_stop
}

# The answer to reset that PC/SC part 3 makes of a handset's profile: historical bytes of type A; application data,
# protocol info and MBLI of type B; and the check byte over them.
atr_of() {
    python3 - "$DATA/profiles/handsets/$1.yaml" <<'PY'
import sys, yaml
phone = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))["simulation"]
if phone["technology"] == "A":
    historical = bytes.fromhex(phone["historical"])
else:
    # No application data; 106 kbit/s, the same both ways; frame size and "ISO/IEC 14443-4"; waiting time and "takes a CID";
    # MBLI.
    assert phone["max_kbit_s"] == 106
    historical = bytes([0, 0, 0, 0, 0x80, phone["fsci"] << 4 | 1, phone["fwi"] << 4 | 1, 0])
body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
check = 0
for byte in body:
    check ^= byte
print((b"\x3b" + body + bytes([check])).hex())
PY
}

# Bytes as clients print them, as bare hex.
bare() {
    tr -d ' :\n' | tr 'A-F' 'a-f'
}

# What nfc-survey apdu shows on a reader: its ATR, and the response to each command, a line each.
own_atr() {
    "$NFC_SURVEY" apdu --reader "$1" | sed -nE 's/^-- .*ATR ([0-9a-f ]+[0-9a-f]).*/\1/p' | bare
}
own_responses() {
    local reader=$1
    shift
    "$NFC_SURVEY" apdu --reader "$reader" "$@" | sed -nE 's/^<< ([0-9a-f ]+[0-9a-f])  \(.*/\1/p' | tr -d ' '
}

# The responses that scriptor prints: from "< " to the line that ends with the status word's meaning.
scriptor_responses() {
    local reader=$1
    shift
    printf '%s\n' "$@" | sed 's/../& /g' | timeout 20 scriptor -r "$reader" 2>/dev/null | awk '
        /^< / { on = 1; text = ""; sub(/^< /, "") }
        on { line = $0; ends = sub(/ : .*/, "", line); gsub(/ /, "", line); text = text line }
        on && ends { print tolower(text); on = 0 }'
}

# opensc-tool takes the status word off and prints it elsewhere; the text beside a line of 16 bytes is cut off.
opensc_responses() {
    local number=$1 arguments=() command
    shift
    for command; do
        arguments+=(-s "$command")
    done
    timeout 20 opensc-tool -r "$number" "${arguments[@]}" | awk '
        /^Received \(SW1=/ { flush(); sw = $0; gsub(/.*SW1=0x|, SW2=0x|\).*/, "", sw); text = ""; on = 1; next }
        /^Sending/ { flush(); next }
        on { text = text substr($0, 1, 48) }
        function flush() { if (on) { gsub(/[^0-9A-Fa-f]/, "", text); print tolower(text sw) } on = 0 }
        END { flush() }'
}

names_of_pcsc() {
    timeout 20 pcsc_scan -r | sed -nE 's/^[0-9]+: (.*[0-9]{2} [0-9]{2}) *$/\1/p'
}

@test "pcsc_scan and nfc-survey list the same readers by the same names, with the serials that the testbed claims" {
    testbed_need pcsc_scan
    testbed_start $SIX
    names_of_pcsc >"$BATS_TEST_TMPDIR/theirs"
    "$NFC_SURVEY" readers | sed -nE 's/^pcsc +(.*[0-9]{2} [0-9]{2})  .*/\1/p' >"$BATS_TEST_TMPDIR/ours"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/theirs")" -eq 6 ]
    diff <(sort "$BATS_TEST_TMPDIR/theirs") <(sort "$BATS_TEST_TMPDIR/ours")
    for number in 1 2 3 4 5 6; do
        [ "$(grep -c "(SIM-000$number)" "$BATS_TEST_TMPDIR/theirs")" -eq 1 ]
    done
}

@test "a handset is seen by all of them where it lies and nowhere else, and no longer after it was lifted" {
    testbed_need pcsc_scan opensc-tool
    testbed_start acs-acr1252 acs-acr122u
    testbed_lay 1 sim-testbed-a
    run timeout 20 pcsc_scan -c
    [ "$(grep -c 'Card inserted' <<<"$output")" -eq 1 ]
    [[ "$output" == *'Reader 0: ACS ACR1252'*'Card removed'*'Reader 1: ACS ACR122U'*'Card inserted'* ]]
    run opensc-tool -l
    grep -Eq '^0 +No .*SIM-0001' <<<"$output"
    grep -Eq '^1 +Yes .*SIM-0002' <<<"$output"
    run "$NFC_SURVEY" readers
    grep -Eq 'SIM-0002.*something is on it' <<<"$output"
    ! grep -Eq 'SIM-0001.*something is on it' <<<"$output"
    testbed_send lift 1
    sleep 0.5
    run timeout 20 pcsc_scan -c
    [[ "$output" != *'Card inserted'* ]]
    run opensc-tool -l
    [[ "$output" != *' Yes '* ]]
}

@test "the ATR is the one that the handset's profile makes, for every client, type A and B" {
    testbed_need pcsc_scan opensc-tool
    testbed_start $FOUR
    number=0
    for handset in sim-testbed-a sim-testbed-b sim-testbed-a sim-testbed-b; do
        claimed=$(atr_of $handset)
        [ "${#claimed}" -ge 16 ]
        testbed_lay $number $handset
        [ "$(timeout 20 opensc-tool -r $number -a | bare)" = "$claimed" ]
        [ "$(own_atr "SIM-000$((number + 1))")" = "$claimed" ]
        [ "$(timeout 20 pcsc_scan -n -c | awk -v reader="Reader $number:" \
            'index($0, reader) { on = 1 } on && /ATR:/ { sub(/.*ATR: /, ""); print; exit }' | bare)" = "$claimed" ]
        number=$((number + 1))
    done
}

# SELECT of the JPKI application, of the token's file, its label; the CA certificate's file and its first 256 bytes; a read
# behind its end; an application that is not there; the issuer's security domain.
COMMANDS='00A4040C0AD392F000260100000001 00A4020C020006 00B0000020 00A4020C02000B 00B0000000 00B0010010 00B07FFF01
    00A4040009A00000015143525300 00A4040008A00000015100000000'

# agree READER-NUMBER HANDSET: all three get the same bytes, and they are no empty success.
agree() {
    local number=$1 name
    testbed_lay "$number" "$2"
    name=$(names_of_pcsc | grep "SIM-000$((number + 1))")
    own_responses "$name" $COMMANDS >"$BATS_TEST_TMPDIR/own"
    scriptor_responses "$name" $COMMANDS >"$BATS_TEST_TMPDIR/scriptor"
    opensc_responses "$number" $COMMANDS >"$BATS_TEST_TMPDIR/opensc"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/own")" -eq 9 ]
    diff "$BATS_TEST_TMPDIR/own" "$BATS_TEST_TMPDIR/scriptor"
    diff "$BATS_TEST_TMPDIR/own" "$BATS_TEST_TMPDIR/opensc"
    [ "$(sed -n 5p "$BATS_TEST_TMPDIR/own" | wc -c)" -eq $((2 * 258 + 1)) ]
    grep -q '^6a82$' "$BATS_TEST_TMPDIR/own"
}

@test "scriptor, opensc-tool and nfc-survey apdu get the same bytes for the same commands" {
    testbed_need pcsc_scan scriptor opensc-tool
    testbed_start $FOUR
    agree 0 sim-testbed-a
    agree 1 sim-testbed-b
    agree 2 sim-testbed-a
    agree 3 sim-testbed-b
}

@test "an extended response comes whole to scriptor too" {
    testbed_need pcsc_scan scriptor
    testbed_start sony-rc-s300-s
    testbed_lay 0 sim-testbed-b
    name=$(names_of_pcsc)
    commands='00A4040C0AD392F000260100000001 00A4020C02000B 00B00000000400'
    own_responses "$name" $commands >"$BATS_TEST_TMPDIR/own"
    scriptor_responses "$name" $commands >"$BATS_TEST_TMPDIR/scriptor"
    [ "$(sed -n 3p "$BATS_TEST_TMPDIR/own" | wc -c)" -eq $((2 * 1026 + 1)) ]
    diff "$BATS_TEST_TMPDIR/own" "$BATS_TEST_TMPDIR/scriptor"
}
