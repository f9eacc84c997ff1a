#!/usr/bin/env bats
# The same survey over every kind of reader gives the same outcome, transaction by transaction, as the simulator: the draws
# of the virtual handsets are keyed and travel over the control socket. Where a reader's class must differ, the difference
# is named here with its reason.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1
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

# same KIND DRIVER PROFILE [ADDRESS, its @PORT@ filled in inside]: runs the simulator and the driver, compares; allowed differences on stdin.
same() {
    local kind=$1 driver=$2 profile=$3 address=${4-} run=$BATS_TEST_TMPDIR/run sim=$BATS_TEST_TMPDIR/sim
    cat >"$BATS_TEST_TMPDIR/allowed"
    write_survey "$BATS_TEST_TMPDIR/sim.yaml" sim "$profile" sim
    "$NFC_SURVEY" run "$BATS_TEST_TMPDIR/sim.yaml" --output "$sim" >/dev/null 2>&1
    write_survey "$BATS_TEST_TMPDIR/survey.yaml" "$driver" "$profile" '{testbed: testbed.sock}' "$address"
    TMPDIR=$BATS_TEST_TMPDIR timeout 300 "$TESTBED" "$kind" --profiles "$DATA" --reader "$profile" -- bash -c "
        sed -i \"s|@PORT@|\$NFC_SURVEY_PN532_0|\" '$BATS_TEST_TMPDIR/survey.yaml'
        '$NFC_SURVEY' run '$BATS_TEST_TMPDIR/survey.yaml' --output '$run'" >"$BATS_TEST_TMPDIR/said" 2>&1 || {
        cat "$BATS_TEST_TMPDIR/said"
        return 1
    }
    "$NFC_SURVEY" verify "$run" >/dev/null
    grep -q '"simulated": true' "$run/journal.yaml"
    "$BATS_TEST_DIRNAME/same-outcomes" "$sim" "$run" "$BATS_TEST_TMPDIR/allowed"
}

@test "over the real pcscd and libccid" {
    same pcsc pcsc sim-testbed-ccid <<'EOT'
stage detect activate: pcscd calls a card that it saw before and that does not answer its power-up unpowered, not absent
EOT
}

@test "over CCID by libusb" {
    same ccid ccid sim-testbed-ccid </dev/null
}

@test "over libnfc with a PN532 at a serial port" {
    same pn532 nfc sim-testbed-pn532 pn532_uart:@PORT@ <<'EOT'
stage activate detect: the chip sends ATTRIB while it polls, so a type B target that does not come up is not seen
EOT
}

@test "over libnfc with a PN533 on USB" {
    same pn533 nfc sim-testbed-pn533 <<'EOT'
stage activate detect: the chip sends ATTRIB while it polls, so a type B target that does not come up is not seen
EOT
}

@test "over the Port-100's own protocol" {
    same port100 port100 sim-testbed-port100 </dev/null
}
