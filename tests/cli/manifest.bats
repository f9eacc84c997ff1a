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
