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
END
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
