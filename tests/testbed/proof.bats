#!/usr/bin/env bats
# A reader under a real one's name, behind the real pcscd, without any sign that it is emulated: nothing shows it on this host's
# USB bus, and every output of the run says so.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need
    [ -x "$NFC_SURVEY" ] || skip "the program is not built in $BUILD"
    testbed_data
    ln -sf "$ROOT"/profiles/handsets/sony-so-01h-docomo.yaml "$DATA/profiles/handsets/"
    export NFC_SURVEY_DATA=$DATA NO_COLOR=1
    RUN=$BATS_TEST_TMPDIR/run
    cat >"$BATS_TEST_TMPDIR/hands" <<'SH'
#!/bin/sh
if [ "$NFC_SURVEY_ACTION" = lift ]; then
    exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lift 0
fi
exec "$TESTBED" send "$NFC_SURVEY_TESTBED" lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0
SH
    chmod +x "$BATS_TEST_TMPDIR/hands"
    cat >"$BATS_TEST_TMPDIR/survey.yaml" <<YAML
format: nfc-survey/survey
version: 1
id: under-a-real-name
title: A reader under a real one's name
seed: 7
scheme: {name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 1, n_max: 6}
sessions: 1
min_gap_h: 0
pause_ms: 0
hands: {command: $BATS_TEST_TMPDIR/hands}
sims: [{id: sim-a, carrier: docomo, applet: JPKI, token_label: NOT READ HERE}]
conditions: [on-unlocked]
scripts: [presence]
handsets: [{unit: HS-001, handset: sony-so-01h-docomo}]
readers: [{unit: RW-A, profile: acs-acr1252}]
YAML
}

@test "a reader that nothing shows on the bus makes a run that is marked everywhere" {
    export TESTBED
    TMPDIR=$BATS_TEST_TMPDIR run timeout 120 "$TESTBED" pcsc --profiles "$DATA" --reader acs-acr1252 --serial-base U- -- \
        "$NFC_SURVEY" run "$BATS_TEST_TMPDIR/survey.yaml" --output "$RUN"
    printf '%s\n' "$output" | sed 's/^/# /'
    head -n 1 "$RUN/journal.yaml" | grep -q '"simulated": false, "proof": "unproven"}'
    "$NFC_SURVEY" report "$RUN" --format html,md,xlsx,csv
    grep -q '<title>NOT PROVEN REAL: ' "$RUN/report.html"
    grep -q 'class="banner".*NOT PROVEN REAL.*Readers: RW-A\.' "$RUN/report.html"
    grep -q '^# NOT PROVEN REAL: ' "$RUN/report.md"
    grep -q '^unproven: true' "$RUN/summary.yaml"
    [ "$(tail -n +2 "$RUN/cells.csv" | cut -d, -f1 | sort -u)" = unproven ]
    python3 - "$RUN/report.xlsx" <<'PY'
import re, sys, zipfile
book = zipfile.ZipFile(sys.argv[1])
sheets = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
assert sheets and all("NOT PROVEN REAL" in re.search("<oddHeader>.*?</oddHeader>", s).group() for s in sheets)
PY
    run "$NFC_SURVEY" status "$RUN"
    [[ "$output" == *"(NOT PROVEN REAL)"* ]]
    run "$NFC_SURVEY" report "$RUN" --format md --lang ja
    grep -q '^# 実機未確認' "$RUN/report.md"
    run grep -riE 'simulated|genuine' "$RUN/report.md"
    [ -z "$output" ]
}
