#!/usr/bin/env bats
# The command line itself: help, mistakes, exit statuses, and an output that cannot be written.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

subcommands() {
    "$NFC_SURVEY" manual | sed -n 's/^- name: "\(.*\)"$/\1/p'
}

@test "every subcommand has a help with usage, options, examples and exit statuses" {
    [ "$(subcommands | wc -l)" -ge 9 ]
    for name in $(subcommands); do
        "$NFC_SURVEY" "$name" --help >out 2>err </dev/null
        [ ! -s err ]
        head -1 out | grep -q "^Usage: nfc-survey $name"
        grep -q '^Options:' out
        grep -q '^Examples:' out
        grep -q '^Exit status:' out
        "$NFC_SURVEY" help "$name" | cmp - out
    done
}

@test "help lines are at most 100 columns wide" {
    for name in $(subcommands); do
        run -0 "$NFC_SURVEY" "$name" --help
        # Examples are whole command lines, so they may be longer.
        ! sed '/^Examples:/,/^Exit status:/d;/^Usage:/,/^$/d' <<<"$output" | grep -E '^.{101,}' || false
    done
}

@test "the table of options is YAML" {
    "$NFC_SURVEY" manual | python3 -c '
import sys, yaml
commands = yaml.safe_load(sys.stdin)
assert any(c["name"] == "plan" and any(o["name"] == "seed" for o in c["options"]) for c in commands)'
}

@test "the schema of the journal is JSON" {
    "$NFC_SURVEY" schema | jq -e . >/dev/null
    "$NFC_SURVEY" schema --fields | grep -q transaction
}

@test "version and overview go to stdout" {
    "$NFC_SURVEY" --version | grep -Eq '^nfc-survey [0-9]+\.[0-9]+\.[0-9]+$'
    "$NFC_SURVEY" --help | grep -q '^  plan '
    "$NFC_SURVEY" help | grep -q '^  run '
}

@test "without a subcommand the overview is a usage error" {
    fails_with 2 '^Usage:' "$NFC_SURVEY"
}

@test "a mistyped subcommand gets a suggestion" {
    fails_with 2 'unknown subcommand `plna`; did you mean plan\?' "$NFC_SURVEY" plna
    fails_with 2 'unknown subcommand `frobnicate` ' "$NFC_SURVEY" frobnicate
    fails_with 2 'did you mean verify' "$NFC_SURVEY" help verfy
}

@test "a mistyped option gets a suggestion" {
    fails_with 2 '^nfc-survey plan: unknown option --sed; did you mean --seed\? \(nfc-survey plan --help\)$' \
        "$NFC_SURVEY" plan --sed 3 x.yaml
    fails_with 2 'unknown option -x' "$NFC_SURVEY" plan -x
}

@test "values are checked: missing, superfluous, not a number, out of range" {
    fails_with 2 '--seed needs a value' "$NFC_SURVEY" plan x.yaml --seed
    fails_with 2 '--list takes no value' "$NFC_SURVEY" plan x.yaml --list=yes
    for value in '' -1 1x 0x10 1e3 99999999999999999999999; do
        fails_with 2 '--seed needs a whole number' "$NFC_SURVEY" plan x.yaml "--seed=$value"
    done
    fails_with 2 '--deadline needs a whole number from 1 to 600' "$NFC_SURVEY" apdu --deadline 601
}

@test "operands are counted" {
    fails_with 2 'needs a survey file' "$NFC_SURVEY" plan
    fails_with 2 'one operand too many' "$NFC_SURVEY" plan a.yaml b.yaml
    fails_with 2 'takes no operand' "$NFC_SURVEY" readers something
    fails_with 2 'more than 2048 arguments' "$NFC_SURVEY" check $(seq 3000)
}

@test "options are read in every form" {
    small_survey s.yaml
    "$NFC_SURVEY" plan s.yaml --list --seed 7 >a
    "$NFC_SURVEY" plan --seed=7 --list s.yaml | cmp - a
    "$NFC_SURVEY" plan -ls7 s.yaml | cmp - a
    "$NFC_SURVEY" plan -l -s 7 -- s.yaml | cmp - a
    "$NFC_SURVEY" plan --seed 3 --list --seed 7 s.yaml | cmp - a
}

@test "a name that begins with a dash is a file after --" {
    small_survey ./-odd.yaml
    "$NFC_SURVEY" plan -- -odd.yaml | grep -q 'A small sweep'
}

@test "a full disk behind stdout is a message and status 4" {
    small_survey s.yaml
    for arguments in --help --version 'plan s.yaml' 'plan s.yaml --list' 'readers --profiles' 'check s.yaml' 'apdu --driver sim'; do
        run -4 bash -c "'$NFC_SURVEY' $arguments 2>&1 >/dev/full"
        [[ $output == *'the output could not be written'* ]]
    done
    run -4 bash -c "'$NFC_SURVEY' --help 2>&1 >/dev/full"
    [[ $output == *'No space left on device'* ]]
}

@test "a reader of stdout that goes away is status 4 without a word" {
    small_survey s.yaml $(cd "$ROOT/profiles/handsets" && ls sim-*.yaml | sed 's/\.yaml$//')
    run -4 bash -c "set -o pipefail; { sleep 0.5; '$NFC_SURVEY' plan s.yaml --list; } | true"
    [ -z "$output" ]
    run -4 bash -c "set -o pipefail; { sleep 0.5; '$NFC_SURVEY' apdu --driver sim --script cert; } | true"
    [ -z "$output" ]
    run -4 bash -c "set -o pipefail; { sleep 0.5; '$NFC_SURVEY' plan '$ROOT/profiles/surveys/demo.yaml' --list; } | true"
    [ -z "$output" ]
}

@test "a closed stdout is status 4, and no file lands on its number" {
    small_survey s.yaml
    run -4 bash -c "'$NFC_SURVEY' plan s.yaml >&-"
    run -4 bash -c "'$NFC_SURVEY' readers --profiles >&- 2>&-"
    run -0 bash -c "'$NFC_SURVEY' plan s.yaml <&-"
}

@test "no colours without a terminal, and none with NO_COLOR" {
    small_survey s.yaml
    unset NO_COLOR
    ! TERM=xterm "$NFC_SURVEY" check s.yaml | grep -q $'\033' || false
    TERM=xterm script -qec "'$NFC_SURVEY' check s.yaml" /dev/null | grep -q $'\033'
    ! NO_COLOR=1 TERM=xterm script -qec "'$NFC_SURVEY' check s.yaml" /dev/null | grep -q $'\033' || false
}

@test "control bytes in names do not reach the terminal" {
    fails_with 3 'evil.x1b\[31m' "$NFC_SURVEY" check $'evil\033[31m.yaml'
    ! grep -q $'\033' err || false
}

@test "the testbed is its own program, or says that it is not built" {
    run -0 "$NFC_SURVEY" testbed --help
    mkdir alone
    cp "$NFC_SURVEY" alone/nfc-survey
    fails_with 4 'nfc-survey-testbed.*not built' alone/nfc-survey testbed serve
}
