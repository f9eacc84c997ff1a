#!/usr/bin/env bats
# Causes through the whole pipeline: whatever fault a simulated unit has, the summary keeps it among the candidates.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    python3 "$ROOT/tests/cli/faults.py" survey . ${FAULTS:-}
    for survey in faults reader-faults; do
        "$NFC_SURVEY" run $survey.yaml --output $survey >$survey.out 2>$survey.err </dev/null
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "no narrowing loses the fault that a unit has, for every fault, reader class, rhythm and frame size" {
    run -0 python3 "$ROOT/tests/cli/faults.py" judge faults/summary.yaml reader-faults/summary.yaml
    printf '%s\n' "${lines[@]}" >&3
    # The rules here and the drivers' own evidence take candidates away; 2.77 were left when status words got all that share them.
    [[ "${lines[-1]}" =~ 'by the code '([0-9.]+)', as recorded '([0-9.]+)', left '([0-9.]+) ]]
    awk -v code="${BASH_REMATCH[1]}" -v left="${BASH_REMATCH[3]}" 'BEGIN { exit !(left < code && left < 2.8) }'
}

@test "explain says the summary's words: where, what removed a candidate, card or reader" {
    cell=$("$NFC_SURVEY" explain faults --all | grep -E '^cell [0-9]+: sim-reader-b .*sim-f14-.* x cert' | sed -nE '1s/^cell ([0-9]+):.*/\1/p')
    [ -n "$cell" ]
    run -0 --separate-stderr "$NFC_SURVEY" explain faults "$cell"
    [ "${lines[0]}" = 'SIMULATED: this run was made with simulated or emulated readers' ]
    [[ "$output" == *'where: exchange, step 4, read the certificate: fail, '*' failures, SCARD_E_NOT_TRANSACTED, after '* ]]
    [[ "$output" == *'removed F15: no failing command was an extended one'* ]]
    [[ "$output" == *'supports F13, F14: fails only from 256 bytes asked for on'* ]]
    [[ "$output" == *'  card or reader: handset: '*'this handset on other readers: '[2-5]' fail, 0 pass'* ]]
    sed -n "/^  - cell: $cell\$/,/^  - cell: $((cell + 1))\$/p" faults/summary.yaml >one
    grep -q '^      answer: handset$' one
    grep -q 'seen: "fails only from 256 bytes asked for on;' one
    grep -q '^        records: \[[0-9]' one
}

@test "with --all every failing cell has a line with stage, candidates, and card or reader" {
    "$NFC_SURVEY" explain reader-faults --all >listed
    [ "$(grep -c '^cell ' listed)" -eq "$(grep -c '^    where:' reader-faults/summary.yaml)" ]
    [ "$(grep -c '^cell ' listed)" -eq "$(grep -cE '^  [a-z, ]+; candidates F[0-9F, ]+; card or reader: (handset|reader|combination|open|not asked)$' listed)" ]
    grep -A2 -E '^cell [0-9]+: sim-f14-f .* x cert' listed | grep -q '^  exchange; candidates .*F14.*; card or reader: reader$'
}

@test "the records named are failures of the cell" {
    python3 - <<'PY'
import json, re
transactions, cell, where = {}, None, 0
with open("faults/journal.yaml", encoding="utf-8") as f:
    for line in f:
        record = json.loads(line[2:])
        if "outcome" in record:
            transactions[record["transaction"]] = record
with open("faults/summary.yaml", encoding="utf-8") as f:
    for line in f:
        m = re.match(r"  - cell: (\d+)$|        records: \[(.*)\]$", line)
        if m and m[1]:
            cell = int(m[1])
        elif m:
            for number in m[2].split(", "):
                record = transactions[int(number)]
                assert record["cell"] == cell and record["outcome"] in ("fail", "invalid"), record
                where += 1
assert where > 1000, where
PY
}
