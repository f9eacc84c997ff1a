#!/usr/bin/env bats
# What cards that refuse can mean, over the real pcscd: each status word that several causes share keeps them all.
bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    vpcd_stop
}

# causes N: of the Nth placement's transactions, each set once.
causes() {
    sed 's/^- //' "$RUN/journal.yaml" | jq -c "select(.transaction or .placement) | [.placement, .transaction, .causes]" |
        jq -sc "[.[] | select(.[1])] | group_by(.[0])[$1 - 1] | map(.[2]) | unique | .[]"
}

@test "a file that is lost, one that is not there and a FeliCa card keep every cause that their status words share" {
    testbed_need jq
    testbed_data
    vpcd_start lost no-file felica
    RUN=run
    cat >survey.yaml <<'YAML'
format: nfc-survey/survey
version: 1
id: refusals
title: Refusals
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 2, n_max: 3}
sessions: 1
hands: {testbed: hands.sock}
defaults: {driver: pcsc}
readers: [{unit: virtual-1, profile: sim-testbed-vpcd}]
sims: [{id: virtual-sim, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]
conditions: [on-unlocked]
scripts: [cert]
handsets: [sim-testbed-a]
YAML
    run -5 env NFC_SURVEY_DATA="$DATA" "$NFC_SURVEY" run survey.yaml --output "$RUN"
    [ "$(causes 1)" = '["F16","F17","F19","F26"]' ]
    [ "$(causes 2)" = '["F18","F23","F25"]' ]
    [ "$(causes 3)" = '["F04","F18","F23"]' ]
    grep -A 2 'rule: storage-card' "$RUN/summary.yaml" >seen
    grep -q 'supports: \[F04\]' seen
    grep -q 'ATR of a storage card.*FeliCa' seen
}
