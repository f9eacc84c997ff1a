#!/usr/bin/env bats
# A run is its owner's alone: its folder, its files, and what others may have laid there.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    SURVEY=$ROOT/profiles/surveys/small.yaml
}

@test "a new run's folder is closed to others, and one that others may write in is refused" {
    mkdir -m 755 there
    finishes "$NFC_SURVEY" run "$SURVEY" --output there >/dev/null
    [ "$(stat -c %a there)" = 700 ]
    for mode in 775 777 1777 757; do
        rm -rf open
        mkdir open
        chmod "$mode" open
        run -4 --separate-stderr "$NFC_SURVEY" run "$SURVEY" --output open
        [[ $stderr == *'others may write in this folder'*'chmod go= open'* ]]
        [ -z "$(ls -A open)" ]
    done
}

@test "a resume closes a folder that others may read, records that, and refuses one that they may write in" {
    finishes "$NFC_SURVEY" run "$SURVEY" --output r >/dev/null
    chmod 777 r
    run -4 --separate-stderr "$NFC_SURVEY" run --resume r
    [[ $stderr == *'others may write in this folder'* ]]
    chmod 755 r
    for reading in status criteria verify; do # look at any
        run "$NFC_SURVEY" "$reading" r
        [ "$status" -ne 4 ]
    done
    [ "$(stat -c %a r)" = 755 ]
    run "$NFC_SURVEY" run --resume r
    [ "$(stat -c %a r)" = 700 ]
    grep '^- {"resume"' r/journal.yaml | grep -q '"folder_mode": "0755"'
}

@test "a link in the place of a temporary file is removed, not followed" {
    finishes "$NFC_SURVEY" run "$SURVEY" --output r >/dev/null
    echo precious >victim
    for file in summary.yaml criteria.yaml report.html report.xlsx; do
        ln -sf "$PWD/victim" "r/$file.tmp"
    done
    "$NFC_SURVEY" criteria r >/dev/null || [ $? -le 1 ]
    "$NFC_SURVEY" report r --format html,xlsx --output r >/dev/null
    "$NFC_SURVEY" run --resume r >/dev/null 2>&1 || true
    [ "$(cat victim)" = precious ]
}

@test "a lock that is another file as well is refused, and nothing is written to it" {
    echo precious >victim
    mkdir -m 700 r
    ln victim r/lock
    run -4 --separate-stderr "$NFC_SURVEY" run "$SURVEY" --output r
    [[ $stderr == *'r/lock: is another file as well'* ]]
    [ "$(cat victim)" = precious ]
}

@test "a run whose folder is deleted stops at its next record" {
    mkdir away
    printf '#!/bin/sh\nrm -rf r\n' >arm
    chmod +x arm
    sed -e "s|^hands: sim|hands: {command: $PWD/arm}|" -e 's/^lanes:.*/lanes: 1/' "$SURVEY" >survey.yaml
    run -4 --separate-stderr timeout 60 "$NFC_SURVEY" run survey.yaml --output r
    [[ $stderr == *'has been deleted while the run wrote it'* ]]
}

@test "a terminal that was closed ends a run as Ctrl-C does" {
    printf '#!/bin/sh\nkill -HUP %s\nsleep 1\n' '$(cat pid)' >arm
    chmod +x arm
    sed -e "s|^hands: sim|hands: {command: $PWD/arm}|" -e 's/^lanes:.*/lanes: 1/' "$SURVEY" >survey.yaml
    run -6 --separate-stderr sh -c 'echo $$ >pid; exec timeout --foreground 60 "$0" run survey.yaml --output r' "$NFC_SURVEY"
    "$NFC_SURVEY" verify r >/dev/null || [ $? -ne 3 ]
}
