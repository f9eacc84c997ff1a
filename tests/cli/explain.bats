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

@test "the list says how often it failed by handset, reader and stage, as the journal has it, and takes filters" {
    run -0 "$NFC_SURVEY" explain run
    printf '%s\n' "$output" >whole
    for cell in "" "--handset sim-sumi*" "--reader sim-reader-b" "--stage detect" "--reader sim-reader-e --stage exchange --stage route"; do
        "$NFC_SURVEY" explain run $cell >some
        python3 - run/journal.yaml "$cell" some <<'PYTHON'
import fnmatch, json, re, sys
journal, options, some = sys.argv[1:]
handsets, readers = ["sim-akane", "sim-sumi"], ["sim-reader-b", "sim-reader-e"]
asked = {}
for name, value in re.findall(r"--(\w+) (\S+)", options):
    asked.setdefault(name, []).append(value)
count, cells = {}, {}
for line in open(journal):
    r = json.loads(line[2:])
    if "transaction" not in r or r["outcome"] not in ("fail", "invalid"):
        continue
    handset, reader, stage = handsets[r["cell"] // 2], readers[r["cell"] % 2], r["stage"]
    if (fnmatch.fnmatch(handset, asked.get("handset", ["*"])[0]) and reader in asked.get("reader", readers)
            and stage in asked.get("stage", [stage])):
        for key in (handset + "+virtual-sim", reader, stage):
            count[key] = count.get(key, 0) + 1
            cells.setdefault(key, set()).add(r["cell"])
text = open(some).read()
said = {m[0]: (int(m[1]), int(m[2])) for m in re.findall(r"^(\S+) +(\d+) +(\d+) +\d+$", text, re.M)}
assert said == {k: (len(cells[k]), count[k]) for k in count}, (options, said, count)
listed = set(map(int, re.findall(r"^cell (\d+):", text, re.M)))
assert listed == set().union(*cells.values()) if cells else not listed
PYTHON
    done
    cmp whole <("$NFC_SURVEY" explain run --handset '*' --reader 'sim-reader-?' --all)
    fails_with 2 'nobody. is no handset of this survey' "$NFC_SURVEY" explain run --handset nobody
    fails_with 2 'nobody. is no reader of this survey' "$NFC_SURVEY" explain run --reader nobody
    fails_with 2 '--stage is setup, detect' "$NFC_SURVEY" explain run --stage pin
    fails_with 2 '--reader is of the list' "$NFC_SURVEY" explain run 0 --reader sim-reader-b
    fails_with 2 '--times goes with CELL' "$NFC_SURVEY" explain run --times 2
}

@test "the record of a simulated cell answers; that it is repeated over CCID is refused" {
    run -0 --separate-stderr "$NFC_SURVEY" explain run "$(failing)"
    [[ "$output" == *'SIMULATED: this run was made with simulated'* ]]
    [[ "$output" == *'sim, recorded in the run'* ]]
    [[ "$output" == *'candidates '*'F0'* ]]
    [[ "$output" == *'Not to be repeated: it was recorded with the sim driver: a simulated reader has no CCID interface'* ]]
    [[ "$output" != *'repeated now'* ]]
    run -4 --separate-stderr "$NFC_SURVEY" explain run "$(failing)" --times 2
    [[ "$stderr" == *'sim driver: a simulated reader has no CCID interface'* ]]
}

@test "that a cell never failed is an answer, too" {
    run -0 "$NFC_SURVEY" explain run "$(clean)"
    [[ "$output" == *"cell $(clean): "*'it never failed: '*' transactions, all ok'* ]]
}

@test "cells that were not pursued are listed with the cell that settled it" {
    sed 's/^seed:.*/&\ndecide: list\ncriteria: counter-default/; s/^scripts:.*/scripts: [token, cert]/; s/reader-b/reader-c/; s/sim-sumi/sim-gin/' "$BATS_FILE_TMPDIR/survey.yaml" >list.yaml
    rm -rf list
    "$NFC_SURVEY" run list.yaml --output list >/dev/null 2>&1 || [ -s list/summary.yaml ]
    grep -q 'verdict: "not pursued"' list/summary.yaml
    run -0 "$NFC_SURVEY" explain list
    [[ "$output" == *'Not pursued'*'sim-gin+virtual-sim: '*' cell'*': cell '* ]]
    python3 - "$output" <<'PYTHON' >cell
import re, sys, yaml
cells = [c for c in yaml.safe_load(open("list/summary.yaml"))["cells"] if c["verdict"] == "not pursued"]
[n] = re.findall(r"sim-gin\+virtual-sim: (\d+) cells?\.", sys.argv[1])
assert int(n) == len(cells)
print(cells[0]["cell"])
PYTHON
    run -0 "$NFC_SURVEY" explain list "$(cat cell)"
    [[ "$output" == *'not pursued. Success: '* ]]
}

@test "a cell that is not there, or is no number, is a usage error that says which there are" {
    for cell in 4 -1 x 99999999999999999999 ''; do
        fails_with 2 'cells 0 to 3|unknown option|no option' "$NFC_SURVEY" explain run "$cell"
    done
    fails_with 2 'person, testbed or none' "$NFC_SURVEY" explain run 0 --hands robot
    fails_with 2 'times' "$NFC_SURVEY" explain run 0 --times 0
    fails_with 2 'directory of a run' "$NFC_SURVEY" explain
}

@test "a directory without a journal is status 3; that nothing failed is an answer" {
    mkdir -p empty
    fails_with 3 'journal' "$NFC_SURVEY" explain empty
    small_survey calm.yaml sim-akane
    sed -i 's/sim-reader-b, //; s/^seed: .*/seed: 3/' calm.yaml
    rm -rf calm
    "$NFC_SURVEY" run calm.yaml --output calm >/dev/null 2>&1
    ! grep -qE '^- \{"transaction".*"outcome": "(fail|invalid)"' calm/journal.yaml || skip "this seed made a failure"
    run -0 "$NFC_SURVEY" explain calm
    [ "${lines[-1]}" = "No transaction of these cells failed." ]
    mkdir -p begun && sed -n 1p calm/journal.yaml >begun/journal.yaml
    fails_with 5 'nothing was measured of these cells yet' "$NFC_SURVEY" explain begun
    fails_with 5 'cell 0: nothing was measured of it yet' "$NFC_SURVEY" explain begun 0
}

@test "in Japanese: the same figures, and nothing left in English" {
    local names='(sim|virtual|on)-[a-z-]+|token|sim(ドライバー|、)|CCID|PC/SC|SCARD_[A-Z_]+|SW [0-9A-F]+|[FD][0-9]+|(ATR|RATS|ATTRIB|PPS|WTX|HCE|PIN|UID|CPLC|Android)|pcsc|（select [^）]*）|ステップ select .*|nfc-survey: cell .*'
    speaks_japanese "$names" "$NFC_SURVEY" explain run
    speaks_japanese "$names" "$NFC_SURVEY" explain run "$(failing)"
}
