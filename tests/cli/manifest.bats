#!/usr/bin/env bats
# The manifest of a run's files: sha256sum and verify check it, ssh-keygen signs it.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/small.yaml" --output run >/dev/null
    "$NFC_SURVEY" report run --format csv,criteria >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$BATS_FILE_TMPDIR/run" run
}

@test "sha256sum checks every file that was made of a run" {
    (cd run && sha256sum -c --quiet manifest.sha256)
    [ "$(grep -vc '^#' run/manifest.sha256)" -eq "$(find run -type f ! -name 'manifest*' ! -name lock | wc -l)" ]
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'the journal is the one of the manifest'* ]]
}

@test "a file that was changed is named, and one that is gone is told" {
    sed -i 's/recommended/not so/' run/criteria.yaml
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/criteria.yaml: was changed after it was written'* ]]
    rm run/criteria.yaml
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'criteria.yaml of the manifest is not there'* ]]
}

@test "what was written anew with all checksums, and a tail that was cut, are shown by the manifest" {
    cp -r run forged
    python3 "$ROOT/tests/cli/forge.py" forged forged
    "$NFC_SURVEY" status forged >/dev/null
    run -3 --separate-stderr "$NFC_SURVEY" verify forged
    [[ $stderr == *'forged/journal.yaml: is not the journal of the manifest'* ]]
    "$NFC_SURVEY" report forged --format csv >/dev/null # the journal's entry stays
    run -3 "$NFC_SURVEY" verify forged
    sed -i '100,$d' run/journal.yaml
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/journal.yaml: its tail is cut'* ]]
}

@test "a summary in the words of another version is no edit" {
    sed -i 's/^# Derived from.*/# In other words./' run/summary.yaml
    digest=$(sha256sum <run/summary.yaml | cut -c1-64)
    run -3 "$NFC_SURVEY" verify run
    sed -i "s/^[0-9a-f]*  summary.yaml/$digest  summary.yaml/; s/summary.yaml: by nfc-survey [0-9.]*/summary.yaml: by nfc-survey 0.4.0/" \
        run/manifest.sha256
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'summary.yaml is as nfc-survey 0.4.0 wrote it'* ]]
}

# forge FILE EXPRESSION: the file edited, and its digest in the manifest made anew.
forge() {
    sed -i "$2" "run/$1"
    digest=$(sha256sum <"run/$1" | cut -c1-64)
    sed -i "s/^[0-9a-f]*  $1\$/$digest  $1/" run/manifest.sha256
    (cd run && sha256sum -c --quiet manifest.sha256)
}

@test "a file that was changed with its digest is made again and found out" {
    "$NFC_SURVEY" report run --format md,html,pcapng --lang en,ja >/dev/null
    "$NFC_SURVEY" report run --format md --lang ja --output run/ja.md >/dev/null
    cp "$ROOT/profiles/criteria/counter-default.yaml" "it's mine.yaml"
    "$NFC_SURVEY" criteria run --criteria "./it's mine.yaml" --handset 'sim-*' --output run/some.yaml --junit run/gate.xml >/dev/null || true
    run -0 --separate-stderr "$NFC_SURVEY" verify run
    local file
    for file in summary.yaml cells.csv criteria.yaml report.en.md report.ja.md report.pcapng ja.md some.yaml gate.xml; do
        [[ $output == *"$file is what the journal gives"* ]] || { echo "$file"; false; }
    done
    [[ $output == *'report.en.html is as the manifest has it, by its digest alone'* ]]
    cp -r run whole
    for file in cells.csv criteria.yaml report.ja.md ja.md some.yaml gate.xml; do
        forge "$file" '$s/^/ /'
    done
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    for file in cells.csv criteria.yaml report.ja.md ja.md some.yaml gate.xml; do
        [[ $stderr == *"run/$file: is not what "*' makes of the journal'* ]] || { echo "$file: $stderr"; false; }
    done
    [ "$(grep -c 'is not what' <<<"$stderr")" -eq 6 ]
    rm -rf run
    cp -r whole run
    forge criteria.yaml 's/recommended/not so/'
    sed -i '/criteria.yaml: by/s/, made by: .*//' run/manifest.sha256 # nobody says how it was made
    run -3 "$NFC_SURVEY" verify run
    mv "it's mine.yaml" gone.yaml
    run --separate-stderr "$NFC_SURVEY" verify whole
    [ "$status" -eq 0 ]
    [[ $output == *'some.yaml could not be made again'* ]]
}

@test "pages are made again with --pages" {
    "$NFC_SURVEY" report run --format html >/dev/null
    run -0 "$NFC_SURVEY" verify run --pages
    [[ $output == *'report.html is what the journal gives'* ]]
    forge report.html 's/incompatible/compatible/'
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'report.html is as the manifest has it, by its digest alone'* ]]
    run -3 --separate-stderr "$NFC_SURVEY" verify run --pages
    [[ $stderr == *'run/report.html: is not what `report --format=html` makes of the journal'* ]]
}

@test "a file that the manifest does not have is told, and a command line of it that is none makes nothing" {
    echo mine >run/notes.txt
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'notes.txt is not in the manifest'* ]]
    local line
    for line in 'run --output=x' 'report --output=../x.html' 'criteria --output=/x' "report --format='csv" 'criteria'; do
        sed -i "/cells.csv: by/s@made by: .*@made by: $line@" run/manifest.sha256
        run --separate-stderr "$NFC_SURVEY" verify run
        [[ $output == *'cells.csv could not be made again'* ]] || { echo "$line"; false; }
    done
    [ ! -e x ] && [ ! -e x.html ]
    sed -i "/cells.csv: by/s@made by: .*@made by: report --format=md@" run/manifest.sha256
    run -3 --separate-stderr "$NFC_SURVEY" verify run
    [[ $stderr == *'run/cells.csv: is not what `report --format=md` makes'* ]]
}

@test "a signature by ssh-keygen holds until the manifest is another" {
    ssh-keygen -q -t ed25519 -N '' -C lab -f key
    printf 'lab@example.org %s\n' "$(cut -d' ' -f1,2 key.pub)" >signers
    ssh-keygen -q -Y sign -f key -n nfc-survey run/manifest.sha256
    signed() { ssh-keygen -q -Y verify -f signers -I lab@example.org -n nfc-survey -s run/manifest.sha256.sig <run/manifest.sha256; }
    signed
    run -0 "$NFC_SURVEY" verify run
    [[ $output == *'the manifest is signed'* ]]
    python3 "$ROOT/tests/cli/forge.py" forged run # all is made anew, the manifest too
    digest=$(sha256sum <run/journal.yaml | cut -c1-64)
    sed -i "s/^[0-9a-f]*  journal.yaml/$digest  journal.yaml/" run/manifest.sha256
    run signed
    [ "$status" -ne 0 ]
}

@test "another program and another reader in a resume are shown wherever the verdict is" {
    python3 "$ROOT/tests/cli/forge.py" 'begun by another program' run
    rm run/manifest.sha256
    finishes "$NFC_SURVEY" run --resume run --replace counter-1 >/dev/null
    "$NFC_SURVEY" report run --format html,md,criteria >/dev/null
    local file
    for file in report.html report.md criteria.yaml summary.yaml; do
        grep -q 'nfc-survey 0.4.9, then nfc-survey' "run/$file" || { echo "$file"; false; }
        grep -q 'counter-1: serial SIM-OLD, then' "run/$file" || { echo "$file"; false; }
    done
    "$NFC_SURVEY" criteria run | grep -q 'counter-1: serial SIM-OLD, then'
}
