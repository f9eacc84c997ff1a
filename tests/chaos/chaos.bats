#!/usr/bin/env bats
# The short form of `make chaos`: sweeps survive whatever befalls them, and the judge of it sees what did not.
load ../cli/helper

# judged PATTERN: of two runs, the second a copy that somebody tampered with.
judged() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$BATS_TEST_DIRNAME python3 -c \
        'import sys; from judge import judge; wrong, count = judge(*sys.argv[1:]); print(*wrong, sep="\n"); print(dict(count))' r undisturbed >said
    grep -Eq -- "$1" said || { cat said; return 1; }
}

# over_pcscd OPTION...: one sweep.
over_pcscd() {
    run "$BATS_TEST_DIRNAME/chaos.py" "$NFC_SURVEY" --sweeps 0 --testbed 1 --short "$@"
    [[ $output != *'the testbed is skipped'* ]] || skip "$output"
    echo "$output"
    [ "$status" -eq 0 ]
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# Always the same seeds: what fails here fails again.
@test "sweeps on the simulator survive kills, freezes, a torn line, a failing robot and a forgetful person" {
    "$BATS_TEST_DIRNAME/chaos.py" "$NFC_SURVEY" --seed 1 --sweeps 12 --seconds 3 --keep "$BATS_TEST_TMPDIR" || return 1
}

# Its sockets would not fit into a longer path.
@test "sweeps over pcscd survive the same, and unplugged and held readers, a daemon that dies, and a sleep" {
    over_pcscd --seed 2
}

# pcscd takes it for one that does not come up, until it looks again.
@test "a phone that a person lifts as soon as it is seen is asked about, and never dirty by itself" {
    over_pcscd --seed 1 --only 'lifts it early'
    [[ $output == *'person: lifts it early'* ]]
}

@test "the judge sees a placement made twice, a lost one, other results, and a better verdict" {
    small_survey s.yaml sim-akane sim-enji
    "$NFC_SURVEY" run s.yaml --output undisturbed >/dev/null 2>&1
    tamper() { # JQ: of the records
        rm -rf r
        mkdir r
        sed 's/^- //' undisturbed/journal.yaml | jq -c "$1" | jq -c -s 'to_entries[] | .value[.value | keys_unsorted[0]] = .key + 1 | .value' | sed 's/^/- /' >r/journal.yaml
    }
    tamper .
    judged '^\{.*compared'
    [ "$(wc -l <said)" -eq 2 ]
    tamper 'if .placed and .placement == 2 then (., .) else . end'
    judged 'placement 2, which is closed'
    tamper 'select((.placed and .placement == 2) | not)'
    judged 'placement 2 is closed 0 times'
    tamper 'if .placed and .placement == 2 then .result = "dirty" | .results[0][1:] = ["dirty", 1, 1, 0, 0] else . end'
    judged "placement 2 .*dirty.*undisturbed.*clean"
    tamper 'if .transaction and .placement == 2 and .order == 1 then .total_us += 1 else . end'
    judged 'placement 2 .*its transactions differ'
    tamper 'if .decision then .verdict = "incompatible" else . end'
    mv r worse
    mv undisturbed better
    mv worse undisturbed
    mv better r
    judged 'is compatible, and undisturbed incompatible'
}
