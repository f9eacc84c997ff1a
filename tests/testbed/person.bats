#!/usr/bin/env bats
# A person at the station over the real pcscd: what may be a slip is asked or seen before it counts.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need python3
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    cd "$BATS_TEST_TMPDIR"
    testbed_data
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1 TESTBED
}

teardown() {
    testbed_stop
    if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
        tail -n 40 shown 2>/dev/null | sed 's/^/# /' || true
        cut -c1-250 r/journal.yaml 2>/dev/null | grep -v '"start": 1' | sed 's/^/# /' || true
    fi
}

# station K READERS: two emulated readers and a survey for a person; two handsets with one label.
station() {
    testbed_start identiv-utrust-3700-f hid-omnikey-5022
    cat >s.yaml <<YAML
format: nfc-survey/survey
version: 1
id: person
title: {en: A person, ja: 人}
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: $1, n_max: 6}
sessions: 2
min_gap_h: 0
pause_ms: ${PAUSE_MS:-20}
hands: person
identity: off
arrival: ${ARRIVAL:-ask}
defaults: {driver: pcsc}
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-testbed-a]
readers:
  - {unit: RW-0, profile: identiv-utrust-3700-f, place: "left, blue label"}
  - {unit: RW-1, profile: hid-omnikey-5022, place: right}
YAML
    cat >hands <<'SH'
# hands lay|lift asked|other: the reader that the station asks for, or its neighbour
asked=$(sed -n 's/^  reader *RW-\([01]\) .*/\1/p' shown | tail -n 1)
[ "$2" = asked ] || asked=$((1 - asked))
case $1 in
lay) exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lay "$asked" sim-testbed-a 4e46432d535552564559205649525455414c20544f4b454e on-unlocked 0 0 0 7 1 0 ;;
lift) exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lift "$asked" ;;
esac
SH
}

@test "a phone on the neighbour is seen there, counts for nothing, and is measured when it is moved" {
    station 2
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sleep 0.4; sh hands lay other
type
expect a phone is seen on RW-[01]: move it to RW-[01] \((left, blue label|right)\)
do sh hands lift other
do sh hands lay asked
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
expect ^> 
do sleep 0.4; sh hands lay other
type
expect a phone is seen on
expect ^> 
do sh hands lift other
type q
STEPS
    [ "$(records 'select(.placed) | [.result, .reason[0], .suspect]' | tr -d '\n')" = '["clean",null,null]["aborted","seen_elsewhere",null]' ] || { records 'select(.placed)'; false; }
    [ -z "$(records 'select(.transaction and .outcome != "ok")')" ]
}

# Stopped while it has nothing to do, the worker hears no order to watch its reader, and none to end that.
@test "a worker that stops beside the reader that is asked for is replaced, and the phone is measured" {
    station 2
    cat >stop-other <<'SH'
asked=$(sed -n 's/^  reader *RW-\([01]\) .*/\1/p' shown | tail -n 1)
kill -STOP $(pgrep -P "$(pgrep -P "$1" -f 'run s.yaml')" | sort -n | sed -n "$((2 - asked))p")
SH
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sleep 0.4; sh stop-other $PPID
type
expect RW-[01]: killed: the reader's worker was stopped
expect RW-[01]: back
do sh hands lay asked
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
type q
STEPS
    [ "$(records 'select(.health) | .event' | tr '\n' ' ')" = '"killed" "back" ' ]
    [ -z "$(records 'select(.transaction and .outcome != "ok")')" ]
}

@test "Enter without a phone is a question; no begins nothing, and yes counts" {
    station 2
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
type
expect RW-[01] \((left, blue label|right)\) sees nothing. Was sim-testbed-a lying there as asked
expect ^> 
type n
expect Lay the phone
expect ^> 
do sh hands lay asked
type
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
expect ^> 
type
expect sees nothing
expect ^> 
type y
expect placement \d+: dirty
expect ^> 
type q
STEPS
    [ "$(records 'select(.placed) | [.result, .suspect]' | tr -d '\n')" = '["aborted",true]["clean",null]["dirty",null]' ]
}

@test "a phone that is lifted while it is measured is asked for, before its result" {
    PAUSE_MS=150 station 20
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh hands lay asked
type
expect Measuring
do sleep 1; sh hands lift asked
expect lost sim-testbed-a while it was measured. Did you lift or move it\?
expect ^> 
type y
expect placement \d+: invalid
expect ^> 
type q
STEPS
    [ "$(records 'select(.placed) | [.result, .suspect]')" = '["invalid",true]' ]
    [ "$(records 'select(.answer) | [.about, .choice]')" = '["lost","yes"]' ]
}

@test "a phone that arrives begins its placement, where the survey says so" {
    ARRIVAL=start station 2
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh hands lay asked
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
expect ^> 
type q
STEPS
    [ "$(records 'select(.placed) | .result')" = '"clean"' ]
}

@test "a reader that is missing is set aside with what to do, and taken back when it is there" {
    station 2
    "$TESTBED" send "$NFC_SURVEY_TESTBED" unplug 1
    sleep 1
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect RW-1: set aside: .* is not attached
expect ^> 
do sh hands lay asked
type
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
expect ^> 
do "$TESTBED" send "$NFC_SURVEY_TESTBED" plug 1
expect RW-1: back
type q
STEPS
    [ "$(records 'select(.health) | .event' | tr '\n' ' ')" = '"set-aside" "back" ' ]
    [ -z "$(records 'select(.decision)')" ]
}

@test "a reader that another program holds is named and waited for, and nothing is counted" {
    station 2
    export HOLD=$BATS_TEST_DIRNAME/hold
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh hands lay asked
do sleep 3 | "$HOLD" Identiv >held & sleep 0.7
type
expect RW-0: held by another program: .*: hold \(\d+\); the sweep goes on elsewhere. Close that program
expect reader *RW-1
do sh hands lift other
do sh hands lay asked
type
expect Lift the phone
do sh hands lift asked
expect placement \d+: clean
expect RW-0: back
type q
STEPS
    [ "$(records 'select(.placed) | [.result, .reason[0], .suspect]' | head -n 1)" = '["aborted","held_by",null]' ] || { records 'select(.placed)'; false; }
    [ -z "$(records 'select(.decision)')" ]
}

@test "a slip that was typed wrong keeps the result back until it is typed right" {
    station 2
    person 6 "$NFC_SURVEY" run s.yaml --output r <<'STEPS'
expect ^> 
do sh hands lay asked
type
expect Lift the phone
type xx knocked it
expect Not understood
do sh hands lift asked
expect Enter = it is gone
expect ^> 
type x knocked it
expect placement \d+: invalid
expect ^> 
type q
STEPS
    [ "$(records 'select(.placed) | .result')" = '"invalid"' ]
}
