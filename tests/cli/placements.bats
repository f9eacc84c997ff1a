#!/usr/bin/env bats
# The placement as the unit of statistics, held against the journal: dirty, invalid, aborted, k, sessions, when a cell stops.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null 2>&1 </dev/null
    cat >j.py <<'PY'
import collections, json, sys

records = [json.loads(line[2:]) for line in open(sys.argv[2] + "/journal.yaml", encoding="utf-8")]
kinds = [next(iter(r)) for r in records]
start = records[0]

def whole():
    "A clean placement has k transactions of each of its scripts, all ok; none ever has more; a failure alone makes it dirty."
    seen = collections.Counter()
    for r, kind in zip(records, kinds):
        if kind != "placed":
            continue
        for cell, result, ok, fail, invalid, slow in r["results"]:
            seen[result] += 1
            assert ok + fail + invalid <= start["k"], r
            assert (result == "dirty") == (fail + slow > 0), r
            assert result != "clean" or (ok, fail, invalid, slow) == (start["k"], 0, 0, 0), r
            assert result != "invalid" or (fail, slow) == (0, 0), r
    print(seen)
    assert seen["clean"] > 1000 and seen["dirty"] > 100, seen

def stops():
    "Nothing follows a cell's decision; what is decided has the counts of the table, and placements (dirty ones) in two sessions."
    n, d, sessions, decided, placed_in = collections.Counter(), collections.Counter(), collections.defaultdict(set), {}, {}
    dirty_in, rests = collections.defaultdict(set), {}
    for r, kind in zip(records, kinds):
        if kind == "placement":
            placed_in[r["placement"]] = r["session"]
        elif kind == "placed":
            for cell, result, *_ in r["results"]:
                assert cell not in decided, (r, decided[cell])
                assert rests.get(cell) != placed_in[r["placement"]], r
                if result in ("clean", "dirty"):
                    n[cell] += 1
                    d[cell] += result == "dirty"
                    sessions[cell].add(placed_in[r["placement"]])
                    if result == "dirty":
                        dirty_in[cell].add(placed_in[r["placement"]])
        elif kind == "decision":
            cell = r["cell"]
            assert (r["n"], r["d"]) == (n[cell], d[cell]), r
            rests.pop(cell, None)
            if r["verdict"] == "rejected so far":
                (rests[cell],) = dirty_in[cell]
            elif r["verdict"] != "undecided" or n[cell] >= start["n_max"]:
                decided[cell] = r["verdict"]
            # The tables of screen, as published with the scheme: accept 15:0 30:1 42:2, reject 3:3 9:4 20:5 32:6.
            accept, reject = {0: 15, 1: 30, 2: 42}, [(3, 3), (9, 4), (20, 5), (32, 6)]
            if r["verdict"] == "compatible":
                assert n[cell] == accept[d[cell]] and len(sessions[cell]) >= 2, (r, sessions[cell])
            elif r["verdict"] == "incompatible":
                # Table entries give the greatest n up to which a smaller d rejects: 3 up to 8, 4 up to 19, 5 up to 31.
                force = max(at for at in reject if at[0] <= n[cell])
                assert d[cell] >= force[1], r
                assert len(dirty_in[cell]) >= 2, r
    verdicts = collections.Counter(decided.values())
    print(verdicts)
    assert verdicts["compatible"] > 100 and verdicts["incompatible"] > 50, verdicts

globals()[sys.argv[1]]()
PY
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

records() {
    tail -n +2 "$1/journal.yaml" | sed 's/^- //' | jq -c "$2"
}

@test "k is never cut short or topped up, and what is dirty has a failed or slow transaction" {
    python3 "$BATS_FILE_TMPDIR/j.py" whole "$BATS_FILE_TMPDIR/demo"
}

@test "a cell stops where the scheme's table decides it, compatible only with placements in two sessions" {
    python3 "$BATS_FILE_TMPDIR/j.py" stops "$BATS_FILE_TMPDIR/demo"
}

@test "a slow transaction is ok, and makes its placement dirty" {
    small_survey s.yaml
    sed -i 's/^scripts: .*/scripts: [{script: token, time_limit_ms: 1}]/' s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    [ "$(records r 'select(.transaction) | [.outcome, .slow]' | sort -u)" = '["ok",true]' ]
    [ "$(records r 'select(.placed) | .result' | sort -u)" = '"dirty"' ]
    [ "$(records r 'select(.decision) | [.verdict, .n, .d]' | sort -u | tr -d '\n')" = '["incompatible",4,4]["rejected so far",3,3]' ]
}

# broken_off OUTCOME: the run's journal, cut behind the first transaction with this outcome that is not its placement's last.
broken_off() {
    python3 - "$1" <<'PY'
import json, sys
lines = open("whole/journal.yaml", encoding="utf-8").readlines()
records = [json.loads(line[2:]) for line in lines]
for i, r in enumerate(records):
    if r.get("transaction") and r["outcome"] == sys.argv[1] and records[i + 1].get("transaction") and r["order"] == 1:
        open("r/journal.yaml", "w", encoding="utf-8").writelines(lines[:i + 1])
        break
else:
    sys.exit("no such transaction")
PY
}

@test "broken off after a failure: dirty; after clean transactions: aborted, and made again whole" {
    sed 's/^id: .*/id: sim-poor/; s/^\( *\)margin_db: .*/\1margin_db: 1/; s/^\( *\)placement_sd_db: .*/\1placement_sd_db: 0.1/' \
        "$ROOT/profiles/handsets/sim-akane.yaml" >sim-poor.yaml
    small_survey s.yaml '{unit: poor, handset: ./sim-poor.yaml}'
    sed -i 's/k: 2/k: 6/' s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output whole >/dev/null 2>&1
    mkdir r
    broken_off fail
    open=$(records r 'select(.placement and .session) | .placement' | tail -n 1)
    finishes "$NFC_SURVEY" run --resume r >/dev/null 2>&1
    [ "$(records r "select(.placed and .placement == $open) | [.result, .reason]")" = '["dirty",["broken_off"]]' ]
    [ "$(records r "select(.placed and .placement == $open) | .results[0][2:]")" = '[0,1,0,0]' ]
    rm -r r
    mkdir r
    broken_off ok
    open=$(records r 'select(.placement and .session) | .placement' | tail -n 1)
    key=$(records r "select(.placement == $open and .session) | [.reader, .session, .ordinal]")
    finishes "$NFC_SURVEY" run --resume r >/dev/null 2>&1
    [ "$(records r "select(.placed and .placement == $open) | .result")" = '"aborted"' ]
    again=$(records r "select(.placement and .session and .placement != $open and [.reader, .session, .ordinal] == $key) | .placement")
    [ "$(records r "select(.transaction and .placement == $again)" | wc -l)" -eq 6 ]
    # The same draws as if nothing had been: the results of the whole run.
    cmp <(records whole 'select(.placed) | [.result, .results]') <(records r 'select(.placed and .result != "aborted") | [.result, .results]')
}
