#!/usr/bin/env bats
# A sick file among the profiles is named, and stops nobody who does not need it.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir data
    cp -r "$ROOT/profiles" "$ROOT/reports" data/
    export NFC_SURVEY_DATA=$PWD/data
    printf 'format: nfc-survey/reader\nversion: 1\nid：sick\n' >data/profiles/readers/sick.yaml
    printf 'format: nfc-survey/handset\nversion: 1\nid: ill\n' >data/profiles/handsets/ill.yaml
}

# names_both COMMAND...: it does its work, and says which files are sick.
names_both() {
    run -0 --separate-stderr "$@"
    [[ $stderr == *'data/profiles/readers/sick.yaml:3:3: is not YAML: a full-width colon'* ]]
    [[ $stderr == *'data/profiles/handsets/ill.yaml:1:1: a handset profile needs the key "source"'* ]]
}

@test "readers lists the sound profiles, apdu and plan --suggest do their work" {
    names_both "$NFC_SURVEY" readers --profiles
    [[ $output == *acs-acr122u* ]]
    [[ $output != *sick* ]]
    names_both "$NFC_SURVEY" apdu --driver sim '00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01'
    names_both "$NFC_SURVEY" plan --suggest 3
    [[ $output == *'3 of the 90 models'* ]]
}

@test "an error of one's own is still said beside them" {
    fails_with 3 'choose 1 to 90, not 91' "$NFC_SURVEY" plan --suggest 91
    fails_with 2 'no-such-phone' "$NFC_SURVEY" apdu --handset no-such-phone '00 B0 00 00 20'
}

@test "a survey that needs a sick profile is refused, others are not" {
    small_survey s.yaml
    run -0 "$NFC_SURVEY" check s.yaml
    sed -i 's/sim-reader-e/sick/' s.yaml
    fails_with 3 'sick.yaml:3:3: is not YAML' "$NFC_SURVEY" check s.yaml
}

@test "without its folder there are no profiles" {
    rm -r data/profiles/readers
    fails_with 3 'expected a folder' "$NFC_SURVEY" readers --profiles
}
