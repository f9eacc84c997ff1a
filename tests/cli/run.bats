#!/usr/bin/env bats
# run, run --resume and status on the simulator: whole sweeps, interrupted ones, killed ones, and bad ground to write on.
load helper

# What the tests ask of a journal. Each of its functions is called by name with the directory of a run.
write_reader() {
    cat >j.py <<'PY'
import collections, csv, json, math, subprocess, sys

CLOCKS = {"at_us", "wall", "boot_id", "host", "system", "run", "crc", "sha256", "clock_resolution_ns"}

def records(directory):
    with open(directory + "/journal.yaml", encoding="utf-8") as f:
        return [json.loads(line[2:]) for line in f if line.endswith("\n")]

def kind(record):
    return next(iter(record))

def counts(directory):
    n, d = collections.Counter(), collections.Counter()
    for r in records(directory):
        for cell, result, *_ in r.get("results", []):
            n[cell] += result in ("clean", "dirty")
            d[cell] += result == "dirty"
    for cell in sorted(+n):
        print(cell, n[cell], d[cell])

def timeless(directory):
    for r in records(directory):
        print(json.dumps({k: v for k, v in r.items() if k not in CLOCKS}, ensure_ascii=False))

def outcomes(directory):
    placed, lines = {}, []
    for r in records(directory):
        if kind(r) == "placement":
            placed[r["placement"]] = r
        elif kind(r) == "transaction":
            p = placed[r["placement"]]
            lines.append("%d %d %d %d %s %s" % (r["cell"], p["session"], p["ordinal"], r["repeat"], r["outcome"],
                                                r.get("exchanges")))
    print("\n".join(sorted(lines)))

def once(directory):
    "Every placement is closed once, and none that counts was made twice; so no transaction either."
    opened, closed, seen, repeats = {}, set(), collections.Counter(), collections.Counter()
    for r in records(directory):
        if kind(r) == "placement":
            opened[r["placement"]] = r
        elif kind(r) == "transaction":
            repeats[r["placement"], r["cell"], r["repeat"]] += 1
        elif kind(r) == "placed":
            assert r["placement"] not in closed, "closed twice: %s" % r
            closed.add(r["placement"])
            p = opened[r["placement"]]
            if r["result"] != "aborted":
                seen[p["reader"], p["handset"], p["condition"], p["session"], p["ordinal"]] += 1
    assert closed == set(opened), "left open: %s" % sorted(set(opened) - closed)[:5]
    for counter in seen, repeats:
        assert counter and max(counter.values()) == 1, "made twice: %s" % counter.most_common(3)

def last(directory):
    r = records(directory)[-1]
    print(kind(r), r.get("status"))

def causes(directory):
    for r in records(directory):
        if r.get("outcome") == "invalid":
            print(*r.get("causes", []))

def kept(before, directory):
    "Every whole line of an earlier copy is still there, byte for byte."
    with open(before, "rb") as f, open(directory + "/journal.yaml", "rb") as g:
        old = f.read()
        old = old[:old.rfind(b"\n") + 1]
        assert old and g.read(len(old)) == old, "lines were lost or changed"

def cuts(journal, directory, program):
    "Cuts at every byte of the last two lines; verify says `torn` but where the cut is between two lines."
    with open(journal, "rb") as f:
        whole = f.read()
    first = whole.rfind(b"\n", 0, whole.rfind(b"\n", 0, len(whole) - 1)) + 1
    for size in range(first, len(whole) + 1):
        with open(directory + "/journal.yaml", "wb") as f:
            f.write(whole[:size])
        said = subprocess.run([program, "verify", directory], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        torn = "the last line is torn" in said.stdout
        assert said.returncode == 0 and torn == (whole[size - 1:size] != b"\n"), (size, said)
        print(size)

def calibrated(directory, truth_file):
    "Dirty first placements against their true chances. Later ones are chosen by what came before."
    with open(truth_file, newline="") as f:
        truth = list(csv.DictReader(f, delimiter="\t"))
    first = records(directory)
    readers = [r["unit"] for r in first[0]["readers"]]
    opened, names, seen = {}, {}, []
    for r in first:
        if kind(r) == "placement" and r["session"] == 1 and r["ordinal"] == 0:
            opened[r["placement"]] = r
        elif kind(r) == "placed" and r["placement"] in opened:
            p = opened[r["placement"]]
            for cell, result, *_ in r["results"]:
                script = ("token", "cert")[cell % 2]
                assert readers[cell // 2 % len(readers)] == p["reader"]
                seen.append((p["reader"], p["handset"] + "+" + p["sim"], p["condition"], script, result))
    q = {(t["reader"], t["handset"], t["condition"], t["script"]): t["q"] for t in truth}
    pairs = [(q[s[:4]], s[4]) for s in seen if s[4] in ("clean", "dirty") and q[s[:4]] != "not-applicable"]
    assert len(pairs) > 1000, len(pairs)
    for want in (lambda p: p > 0.999999, lambda p: p <= 0.999999, lambda p: 0.05 < p < 0.95):
        chosen = [(float(p), result == "dirty") for p, result in pairs if want(float(p))]
        expected, got = sum(p for p, _ in chosen), sum(d for _, d in chosen)
        # Two scripts of one placement share its draw of position, so their variances may add up to the double.
        limit = 4 * math.sqrt(2 * sum(p * (1 - p) for p, _ in chosen))
        assert chosen and abs(got - expected) <= limit + 1e-2, (len(chosen), got, expected, limit)

globals()[sys.argv[1]](*sys.argv[2:])
PY
}

j() {
    python3 "$BATS_FILE_TMPDIR/j.py" "$@"
}

# sweep_survey FILE K HANDSETS: six readers in six lanes, one script, many placements.
sweep_survey() {
    {
        printf 'format: nfc-survey/survey\nversion: 1\nid: sweep\ntitle: {en: A sweep}\nseed: 7\n'
        printf 'scheme: {preset: standard, k: %s}\nsessions: 2\nlanes: 6\nhands: sim\n' "$2"
        printf 'readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]\n'
        printf 'sims:\n  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, '
        printf 'token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}\n'
        printf 'conditions: [on-unlocked]\nscripts: [token]\nhandsets:\n'
        ls "$ROOT/profiles/handsets" | sed -n 's/^\(sim-.*\)\.yaml$/  - \1/p' | head -n "$3"
    } >"$1"
}

# one_cell FILE: one reader, one handset, one script; the units' names are a trial for every quoting.
one_cell() {
    small_survey "$1" "{unit: \"it's \\\"端末\\\" 1\", handset: sim-akane}"
    sed -i "s/^sessions: 2/sessions: 1\ncriteria: crossover-3-reads/; s/^readers: .*/readers: [{unit: '窓口 \"A\" \& <1>', profile: sim-reader-b}]/" "$1"
}

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    write_reader
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >demo.out 2>demo.err </dev/null
    sweep_survey sweep.yaml 20 14
    "$NFC_SURVEY" run sweep.yaml --output sweep >/dev/null 2>&1 </dev/null
    python3 j.py counts sweep >sweep.counts
    one_cell one.yaml
    "$NFC_SURVEY" run one.yaml --output one >/dev/null 2>&1 </dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    ln -s "$BATS_FILE_TMPDIR" file
    started=
}

# Only what this test started, by its id.
teardown() {
    if [ -n "$started" ]; then
        kill -CONT "$started" 2>/dev/null || true
        kill -KILL "$started" 2>/dev/null || true
    fi
}

# begin ARGUMENT...: run in the background; $started is its id.
begin() {
    "$NFC_SURVEY" run "$@" >out 2>err </dev/null 3>&- &
    started=$!
}

# absent PATTERN FILE...: no line has it.
absent() {
    local found
    found=$(grep -Ei -- "$@") || return 0
    echo "there is: $found" | head -n 3
    return 1
}

# grown FILE BYTES: waits until the file is longer; false when the run ended before.
grown() {
    for _ in $(seq 2000); do
        [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -gt "$2" ] && return 0
        kill -0 "$started" 2>/dev/null || return 1
        sleep 0.01
    done
    return 1
}

# ends_with STATUS: the run in the background ends, with this status.
ends_with() {
    local got=0
    wait "$started" 2>/dev/null || got=$?
    started=
    [ "$got" -eq "$1" ] || { echo "status $got, not $1:"; cat err; return 1; }
}

# all_gone ID...: within five seconds.
all_gone() {
    local id
    for id in "$@"; do
        for _ in $(seq 500); do
            kill -0 "$id" 2>/dev/null || continue 2
            [ "$(ps -o stat= -p "$id" | cut -c1)" != Z ] || continue 2
            sleep 0.01
        done
        echo "$id is still there"
        return 1
    done
}

# whole DIR: verify finds nothing to say.
whole() {
    "$NFC_SURVEY" verify "$1" >verified 2>&1 || { cat verified; return 1; }
    absent 'torn|damaged' verified
}

@test "the demonstration runs to its end, and says where it wrote" {
    [ "$(cat file/demo.out)" = "$(printf 'demo/journal.yaml\ndemo/summary.yaml')" ]
    whole file/demo
    grep -q 'was closed by a stop record' verified
    grep -q 'summary.yaml is what the journal gives' verified
    [ "$(j last file/demo)" = 'stop done' ]
    j once file/demo
}

@test "without a terminal progress is whole plain lines" {
    grep -Eq '^ *[0-9]+ %  [0-9]+ placements?, about [0-9]+ left' file/demo.err
    grep -Eq '^100 %  ([0-9]+) placements, about 0 left' file/demo.err
    absent $'[\r\033]' file/demo.err
    [ "$(wc -l <file/demo.err)" -le 8 ]
}

@test "on a terminal progress is one line with a bar, redrawn" {
    command -v script >/dev/null || skip 'needs script(1)'
    finishes script -qec "stty cols 180; '$NFC_SURVEY' run '$ROOT/profiles/surveys/demo.yaml' --output t" typed >/dev/null </dev/null
    grep -q $'\r\033\\[K\\[#*\\.*\\] *[0-9]* %' typed
    # Every drawn line fits the terminal: 180 columns, and the three bytes that clear the line.
    tr '\r' '\n' <typed | grep '% ' | python3 -c 'import sys; assert all(len(l.rstrip("\n")) <= 182 for l in sys.stdin)'
    [ "$(j last t)" = 'stop done' ]
}

@test "the same survey and seed give the same journal, but for clocks and names" {
    (cd file && "$NFC_SURVEY" run sweep.yaml --output "$OLDPWD/again") >/dev/null 2>&1
    cmp <(j timeless file/sweep) <(j timeless again)
    (cd file && "$NFC_SURVEY" run one.yaml --seed 2 --output "$OLDPWD/other") >/dev/null 2>&1
    run ! cmp -s <(j timeless file/one | tail -n +2) <(j timeless other | tail -n +2)
}

@test "one lane or six: the same outcomes and the same counts" {
    sed 's/^lanes: 6/lanes: 1/' file/sweep.yaml >lanes.yaml
    "$NFC_SURVEY" run lanes.yaml --output lanes >/dev/null 2>&1
    cmp <(j counts lanes) file/sweep.counts
    cmp <(j outcomes lanes) <(j outcomes file/sweep)
}

@test "Ctrl-C once: status 6, a stop record, and --resume ends as if nothing had been" {
    begin file/sweep.yaml --output r
    grown r/journal.yaml 300000
    kill -INT "$started"
    ends_with 6
    [ "$(j last r)" = 'stop interrupted' ]
    grep -q 'stopping after the present transaction' err
    grep -q 'run --resume r' err
    whole r
    cp r/journal.yaml before
    run -0 "$NFC_SURVEY" status r
    [[ $output == *'interrupted'* && $output == *'run --resume r'* ]]
    run -0 "$NFC_SURVEY" run --resume r
    [ "$(j last r)" = 'stop done' ]
    cmp <(j counts r) file/sweep.counts
    j once r
    j kept before r
    whole r
}

@test "a run goes on with the survey that it was begun with, and with no other scheme in its start record" {
    small_survey begun.yaml
    run -0 "$NFC_SURVEY" run begun.yaml --output r
    sed -i '1!d' r/journal.yaml # only its first record is left
    python3 "$ROOT/tests/cli/reseal.py" r
    cp -r r other
    sed -i 's/k: 2/k: 3/' begun.yaml
    run -0 "$NFC_SURVEY" run --resume r
    [ "$(grep -c '^- {"transaction".*"repeat": 2,' r/journal.yaml)" -gt 0 ]
    run ! grep '^- {"transaction".*"repeat": 3,' r/journal.yaml
    whole r
    sed -i 's/, "k": 2, /, "k": 3, /' other/journal.yaml
    python3 "$ROOT/tests/cli/reseal.py" other
    run -3 "$NFC_SURVEY" run --resume other
}

@test "Ctrl-C twice: status 6 at once, and resumable" {
    begin file/sweep.yaml --output r
    grown r/journal.yaml 300000
    kill -STOP "$started" # so that both arrive together
    kill -INT "$started"
    kill -TERM "$started"
    kill -CONT "$started"
    ends_with 6
    grep -q 'stopping at once' err
    [ "$(j last r)" = 'stop interrupted' ]
    whole r
    run -0 "$NFC_SURVEY" run --resume r
    cmp <(j counts r) file/sweep.counts
    j once r
    whole r
}

@test "kill -9 at many moments: nothing finished is lost, nothing is done twice, no process stays" {
    local hits=0 size=0 workers before
    begin file/sweep.yaml --output r
    while [ "$hits" -lt 9 ]; do
        grown r/journal.yaml $((size + 1000)) || break
        sleep "0.0$((RANDOM % 5))"
        kill -STOP "$started" 2>/dev/null || break # its children are listed while it can do nothing
        workers=$(pgrep -P "$started") || { kill -CONT "$started"; break; } # the sweep is over, they were let go
        kill -KILL "$started"
        ends_with 137
        all_gone $workers
        hits=$((hits + 1))
        cp r/journal.yaml "before.$hits"
        size=$(stat -c %s "before.$hits")
        run -0 "$NFC_SURVEY" status r
        [[ $output == *'last stop    none'* || $output == *'last stop    done'* ]] # done: killed behind its last record
        begin --resume r
    done
    [ "$hits" -ge 5 ]
    ends_with 0
    [ "$(j last r)" = 'stop done' ]
    cmp <(j counts r) file/sweep.counts
    j once r
    for before in before.*; do
        j kept "$before" r
    done
    whole r
}

@test "kill -9 of workers: the run goes on to its end" {
    local worker invalid hits=0
    begin file/sweep.yaml --output r
    for size in 50000 400000 900000 1500000; do
        grown r/journal.yaml $size || break
        worker=$(pgrep -P "$started" | sed -n "$((hits + 1))p")
        [ -z "$worker" ] || kill -KILL "$worker" && hits=$((hits + 1))
    done
    [ "$hits" -ge 2 ]
    ends_with 0
    [ "$(j last r)" = 'stop done' ]
    j once r
    whole r
    invalid=$(j causes r)
    [ "$(grep -c . <<<"$invalid")" -le "$hits" ]
    [ -z "$(grep -v '^F31$' <<<"${invalid:-F31}")" ]
}

@test "a directory that cannot be written is said before the first placement" {
    : >regular
    for where in regular/r regular /proc/nowhere/r; do
        fails_with 4 "${where%%/r}" "$NFC_SURVEY" run file/one.yaml --output $where
        absent placements err
    done
    fails_with 3 'there is a run already' "$NFC_SURVEY" run file/one.yaml --output file/one
    cmp <(j counts file/one) <(j counts file/one/)
}

@test "a read-only file system is said before the first placement" {
    mkdir ground
    unshare -m sh -c 'mount -t tmpfs -o ro none ground' 2>/dev/null || skip 'mount is not allowed here'
    fails_with 4 'Read-only file system' unshare -m sh -c \
        'mount -t tmpfs -o ro none ground && exec "$NFC_SURVEY" run file/one.yaml --output ground/r'
    absent placements err
}

@test "a full disk stops the run, the journal is whole, and --resume ends it when there is room" {
    mkdir ground
    unshare -m sh -c 'mount -t tmpfs -o size=1m none ground' 2>/dev/null || skip 'mount is not allowed here'
    cat >inside.sh <<'SH'
set -eu
mount -t tmpfs -o size=1m none ground
status=0
"$NFC_SURVEY" run file/sweep.yaml --output ground/r >full.out 2>full.err </dev/null || status=$?
[ $status -eq 4 ] || { echo "status $status"; cat full.err; exit 1; }
grep -q 'disk full' full.err
grep -q 'run --resume ground/r' full.err
"$NFC_SURVEY" verify ground/r >verified 2>&1
if grep -E 'torn|damaged' verified; then exit 1; fi
cp ground/r/journal.yaml before
status=0
"$NFC_SURVEY" run --resume ground/r >still.out 2>still.err </dev/null || status=$?
[ $status -eq 4 ] || { echo "still full, but status $status"; cat still.err; exit 1; }
mount -o remount,size=300m ground
"$NFC_SURVEY" run --resume ground/r >/dev/null 2>&1 </dev/null
cp -r ground/r r
SH
    unshare -m sh inside.sh
    j kept before r
    cmp <(j counts r) file/sweep.counts
    j once r
    whole r
}

@test "a disk without room for the first record: no run is begun, and none stands in the way" {
    mkdir ground
    unshare -m sh -c 'mount -t tmpfs -o size=4k none ground' 2>/dev/null || skip 'mount is not allowed here'
    cat >inside.sh <<'SH'
set -eu
mount -t tmpfs -o size=4k none ground
status=0
"$NFC_SURVEY" run file/one.yaml --output ground/r >full.out 2>full.err </dev/null || status=$?
[ $status -eq 4 ] || { echo "status $status"; cat full.err; exit 1; }
grep -q 'no run was begun' full.err
mount -o remount,size=9m ground
"$NFC_SURVEY" run file/one.yaml --output ground/r >/dev/null 2>&1 </dev/null
SH
    unshare -m sh inside.sh
}

@test "a second run in one directory is refused, and status is answered meanwhile" {
    begin file/sweep.yaml --output r
    grown r/journal.yaml 200000
    kill -STOP "$started"
    fails_with 4 'in use|another|lock' "$NFC_SURVEY" run --resume r
    fails_with 3 'there is a run already' "$NFC_SURVEY" run file/sweep.yaml --output r
    run -0 "$NFC_SURVEY" status r
    [[ $output == *'last stop    none'* ]]
    kill -CONT "$started"
    grown r/journal.yaml 400000
    run -0 "$NFC_SURVEY" status r
    ends_with 0
    run -0 "$NFC_SURVEY" status r
    [[ $output == *'SIMULATED'* && $output == *'last stop    done'* ]]
    cmp <(j counts r) file/sweep.counts
}

@test "a journal cut at any byte of its last two lines is read, and resumed" {
    local size
    mkdir r
    sed '$d' file/one/journal.yaml >journal
    j counts file/one >one.counts
    j cuts journal r "$NFC_SURVEY" >sizes
    [ "$(wc -l <sizes)" -gt 300 ]
    for size in $(awk 'NR % 40 == 1' sizes) $(tail -n 2 sizes); do
        rm -f r/summary.yaml r/manifest.sha256
        head -c "$size" journal >r/journal.yaml
        run -0 "$NFC_SURVEY" status r
        run -0 "$NFC_SURVEY" run --resume r
        cmp <(j counts r) one.counts
        j once r
        whole r
    done
}

@test "a survey of one cell, its units named with spaces, quotes and Japanese" {
    whole file/one
    j timeless file/one | grep -qF '"reader": "窓口 \"A\" & <1>", "handset": "it'"'"'s \"端末\" 1"'
    run -0 "$NFC_SURVEY" status file/one
    [[ $output == *'cells        1'* ]]
    python3 -c '
import sys, yaml
s = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
assert "窓口 \"A\" & <1>" in str(s) or "窓口 \"A\" & <1>" in open(sys.argv[1], encoding="utf-8").read().replace("\\", "")' \
        file/one/summary.yaml
    run -0 "$NFC_SURVEY" report file/one --output r.html
    grep -q '&lt;1&gt;' r.html
    absent '<1>' r.html
    run -0 "$NFC_SURVEY" run --resume file/one # nothing is left to do
}

@test "one session alone never makes a cell compatible: journal, status and summary agree" {
    absent '"decision"' file/one/journal.yaml
    grep -q ' verdict: "undecided"' file/one/summary.yaml
    run -0 "$NFC_SURVEY" status file/one
    [[ $output == *'about 0 left'* && $output == *'compatible takes placements in 2 sessions'* ]]
    (cd file && sed 's/^sessions: 1/sessions: 2/' one.yaml >two.yaml &&
        "$NFC_SURVEY" run two.yaml --output "$OLDPWD/two") >/dev/null 2>&1
    grep -q '"decision".*"verdict": "compatible"' two/journal.yaml
    grep -q ' verdict: "compatible"' two/summary.yaml
}

@test "command lines and grounds on which nothing begins" {
    mkdir empty
    fails_with 3 'empty/journal.yaml' "$NFC_SURVEY" run --resume empty
    fails_with 3 'nowhere/journal.yaml' "$NFC_SURVEY" run --resume nowhere
    fails_with 2 'name no survey file' "$NFC_SURVEY" run --resume file/one file/one.yaml
    fails_with 2 'name a survey file' "$NFC_SURVEY" run
    fails_with 2 'do not go with --resume' "$NFC_SURVEY" run --resume file/one --seed 3
    fails_with 2 'seed' "$NFC_SURVEY" run file/one.yaml --seed -1 --output r
    sed 's/REPLACE-WITH-ITS-LABEL/LABEL/' "$ROOT/profiles/surveys/counter.yaml" >counter.yaml
    fails_with 4 'no terminal' "$NFC_SURVEY" run counter.yaml --output r
    fails_with 3 'empty/journal.yaml' "$NFC_SURVEY" status empty
    [ ! -e r ]
}

@test "five points are five conditions of the summary" {
    run --separate-stderr finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/five-points.yaml" --output r
    [ "$status" -eq 0 ]
    whole r
    j timeless r | sed -n 's/.*"condition": "\([^"]*\)", "position": "\([^"]*\)".*/\1 \2/p' | sort -u >points
    [ "$(wc -l <points)" -eq 5 ]
    for point in centre x-plus-10 x-minus-10 y-plus-10 y-minus-10; do
        [ "$(grep -c " $point\$" points)" -eq 1 ]
    done
    while read -r condition _; do
        grep -qF "$condition" r/summary.yaml
    done <points
}

@test "a script's PIN is not sent, and stands in no record" {
    cat >pin.yaml <<'YAML'
format: nfc-survey/script
version: 1
id: pin
title: {en: A PIN that is never sent}
source: "a test"
time_limit_ms: 2000
deadline_ms: 5000
steps:
  - name: select the JPKI application
    send: "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"
    expect: "9000"
    stage: route
  - name: show the PIN
    send: "00 20 00 80 04 37 35 39 31"
    expect: "9000"
YAML
    one_cell s.yaml
    sed -i 's|^scripts: .*|scripts: [./pin.yaml]|' s.yaml
    for command in "check s.yaml" "check pin.yaml" "run s.yaml --output r"; do # before any card is touched
        run -3 --separate-stderr "$NFC_SURVEY" $command
        [[ $stderr == *'pin.yaml:14:11: step 2 (show the PIN): the guard will refuse it: command 00200080: '* ]]
        [[ $stderr != *7591* && $stderr != *'37 35'* && $stderr != *3735* ]]
    done
    [ ! -e r ]
    # Nor by hand: the SELECT alone is sent.
    run -4 --separate-stderr "$NFC_SURVEY" apdu --driver sim --script pin.yaml
    [ "$(grep -c '^>>' <<<"$output")" -eq 1 ]
    [[ $output$stderr != *7591* && $output$stderr != *'37 35'* && $output$stderr != *3735* ]]
}

@test "first placements are dirty as often as the simulator's truth says" {
    "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --truth >truth
    j calibrated file/demo truth
}

@test "an installed survey is found by its name, unless a file is called so" {
    "$NFC_SURVEY" run small --output by-name >/dev/null 2>&1
    grep -q '"survey": "small"' by-name/journal.yaml
    small_survey small
    sed -i 's/^id: small/id: mine/' small
    "$NFC_SURVEY" run small --output by-file >/dev/null 2>&1
    grep -q '"survey": "mine"' by-file/journal.yaml
    fails_with 3 'nothing:1:1: cannot be read' "$NFC_SURVEY" run nothing
    fails_with 3 'small.yaml:1:1: cannot be read' "$NFC_SURVEY" run ./small.yaml
}

@test "a decision that a killed run had not come to write is written by the next" {
    small_survey s.yaml
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    decisions() { sed 's/^- //' r/journal.yaml | jq -c 'select(.decision) | [.cell, .verdict, .n, .d]' | sort; }
    decisions >all
    [ -s all ]
    line=$(grep -n -m1 '^- {"decision"' r/journal.yaml | cut -d: -f1)
    sed -i "$line,\$d" r/journal.yaml
    python3 "$ROOT/tests/cli/reseal.py" r
    "$NFC_SURVEY" run --resume r >/dev/null 2>&1
    decisions | diff all -
    "$NFC_SURVEY" run --resume r >/dev/null 2>&1
    decisions | diff all - # once
    "$NFC_SURVEY" verify r >/dev/null
}
