#!/usr/bin/env bats
# `decide: list`: a small survey, as list and as matrix with the same seed: the same list for fewer placements, and what a list leaves unsaid.
load helper

# Eight handsets of the demonstration on three readers: good ones, one that falls short in a mode, bad and dead ones.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    python3 - "$ROOT/profiles/surveys/demo.yaml" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
kept = ("akane", "kikyo", "mizu", "gin", "oudo", "ruri", "shu", "nezu")
text = re.sub(r"^  - sim-(?!(?:%s)$)[a-z]+\n" % "|".join(kept), "", text, flags=re.M)
text = re.sub(r"^readers: .*", "readers: [sim-reader-a, sim-reader-c, sim-reader-d]", text, flags=re.M)
text = re.sub(r"^lanes: .*", "lanes: 3", text, flags=re.M)
open("matrix.yaml", "w", encoding="utf-8").write(text)
open("list.yaml", "w", encoding="utf-8").write(text.replace("criteria: counter-default", "criteria: counter-default\ndecide: list"))
PYTHON
    "$NFC_SURVEY" run matrix.yaml --output matrix >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" run list.yaml --output list >/dev/null 2>said
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# Outcomes of all transactions, by cell and placement: without clocks and names.
outcomes() {
    python3 - "$1" <<'PYTHON'
import json, sys
placed, lines = {}, []
for line in open(sys.argv[1] + "/journal.yaml", encoding="utf-8"):
    r = json.loads(line[2:])
    if "placement" in r and "handset" in r:
        placed[r["placement"]] = r
    elif "transaction" in r:
        p = placed[r["placement"]]
        lines.append((r["cell"], p["session"], p["ordinal"], r["repeat"], r["outcome"], str(r.get("exchanges"))))
print(*sorted(lines), sep="\n")
PYTHON
}

@test "the same list as the matrix of the same seed, for fewer placements; recounted a placement at a time" {
    run -0 "$NFC_SURVEY" verify list
    /usr/bin/python3 -c 'import scipy, yaml' 2>/dev/null || skip "scipy is not installed (apt-get install python3-scipy)"
    run -0 /usr/bin/python3 "$ROOT/tests/golden/list_run.py" list matrix
    sed 's/^- //' list/journal.yaml | /usr/bin/python3 "$ROOT/tests/golden/recount.py" >recounted
    python3 - <<'PYTHON'
import json, yaml
told = yaml.load(open("list/summary.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cells"]
counted = json.load(open("recounted"))["cells"]
assert len(told) == len(counted) and any(c["verdict"] == "not pursued" for c in counted)
for cell, own in zip(told, counted):
    assert [cell[k] for k in ("n", "d", "verdict")] == [own[k] for k in ("n", "d", "verdict")], (cell, own)
PYTHON
}

# The line numbers at which no placement is open, one near each of these parts of the journal.
ends_of_steps() {
    python3 - "$@" <<'PYTHON'
import json, sys
opened, ends = set(), []
for number, line in enumerate(open(sys.argv[1] + "/journal.yaml", encoding="utf-8"), 1):
    r = json.loads(line[2:])
    if "placement" in r and "handset" in r:
        opened.add(r["placement"])
    elif "placed" in r:
        opened.discard(r["placement"])
        ends += [] if opened else [number]
print(*(ends[int(len(ends) * float(part))] for part in sys.argv[2:]))
PYTHON
}

@test "ended after some steps and gone on with, it ends as the one that ran through" {
    local line
    for line in $(ends_of_steps list 0.05 0.3 0.5 0.8); do
        rm -rf cut
        mkdir cut
        head -n "$line" list/journal.yaml >cut/journal.yaml
        run -0 "$NFC_SURVEY" run --resume cut
        grep -q '^- {"resume"' cut/journal.yaml
        cmp <(outcomes list) <(outcomes cut)
    done
    run -0 "$NFC_SURVEY" verify cut
}

@test "plan shows both courses and which one the survey takes; run says it at its start" {
    run -0 "$NFC_SURVEY" plan list.yaml
    [[ $output == *'usual mix, decide: list'* && $output == *'This survey says decide: list'* ]]
    python3 - "$output" <<'PYTHON'
import re, sys
clean, usual, alone, worst, _ = map(float, re.search(r"^placements +(.*)$", sys.argv[1], re.M).group(1).split())
assert 0.3 * usual < alone < 0.9 * usual < worst, (clean, usual, alone, worst)
PYTHON
    run -0 "$NFC_SURVEY" plan matrix.yaml
    [[ $output == *'usual mix, decide: list'* && $output == *'decides every cell (decide: matrix)'* ]]
    grep -q 'who is on the list of its criteria, and nothing else' said
    run -0 "$NFC_SURVEY" plan list.yaml --lang ja
    [[ $output == *'通常の構成、decide: list'* ]]
}

@test "not pursued is a word of its own: never undecided, with its reason, in every form and language" {
    "$NFC_SURVEY" report list --format html,csv,md,xlsx --lang en,ja >/dev/null
    python3 - <<'PYTHON'
import csv, re, yaml
s = yaml.load(open("list/summary.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
left = [c for c in s["cells"] if c["verdict"] == "not pursued"]
assert left and s["verdicts"]["not pursued"] == len(left) == sum(h.get("not_pursued", 0) for h in s["handsets"])
assert s["verdicts"]["undecided"] == 0 and all(h["undecided"] == 0 for h in s["handsets"])
assert sum(r["verdict"] == "not pursued" for r in csv.DictReader(open("list/cells.csv", encoding="utf-8"))) == len(left)
page = open("list/report.en.html", encoding="utf-8").read()
assert "cells not pursued" in page and "their handset was off the list" in page and "can no longer pass" in page
assert f"<td>{len(left)}</td>" in page or f">{len(left)}<" in page
assert "測定打切り" in open("list/report.ja.html", encoding="utf-8").read()
assert "Cells not pursued, as their handset was off the list: %d." % len(left) in open("list/report.en.md", encoding="utf-8").read()
PYTHON
    run -0 "$NFC_SURVEY" status list
    [[ $output == *'not pursued'* ]]
    run -0 "$NFC_SURVEY" status list --lang ja
    [[ $output == *'測定打切り'* ]]
    run -0 "$NFC_SURVEY" status matrix
    [[ $output != *'not pursued'* ]]
}

@test "other criteria and what-ifs need the matrix; the same criteria from a file do not" {
    run -5 --separate-stderr "$NFC_SURVEY" criteria list --criteria cts-50-taps --output other.yaml
    [[ $stderr == *'needs decide: matrix'* && ! -e other.yaml ]]
    run -5 --separate-stderr "$NFC_SURVEY" criteria list --what-if drop:sim-reader-c --output other.yaml
    [[ $stderr == *'needs decide: matrix'* && ! -e other.yaml ]]
    cp "$ROOT/profiles/criteria/counter-default.yaml" same.yaml
    run -1 "$NFC_SURVEY" criteria list --criteria ./same.yaml --output same.out
    [[ $output == *'need decide: matrix'* && $output == *'success: not pursued'* ]]
    python3 - <<'PYTHON'
import yaml
load = lambda path: yaml.load(open(path, encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
absent = {"absent": "needs decide: matrix"}
a = load("same.out")
assert a["what_if"] == a["proposal"] == absent and all(h["flips_at"] == absent for h in a["handsets"])
assert a["list"]["off_list"] == a["list"]["not enough data"] > 0
assert all(r["not_pursued"] + r["passes"] + r["fails"] == len(a["handsets"]) for r in a["readers"] if r["counts"])
m = load("list/summary.yaml")["matrix"]
assert m["effects"] == absent and m["icc"] is None
for g in m["groups"]:
    assert all(g[k] == absent for k in ("pool", "pooled", "apart", "smallest_subsets", "subsets", "associations",
                                        "failure_rule", "e_bh")), g
    assert all(r["open"] == 0 and r["not_pursued"] > 0 and r["pooled"] is None for r in g["readers"])
PYTHON
    run -0 "$NFC_SURVEY" matrix list
    [[ $output == *'needs decide: matrix'* && $output != *'serves more'* ]]
}

@test "a list that can settle nothing is named by check" {
    sed 's/^criteria: .*/criteria: cts-50-taps/' list.yaml >taps.yaml
    run -0 "$NFC_SURVEY" check taps.yaml
    [[ $output == *'taps.yaml:'*'decide: list'*'saves nothing'* ]]
    run -0 "$NFC_SURVEY" check list.yaml
    [[ $output != *'saves nothing'* ]]
    sed '/^criteria:/d' list.yaml >none.yaml
    run -3 "$NFC_SURVEY" check none.yaml
    [[ $output == *'decide: list needs the key criteria'* ]]
}

@test "plan counts the taps that criteria ask for, as the run will make them" {
    sed -e 's/^criteria:.*/criteria: cts-50-taps/' -e '/^handsets:/,$d' -e 's/^readers:.*/readers: [sim-reader-a, sim-reader-b]/' \
        -e 's/^conditions:.*/conditions: [on-unlocked]/' -e 's/^scripts:.*/scripts: [token]/' -e 's/^lanes:.*/lanes: 2/' \
        "$ROOT/profiles/surveys/demo.yaml" >taps.yaml
    printf 'handsets: [sim-akane]\n' >>taps.yaml
    [ "$("$NFC_SURVEY" plan --list taps.yaml | tail -n +2 | grep -c .)" -eq "$("$NFC_SURVEY" plan taps.yaml | awk '$1 == "placements" { print $2 }')" ]
    "$NFC_SURVEY" plan taps.yaml | grep -qE '^placements +100 +100 +100 +100 +100$'
    finishes "$NFC_SURVEY" run taps.yaml --output r >/dev/null
    [ "$(grep -c '^- {"placement"' r/journal.yaml)" -eq 100 ]
}
