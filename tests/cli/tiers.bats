#!/usr/bin/env bats
# A scheme of two tiers from the survey to the list: whole tours, rows in journal and summary, resumes, weights, a reader that is
# missing, criteria that ask another question. Rows are recounted from the journal by tests/golden/rows.py.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# survey SCHEME [LINE...]: three readers, two handsets, one of them dead with the token.
survey() {
    local scheme=$1
    shift
    cat >tiers.yaml <<YAML
format: nfc-survey/survey
version: 1
id: tiers
title: Tiers
seed: 3
scheme: $scheme
sessions: 2
hands: sim
readers: [sim-reader-a, sim-reader-b, sim-reader-d]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token, cert]
handsets: [sim-akane, sim-sumi]
$(printf '%s\n' "$@")
YAML
}

criteria() {
    cat >own.yaml <<YAML
format: nfc-survey/criteria
version: 1
id: own
edition: "1"
title: Own
source: made up
proves: nothing
scripts: [token, cert]
power_modes: [on-unlocked]
readers_at_least: ${2:-all}
$1
YAML
}

recount() {
    /usr/bin/python3 -c 'import scipy, yaml' 2>/dev/null || skip "python3-scipy is not installed"
    run -0 /usr/bin/python3 "$ROOT/tests/golden/rows.py" "$1"
    [[ $output == *' rows agree' ]]
}

# rows RUN EXPRESSION: of summary.yaml's rows as `rows`.
rows() {
    python3 -c '
import sys, yaml
rows = yaml.safe_load(open(sys.argv[1] + "/summary.yaml"))["rows"]
assert eval(sys.argv[2]), rows' "$@"
}

@test "a handset passes in whole tours, one whose reader is incompatible fails, and the list says what that claims" {
    survey '{preset: counter, k: 2}' 'criteria: own.yaml'
    criteria 'success: {mean_at_most: 0.1, each_at_most: 0.3}'
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1
    rows run '[r["verdict"] for r in rows] == ["passes", "passes", "fails", "fails"]'
    rows run 'all(r["tours"] == 11 and r["placements"] == 33 and r["dirty"] == 0 for r in rows if r["verdict"] == "passes")'
    rows run 'all(r["by"] == "cell" and r["reader"] == "sim-reader-d" for r in rows if r["verdict"] == "fails")'
    "$NFC_SURVEY" verify run >/dev/null
    recount run
    "$NFC_SURVEY" matrix run --format yaml >matrix.yaml
    python3 -c 'import yaml; a, b = (yaml.safe_load(open(f))["rows"] for f in ("matrix.yaml", "run/summary.yaml")); assert a == b and len(a) == 4, a'
    run -1 "$NFC_SURVEY" criteria run
    [[ $output == *'recommended     sim-akane+virtual-sim'* ]]
    [[ $output == *'not recommended sim-sumi+virtual-sim; success: fail; shown above 2 %; whether it meets 10 %/30 % is not shown; sim-reader-d,'* ]]
    [[ $output == *'on average over the 3 readers at most 10 % of placements fail, on none more than 30 %'* ]]
    [[ $output == *'have a reader at 10 % or more'* ]]
}

@test "an interrupted run goes on to the same rows" {
    survey '{preset: counter, k: 2}'
    "$NFC_SURVEY" run tiers.yaml --output whole >/dev/null 2>&1
    mkdir cut
    local placement
    placement=$(grep -n '^- {"placement": ' whole/journal.yaml | sed -n 20p | cut -d: -f1)
    head -n "$((placement - 1))" whole/journal.yaml >cut/journal.yaml
    "$NFC_SURVEY" run --resume cut >/dev/null 2>&1
    diff <(sed -n '/^rows:/,/^[a-z]*:$/p' whole/summary.yaml) <(sed -n '/^rows:/,/^[a-z]*:$/p' cut/summary.yaml)
    recount cut
}

@test "weighted tours lay more on a reader, and the claim is about the weighted mean" {
    survey '{preset: counter, k: 2, n_max: 60, weights: {sim-reader-a: 2}}'
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1
    rows run 'rows[0]["placements"] == 4 * rows[0]["tours"] and rows[0]["verdict"] == "passes"'
    recount run
}

@test "a handset that is left out on one reader has a row of the others" {
    survey '{preset: counter, k: 2}' 'exclude:' '  - {handset: sim-akane, reader: sim-reader-b, reason: no room}'
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1
    rows run 'rows[0]["readers"] == 2 and rows[0]["placements"] == 2 * rows[0]["tours"] == 32'
    recount run
}

@test "one reader alone is held to the mean" {
    survey '{preset: counter, k: 2}'
    sed -i 's/^readers:.*/readers: [sim-reader-a]/' tiers.yaml
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1 || true
    rows run 'rows[0]["tours"] == 31 and rows[0]["verdict"] == "passes"'
}

@test "decide: list stops a handset whose row fails" {
    survey '{preset: counter, k: 2}' 'criteria: own.yaml' 'decide: list'
    criteria ''
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1
    rows run 'rows[0]["verdict"] == "passes" and "fails" in [r["verdict"] for r in rows[2:]]'
    "$NFC_SURVEY" verify run >/dev/null
}

@test "plan and check say where criteria and scheme do not ask the same question" {
    survey '{preset: counter, k: 2}' 'criteria: own.yaml'
    criteria 'success: {dirty_at_most: 0.1}'
    "$NFC_SURVEY" plan tiers.yaml 2>&1 | grep -q 'asks each reader, the scheme decides by the mean over the readers'
    criteria 'success: {mean_at_most: 0.05, each_at_most: 0.3}'
    "$NFC_SURVEY" plan tiers.yaml 2>&1 | grep -q 'by own nobody can be recommended: it asks for a mean of at most 5 % and 30 % on each reader'
    criteria '' 2
    "$NFC_SURVEY" plan tiers.yaml 2>&1 | grep -q 'asks for some readers, the scheme decides by the mean over all'
    survey screen 'criteria: own.yaml'
    criteria 'success: {mean_at_most: 0.1, each_at_most: 0.3}'
    "$NFC_SURVEY" plan tiers.yaml 2>&1 | grep -q 'asks for a mean over the readers, the scheme decides each reader'
}

@test "a row that can no longer pass is refused without a claim that a reader was shown above q0" {
    survey '{preset: counter, k: 2}' 'criteria: own.yaml'
    sed -i -e 's/^readers:.*/readers: [sim-reader-a]/' -e 's/^handsets:.*/handsets: [sim-rikyu]/' -e 's/^scripts:.*/scripts: [token]/' tiers.yaml
    criteria ''
    sed -i 's/^scripts:.*/scripts: [token]/' own.yaml
    "$NFC_SURVEY" run tiers.yaml --output run >/dev/null 2>&1
    rows run '[(r["verdict"], r["by"]) for r in rows] == [("fails", "mean")]'
    run -1 "$NFC_SURVEY" criteria run
    [[ $output == *'not recommended sim-rikyu+virtual-sim; success: fail; can no longer pass; whether it meets 10 %/30 % is not shown;'* ]]
    [[ $output != *'shown above 2 %; whether'* ]]
    grep -q 'refusal_shows: .*out of reach' run/criteria.yaml
    "$NFC_SURVEY" report run --format html,md >/dev/null
    grep -q 'can no longer pass' run/report.md
    ! grep -qE 'success: above 2 %|shown above 2 %; whether' run/report.md run/report.html
}
