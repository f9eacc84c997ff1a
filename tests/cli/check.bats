#!/usr/bin/env bats
# check and plan: what is shipped is valid, and odd input gets a clear answer.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "every shipped profile, survey, script and criteria file is valid" {
    run -0 "$NFC_SURVEY" check "$ROOT"/profiles/{readers,handsets,scripts,criteria,surveys}/*.yaml
    [ "$(grep -c ': valid ' <<<"$output")" -eq "$(ls "$ROOT"/profiles/{readers,handsets,scripts,criteria,surveys}/*.yaml | wc -l)" ]
}

@test "every problem is listed with line and column" {
    small_survey s.yaml
    sed -i 's/^seed: 1$/seed: one/; s/^lanes.*//; s/^scripts:/scirpts:/' s.yaml
    fails_with 3 '^s\.yaml:[0-9]+:[0-9]+: ' "$NFC_SURVEY" check s.yaml
    [ "$(grep -c '^s\.yaml:' err)" -ge 2 ]
}

@test "one bad file among good ones: all are checked" {
    small_survey good.yaml
    echo 'format: nfc-survey/nonsense' >bad.yaml
    run -3 --separate-stderr "$NFC_SURVEY" check good.yaml bad.yaml good.yaml
    [ "$(grep -c valid <<<"$output")" -eq 2 ]
}

@test "no such file, a directory, an empty file, a fifo" {
    fails_with 3 'No such file' "$NFC_SURVEY" check nowhere.yaml
    fails_with 3 'No such file' "$NFC_SURVEY" plan nowhere.yaml
    : >empty.yaml
    fails_with 3 'empty.yaml' "$NFC_SURVEY" check empty.yaml
    fails_with 3 'empty.yaml' "$NFC_SURVEY" plan empty.yaml
    mkdir directory
    fails_with 3 'directory' "$NFC_SURVEY" plan directory
    fails_with 3 'directory/journal.yaml' "$NFC_SURVEY" check directory
    mkfifo fifo
    fails_with 3 'not a regular file' timeout 10 "$NFC_SURVEY" check fifo
}

@test "a file of 100 MB is refused at once" {
    truncate -s 100M big.yaml
    fails_with 3 'big.yaml.*at most' timeout 10 "$NFC_SURVEY" check big.yaml
}

@test "nesting of 10,000 is refused" {
    { printf 'format: nfc-survey/survey\nreaders: '; printf '[%.0s' $(seq 10000); } >deep.yaml
    fails_with 3 'deep.yaml:2:' timeout 10 "$NFC_SURVEY" check deep.yaml
}

@test "bytes that are no UTF-8, NUL bytes, aliases and second documents are refused" {
    printf 'format: \377\376\n' >bytes.yaml
    fails_with 3 'bytes.yaml' "$NFC_SURVEY" check bytes.yaml
    printf 'format: \0\n' >nul.yaml
    fails_with 3 'nul.yaml' "$NFC_SURVEY" check nul.yaml
    printf 'format: &a nfc-survey/survey\nid: *a\n' >alias.yaml
    fails_with 3 'alias.yaml' "$NFC_SURVEY" check alias.yaml
    small_survey two.yaml
    printf -- '---\nformat: nfc-survey/survey\n' >>two.yaml
    fails_with 3 'two.yaml' "$NFC_SURVEY" check two.yaml
}

@test "a survey of one cell has a plan" {
    small_survey one.yaml
    sed -i 's/^readers:.*/readers: [sim-reader-b]/; s/^sessions: 2/sessions: 1/' one.yaml
    run -0 "$NFC_SURVEY" plan one.yaml
    [[ $output == *'cells: 1 to decide'* ]]
}

@test "a survey without handsets is refused" {
    small_survey none.yaml
    sed -i '/^handsets:/,$d' none.yaml
    echo 'handsets: []' >>none.yaml
    fails_with 3 'none.yaml:[0-9]+' "$NFC_SURVEY" plan none.yaml
}

@test "units with blanks, quotes and Japanese names are planned under their names" {
    small_survey odd.yaml '{unit: "棚 3, \"左\" '"'"'x'"'"'", handset: sim-akane}'
    run -0 "$NFC_SURVEY" plan odd.yaml --list
    [[ $output == *$'\t''棚 3, "左" '"'x'"$'\t'* ]]
}

@test "a script that uses a variable which nothing captures is refused" {
    small_survey s.yaml
    sed -i 's|^scripts:.*|scripts: [./lost.yaml]|' s.yaml
    cat >lost.yaml <<'YAML'
format: nfc-survey/script
version: 1
id: lost
title: Uses what nothing captured
time_limit_ms: 1000
deadline_ms: 5000
variables:
  length: {number: }
steps:
  - {name: read, send: "00 B0 00 00 {length:1}", expect: "9000"}
YAML
    fails_with 3 'lost.yaml:[0-9]+:[0-9]+' "$NFC_SURVEY" check s.yaml
}

@test "the plan of a survey is the same every time, and another with another seed" {
    "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list >a
    "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list | cmp - a
    ! "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list --seed 1 | cmp -s - a || false
}

@test "the list holds as many placements as the plan expects" {
    expected=$("$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" | awk '$1 == "placements" && !n++ { print $2 }')
    [ "$("$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list | tail -n +2 | wc -l)" -eq "$expected" ]
}

@test "the plan says what the scheme will prove" {
    run -0 "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml"
    [[ $output == *'(simulated)'* ]]
    [[ $output == *'Scheme screen'* ]]
    [[ $output =~ 'at least '[0-9]+' clean placements' ]]
}

# truth_holds LIMIT_MS OFF HANDSET: in a sweep of a hundred units, placements are dirty as often as --truth says, by 4 sigma
# and what the sum of times is off where it counts as normal.
truth_holds() {
    local unit
    small_survey s.yaml
    sed -i "s/^scheme: .*/scheme: {name: few, q0: 0.4, q1: 0.98, alpha: 0.001, beta: 0.001, k: 3, n_max: 4}/
            s/^scripts: .*/scripts: [{script: token, time_limit_ms: $1}]/; /^  - sim-akane/d" s.yaml
    for unit in {1..100}; do echo "  - {unit: H$unit, handset: $3}"; done >>s.yaml
    "$NFC_SURVEY" plan s.yaml --truth >truth
    "$NFC_SURVEY" run s.yaml --output "r$1$3" >/dev/null 2>&1
    python3 - "r$1$3" "$2" <<'PYTHON'
import csv, json, math, sys
truth = [float(row["q"]) for row in csv.DictReader(open("truth", newline=""), delimiter="\t")]
placed = [0] * len(truth), [0] * len(truth)
for line in open(sys.argv[1] + "/journal.yaml"):
    record = json.loads(line[2:])
    for cell, result, *_ in record.get("results", []) if "placed" in record else []:
        placed[result == "dirty"][cell] += 1
for reader in (0, 1):
    cells = range(reader, len(truth), 2)
    n, d, q = sum(placed[0][i] + placed[1][i] for i in cells), sum(placed[1][i] for i in cells), truth[reader]
    assert n >= 300 and {truth[i] for i in cells} == {q}, n
    assert abs(d / n - q) <= 4 * math.sqrt(q * (1 - q) / n) + float(sys.argv[2]) + 1e-9, (d, n, q)
    print(reader, d, n, q)
PYTHON
}

@test "the simulator's truth counts what is slow: late answers, and phones that take as long as the limit" {
    truth_holds 1000 0 sim-sabi # 2 % of its transactions are 2.5 s late
    awk 'NR > 1 && ($5 < 0.0588 || $5 > 0.06) { exit 1 }' truth # 1 - 0.98^3 = 0.058808, and what the link loses
    truth_holds 3000 0 sim-sabi # late, and in time
    awk 'NR > 1 && $5 > 0.001 { exit 1 }' truth
    truth_holds 20 0 sim-akane # never in time
    awk 'NR > 1 && $5 != 1 { exit 1 }' truth
    truth_holds 85 0.03 sim-akane
}

@test "the simulator's truth is told for every cell of a simulated survey only" {
    small_survey s.yaml
    run -0 "$NFC_SURVEY" plan s.yaml --truth
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[1]} =~ ^sim-reader-b$'\t'.*$'\t'token$'\t'0\.[0-9]{6}$ ]]
    fails_with 3 'only a simulated survey' "$NFC_SURVEY" plan "$ROOT/profiles/surveys/counter.yaml" --truth
    fails_with 2 'give one' "$NFC_SURVEY" plan s.yaml --truth --list
}

@test "in Japanese: what is valid, and what a survey will take" {
    speaks_japanese '[A-Za-z0-9_./-]+\.yaml' "$NFC_SURVEY" check "$ROOT"/profiles/{surveys/demo,readers/sim-reader-a,handsets/sim-akane,scripts/token,criteria/counter-default}.yaml
    [ "$(grep -c ': 有効（.*）$' ja)" -eq 5 ]
    speaks_japanese 'screen|refuse: above-bound|decide: (list|matrix)' "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml"
    "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list --lang ja | sed 1q | cmp - <("$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --list | sed 1q) # for programs
}
