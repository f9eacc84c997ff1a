#!/usr/bin/env bats
# The same survey over every kind of reader gives the same outcome, transaction by transaction, as the simulator: the draws
# of the virtual handsets are keyed and travel over the control socket. Where a reader's class must differ, the difference
# is named here with its reason.

bats_require_minimum_version 1.5.0
load testbed.bash

# All begin at once, as they mostly wait for readers; each test then waits for its own.
setup_file() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR testbed_data
    export NFC_SURVEY_DATA=$BATS_FILE_TMPDIR/data NO_COLOR=1
    begin pcsc pcsc sim-testbed-ccid
    begin ccid ccid sim-testbed-ccid
    begin pn532 nfc sim-testbed-pn532 pn532_uart:@PORT@
    begin pn533 nfc sim-testbed-pn533
    begin port100 port100 sim-testbed-port100
}

# write_survey FILE DRIVER PROFILE HANDS [ADDRESS]
write_survey() {
    cat >"$1" <<YAML
format: nfc-survey/survey
version: 1
id: same
title: The same transactions behind another driver
seed: 11
scheme: {name: same, q0: 0.02, q1: 0.1, alpha: 0.005, beta: 0.05, k: 3, n_max: 4}
sessions: 1
criteria: crossover-3-reads
pause_ms: 0
polling: BAF
hands: $4
defaults: {driver: $2, time_limit_ms: 60000, deadline_ms: 3000}
readers:
  - {unit: same, profile: $3${5:+, address: "$5"}}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token, ladder]
handsets: [sim-testbed-faulty-a, sim-testbed-faulty-b, sim-testbed-weak, sim-testbed-elsewhere]
YAML
}

# begin KIND DRIVER PROFILE [ADDRESS, its @PORT@ filled in inside]: the simulator and, in the background, the driver, to `sim` and
# `run` of the kind's folder; `status` is there once both have ended.
begin() {
    local folder=$BATS_FILE_TMPDIR/$1
    mkdir "$folder"
    write_survey "$folder/sim.yaml" sim "$3" sim
    write_survey "$folder/survey.yaml" "$2" "$3" '{testbed: testbed.sock}' "${4-}"
    {
        status=0
        "$NFC_SURVEY" run "$folder/sim.yaml" --output "$folder/sim" >"$folder/said" 2>&1 &&
            TMPDIR=$folder timeout 300 "$TESTBED" "$1" --profiles "$NFC_SURVEY_DATA" --reader "$3" -- bash -c "
                sed -i \"s|@PORT@|\$NFC_SURVEY_PN532_0|\" '$folder/survey.yaml'
                '$NFC_SURVEY' run '$folder/survey.yaml' --output '$folder/run'" >"$folder/said" 2>&1 || status=$?
        echo "$status" >"$folder/ended"
        mv "$folder/ended" "$folder/status"
    } 3>&- &
}

# same KIND: the simulator and the driver have the same outcomes; allowed differences on stdin.
same() {
    local folder=$BATS_FILE_TMPDIR/$1
    cat >"$folder/allowed"
    until [ -e "$folder/status" ]; do sleep 0.2; done
    [ "$(<"$folder/status")" -eq 0 ] || {
        cat "$folder/said"
        return 1
    }
    "$NFC_SURVEY" verify "$folder/run" >/dev/null
    grep -q '"simulated": true' "$folder/run/journal.yaml"
    "$BATS_TEST_DIRNAME/same-outcomes" "$folder/sim" "$folder/run" "$folder/allowed"
}

@test "over the real pcscd and libccid" {
    same pcsc <<'EOT'
stage detect activate: pcscd calls a card that it saw before and that does not answer its power-up unpowered, not absent
EOT
}

@test "over CCID by libusb" {
    same ccid </dev/null
}

@test "over libnfc with a PN532 at a serial port" {
    same pn532 <<'EOT'
stage activate detect: the chip sends ATTRIB while it polls, so a type B target that does not come up is not seen
EOT
}

@test "over libnfc with a PN533 on USB" {
    same pn533 <<'EOT'
stage activate detect: the chip sends ATTRIB while it polls, so a type B target that does not come up is not seen
EOT
}

@test "over the Port-100's own protocol" {
    same port100 </dev/null
}
