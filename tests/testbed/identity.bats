#!/usr/bin/env bats
# Which phone lies there, over the real pcscd: what answers is compared with what the handset showed before, and nothing of a
# stranger's becomes this handset's result.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need python3
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    cd "$BATS_TEST_TMPDIR"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 TESTBED XDG_STATE_HOME=$PWD/state
}

teardown() {
    testbed_stop
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        tail -n 60 shown 2>/dev/null | sed 's/^/# /' || true
        cut -c1-330 r/journal.yaml 2>/dev/null | grep -v '"start": 1' | sed 's/^/# /' || true
    fi
}

# station HANDS HANDSETS [DRIVER READER]: one emulated reader, behind the real pcscd unless another driver is named.
station() {
    if [ "${3:-pcsc}" = pcsc ]; then
        testbed_start hid-omnikey-5022
    else
        testbed_serve "$3" "$4"
    fi
    cat >s.yaml <<YAML
format: nfc-survey/survey
version: 1
id: identity
title: {en: Identity, ja: 端末の確認}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 9}
sessions: 2
min_gap_h: 0
pause_ms: 20
hands: $1
identity: off
defaults: {driver: ${3:-pcsc}}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token, environment]
handsets: [$2]
readers:
  - {unit: RW-0, profile: ${4:-hid-omnikey-5022}}
YAML
    # lay HANDSET [LABEL]: the one that is asked for where it is `asked`, `other` than that of the two, or lifted.
    cat >lay <<'SH'
label=$(printf '%s' "${2:-NFC-SURVEY VIRTUAL TOKEN}" | od -An -tx1 | tr -d ' \n')
asked=$(sed -n 's/^  handset *\(sim-testbed-[ab]\).*/\1/p' shown 2>/dev/null | tail -n 1)
case $1 in
lifted) exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lift 0 ;;
asked) phone=$asked ;;
other) [ "$asked" = sim-testbed-a ] && phone=sim-testbed-b || phone=sim-testbed-a ;;
*) phone=$1 ;;
esac
exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lay 0 "$phone" "$label" on-unlocked 0 0 0 7 1 0
SH
}

# testbed_serve KIND READER: one without a daemon; programs see it by umockdev-wrapper.
testbed_serve() {
    local word tries=0
    TMPDIR=$BATS_TEST_TMPDIR "$TESTBED" "$1" --profiles "$DATA" --reader "$2" >ready 2>errors 3>&- &
    TESTBED_PID=$!
    until grep -q '^ready ' ready; do
        kill -0 "$TESTBED_PID" 2>/dev/null && [ $((tries += 1)) -lt 400 ] || { cat errors; return 1; }
        sleep 0.05
    done
    for word in $(sed -n 's/^ready //p' ready); do
        export "${word?}"
    done
}

placed() {
    records 'select(.placed) | [.result, .reason[0], .suspect, (.results | map(.[1]) | join(" "))]' | tr -d '\n'
}

@test "another phone under the same label is a question before the result, for all scripts; what is confirmed is learnt" {
    station person sim-testbed-a
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh lay sim-testbed-a
type
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
expect ^> 
do sh lay sim-testbed-b
type
expect RW-0: ATR 3b\w+ became 3b\w+. Is it sim-testbed-a that lies there\?
expect ^> 
type n
expect Lift the phone
do sh lay lifted
expect placement \d+: invalid
expect ^> 
do sh lay sim-testbed-b
type
expect Is it sim-testbed-a that lies there\?
expect ^> 
type y a new one of its kind
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
expect ^> 
type q
STEPS
    # An execution later both are known, and no question is asked.
    person 0 "$NFC_SURVEY" run --resume r <<'STEPS'
expect ^> 
do sh lay sim-testbed-b
type
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
STEPS
    run ! grep -q 'that lies there' shown
    [ "$(placed)" = '["clean",null,null,"clean clean"]["invalid","excluded",null,"invalid invalid"]["clean",null,null,"clean clean"]["clean",null,null,"clean clean"]' ] || { placed; false; }
    [ "$(records 'select(.answer) | [.about, .choice, .detail[0], .text]' | tr -d '\n')" = \
        '["stranger","no","part_became",null]["stranger","yes","part_became","a new one of its kind"]' ]
    "$NFC_SURVEY" verify r >/dev/null
    local probes
    probes=$(records 'select(.probe)' | wc -l)
    [ "$probes" -ge 1 ]
    grep -Eq "probes: $probes, token_labels: $probes, .*differences_asked: 2, same_phone: 1, another_phone: 1, .*first_difference: .*ATR 3b" r/summary.yaml || { grep -A 3 identities r/summary.yaml; false; }
}

@test "at a change of handset it is asked what it is, outside of all that is measured; a phone known is named" {
    station person sim-testbed-a,sim-testbed-b
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh lay asked
type
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
expect ^> 
type l
expect ^> 
do sh lay asked
type
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
expect ^> 
do sh lay other
type
expect RW-0: this looks like sim-testbed-[ab]. Is it sim-testbed-[ab] that lies there\?
expect ^> 
type n
expect Lift the phone
do sh lay lifted
expect placement \d+: invalid
expect ^> 
type q
STEPS
    # The published key of simulated units; one sim, so one chip.
    [ "$(records 'select(.probe) | [.token_label, .hce, .cplc[0:9]]' | sort -u)" = '["NFC-SURVEY VIRTUAL TOKEN","6A82","f67fd997:"]' ] || { records 'select(.probe)'; false; }
    [ "$(records 'select(.probe)' | wc -l)" -eq 2 ]
    [ ! -e state ]
    [ "$(records 'select(.transaction) | [.exchanges[] | .[0]] | max' | sort -u | tr '\n' ' ')" = '3 ' ] || { records 'select(.transaction)'; false; }
}

@test "a reader that shows types and collisions: type A became B, and two targets at once, are questions" {
    sed 's/^id: .*/id: sim-testbed-two/; s/^  faults: .*/  faults: [{cause: F05, rate: 1, per: transaction}]/' \
        "$ROOT/tests/testbed/data/handsets/sim-testbed-a.yaml" >"$DATA/profiles/handsets/sim-testbed-two.yaml"
    station person sim-testbed-a port100 sony-rc-s380-s
    # A sanitized build is not the first library under the preload library: ASAN_OPTIONS allows it.
    ASAN_OPTIONS=verify_asan_link_order=0 person 6 "$(command -v umockdev-wrapper)" "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh lay sim-testbed-a
type
expect Lift the phone
do sh lay lifted
expect placement \d+: clean
expect ^> 
do sh lay sim-testbed-b
type
expect RW-0: type A became type B. Is it sim-testbed-a that lies there\?
expect ^> 
type n
expect Lift the phone
do sh lay lifted
expect placement \d+: invalid
expect ^> 
do sh lay sim-testbed-two
type
expect RW-0: two targets answer at once, as a card in the case would. Is it sim-testbed-a that lies there\?
expect ^> 
type n
expect Lift the phone
do sh lay lifted
expect placement \d+: invalid
expect ^> 
type q
STEPS
    [ "$(records 'select(.answer) | .detail[0]' | tr -d '\n')" = '"type_became""two_targets"' ]
}

@test "the label of a card beside the phone spoils the whole placement, and is said before the result" {
    station person sim-testbed-a
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh lay sim-testbed-a JPKIAPICCTOKEN2
type
expect RW-0: token label 'JPKIAPICCTOKEN2': a card that is no phone answers
expect Lift the phone
do sh lay lifted
expect placement \d+: invalid
expect ^> 
type q
STEPS
    [ "$(placed)" = '["invalid","label_outside",null,"invalid invalid"]' ] || { placed; false; }
    "$NFC_SURVEY" verify r >/dev/null
}

@test "of a robot's phone a difference is recorded, for nobody can be asked" {
    station '{command: ./robot}' sim-testbed-a
    cat >robot <<'SH'
#!/bin/sh
[ "$NFC_SURVEY_ACTION" = lay ] || exec sh lay lifted
case $NFC_SURVEY_PLACEMENT in
1) exec sh lay sim-testbed-a ;;
2) exec sh lay sim-testbed-b ;;
3) exec sh lay sim-testbed-a JPKIAPICCTOKEN2 ;;
*) exit 1 ;;
esac
SH
    chmod +x robot
    run -4 timeout 60 "$NFC_SURVEY" run s.yaml --output r
    [[ $output == *'RW-0: ATR 3b'*' became 3b'* ]]
    [ "$(records 'select(.placed) | [.result, .reason[0], .differs[0], .suspect, (.results | map(.[1]) | join(" "))]' | head -n 3 | tr -d '\n')" = \
        '["clean",null,null,null,"clean clean"]["clean",null,"part_became",null,"clean clean"]["invalid","label_outside",null,null,"invalid invalid"]' ] || { records 'select(.placed)'; false; }
}
