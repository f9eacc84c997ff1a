#!/usr/bin/env bats
# Every example of every --help, and every command in README.md, is run.
load helper

# One finished run, and another of the same survey, made once for both tests.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    example_tree
    export PCSCLITE_CSOCK_NAME=$PWD/no-such-socket
    finishes "$NFC_SURVEY" run profiles/surveys/demo.yaml --output results/demo >/dev/null
    finishes "$NFC_SURVEY" run profiles/surveys/demo.yaml --seed 2018 --output results/demo-again >/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    PATH=$PWD/bin:$PATH
    export PCSCLITE_CSOCK_NAME=$PWD/no-such-socket
}

# What ends otherwise than with 0 where no reader is attached: the pattern of the line, and its status.
expected_status() {
    case $1 in
    *'apdu --reader '* | *'apdu --driver ccid'*) echo 4 ;;
    *'explain results/counter'*) echo 3 ;; # a run with real readers, which nobody made here
    *'criteria results/demo'*'--handset'*) echo 0 ;;
    *'criteria results/first --criteria cts-50-taps'*) echo 5 ;; # fifty placements are more than the demonstration makes
    *'criteria results/first'*) echo 1 ;;
    *'criteria results/demo'*) echo 1 ;; # some of its handsets are made to fail
    *' run profiles/surveys/demo.yaml'* | *' run demo '* | *' run --resume results/demo'*) echo 5 ;; # cells of the demonstration stay rejected so far
    *'testbed'*) echo any ;;
    *) echo 0 ;;
    esac
}

run_line() {
    local line=$1 wanted got=0
    wanted=$(expected_status "$line")
    case $line in
    *' run '*'--output results/'*) rm -rf "results/${line##*--output results/}" ;; # a run is never written over
    esac
    timeout 300 bash -c "$line" >out 2>err </dev/null || got=$?
    if [ "$wanted" != any ] && [ "$got" -ne "$wanted" ]; then
        echo "status $got, not $wanted: $line"
        cat err
        return 1
    fi
    [ "$got" -ne 2 ] || { echo "a usage error: $line"; return 1; }
}

@test "every example of every --help runs" {
    "$NFC_SURVEY" manual | python3 -c '
import sys, yaml
for command in yaml.safe_load(sys.stdin):
    assert command["examples"], command["name"]
    for example in command["examples"]:
        print(example["line"])' >lines
    [ "$(wc -l <lines)" -ge 15 ]
    while read -r line; do
        run_line "$line"
    done <lines
}

@test "every command of README.md runs" {
    awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/README.md" >lines
    [ "$(wc -l <lines)" -ge 12 ]
    while read -r line; do
        case $line in
        make*) make -n -C "$ROOT" ${line#make} >/dev/null ;;
        *) run_line "$line" ;;
        esac
    done <lines
}

# Those of docs/compare.md, decisions.md and adding-to-the-code.md have tests of their own; PDF is among the examples of --help.
@test "every command on the demonstration that docs name in passing runs" {
    grep -hoE '(^    |`)nfc-survey [^`]*results/demo[^`]*' "$ROOT"/docs/*.md | sed -E 's/^(    |`)//' | grep -v 'pdf' | sort -u >lines
    [ "$(wc -l <lines)" -ge 3 ]
    while read -r line; do
        run_line "$line"
    done <lines
}
