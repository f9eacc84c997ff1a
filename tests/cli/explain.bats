#!/usr/bin/env bats
# explain on a simulated run, and what it refuses. The repetition itself is tests/testbed/explain.bats.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey survey.yaml sim-akane sim-sumi
    "$NFC_SURVEY" run survey.yaml --output run >/dev/null 2>&1
    sha256sum run/* >before
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

teardown() {
    sha256sum --status -c before # whatever was asked, the run is as it was
}

# The number of the first cell that failed, or of one that did not.
failing() {
    "$NFC_SURVEY" explain run | sed -nE 's/^cell ([0-9]+): .*/\1/p' | head -1
}
clean() {
    local failing
    failing=$("$NFC_SURVEY" explain run | sed -nE 's/^cell ([0-9]+): .*/\1/p')
    seq 0 3 | grep -vxF "$failing" | head -1
}

@test "without a cell the failing ones are listed with their numbers and counts, as the journal has them" {
    run -0 "$NFC_SURVEY" explain run
    [ "${lines[0]}" = SIMULATED ]
    for cell in 0 1 2 3; do
        bad=$(sed -nE "s/^- (\{\"transaction\".*\"cell\": $cell,.*)/\1/p" run/journal.yaml | grep -vc '"outcome": "ok"' || true)
        all=$(grep -cE "^- \{\"transaction\".*\"cell\": $cell," run/journal.yaml)
        if [ "$bad" -eq 0 ]; then
            [[ "$output" != *"cell $cell: "* ]]
        else
            [[ "$output" == *"cell $cell: "*"  $bad of $all transactions not ok"* ]]
        fi
    done
    [[ "$output" == *'sim-sumi+virtual-sim x on-unlocked x token'* ]]
}

@test "a simulated cell's record is shown, and that a simulated reader has no CCID interface" {
    run -4 --separate-stderr "$NFC_SURVEY" explain run "$(failing)"
    [[ "$output" == *'SIMULATED: this run was made with simulated'* ]]
    [[ "$output" == *'sim, recorded in the run'* ]]
    [[ "$output" == *'candidates '*'F0'* ]]
    [[ "$stderr" == *'sim driver: a simulated reader has no CCID interface'* ]]
    [[ "$output" != *'repeated now'* ]]
}

@test "a cell that never failed is not enough data" {
    fails_with 5 'never failed \([0-9]+ transactions, all ok\)' "$NFC_SURVEY" explain run "$(clean)"
}

@test "a cell that is not there, or is no number, is a usage error that says which there are" {
    for cell in 4 -1 x 99999999999999999999 ''; do
        fails_with 2 'cells 0 to 3|unknown option|no option' "$NFC_SURVEY" explain run "$cell"
    done
    fails_with 2 'person, testbed or none' "$NFC_SURVEY" explain run 0 --hands robot
    fails_with 2 'times' "$NFC_SURVEY" explain run 0 --times 0
    fails_with 2 'directory of a run' "$NFC_SURVEY" explain
}

@test "a directory without a journal is status 3, and a run without a failure status 5" {
    mkdir -p empty
    fails_with 3 'journal' "$NFC_SURVEY" explain empty
    small_survey calm.yaml sim-akane
    sed -i 's/sim-reader-b, //; s/^seed: .*/seed: 3/' calm.yaml
    rm -rf calm
    "$NFC_SURVEY" run calm.yaml --output calm >/dev/null 2>&1
    ! grep -qE '^- \{"transaction".*"outcome": "(fail|invalid)"' calm/journal.yaml || skip "this seed made a failure"
    fails_with 5 'no transaction of this run failed' "$NFC_SURVEY" explain calm
}

@test "in Japanese: the same figures, and nothing left in English" {
    local names='(sim|virtual|on)-[a-z-]+|token|sim(ドライバー|、)|CCID|PC/SC|SCARD_[A-Z_]+|SW [0-9A-F]+|[FD][0-9]+|(ATR|RATS|ATTRIB|PPS|WTX|HCE|PIN|UID|CPLC|Android)|pcsc|（select [^）]*）|ステップ select .*|nfc-survey: cell .*'
    speaks_japanese "$names" "$NFC_SURVEY" explain run
    speaks_japanese "$names" "$NFC_SURVEY" explain run "$(failing)"
}
