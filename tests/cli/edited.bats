#!/usr/bin/env bats
# Nothing edited gets past any command: each edit of forge.py is refused with the lines named, or accepted and marked.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/small.yaml" --output run >/dev/null
    sed 's/seed: 2017/seed: 7/' "$ROOT/profiles/surveys/small.yaml" >other.yaml
    finishes "$NFC_SURVEY" run other.yaml --output other >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$BATS_FILE_TMPDIR/run" run
}

# forged EDIT: the run with this edit, in ./forged.
forged() {
    rm -rf forged
    cp -r run forged
    python3 "$ROOT/tests/cli/forge.py" "$1" forged
}

# refused LINES COMMAND...: exit 3, and each line named.
refused() {
    local lines=$1 status=0 line
    shift
    "$@" >out 2>err || status=$?
    [ "$status" -eq 3 ] || { echo "$*: status $status"; cat err; return 1; }
    for line in $lines; do
        grep -q "journal.yaml:$line: " err || { echo "$*: line $line is not named in:"; cat err; return 1; }
    done
}

@test "every edit is refused by criteria and by verify, with each line named" {
    local name copy lines count=0
    while IFS=$'\t' read -r name copy lines; do
        echo "# $name"
        refused "$lines" "$NFC_SURVEY" criteria "$copy"
        refused "$lines" "$NFC_SURVEY" verify "$copy"
        count=$((count + 1))
    done < <(python3 "$ROOT/tests/cli/forge.py" all run copies "$BATS_FILE_TMPDIR/other")
    [ "$count" -gt 40 ]
}

@test "status refuses what is seen without the digest of a stop record" {
    local name copy lines
    while IFS=$'\t' read -r name copy lines; do
        case $name in
        'total_us sealed' | 'impossible total') "$NFC_SURVEY" status "$copy" >/dev/null ;;
        *' sealed' | 'renumbered') refused '' "$NFC_SURVEY" status "$copy" ;;
        *) refused "$lines" "$NFC_SURVEY" status "$copy" ;;
        esac || { echo "# $name"; return 1; }
    done < <(python3 "$ROOT/tests/cli/forge.py" all run copies "$BATS_FILE_TMPDIR/other")
}

@test "a start record that says otherwise than its survey is refused alike by all commands, whatever checksums say" {
    local name copy lines command count=0
    while IFS=$'\t' read -r name copy lines; do
        echo "# $name"
        refused "$lines" "$NFC_SURVEY" status "$copy"
        grep 'journal.yaml:' err >faults
        [ "$(wc -l <faults)" -eq 1 ]
        refused "$lines" "$NFC_SURVEY" verify "$copy"
        grep 'journal.yaml:' err | cmp - faults
        count=$((count + 1))
    done < <(python3 "$ROOT/tests/cli/forge.py" start run copies "$BATS_FILE_TMPDIR/other")
    [ "$count" -eq 18 ]
    forged '"q1": 0.2'
    sed -i '$d' forged/journal.yaml # no stop record is needed to see it
    for command in report criteria matrix 'compare run' status explain verify 'run --resume'; do
        # shellcheck disable=SC2086 # words of one command
        refused 1 "$NFC_SURVEY" $command forged
        grep -q 'journal.yaml:1: says that q1 is 0.05; by the survey that it embeds it is 0.2' err
    done
}

@test "a run is judged by its survey, not by the bounds that somebody wrote into the start record" {
    forged '"q1": 0.2'
    "$NFC_SURVEY" report run --format csv >/dev/null
    "$NFC_SURVEY" report forged --format csv --accept-damaged >/dev/null 2>&1
    diff <(cut -d, -f1,3- run/cells.csv) <(cut -d, -f1,3- forged/cells.csv) # but for the mark
    grep -q 'q1: 0.2$' forged/summary.yaml
}

@test "every command refuses, and accepts when it is told to" {
    forged laundered
    local command
    for command in "report forged" "criteria forged" "matrix forged" "compare forged run" "compare run forged" "status forged" \
        "status --handover forged" "explain forged" "export forged --format ndjson --output x.ndjson" "note forged remark" \
        "run --resume forged"; do
        # shellcheck disable=SC2086 # words of one command
        refused 5 "$NFC_SURVEY" $command
        grep -q -- '--accept-damaged goes on' err
        status=0
        # shellcheck disable=SC2086
        "$NFC_SURVEY" $command --accept-damaged >out 2>err || status=$?
        [ "$status" -ne 3 ] || { echo "$command"; cat err; false; }
    done
}

@test "a handset whose failures were laundered is not passed: its placements are suspect" {
    forged laundered
    "$NFC_SURVEY" report forged --format csv --accept-damaged >/dev/null 2>&1
    "$NFC_SURVEY" report run --format csv >/dev/null
    python3 - <<'PYTHON'
import csv
was, now = (list(csv.DictReader(open(f"{d}/cells.csv", encoding="utf-8-sig"))) for d in ("run", "forged"))
for a, b in zip(was, now):
    if int(a["d"]) > 0:
        assert int(b["s"]) >= int(a["d"]) and b["verdict"] != "compatible", (a, b)
PYTHON
}

@test "files for build servers and a comparison as YAML say which lines" {
    forged laundered
    named=$("$NFC_SURVEY" criteria forged --accept-damaged --format yaml 2>/dev/null | sed -n 's/^damaged_at: "\(.*\)"/\1/p')
    [[ $named == '5, '* ]]
    "$NFC_SURVEY" criteria forged --accept-damaged --junit forged/criteria.xml >/dev/null 2>&1 || true
    grep -q "<property name=\"damaged_at\" value=\"$named\"/>" forged/criteria.xml
    "$NFC_SURVEY" compare run forged --accept-damaged --format yaml --output forged/compare.yaml --junit forged/compare.xml 2>/dev/null || true
    grep -q "<property name=\"damaged_at_b\" value=\"$named\"/>" forged/compare.xml
    run -1 grep damaged_at_a forged/compare.xml
    grep -q "^  b: [{].*damaged_at: \"$named\"" forged/compare.yaml
    run -1 grep "^  a: [{].*damaged_at" forged/compare.yaml
    grep -q '  compare.yaml$' forged/manifest.sha256
    grep -q '  compare.xml$' forged/manifest.sha256
}

@test "a resume that accepts damage records it, and who reads the run is told" {
    forged laundered
    finishes "$NFC_SURVEY" run --resume forged --operator Sato --accept-damaged >/dev/null 2>&1
    named=$(sed -n 's/^- {"resume".*"damage_accepted": "\([^"]*\)".*/\1/p' forged/journal.yaml)
    [[ $named == '5, '* ]]
    "$NFC_SURVEY" report forged --format html,md,xlsx --accept-damaged >/dev/null 2>&1
    unzip -p forged/report.xlsx 'xl/worksheets/*.xml' >forged/sheets.xml
    "$NFC_SURVEY" status forged --accept-damaged >forged/status.txt 2>/dev/null
    "$NFC_SURVEY" verify forged >forged/verify.txt 2>/dev/null || [ $? -eq 3 ]
    local file
    for file in report.html report.md sheets.xml status.txt verify.txt; do
        grep -q "Accepted at the resume of .*Sato.*: lines $named" "forged/$file" || { echo "$file"; false; }
    done
    finishes "$NFC_SURVEY" run --resume run --accept-damaged >/dev/null 2>&1
    run -1 grep damage_accepted run/journal.yaml
}

@test "an open run is no edited one: it is read to its last whole line, and is said to be open" {
    local name copy lines
    while IFS=$'\t' read -r name copy lines; do
        "$NFC_SURVEY" status "$copy" >/dev/null
        "$NFC_SURVEY" verify "$copy" | grep -q 'the run is open: .*the last record is of 20'
    done < <(python3 "$ROOT/tests/cli/forge.py" open run copies "$BATS_FILE_TMPDIR/other")
}

@test "verify tells a flip from a hand edit, a missing line, reordering, a cut tail and another journal" {
    tells() {
        forged "$1"
        "$NFC_SURVEY" verify forged >/dev/null 2>err || true
        grep -Eq "$2" err || { echo "$1: not '$2' in"; cat err; return 1; }
    }
    tells flipped '7: one bit of it is flipped: byte [0-9]+ is ., and was .'
    tells 'total_us left' 'the checksum does not fit'
    tells 'total_us bare' 'was edited: its checksum is missing'
    tells 'transaction removed' '1 line is missing before it'
    tells swapped 'moved from where it is missing'
    tells doubled 'a copy, or of another journal'
    tells 'stop cut' 'the tail of a closed run is cut'
    tells 'verdict sealed' 'decides cell [0-9]+ as .*, but the lines before it give'
    cp -r run forged2
    cat "$BATS_FILE_TMPDIR/other/journal.yaml" >>forged2/journal.yaml
    refused 204 "$NFC_SURVEY" verify forged2
    grep -q 'another journal begins here, and the [0-9]* lines behind it are not of this run' err
    [ "$(wc -l <err)" -eq 1 ]
}

@test "a decision that a crash left unwritten is written late, which is no edit" {
    python3 - <<'PYTHON'
lines = open("run/journal.yaml").read().splitlines(True)
at = next(i for i, line in enumerate(lines) if line.startswith('- {"decision"'))
open("run/journal.yaml", "w").write("".join(lines[:at]))
PYTHON
    rm run/manifest.sha256 # it has what was cut off
    finishes "$NFC_SURVEY" run --resume run >/dev/null 2>&1
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'is written late'* ]]
}
