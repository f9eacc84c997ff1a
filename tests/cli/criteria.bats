#!/usr/bin/env bats
# criteria: the gate, what is written, and every number of it recomputed from the journal by another program.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey small.yaml
    "$NFC_SURVEY" run small.yaml --output small >/dev/null
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/five-points.yaml" --output five >/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    SMALL=$BATS_FILE_TMPDIR/small FIVE=$BATS_FILE_TMPDIR/five
    cd "$BATS_TEST_TMPDIR"
}

# own FILE LINE...: a criteria file with these lines.
own() {
    local file=$1
    shift
    printf '%s\n' 'format: nfc-survey/criteria' 'version: 1' 'id: own' 'title: Own' 'source: made up for a test' "$@" >"$file"
}

@test "status 0: every handset meets the criteria" {
    own c.yaml 'power_modes: [on-unlocked]' 'readers_at_least: all'
    run -0 "$NFC_SURVEY" criteria "$SMALL" --criteria c.yaml --output out.yaml
    [[ $output == *'recommended     sim-akane+virtual-sim'* ]]
    [[ $output == *'out.yaml' ]]
}

@test "status 0: conditional meets the criteria too, and the mode that nobody tested is named" {
    own c.yaml 'power_modes: [on-unlocked]' 'conditional_modes: [screen-off]' 'readers_at_least: all'
    run -0 "$NFC_SURVEY" criteria "$SMALL" --criteria c.yaml --output out.yaml
    [[ $output == *'conditional     sim-akane+virtual-sim; not shown with: screen-off'* ]]
    grep -q 'conditional_modes_not_shown: \["screen-off"\]' out.yaml
}

@test "status 1: one handset does not, and the one that does may be asked for alone" {
    run -1 "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml
    [[ $output == *'not recommended sim-sumi'*'five_points: fail'* ]]
    run -0 "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --handset sim-akane --output out.yaml
    run -1 "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --handset sim-sumi --output out.yaml
}

@test "status 5: nobody fails, but it cannot be decided" {
    run -5 "$NFC_SURVEY" criteria "$SMALL" --criteria cts-50-taps --output out.yaml
    [[ $output == *'not enough data sim-akane'*'more clean placements'* ]]
    grep -q 'more_placements: [1-9]' out.yaml
}

@test "status 5: positions that the survey did not make a condition are not testable" {
    for preset in felica-rf-s felica-rf-m; do
        run -5 "$NFC_SURVEY" criteria "$SMALL" --criteria "$preset" --output out.yaml
        [[ $output == *'not testable with this run'* ]]
    done
    run -5 "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-m --handset sim-akane --output out.yaml
    [[ $output == *'height: not testable with this run'* ]]
    run -5 "$NFC_SURVEY" criteria "$FIVE" --handset sim-akane --criteria counter-default --output out.yaml # script cert
    [[ $output == *'not testable with this run; '*'asked for, but not in this survey: cert'* ]]
}

@test "the assessment stands beside the journal, is YAML, and names what it was made from" {
    before=$(sha256sum "$SMALL/journal.yaml")
    run -5 "$NFC_SURVEY" criteria "$SMALL" --criteria felica-rf-s
    [ "$before" = "$(sha256sum "$SMALL/journal.yaml")" ]
    [ "${lines[-1]}" = "$SMALL/criteria-felica-rf-s.yaml" ]
    [ ! -e "$SMALL/criteria.yaml" ] # of the run's own criteria, and it has none
    python3 - "$SMALL" "$ROOT/profiles/criteria/felica-rf-s.yaml" <<'PYTHON'
import hashlib, sys, yaml
directory, criteria = sys.argv[1:]
got = yaml.safe_load(open(directory + "/criteria-felica-rf-s.yaml"))
sha = lambda path: hashlib.sha256(open(path, "rb").read()).hexdigest()
assert got["format"] == "nfc-survey/assessment" and got["version"] == 1
assert got["journal_sha256"] == sha(directory + "/journal.yaml")
assert got["criteria"]["sha256"] == sha(criteria)
assert got["criteria"]["id"] == "felica-rf-s" and got["criteria"]["edition"] == "1"
assert "14443 B" in got["criteria"]["analogy"] and "準用" in got["criteria"]["analogy_ja"]
assert got["run"] and got["simulated"] is True
for sentence in got["proposal"]["words"]:
    assert sentence["en"] and sentence["ja"] and sentence["en"] != sentence["ja"]
PYTHON
}

@test "a simulated run says so in the file and on the screen" {
    run -5 "$NFC_SURVEY" criteria "$SMALL" --criteria felica-rf-s --output out.yaml
    [[ ${lines[0]} == SIMULATED* ]]
    head -1 out.yaml | grep -q '^# SIMULATED'
    grep -q '^simulated: true$' out.yaml
    grep -q '模擬データ' out.yaml
}

@test "yaml on stdout is the file" {
    "$NFC_SURVEY" criteria "$SMALL" --criteria felica-rf-s --format yaml --output out.yaml >shown || [ $? -eq 5 ]
    cmp shown out.yaml
}

@test "the same journal and criteria give the same bytes" {
    "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output a.yaml >/dev/null || true
    "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output b.yaml >/dev/null || true
    cmp a.yaml b.yaml
}

@test "counts, bounds, thresholds and taps agree with a recount of the journal" {
    own c.yaml 'power_modes: [on-unlocked]' 'scripts: [token]' 'readers_at_least: all'
    own t.yaml 'power_modes: [on-unlocked]' 'scripts: [token]' 'success: {taps: 12, ok_at_least: 11}' 'readers_at_least: all'
    "$NFC_SURVEY" criteria "$FIVE" --criteria c.yaml --output c-out.yaml >/dev/null || true
    "$NFC_SURVEY" criteria "$FIVE" --criteria t.yaml --output t-out.yaml >/dev/null || true
    python3 - "$FIVE/journal.yaml" <<'PYTHON'
import json, math, sys, yaml
from fractions import Fraction
records = [json.loads(line[2:]) for line in open(sys.argv[1])]
n, d, taps, first = {}, {}, {}, {}
for r in records:
    if "transaction" in r and r["repeat"] == 1:
        first[r["placement"], r["cell"]] = r["outcome"] == "ok"
    if "placed" in r:
        for cell, result, *rest in r["results"]:
            if result in ("clean", "dirty"):
                n[cell] = n.get(cell, 0) + 1
                d[cell] = d.get(cell, 0) + (result == "dirty")
                taps.setdefault(cell, []).append(first.get((r["placement"], cell), False))

def upper(n, d, q1, beta):  # the root above d/n of the beta mixture, by bisection on lgamma
    beta_ln = lambda x, y: math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)
    e = lambda q: (beta_ln(.5 + d, 5 / q1 + n - d) - beta_ln(.5, 5 / q1)
                   - d * math.log(q) - (n - d) * math.log1p(-q)) if d else (
                   beta_ln(.5, 5 / q1 + n) - beta_ln(.5, 5 / q1) - n * math.log1p(-q))
    low, high = max(d / n, 1e-12), 1 - 1e-15
    if d == n:
        return 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if e(middle) >= math.log(1 / beta) else (middle, high)
    return high

def tail(n, k, p):  # P(X >= k), exactly
    p = Fraction(p).limit_denominator(10**6)
    return float(sum(math.comb(n, i) * p**i * (1 - p)**(n - i) for i in range(k, n + 1)))

bound = yaml.safe_load(open("c-out.yaml"))
seen = 0
for h in bound["handsets"]:
    for c in h["clauses"]:
        if "cell" in c:
            cell = c["cell"]
            assert (c["n"], c["d"]) == (n[cell], d[cell]), c
            assert abs(c["upper"] - upper(n[cell], d[cell], bound["q1"], bound["beta"])) < 2e-6, c
            seen += 1
assert seen >= 6
# the least bound that a handset passes is the largest upper bound of its cells
cells = len(n) // len(bound["handsets"])
for i, h in enumerate(bound["handsets"]):
    most = max(upper(n[c], d[c], bound["q1"], bound["beta"]) for c in range(i * cells, (i + 1) * cells))
    flips = h["flips_at"]["dirty_at_most"]
    assert (flips is None and most > .9) or abs(flips - most) < 2e-6, (h["handset"], most)
    assert (h["recommendation"] == "recommended") == (most <= bound["q1"])

by_taps = yaml.safe_load(open("t-out.yaml"))
kinds = set()
for i, h in enumerate(by_taps["handsets"]):
    outcomes = []
    for c in range(i * cells, (i + 1) * cells):
        twelve = taps[c][:12]
        outcomes.append("pass" if sum(twelve) >= 11 else "fail" if twelve.count(False) > 1 else "open")
    want = "not recommended" if "fail" in outcomes else "not enough data" if "open" in outcomes else "recommended"
    assert h["recommendation"] == want, h["handset"]
    kinds.add(want)
    success = [c for c in h["clauses"] if c["clause"] == "success"][0]
    assert success["taps_ok"] == sum(taps[success["cell"]][:12])
    if success["taps_ok"]:
        assert abs(tail(12, success["taps_ok"], success["success_at_least"]) - .05) < 1e-4
assert kinds == {"recommended", "not recommended"} or len(kinds) == 3
PYTHON
}

@test "records are lines of the journal: failed transactions of the cell they stand for" {
    "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml >/dev/null || true
    python3 - "$FIVE/journal.yaml" <<'PYTHON'
import json, sys, yaml
lines = open(sys.argv[1]).read().splitlines()
seen = 0
for h in yaml.safe_load(open("out.yaml"))["handsets"]:
    for c in h["clauses"]:
        if c["outcome"] != "fail" or "records" not in c:
            continue
        for number in c["records"]:
            record = json.loads(lines[number - 1][2:])
            assert record["transaction"] == number and record["cell"] == c["cell"] and record["outcome"] == "fail"
            seen += 1
assert seen >= 4
PYTHON
}

@test "criteria.yaml holds the run's own criteria, whatever else is asked" {
    sed '/^scripts:/i criteria: counter-default' "$BATS_FILE_TMPDIR/small.yaml" >own.yaml
    finishes "$NFC_SURVEY" run own.yaml --output own >/dev/null
    run "$NFC_SURVEY" criteria own
    [ "${lines[-1]}" = own/criteria.yaml ]
    sum=$(sha256sum own/criteria.yaml)
    run "$NFC_SURVEY" criteria own --criteria transit-500ms
    [ "${lines[-1]}" = own/criteria-transit-500ms.yaml ]
    run "$NFC_SURVEY" criteria own --handset sim-akane
    [[ $output != *yaml* ]]
    run "$NFC_SURVEY" report own --format criteria --criteria transit-500ms
    [ "${lines[1]}" = own/criteria.yaml ]
    [ "${lines[2]}" = own/criteria-transit-500ms.yaml ]
    [ "$sum" = "$(sha256sum own/criteria.yaml)" ]
    "$NFC_SURVEY" criteria own --criteria counter-default >/dev/null || true # its own, by their name
    [ "$sum" = "$(sha256sum own/criteria.yaml)" ]
    [ "$(find own -name 'criteria*.yaml' | wc -l)" -eq 2 ]
}

@test "--handset and --reader: what is printed, counted and answered is of these only" {
    cp -r "$FIVE" five
    rm -f five/criteria*.yaml
    "$NFC_SURVEY" criteria five --criteria felica-rf-s --output all.yaml >/dev/null || true
    run -1 "$NFC_SURVEY" criteria five --criteria felica-rf-s --handset 'sim-su*' --format yaml
    printf '%s\n' "$output" >some.yaml
    run -1 "$NFC_SURVEY" criteria five --criteria felica-rf-s --handset sim-suo --format yaml --output suo.yaml
    run "$NFC_SURVEY" criteria five --criteria felica-rf-s --reader sim-reader-c --format yaml
    printf '%s\n' "$output" >c.yaml
    [ ! -e five/criteria.yaml ] && [ ! -e five/criteria-felica-rf-s.yaml ]
    python3 - <<'PYTHON'
import yaml
every, some, suo, c = (yaml.safe_load(open(f)) for f in ("all.yaml", "some.yaml", "suo.yaml", "c.yaml"))
own = {h["handset"]: h for h in every["handsets"]}
named = {h["handset"] for h in some["handsets"]}
assert named == {n for n in own if n.startswith("sim-su")} and 1 < len(named) < len(own)
assert some["asked_of_handsets"] == len(named) == sum(some["list"][k] for k in ("recommended", "conditional", "not recommended", "not enough data"))
for h in some["handsets"]:
    assert h == own[h["handset"]], h["handset"]  # no other answer for being asked alone
assert [h["handset"] for h in suo["handsets"]] == ["sim-suo"]
assert "proposal" not in some and not some["what_if"]
# on one reader: as every handset passes or fails there, whatever the others say
assert [r["reader"] for r in c["readers"]] == ["sim-reader-c"] and c["asked_on_readers"] == ["sim-reader-c"]
for h in c["handsets"]:
    there = "recommended" if "sim-reader-c" in own[h["handset"]]["passes_on"] else "not recommended"
    assert h["recommendation"] == there or "sim-reader-c" in own[h["handset"]].get("undecided_on", []), h["handset"]
PYTHON
    run "$NFC_SURVEY" criteria five --criteria felica-rf-s --handset 'sim-su*' --handset sim-akane --reader 'sim-reader-[a-e]'
    [[ $output == *'Asked only of 3 of 6 handsets, on 2 readers, all of which must pass'* ]]
    [[ $output == *'sim-reader-c: '*'sim-reader-e: '* && $output != *sim-kon* ]]
    for language in en ja; do
        "$NFC_SURVEY" criteria five --criteria felica-rf-s --handset sim-akane --reader sim-reader-c --lang $language >$language || true
    done
    same_figures en ja
    fails_with 2 '--reader: `nobody` is no reader of this survey' "$NFC_SURVEY" criteria five --criteria felica-rf-s --reader nobody
    fails_with 2 '--handset: `x\*` is no handset of this survey' "$NFC_SURVEY" criteria five --criteria felica-rf-s --handset 'x*'
}

@test "--junit: a test case a handset, failed where it is not recommended, with the reason" {
    "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml --junit out.xml >/dev/null || true
    python3 - <<'PYTHON'
import xml.etree.ElementTree as tree, yaml
root, got = tree.parse("out.xml").getroot(), yaml.safe_load(open("out.yaml"))
[suite] = root
ends = {c.get("name"): c[0].tag if len(c) else "passed" for c in suite.iter("testcase")}
want = {"recommended": "passed", "conditional": "passed", "not recommended": "failure", "not enough data": "error"}
for h in got["handsets"]:
    assert ends.pop(h["handset"] + "+" + h["sim"]) == want[h["recommendation"]], h
assert not ends
for e in (root, suite):
    assert int(e.get("tests")) == len(got["handsets"])
    assert int(e.get("failures")) == got["list"]["not recommended"] and int(e.get("errors")) == got["list"]["not enough data"]
assert {p.get("name"): p.get("value") for p in suite.iter("property")}["simulated"] == "true"
assert all(f.get("message") for f in suite.iter("failure"))
PYTHON
    fails_with 4 'nowhere/x.xml' "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml --junit nowhere/x.xml
}

@test "what-ifs: those asked for, and none other" {
    run -1 "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml --what-if drop:sim-reader-c \
        --what-if without:readers --what-if dirty_at_most:0.1 --what-if replace:sim-reader-c=sim-reader-e
    python3 - <<'PYTHON'
import yaml
got = yaml.safe_load(open("out.yaml"))["what_if"]
assert [list(s)[0] for s in got] == ["drop_reader", "without_clause", "dirty_at_most", "replace_reader"], got
assert any(c["handset"] == "sim-suo" and c["to"] == "recommended" for c in got[0]["changes"])
assert got[0]["changes"] == got[3]["changes"]  # with every reader required, replacing one is dropping it
PYTHON
}

@test "what-if: one of several conditions of a power mode is left out; the only one is not" {
    python3 - "$ROOT" <<'PYTHON'
import sys, yaml
y = yaml.safe_load(open(sys.argv[1] + "/profiles/surveys/small.yaml"))
y["conditions"] = [{"id": "bare", "power_mode": "on-unlocked"}, {"id": "in-leather", "power_mode": "on-unlocked", "case": "leather"},
                   {"id": "dark", "power_mode": "screen-off"}]
yaml.safe_dump(y, open("cases.yaml", "w"), sort_keys=False)
PYTHON
    "$NFC_SURVEY" run cases.yaml --output cases >/dev/null 2>&1
    run "$NFC_SURVEY" criteria cases --output out.yaml --what-if "without-condition:in-leather"
    [[ $output == *"without condition in-leather: "* ]]
    python3 - <<'PYTHON'
import yaml
[one] = yaml.safe_load(open("out.yaml"))["what_if"]
assert one["without_condition"] == "in-leather", one
PYTHON
    for change in without-condition:dark without-condition:nowhere without-condition:; do
        fails_with 2 'what-if.*expected drop:READER' "$NFC_SURVEY" criteria cases --output other.yaml --what-if "$change"
    done
    "$NFC_SURVEY" report cases --format html,xlsx,md --lang ja --output cases-report >/dev/null
    grep -q '条件「in-leather」を外す' cases-report/report.html
}

@test "what-if: a reader model goes with all its units" {
    python3 - "$ROOT" <<'PYTHON'
import sys, yaml
y = yaml.safe_load(open(sys.argv[1] + "/profiles/surveys/demo.yaml"))
y["readers"] = [{"unit": "C-1", "profile": "sim-reader-c"}, {"unit": "C-2", "profile": "sim-reader-c"},
                {"unit": "A-1", "profile": "sim-reader-a"}]
y["handsets"], y["lanes"] = y["handsets"][:12], 1
yaml.safe_dump(y, open("units.yaml", "w"), sort_keys=False, allow_unicode=True)
PYTHON
    "$NFC_SURVEY" run units.yaml --output units >/dev/null 2>&1
    "$NFC_SURVEY" criteria units --output all.yaml >/dev/null || true
    run "$NFC_SURVEY" criteria units --output one.yaml --what-if drop-model:sim-reader-c
    [[ $output == *"without reader model sim-reader-c: "* ]]
    python3 - <<'PYTHON'
import yaml
def said(w):
    return {k: v for k, v in w.items() if k not in ("drop_model", "only_reader")}
every, [one] = yaml.safe_load(open("all.yaml"))["what_if"], yaml.safe_load(open("one.yaml"))["what_if"]
[dropped] = [w for w in every if "drop_model" in w]  # the other model has one unit: that is drop_reader
[alone] = [w for w in every if w.get("only_reader") == "A-1"]  # what is left
assert dropped == one and dropped["drop_model"] == "sim-reader-c"
assert said(dropped) == said(alone) and dropped["changes"], (dropped, alone)
PYTHON
    for change in drop-model:sim-reader-a drop-model:C-1 drop-model:; do
        fails_with 2 'what-if.*expected drop:READER' "$NFC_SURVEY" criteria units --output other.yaml --what-if "$change"
    done
}

@test "a mistyped what-if, handset or format is a usage error" {
    for change in drop:nobody drop only: replace:sim-reader-c without:time without:nothing dirty_at_most:2 frobnicate:x; do
        fails_with 2 'what-if.*expected drop:READER' "$NFC_SURVEY" criteria "$FIVE" --criteria felica-rf-s --output out.yaml --what-if "$change"
    done
    fails_with 2 '--handset.*no handset of this survey' "$NFC_SURVEY" criteria "$FIVE" --handset nobody --output out.yaml
    fails_with 2 '--format is yaml or text' "$NFC_SURVEY" criteria "$FIVE" --format json
    [ ! -e out.yaml ]
}

@test "bad criteria are named with line and column, and nothing is written" {
    own bad.yaml 'success: {taps: 50}' 'tme: {within_ms: 500}' 'readers_at_least: all'
    fails_with 3 '^bad.yaml:6:10: success needs the key "ok_at_least"$' "$NFC_SURVEY" criteria "$SMALL" --criteria bad.yaml --output out.yaml
    grep -q '^bad.yaml:7:1: "tme" is not a key of a criteria file; did you mean "time"?$' err
    fails_with 3 'bad.yaml:6:10' "$NFC_SURVEY" check bad.yaml
    fails_with 3 'cannot be read: expected a file, or the id of one in' "$NFC_SURVEY" criteria "$SMALL" --criteria nowhere --output out.yaml
    fails_with 3 'names no criteria: give --criteria' "$NFC_SURVEY" criteria "$SMALL" --output out.yaml
    fails_with 3 'journal.yaml' "$NFC_SURVEY" criteria "$BATS_TEST_TMPDIR" --output out.yaml
    [ ! -e out.yaml ]
}

@test "an output that cannot be written is status 4" {
    fails_with 4 'nowhere/out.yaml' "$NFC_SURVEY" criteria "$SMALL" --criteria felica-rf-s --output nowhere/out.yaml
}

@test "a reader named with quotes and braces is named as it is, and the file stays YAML" {
    own odd.yaml 'power_modes: [on-unlocked]' 'readers_at_least: all' 'readers_of: ["evil \"[31m: {x}", sim-reader-b]'
    run -5 "$NFC_SURVEY" criteria "$SMALL" --criteria odd.yaml --output out.yaml
    python3 -c 'import yaml; assert yaml.safe_load(open("out.yaml"))["criteria"]["not_in_survey"] == "evil \"[31m: {x}"'
}

@test "the example of docs/criteria.md is valid, and every key of it stands in the table" {
    awk '/^```yaml$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/docs/criteria.md" >example.yaml
    run -0 "$NFC_SURVEY" check example.yaml
    for key in $(sed -n 's/^\([a-z_]*\):.*/\1/p' example.yaml); do
        grep -q "^| .*\`$key\`" "$ROOT/docs/criteria.md" || { echo "$key is not documented"; false; }
    done
}

# Up to the proposal, whose sentences are those of the reports.
judged() {
    "$NFC_SURVEY" criteria "$@" --output criteria.yaml | sed '/^What the evidence supports$\|^根拠が支持すること$/q'
}

@test "in Japanese: the same figures, and nothing left in English" {
    own own.yaml 'success: {taps: 50, ok_at_least: 49}' 'readers_at_least: all'
    local id names='refuse: above-(bound|q0)|(sim|virtual|on)-[a-z-]+(.(centre|[xy]-[a-z]+-10))?|counter-default|own|Own|made up for a test|standard|screen|token|cert|mm'
    for id in counter-default own.yaml; do
        speaks_japanese "$names" judged "$FIVE" --criteria $id --what-if drop:sim-reader-c --what-if replace:sim-reader-c=sim-reader-e
    done
    judged "$FIVE" --criteria counter-default --format yaml >en # for programs
    judged "$FIVE" --criteria counter-default --format yaml --lang ja | cmp - en
}
