#!/usr/bin/env bats
# verify, check and report on a run's directory: whole, damaged, edited, torn, and not there.
load helper

# A small finished run, made once; every test works on a copy.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey s.yaml
    "$NFC_SURVEY" run s.yaml --output finished >/dev/null
    "$NFC_SURVEY" report finished >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$BATS_FILE_TMPDIR/finished" run
}

@test "a finished run is whole, and its summary is what the journal gives" {
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'was closed by a stop record'* ]]
    [[ $output == *'summary.yaml is what the journal gives'* ]]
    [[ $output == *"sha256 $(sha256sum <run/journal.yaml | cut -c1-64)"* ]]
    run -0 "$NFC_SURVEY" check run run/journal.yaml
}

@test "the journal is YAML with one record a line" {
    python3 -c '
import sys, yaml
records = yaml.load(open("run/journal.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
assert [next(iter(r.values())) for r in records] == list(range(1, len(records) + 1))'
    sed 's/^- //' run/journal.yaml | jq -e . >/dev/null
}

@test "a flipped byte is named with its line" {
    sed -i '7s/"at_us": \([0-9]\)/"at_us": 9\1/' run/journal.yaml
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/journal.yaml:7: '* ]]
    run -3 "$NFC_SURVEY" check run
}

@test "a line that was taken out is missed" {
    sed -i '9d' run/journal.yaml
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/journal.yaml:9: '* ]]
}

@test "a torn last line is told" {
    truncate -s -5 run/journal.yaml
    run "$NFC_SURVEY" verify run
    [[ $output == *'the last line is torn'* ]]
}

@test "an edited summary is found out, and report makes it anew" {
    sed -i 's/compatible/incompatible/' run/summary.yaml
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/summary.yaml: is not what the journal gives'* ]]
    "$NFC_SURVEY" report run >/dev/null
    run -0 "$NFC_SURVEY" verify run
}

@test "a run without a summary is verified by its journal alone" {
    rm run/summary.yaml
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'there is no summary.yaml'* ]]
}

@test "report names what it wrote, in both languages" {
    run -0 "$NFC_SURVEY" report run
    [ "${lines[0]}" = run/summary.yaml ]
    [ "${lines[1]}" = run/report.html ]
    run -0 "$NFC_SURVEY" report run --lang ja --output ja.html
    grep -q 'lang="ja"' ja.html
    fails_with 2 '--lang is en, ja or en,ja' "$NFC_SURVEY" report run --lang fr
}

@test "the report of a simulated run says so" {
    grep -qi 'simulated' run/report.html
    grep -q 'simulated: true' run/summary.yaml
}

@test "a page that cannot be written is status 4" {
    run -4 --separate-stderr "$NFC_SURVEY" report run --output nowhere/report.html
    [[ $stderr == *'nowhere/report.html'* ]]
}

@test "a directory without a journal, and no directory" {
    mkdir empty
    fails_with 3 'empty/journal.yaml' "$NFC_SURVEY" verify empty
    fails_with 3 'nowhere' "$NFC_SURVEY" verify nowhere
    fails_with 3 'empty' "$NFC_SURVEY" report empty
    : >empty/journal.yaml
    fails_with 3 'empty' "$NFC_SURVEY" report empty
}

@test "a journal of hostile lines is read to its end" {
    run -3 timeout 20 "$NFC_SURVEY" check "$ROOT/tests/data/journal/hostile.yaml"
}

# same_cells SUMMARY OTHER: every key that the first one's cells have, with its value.
same_cells() {
    python3 - "$@" <<'PYTHON'
import sys, yaml
old, new = (yaml.safe_load(open(path, encoding="utf-8"))["cells"] for path in sys.argv[1:])
assert len(old) == len(new) > 0
for before, after in zip(old, new):
    assert before == {key: after[key] for key in before}, (before, after)
PYTHON
}

@test "the example run that is shipped is whole, and its survey still gives the same verdicts" {
    run -0 "$NFC_SURVEY" verify "$ROOT/results/example"
    [[ $output == *'summary.yaml is what the journal gives'* ]]
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/small.yaml" --output again >/dev/null
    same_cells "$ROOT/results/example/summary.yaml" again/summary.yaml
}

@test "journals of version 1 are whole, and give the cells that 0.4.0 made of them" {
    local old
    for old in "$ROOT"/tests/data/journal/version1/*; do
        rm -rf anew
        cp -r "$old" anew
        chmod -R u+w anew
        "$NFC_SURVEY" report anew >/dev/null
        same_cells "$old/summary.yaml" anew/summary.yaml
        run -0 "$NFC_SURVEY" verify anew
    done
}

@test "a journal of a version newer than the program is refused as that" {
    cp -r run newer
    sed -i '1s/"version": 2/"version": 9/; 1s/, "crc": "[0-9a-f]*"//' newer/journal.yaml
    for command in status verify matrix report explain "run --resume"; do
        # shellcheck disable=SC2086 # two words of one command
        run -3 "$NFC_SURVEY" $command newer
        [[ $output == *'newer/journal.yaml:1: '*'begins a journal of version 9; this program reads versions up to 2'* ]] || { echo "$command: $output"; false; }
    done
}

@test "a value that an enum does not have is damage by its checksum, and named without one" {
    cp -r run changed
    sed -i '0,/"outcome": "ok"/s//"outcome": "on"/' changed/journal.yaml
    run -3 "$NFC_SURVEY" verify changed
    [[ $output == *': the checksum does not fit'* ]]
    sed -i '/"outcome": "on"/s/, "crc": "[0-9a-f]*"//' changed/journal.yaml
    run -3 "$NFC_SURVEY" verify changed
    [[ $output == *': field outcome must be one of ok, fail, invalid, not-applicable'* ]]
}

@test "what version 1 said in English, a Japanese report says in Japanese" {
    cp -r "$ROOT"/tests/data/journal/version1/hung "$ROOT"/tests/data/journal/version1/crashed .
    "$NFC_SURVEY" report hung --lang ja >/dev/null
    grep -q '呼出しが期限までに戻らず、ワーカーを強制終了した' hung/report.html
    grep -q 'テストベッドのソケット' hung/report.html
    "$NFC_SURVEY" report crashed --lang ja >/dev/null
    grep -q 'ICカードRWのワーカーが終了した（SIGSEGV）' crashed/report.html
    [ "$(grep -c 'lang="en">ACS ACR1252' crashed/report.html)" -ge 1 ] # a reader's name is nobody's sentence
}

@test "in Japanese: the same counts, and nothing left in English" {
    local names='summary.yaml|report.html|manifest.sha256|[a-z-]+/journal.yaml|sha256 [0-9a-f]+|nfc-survey report'
    speaks_japanese "$names" "$NFC_SURVEY" verify run
    rm run/summary.yaml run/manifest.sha256
    sed -i '$d' run/journal.yaml
    speaks_japanese "$names" "$NFC_SURVEY" verify run
    speaks_japanese "$names" "$NFC_SURVEY" check run
}
