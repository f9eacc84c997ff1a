#!/usr/bin/env bats
# A script that brings more than a line of the journal holds, and a worker that sends what it was not ordered to send: what
# is written stays readable, small and finite.
load helper

setup_file() {
    cc -shared -fPIC -I"$ROOT" -o "$BATS_FILE_TMPDIR/strayed.so" "$ROOT/tests/cli/strayed.c" -ldl
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    small_survey small.yaml
    sed -i 's/^readers: .*/readers: [sim-reader-e]/; s/^sessions: .*/sessions: 1\ncriteria: crossover-3-reads/' small.yaml
}

# stray HOW STATUS: a sweep by a worker gone mad.
stray() {
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$BATS_FILE_TMPDIR/strayed.so NFC_SURVEY_STRAY=$1 \
        run timeout 60 "$NFC_SURVEY" run small.yaml --output r </dev/null
    echo "$output"
    [ "$status" -eq "$2" ]
    run -0 "$NFC_SURVEY" verify r
    [ "$(wc -c <r/journal.yaml)" -lt 100000 ]
}

# The sweep goes on to its end: three invalid placements close the cell, and none of them counts.
all_are_invalid() {
    grep -q '"health".*"worker_strayed"' r/journal.yaml
    [ "$(grep -c '"placed"' r/journal.yaml)" -eq 3 ]
    [ "$(grep -c '"placed".*"result": "invalid".*"worker_strayed"' r/journal.yaml)" -eq 3 ]
    grep -q '^    n: 0$' r/summary.yaml
}

@test "transactions beyond those that were ordered stop the worker, and its placement counts for nothing" {
    stray more 0
    all_are_invalid
    [ "$(grep -c '"transaction"' r/journal.yaml)" -le 9 ]
}

@test "the same transaction without end stops the worker" {
    stray again 0
    all_are_invalid
}

@test "a placement that ends after one of its transactions stops the worker, and is not made without end" {
    stray end 0
    all_are_invalid
}

@test "fragments that bring nothing stop the worker" {
    stray nothing 0
    all_are_invalid
}

@test "a code that no journal holds stops the worker" {
    stray code 0
    all_are_invalid
}

@test "a text that begins like a code is a text, in a line that verify and a resume read" {
    stray text 0
    grep -q '"native": "\\u0001\[\\"absent\\"\]\\u0085"' r/journal.yaml
    run -0 "$NFC_SURVEY" run --resume r </dev/null
}

@test "evidence that no line holds is cut to its last exchanges, and the record says so" {
    mkdir scripts
    cat >scripts/long.yaml <<'YAML'
format: nfc-survey/script
version: 1
id: long
title: {en: Long answers, ja: 長い応答}
source: this test
time_limit_ms: 600000
deadline_ms: 600000
variables:
  ladder: {bytes: "F0 4E 46 43 53 55 52 56 45 59"}
steps:
  - {name: select, send: "00 A4 04 0C 0A {ladder}", expect: "9000", stage: route}
  - {name: read, send: "00 B0 00 00 00 FF FF", expect: "9000", repeat: 130, keep_bytes: true, needs_extended: true}
YAML
    sed -i 's/^scripts: .*/scripts: [scripts\/long.yaml]/; s/^scheme: .*/scheme: {name: one, q0: 0.05, q1: 0.9, alpha: 0.05, beta: 0.4, k: 1, n_max: 3}/' small.yaml
    run -0 "$NFC_SURVEY" run small.yaml --output r </dev/null
    run -0 "$NFC_SURVEY" verify r
    python3 - r/journal.yaml <<'PY'
import json, sys
lines = open(sys.argv[1], "rb").read().splitlines()
kept = [json.loads(line[2:]) for line in lines if line.startswith(b'- {"transaction"')]
assert kept and max(map(len, lines)) <= 16 << 20
for r in kept:
    have = [len(response) for _, response in r["bytes"]]
    cut = int(r["bytes_cut"][1])
    assert r["bytes_cut"][0] == "bytes_cut" and len(have) == 131 and 0 < cut < 30, (r["bytes_cut"], len(have))
    assert have[:cut] == [0] * cut and all(n == 2 * 65537 for n in have[cut:]), have
PY
}
