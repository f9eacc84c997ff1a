# What the guard lets pass, form by form, held against a table that is not its own.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "of all classes, instructions and forms only those of the table pass, in every state" {
    libraries=$(dirname "$NFC_SURVEY")
    cc -O2 -std=gnu17 -I"$ROOT" -o forms "$ROOT/tests/card/guard_forms.c" -Wl,--start-group \
        "$libraries"/libharness-{card,domain,base}.a -Wl,--end-group -lcrypto -lunistring
    "$ROOT/tests/card/guard.py" ./forms
}

# lab EDIT: a profile of a lab's own test application, edited by sed.
lab() {
    sed "$1" >lab.yaml <<'END'
format: nfc-survey/application
version: 1
id: lab
title: {en: The lab's token, ja: 試験用トークン}
source: this test
aid: "F0 01 02 03 04 05"
challenge: true
files:
  - {id: "0101", brief: 1}
  - {id: "0102", read: records, secret: true}
objects:
  - {class: "80", tag: "9F70"}
END
}

@test "a lab declares test applications of its own, and nothing that is known or closed" {
    lab ''
    run -0 "$NFC_SURVEY" check lab.yaml
    while IFS='|' read -r edit words; do
        lab "$edit"
        run -3 "$NFC_SURVEY" check lab.yaml
        [[ $output == *"$words"* ]] || { echo "$edit: $output"; false; }
    done <<'END'
s/^aid:.*/aid: "D3 92 10 00 31 00 01 01 04 08"/|My Number
s/^aid:.*/aid: "D3 92 10 00 31"/|My Number
s/^aid:.*/aid: "A0 00 00 02 47 10 01 01"/|a passport
s/^aid:.*/aid: "A0 00 00 00 87 10 02"/|USIM
s/^aid:.*/aid: "D3 92 F0 00 26 01 00 00 00 01"/|(jpki)
s/^aid:.*/aid: "D3 92 F0 00 26 01 00"/|(jpki)
s/^aid:.*/aid: "A0 00 00 01 51 00 00 00 01"/|(issuer-domain)
s/^aid:.*/aid: "F0"/|5 to 16 bytes
s/^files:/filse:/|filse
s/0102/0101/|given twice
s/records/sideways/|sideways
s/"9F70"/"9F"/|2 bytes
s/brief: 1/pin: true/|only of an application with `proof`
$a keys: "17 1A"|only of an application with `proof`
$a proof: "0102"|only read, with the factory certificate
$a proof: "0103"|only read, with the factory certificate
END
}

@test "a lab's test application may declare how its targets prove themselves, and what is then permitted" {
    lab 's/^challenge/proof: "0103"\nkeys: "17 1A"\nlife_cycle: true\nchallenge/; s/^objects/  - {id: "0103", secret: true}\n  - {id: "0018", pin: true}\n  - {id: "0017", key: true}\n  - {id: "0104", write: true}\nobjects/'
    run -0 "$NFC_SURVEY" check lab.yaml
}

@test "a survey's own application is recorded with it, and the run goes by that record" {
    lab ''
    cat >ask.yaml <<'END'
format: nfc-survey/script
version: 1
id: ask
title: {en: The lab's token, ja: 試験用トークンの確認}
time_limit_ms: 1000
deadline_ms: 5000
steps:
  - {name: select it, send: "00 A4 04 0C 06 F0 01 02 03 04 05", expect: XXXX, stage: route}
  - {name: read it, when: {step: select it, sw: "9000"}, send: "00 B0 81 00 10"}
END
    sed -e 's/^scripts:.*/scripts: [ask]/' -e 's/^criteria:.*/applications: [lab]/' -e '/^handsets:/,$d' \
        "$ROOT/profiles/surveys/demo.yaml" >survey.yaml
    printf 'handsets: [sim-akane]\n' >>survey.yaml
    "$NFC_SURVEY" check survey.yaml
    finishes "$NFC_SURVEY" run survey.yaml --output r >/dev/null
    head -1 r/journal.yaml | grep -q '"kind": "application", "path": "lab"'
    rm lab.yaml ask.yaml survey.yaml
    run -0 "$NFC_SURVEY" verify r
    ! grep -q '"outcome": "invalid"' r/journal.yaml
    run -3 --separate-stderr "$NFC_SURVEY" apdu --driver sim 00A4040C06F00102030405
    [[ $stderr == *'test application is declared'* ]]
}

# script STEP...: a script of these steps.
script() {
    printf '%s\n' 'format: nfc-survey/script' 'version: 1' 'id: script' 'title: {en: A script, ja: 試験}' \
        'time_limit_ms: 1000' 'deadline_ms: 5000' 'steps:' >script.yaml
    printf '  - {%s}\n' "$@" >>script.yaml
}

JPKI='00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01'

@test "check names each step that the guard will refuse, behind the steps that must have run, and no other" {
    script 'name: too early, send: "00 B0 00 00 00", expect: XXXX' \
        "name: token, send: \"$JPKI\", expect: [\"9000\", \"6A82\"]" \
        'name: another, when: {step: token, sw: 6A82}, send: "00 A4 04 00 0E 32 50 41 59 2E 53 59 53 2E 44 44 46 30 31 00"' \
        'name: not of that one, when: {step: another, sw: "9000"}, send: "00 A4 02 0C 02 00 06"' \
        'name: file, when: {step: token, sw: "9000"}, send: "00 A4 02 0C 02 00 06"' \
        'name: label, send: "00 B0 00 00 04", capture: {at: {offset: 0, length: 2, as: number}}' \
        'name: told by an answer, send: "00 A4 02 0C 02 {at:2}"' \
        'field: reset' \
        'name: forgotten, send: "00 B0 00 00 04", expect: XXXX' \
        'name: usim, send: "00 A4 04 0C 07 A0 00 00 00 87 10 02", expect: XXXX' \
        "name: a lab's, send: \"00 A4 04 0C 06 F0 01 02 03 04 05\", expect: XXXX" \
        'name: of it, send: "00 B0 81 00 10", expect: XXXX'
    run -3 --separate-stderr "$NFC_SURVEY" check script.yaml
    [ "$(sed -n 's/.*step [0-9]* (\(.*\)): the guard will refuse it: .*/\1/p' <<<"$stderr")" = $'too early\nnot of that one\nforgotten\nusim' ]
    [[ $stderr == *'script.yaml:8:29: step 1 '* ]]
    # A survey says which applications there are.
    lab ''
    script "name: a lab's, send: \"00 A4 04 0C 06 F0 01 02 03 04 05\", expect: XXXX" 'name: of it, send: "00 B0 82 00 10"'
    "$NFC_SURVEY" check script.yaml
    small_survey survey.yaml
    sed -i 's/^scripts:.*/scripts: [script]/' survey.yaml
    fails_with 3 "script.yaml:8:27: step 1 .a lab's.: the guard will refuse it" "$NFC_SURVEY" check survey.yaml
    echo 'applications: [lab]' >>survey.yaml
    fails_with 3 'script.yaml:9:25: step 2 .of it.: the guard will refuse it' "$NFC_SURVEY" check survey.yaml
    sed -i 's/B0 82/B0 81/' script.yaml
    "$NFC_SURVEY" check survey.yaml
    # What a word of the command line could permit is refused of a survey that has no test targets alone.
    script "name: token, send: \"$JPKI\"" 'name: file, send: "00 A4 02 0C 02 00 18"' \
        'name: verify, send: "00 20 00 80 10 31 32 33 34 FF FF FF FF FF FF FF FF FF FF FF FF"'
    "$NFC_SURVEY" check script.yaml
    fails_with 3 'step 3 .verify.: the guard will refuse it' "$NFC_SURVEY" check survey.yaml
}

@test "apdu asks a lab's test application as its profile says, and no other" {
    lab ''
    run -0 "$NFC_SURVEY" apdu --driver sim --application lab.yaml 00A4040C06F00102030405
    run -3 --separate-stderr "$NFC_SURVEY" apdu --driver sim --application lab.yaml 00A4040C06F00102030406
    lab 's/^aid:.*/aid: "A0 00 00 00 87 10 02"/'
    fails_with 3 'lab.yaml:6:6: aid: .*USIM.*which no profile opens' "$NFC_SURVEY" apdu --driver sim --application lab.yaml
    lab ''
    fails_with 2 'begin alike' "$NFC_SURVEY" apdu --driver sim --application lab.yaml --application lab.yaml
}

@test "a command with a mistake is not repeated: a PIN may stand in it" {
    for arguments in 'apdu 0020008004SECRETX1234' 'apdu 002000800431323' 'apdu --driver=sim 00200080,0431323334' 'apdu --0020008004SECRETX' \
        'apdu -0020008004' 0020008004SECRETX 'readers 1234' 'plan a.yaml 0020008004SECRETX'; do
        run -2 "$NFC_SURVEY" $arguments
        [[ $output != *SECRET* && $output != *0020008* && $output != *1234* && $output != *3132* ]] || { echo "$output"; false; }
    done
    fails_with 2 'operand 2 is no command: its character 11 is no hexadecimal digit' "$NFC_SURVEY" apdu 00A4040C 0020008004SECRETX
    fails_with 2 'operand 1 is no command: its character 15 is half of a byte' "$NFC_SURVEY" apdu 002000800431323
    script 'name: verify, send: "00 20 00 80 04 31 32 33 3X"'
    run -3 "$NFC_SURVEY" check script.yaml
    [[ $output == *'script.yaml:8:26: send: its character 26 is no hexadecimal digit'* && $output != *'31 32'* ]]
}
