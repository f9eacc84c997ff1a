#!/usr/bin/env bats
# A reader with a hostile name, and one whose library goes its own ways: neither gets past the process that holds it.
load helper

setup_file() {
    cc -shared -fPIC $(pkg-config --cflags libpcsclite) -o "$BATS_FILE_TMPDIR/reader.so" "$ROOT/tests/cli/hostile-reader.c"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# behind HOW COMMAND...: with it in place of pcscd's library; under a sanitizer the runtime would have to come first.
behind() {
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$BATS_FILE_TMPDIR/reader.so NFC_SURVEY_READER=$1 \
        "${@:2}" </dev/null
}

real_survey() {
    cat >real.yaml <<YAML
format: nfc-survey/survey
version: 1
id: real
title: A real reader
seed: 1
scheme: {preset: screen, k: 2}
sessions: 2
hands: {command: /bin/true}
readers: [{unit: RW-A, profile: acs-acr1252, driver: pcsc}]
sims: [{id: sim-1, carrier: c, applet: JPKI, token_label: JPKI}]
conditions: [on-unlocked]
scripts: [token]
handsets: [{unit: HS-1, handset: fujitsu-f-01f-docomo}]
YAML
}

@test "a reader's name moves no cursor: readers and apdu show its escape codes as text" {
    for how in readers "apdu --reader Wave --deadline 1"; do
        behind '' "$NFC_SURVEY" $how >out 2>&1 || true
        grep -qF 'Wave \x1b[2J\x1b]0;owned\x07\x0d\x0a>> 90 00' out || { cat -v out; false; }
        ! grep -q "$(printf '[\001-\010\013-\037]')" out
    done
}

@test "a worker that dies while it opens its reader says how" {
    real_survey
    run -4 --separate-stderr behind aborts "$NFC_SURVEY" run real.yaml --output r
    [[ $stderr == *"RW-A: the reader's worker ended (SIGABRT)"* ]]
    run -4 --separate-stderr behind aborts "$NFC_SURVEY" apdu
    [[ $stderr == *"the driver's process was ended by SIGABRT"* ]]
}

@test "a library that starts a program is ended by the kernel, and called nothing else than that" {
    "$NFC_SURVEY" doctor --all --json | grep -q '"check": "sandbox".*"code": "seccomp"' || skip 'no seccomp in this build or kernel'
    real_survey
    run -4 --separate-stderr behind 'starts a program' "$NFC_SURVEY" run real.yaml --output r
    [[ $stderr == *"RW-A: the kernel ended the reader's worker at a system call that its driver does not need (SIGSYS)"* ]]
    for how in readers apdu; do # the first shows the readers of other drivers all the same
        run --separate-stderr behind 'starts a program' "$NFC_SURVEY" $how
        [[ $stderr == *"the kernel ended the driver's process at a system call"* ]]
    done
}

@test "a run records what held its drivers, and doctor shows it" {
    small_survey small.yaml
    finishes "$NFC_SURVEY" run small.yaml --output r 2>/dev/null
    "$NFC_SURVEY" doctor --all --json | sed -n 's/.*"check": "sandbox".*"code": "\([a-z_]*\)".*/\1/p' >held
    [ "$(wc -l <held)" -eq 2 ]
    python3 - <(head -n 1 r/journal.yaml) held <<'PYTHON'
import json, sys
start = json.loads(open(sys.argv[1]).readline()[2:])
said = [f["absent"][0] if isinstance(f, dict) else f[0] for f in (start["landlock"], start["seccomp"])]
assert said == open(sys.argv[2]).read().split(), said
PYTHON
}
