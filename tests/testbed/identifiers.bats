#!/usr/bin/env bats
# Nothing that tells one card from all others is written in clear: a card that tells all of it, over the real pcscd.
bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    cd "$BATS_TEST_TMPDIR"
    export NO_COLOR=1
}

teardown() {
    vpcd_stop
}

card_files() {
    cat >lab.yaml <<'YAML'
format: nfc-survey/application
version: 1
id: lab
source: this test
aid: "F0 01 02 03 04 05"
files:
  - {id: "01 01", identifiers: [{kind: iccid, length: 10}]}
  - {id: "01 02", identifiers: [{kind: imsi, at: 1, length: 9}]}
  - {id: "01 03", identifiers: [{kind: serial, at: 0, length: 3}, {kind: serial, at: 3, length: 4}]}
objects:
  - {class: "80", tag: "9F70", identifiers: [{kind: eid, length: 16}]}
YAML
    cat >told.yaml <<'YAML'
format: nfc-survey/script
version: 1
id: told
title: All that it tells
time_limit_ms: 5000
deadline_ms: 5000
steps:
  - {name: uid, send: "FF CA 00 00 00", keep_bytes: true}
  - {name: domain, send: "00 A4 04 00 08 A0 00 00 01 51 00 00 00 00", keep_bytes: true}
  - {name: chip, send: "80 CA 9F 7F 00", keep_bytes: true}
  - {name: lab, send: "00 A4 04 0C 06 F0 01 02 03 04 05"}
  - {name: eid, send: "80 CA 9F 70 00", keep_bytes: true}
  - {name: imsi file, send: "00 A4 02 0C 02 01 02"}
  - {name: imsi, send: "00 B0 00 00 00", keep_bytes: true}
  - {name: serial file, send: "00 A4 02 0C 02 01 03"}
  - {name: serial, send: "00 B0 00 00 00", keep_bytes: true}
  - {name: iccid file, send: "00 A4 02 0C 02 01 01"}
  - {name: iccid, send: "00 B0 00 00 00", keep_bytes: true, capture: {first: {as: number, offset: 0, length: 1}}}
  - {name: so many bytes as it says, send: "00 B0 00 00 {first:1}", keep_bytes: true}
  - {name: token, send: "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"}
  - {name: certificate, send: "00 A4 02 0C 02 00 0A"}
  - {name: no label, send: "00 B0 00 2C 14", check: {token: true}}
YAML
    cat >survey.yaml <<'YAML'
format: nfc-survey/survey
version: 1
id: told
title: A card that tells all
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 1, n_max: 3}
sessions: 1
hands: {testbed: hands.sock}
defaults: {driver: pcsc}
readers: [{unit: virtual-1, profile: sim-testbed-vpcd}]
sims: [{id: virtual-sim, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]
conditions: [on-unlocked]
applications: [lab]
scripts: [told]
handsets: [sim-testbed-a]
YAML
}

@test "no identifier that a card tells stands in a run, its reports, its exports or a trace; its value by the key does" {
    testbed_need jq
    testbed_data
    vpcd_start told
    echo 'uid_apdu: "FF CA 00 00 00"' >>sim-testbed-vpcd.yaml
    # By hand a reader is known by its name alone.
    sed -e 's/^id: .*/id: vpcd/' -e 's/^source: .*/source: a test/' -e '/^usb:/d' -e '/^simulation:/,/^  radius/d' \
        sim-testbed-vpcd.yaml >"$DATA/profiles/readers/vpcd.yaml"
    card_files
    export NFC_SURVEY_DATA=$DATA
    "$NFC_SURVEY" run survey.yaml --output r >said 2>&1 || [ $? -eq 5 ] || { cat said; false; }
    # Each kind has its value, the same in each transaction, under the published key of simulated units.
    records 'select(.transaction) | .identifiers' | tr -d '"' | sort -u >values
    [ "$(wc -l <values)" -eq 1 ] || { cat values; records .; false; }
    [ "$(tr ' ' '\n' <values | sed 's/=f67fd997:[0-9a-f]\{32\}$//' | sort | tr '\n' ' ')" = 'cplc eid historical iccid imsi serial uid ' ]
    records 'select(.bytes) | .bytes' >bytes
    grep -q '\["00b0000000","xxxxxxxxxxxxxxxxxxxx6f70656e9000"\]' bytes # what is no identifier stays
    grep -q '\["00b00000xx","xxxxxxxxxxxxxxxxxxxx6f70656e9000"\]' bytes # nor what is made of one
    records 'select(.atr) | .atr' | grep -q '^"3b8e8001805axxxxxxxxxxxxxxxxxxxx71c1xx"$'
    records 'select(.transaction and .outcome == "fail") | .detail | tostring' | grep -q wrong_token
    # The same by hand, under the key of who asks.
    run -0 "$NFC_SURVEY" keys
    key=${output%% *}
    "$TESTBED" send "$NFC_SURVEY_TESTBED" lay 0 told - on-unlocked 0 0 0 7 1 0
    run "$NFC_SURVEY" apdu --reader 'Virtual PCD 00 00' --application lab.yaml --script told.yaml
    echo "$output" >trace; [ "$status" -eq 0 ] || { cat trace; false; }
    for kind in uid cplc eid imsi iccid serial; do
        grep -q "$kind=$key:" trace || { cat trace; false; }
    done
    "$NFC_SURVEY" apdu --reader 'Virtual PCD 00 00' >>trace
    grep -q "ATR 3b 8e 80 01 80 5a xx.* historical=$key:" trace
    for format in sqlite ndjson csv pcapng; do
        "$NFC_SURVEY" export r --format "$format" --all --output "export.$format" >/dev/null ||
            "$NFC_SURVEY" export r --format "$format" --output "export.$format" >/dev/null
    done
    "$NFC_SURVEY" report r --format html,xlsx,csv,md --output reports >/dev/null
    "$NFC_SURVEY" status r >>said 2>&1 || true
    "$NFC_SURVEY" explain r >>said 2>&1 || true
    "$BATS_TEST_DIRNAME/leaks.py" r export.* reports said trace
    # What looks is not blind.
    for writing in '04 C0 FF EE 5A 17 99' 8981100012345678901 'yv6wuhc0' '981801002143658709F1' 'TARO 19700102'; do
        echo "x YAMADA $writing" >seen
        run -1 "$BATS_TEST_DIRNAME/leaks.py" seen
    done
}
