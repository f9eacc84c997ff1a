#!/usr/bin/env bats
# Schemas: what is shipped is what the program prints, every file of ours is valid by ajv, and nothing wrong is.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    ln -s "$BATS_FILE_TMPDIR"/* .
    SCHEMAS=$ROOT/profiles/schema
}

setup_file() {
    mkdir "$BATS_FILE_TMPDIR/npm"
    ! command -v npm >/dev/null ||
        npm install --silent --no-audit --no-fund --prefix "$BATS_FILE_TMPDIR/npm" ajv@8.17.1 js-yaml@4.1.0 >/dev/null 2>&1 || true
    cd "$BATS_FILE_TMPDIR"
    an_application
    outputs >outputs.log 2>&1
}

ajv() {
    [ -d npm/node_modules/ajv ] || skip 'npm is not installed, or ajv cannot be fetched'
    node "$BATS_TEST_DIRNAME/schema.mjs" "$@"
}

# None is shipped.
an_application() {
    cat >application.yaml <<'YAML'
format: nfc-survey/application
version: 1
id: our-applet
title: {en: Our applet, ja: 試験用アプレット}
source: "made up for this test"
aid: "F0 01 02 03 04 05"
challenge: true
files: [{id: "00 01", brief: 1, read: records, secret: true}]
objects: [{class: "80", tag: "9F 7F", secret: false}]
YAML
}

# shipped FOLDER, left FOLDER RUN...: each schema, behind FOLDER if there is one, with what is of its kind.
shipped() {
    local kind
    echo "$1" "$SCHEMAS/application.schema.json" application.yaml --
    for kind in survey:surveys criteria:criteria reader:readers handset:handsets script:scripts; do
        echo "$1" "$SCHEMAS/${kind%:*}.schema.json" "$ROOT/profiles/${kind#*:}"/*.yaml --
    done
}

left() {
    local folder=$1 kind
    shift
    for kind in summary assessment matrix; do
        echo "$folder" "$SCHEMAS/$kind.schema.json" "${@/%//$kind.yaml}" --
    done
    echo "$folder" "$SCHEMAS/comparison.schema.json" small/comparison.yaml
}

kinds() {
    "$NFC_SURVEY" schema no-such-kind 2>&1 | sed -n 's/.*KIND is one of \(.*\), not .*/\1/p' | tr -d ,
}

# A run of each sort, and what is derived of it.
outputs() {
    local run
    sed -e 's/^seed: .*/seed: 2/' -e 's/sim-reader-e/sim-reader-f/' "$ROOT/profiles/surveys/small.yaml" >changed.yaml
    for run in small tours five-points ./changed.yaml; do
        finishes "$NFC_SURVEY" run "$run" --output "$(basename "$run" .yaml)"
    done
    for run in small tours five-points; do
        "$NFC_SURVEY" report "$run"
        "$NFC_SURVEY" criteria "$run" --format yaml >"$run/assessment.yaml" || [ $? -ne 3 ]
        "$NFC_SURVEY" matrix "$run" --format yaml >"$run/matrix.yaml"
    done
    "$NFC_SURVEY" compare small changed --format yaml >small/comparison.yaml || [ $? -ne 3 ]
}

@test "profiles/schema and the dictionaries of docs are what the program says" {
    cp -r --parents "$ROOT/scripts/generated" "$ROOT/profiles/schema" "$ROOT/docs" .
    ".$ROOT/scripts/generated" "$NFC_SURVEY"
    diff -r "$ROOT/profiles/schema" ".$ROOT/profiles/schema"
    diff -r "$ROOT/docs" ".$ROOT/docs"
    for kind in $(kinds); do
        [ "$kind" = cells ] || [ -f "$SCHEMAS/$kind.schema.json" ] || { echo "make generated: no file of $kind"; false; }
    done
}

@test "what is shipped is valid, and names its schema" {
    ajv valid $(shipped '')
    for kind in survey:surveys criteria:criteria reader:readers handset:handsets script:scripts; do
        for file in "$ROOT/profiles/${kind#*:}"/*.yaml; do
            [ "$(sed -n '1s/^# yaml-language-server: $schema=//p' "$file")" = "../schema/${kind%:*}.schema.json" ]
        done
    done
}

@test "what runs leave is valid, and so are the journals of tests" {
    ajv valid $(left '' small tours five-points) -- \
        "$SCHEMAS/journal.schema.json" {small,tours}/journal.yaml "$ROOT/results/example/journal.yaml" "$ROOT"/tests/data/journal/*.yaml
    sed -e '2s/"position"/"positoin"/' small/journal.yaml >bad.yaml
    run -1 ajv valid "$SCHEMAS/journal.schema.json" bad.yaml
    sed -e '3s/"outcome": "ok"/"outcome": "fine"/' small/journal.yaml >bad.yaml
    run -1 ajv valid "$SCHEMAS/journal.schema.json" bad.yaml
}

@test "every key of every schema refuses another type and a strange name, and has its meaning" {
    ajv keys "$SCHEMAS"/*.json
}

@test "each key of what is shipped, broken in each way, is refused by ajv and by check" {
    mkdir broken
    ajv broken $(shipped broken)
    [ "$(ls broken | wc -l)" -gt 400 ]
    run -3 --separate-stderr "$NFC_SURVEY" check broken/*.yaml
    [ -z "$output" ]
}

@test "each key of what a run leaves, broken in each way, is refused" {
    ajv broken $(left - small tours) >broken
    [ "$(awk '{ sum += $1 } END { print sum }' broken)" -gt 1000 ]
}

@test "every column has its meaning, and every meaning a column" {
    for kind in summary assessment matrix comparison cells; do
        "$NFC_SURVEY" schema "$kind" --fields
    done >fields
    ! grep '|  |$' fields || { echo 'reports/tables/dictionary.def says what a column means'; false; }
    sed -n 's/^M("[^"]*", "\(.*\)")$/\1/p' "$ROOT/reports/tables/dictionary.def" | sort -u >meanings
    while IFS= read -r meaning; do
        grep -qF "| $meaning |" fields || { echo "no column means: $meaning"; false; }
    done <meanings
}

@test "a kind that is none is named, and CSV has columns and no schema" {
    fails_with 2 'KIND is one of survey, criteria, .*, not `surveys`' "$NFC_SURVEY" schema surveys
    fails_with 2 'has no JSON Schema: --fields' "$NFC_SURVEY" schema cells
    "$NFC_SURVEY" --help | grep -q '^  schema '
}
