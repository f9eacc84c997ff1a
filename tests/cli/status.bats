#!/usr/bin/env bats
# status: what is left by reader and handset, the hours, and which cells end next.
load helper

# stopped DIR: a rehearsal of two handsets on two readers, ended after three clean placements.
stopped() {
    small_survey s.yaml sim-akane sim-asagi
    sed -i 's/^hands: sim/hands: person\nidentity: off/' s.yaml
    printf 'times: {place_s: 10, change_s: 100, mode_s: 20, transaction_s: 1}\n' >>s.yaml
    python3 "$BATS_TEST_DIRNAME/person.py" '|||||' "$NFC_SURVEY" run s.yaml --output "$1" >shown 2>&1 || [ $? -eq 6 ]
    [ "$(grep -c '"result": "clean"' "$1/journal.yaml")" -eq 3 ]
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "what is left is the same by reader, by handset and in all" {
    stopped r
    run -0 --separate-stderr "$NFC_SURVEY" status r
    # screen: 15 clean placements of each of 4 cells, 3 of them made.
    [[ $output == *'3 done, about 57 left if all stays clean'* ]]
    for table in reader handset; do
        awk -v table=$table '$1 == table { on = 1; next } !NF { on = 0 } on { sum += $NF } END { exit sum != 57 }' <<<"$output"
    done
}

@test "the hours are those of the placements and handset changes to come" {
    stopped r
    run -0 --separate-stderr "$NFC_SURVEY" status r
    # 57 x (10 + 2 x 1) s; each of two handsets is fetched in each of two sessions: 4 x 100 s. 1084 s are 0.3 h.
    [[ $output == *'about 0.3 if all stays clean, with 4 handset changes and 0 power mode changes'* ]]
    [[ $output == *'work in 2 more, this one included; at least 12 h between two of them'* ]]
}

@test "a cell says how many clean or dirty placements would end it, and that two sessions are needed" {
    stopped r
    run -0 --separate-stderr "$NFC_SURVEY" status r
    # screen's tables (statistics): 15 clean accept; 3 dirty of 3 to 8 reject.
    grep -Eq 'n 0, d 0, s 0, invalid 0, q in \[0.000, 1.000\]; 15 more clean ones would decide it, in 2 sessions; 3 further dirty would reject it; ends after' <<<"$output"
    grep -Eq 'n 1, d 0, s 0, invalid 0, .* 14 more clean ones would decide it, some of them in another session; 3 further dirty would reject it' <<<"$output"
    grep -Eq 'n 2, d 0, .* 13 more' <<<"$output"
}

@test "cells are listed in the order in which they would end" {
    stopped r
    "$NFC_SURVEY" status r | grep -o 'ends after [0-9]* placements' | awk '{ print $3 }' >after
    sort -n after | cmp - after
    [ "$(wc -l <after)" -eq 4 ]
    [ "$(tail -n 1 after)" -eq 57 ]
}

@test "what the run then needs is what status said, as all stays clean" {
    stopped r
    sed -i 's/^hands: person/hands: sim/' s.yaml
    "$NFC_SURVEY" run s.yaml --output whole >/dev/null 2>&1
    if grep -q '"result": "dirty"' whole/journal.yaml; then skip 'the seed made a dirty placement'; fi
    [ "$(grep -c '"result": "clean"' whole/journal.yaml)" -eq 60 ]
    run -0 "$NFC_SURVEY" status whole
    [[ $output == *'about 0 left'* && $output != *'hours left'* ]]
    [ "$(grep -c '; compatible$' <<<"$output")" -eq 4 ]
    grep -q 'n 15, d 0, s 0, invalid 0, q in \[0.000, 0.' <<<"$output"
}

@test "tables end after 20 rows but with --all" {
    small_survey s.yaml $(cd "$ROOT/profiles/handsets" && ls sim-*.yaml | sed 's/\.yaml$//' | head -n 30)
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    run -0 "$NFC_SURVEY" status r
    [ "$(grep -c '^sim-.*virtual-sim' <<<"$output")" -eq 20 ]
    [[ $output == *'... and 10 more (--all lists them)'* ]]
    run -0 "$NFC_SURVEY" status r --all
    [ "$(grep -c '^sim-.*virtual-sim' <<<"$output")" -eq 30 ]
    [ "$(grep -c '^  sim-reader' <<<"$output")" -eq 60 ]
    [[ $output != *'--all'* ]]
}

@test "in Japanese: the same figures, in lines that line up" {
    stopped r
    "$NFC_SURVEY" status r >en
    "$NFC_SURVEY" status r --lang ja >ja
    same_figures en ja
    LC_ALL='' LANG=ja_JP.UTF-8 "$NFC_SURVEY" status r | cmp - ja
    LC_ALL=C LANG=ja_JP.UTF-8 "$NFC_SURVEY" status r | cmp - en
    LC_ALL='' LC_MESSAGES=en_US.UTF-8 LANG=ja_JP.UTF-8 "$NFC_SURVEY" status r | cmp - en
    LC_ALL=ja_JP.UTF-8 "$NFC_SURVEY" status r --lang en | cmp - en
    run ! grep -Eq 'placement|compatible|session|stop|reader  |clean' ja
    python3 - <<'PYTHON'
import re, unicodedata
ja = open("ja", encoding="utf-8").read().splitlines()
def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
head = [re.match(r"\S+ +", line).group() for line in ja[:4]]
assert len({columns(h) for h in head}) == 1, head
PYTHON
}

@test "plan --list has as many placements as plan says" {
    for survey in demo.yaml five-points.yaml counter.yaml; do
        expected=$("$NFC_SURVEY" plan "$ROOT/profiles/surveys/$survey" | awk '$1 == "placements" { print $2 }')
        [ "$("$NFC_SURVEY" plan "$ROOT/profiles/surveys/$survey" --list | tail -n +2 | wc -l)" -eq "$expected" ]
    done
}
