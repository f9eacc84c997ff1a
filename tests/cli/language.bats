#!/usr/bin/env bats
# The catalogues: every string has its translation, none is left over, and reports speak the language asked for.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "every string of the reports is translated, with the same values, and no other stands in a catalogue" {
    local po
    xgettext --from-code=UTF-8 --language=C --keyword=S:2 --keyword=C:2c,3 --keyword=X:4 --keyword=CAUSE_ROW:4 --keyword=STATUS_WORD:3 -o strings.pot "$ROOT"/{reports/words/words.def,harness/domain/said.def,harness/domain/cause.def,harness/domain/status_word.def}
    [ "$(grep -c '^msgid' strings.pot)" -gt 200 ]
    for po in "$ROOT"/reports/words/locale/*.po; do
        msgfmt --check-format --check-header --statistics -o /dev/null "$po" 2>said || { cat said; false; }
        grep -Eq '^[0-9]+ translated messages\.$' said || { cat said; false; }
        msgcmp "$po" strings.pot || { echo "make po, then translate what is new in $po"; false; }
        [ "$(grep -c '^msgid' "$po")" -eq "$(grep -c '^msgid' strings.pot)" ] || { echo "$po holds what no report says: make po"; false; }
    done
}

@test "without the catalogue a command speaks English, and says why only when Japanese was asked for" {
    small_survey small.yaml
    "$NFC_SURVEY" run small.yaml --output r >/dev/null 2>&1
    "$NFC_SURVEY" status r >english
    cp "$NFC_SURVEY" alone
    LC_ALL=ja_JP.UTF-8 ./alone status r >out 2>err
    cmp out english
    [ ! -s err ]
    ./alone status r --lang ja >out 2>err
    cmp out english
    [ "$(grep -c 'Japanese catalogue is not there' err)" -eq 1 ]
    fails_with 2 "--lang is en or ja, not .fr." "$NFC_SURVEY" status r --lang fr
}

@test "a report without its catalogue is refused, and says what makes it" {
    small_survey small.yaml
    "$NFC_SURVEY" run small.yaml --output r >/dev/null 2>&1
    cp "$NFC_SURVEY" alone
    NFC_SURVEY=$PWD/alone
    run -0 ./alone report r
    run -4 ./alone report r --lang ja --output ja.html
    [[ $output == *'Japanese catalogue is not there'* ]]
    [ ! -e ja.html ]
}
