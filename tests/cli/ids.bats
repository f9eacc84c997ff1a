#!/usr/bin/env bats
# Asset tags in surveys: two that a person takes for one are one, and what nobody sees is no part of any.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# survey UNIT UNIT: a survey with two handsets of these tags, as YAML writes them in double quotes.
survey() {
    small_survey "$3" "{unit: \"$1\", handset: sim-akane}" "{unit: \"$2\", handset: sim-sumi}"
}

@test "blanks at the edges and characters that nobody sees are refused where they are" {
    local -A says=(['HS-1 ']='begins or ends with a blank' [$'HS-1\u3000']='begins or ends with a blank'
        [$' HS-1']='begins or ends with a blank' [$'HS\u200b-1']='its character 3 is one that nobody sees .U.200B.'
        [$'HS\u00ad-1']='its character 3 is one that nobody sees .U.00AD.' [$'\ufeffHS-1']='its character 1'
        [$'HS-1\u202e']='its character 5' [$'A\U000e0100']='its character 2')
    for unit in "${!says[@]}"; do
        survey "$unit" HS-2 s.yaml
        fails_with 3 "s.yaml:[0-9]*:[0-9]*: unit: .*${says[$unit]}" "$NFC_SURVEY" check s.yaml
    done
}

@test "tags that are one to a person are refused: width, case, blanks, dashes, composed or not" {
    for twin in $'HS\u00a0001' 'hs 001' 'HS001' 'ＨＳ００１' 'HS  001'; do
        survey 'HS 001' "$twin" s.yaml
        fails_with 3 's.yaml:[0-9]*:[0-9]*: unit: .* are the same to a person' "$NFC_SURVEY" check s.yaml
    done
    survey '端末ガ1' $'端末カ\u30991' s.yaml
    fails_with 3 'are the same to a person' "$NFC_SURVEY" check s.yaml
    survey 'HS-O1' 'HS-01' s.yaml
    run -0 "$NFC_SURVEY" check s.yaml
    sed 's/^readers:.*/readers: [{unit: RW-A, profile: sim-reader-b}, {unit: rw‐a, profile: sim-reader-e}]/' s.yaml >r.yaml
    fails_with 3 'r.yaml:[0-9]*:[0-9]*: unit: .* are the same to a person' "$NFC_SURVEY" check r.yaml
}

@test "a variation selector is part of the ideograph before it, in tags and on screens" {
    survey $'葛\U000e0100城' '葛城' s.yaml
    run -0 "$NFC_SURVEY" check s.yaml
    run -0 "$NFC_SURVEY" plan s.yaml --list
    [[ $output == *$'葛\U000e0100城'* ]]
}
