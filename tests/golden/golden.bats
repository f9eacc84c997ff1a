#!/usr/bin/env bats
# Golden figures: every number that is written of a fixed run, counted anew from its journal by another program (recount.py).
load ../cli/helper
load formats

# The fixed run, broken off in the middle of a placement and resumed, so that there is something of that kind in it too.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    "$NFC_SURVEY" run "$ROOT/tests/golden/golden.yaml" --output run >/dev/null 2>&1
    local placement
    placement=$(grep -n -m1 '^- {"placement": 90[0-9][0-9],' run/journal.yaml | cut -d: -f1)
    head -n "$((placement + 2))" run/journal.yaml >cut
    mv cut run/journal.yaml
    "$NFC_SURVEY" run --resume run >/dev/null 2>&1
    "$NFC_SURVEY" report run --format "$(formats xlsx csv md)" --lang en,ja >written
    "$NFC_SURVEY" matrix run --format yaml --permutations 9999 >matrix.yaml
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    /usr/bin/python3 -c 'import scipy, yaml' 2>/dev/null || skip "scipy is not installed (apt-get install python3-scipy)"
}

compare() {
    /usr/bin/python3 "$ROOT/tests/golden/compare.py" run "$@"
}

# Every file of a suffix that `report` wrote, and the files whose fixed words may hold digits.
compare_pages() {
    local files
    mapfile -t files < <(grep -E "\.$1\$" written)
    [ "${#files[@]}" -gt 0 ] || skip "report does not write $1 yet"
    compare page "${files[@]}" "$ROOT"/reports/strings.def "$ROOT"/reports/locale/ja.po "$ROOT"/harness/card/outcome.c
}

@test "the fixed run has something of every kind in it" {
    python3 - <<'PYTHON'
import yaml
s = yaml.load(open("run/summary.yaml"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
v = s["verdicts"]
assert all(v[k] for k in ("compatible", "incompatible", "undecided", "not-applicable", "excluded")), v
assert all(s["placements"][k] for k in ("dirty", "invalid", "aborted")), s["placements"]
assert s["operator"]["excluded"] and s["operator"]["withdrawn"] and s["outliers"]["count"]
assert s["operator"]["verdicts_other_with_invalid_as_dirty"] and s["operator"]["verdicts_other_without_withdrawn"]
assert any(d["execution"] == 2 for d in s["drift"]["list"])
ends = {h["recommendation"] for h in s["handsets"]}
assert ends == {"recommended", "conditional", "not recommended", "not enough data"}, ends
causes = set().union(*(c.get("failures_by_cause", {}) for c in s["cells"]))
assert len(causes) >= 14, causes
assert len({p["pattern"] for p in s["matrix"]["groups"][0]["patterns"]}) >= 4
PYTHON
}

@test "every number of summary.yaml is that of the recount" {
    compare
}

@test "every number of matrix --format yaml is that of the recount, chance within its error" {
    compare matrix matrix.yaml
}

@test "every number of criteria.yaml is that of the recount, under the run's criteria and three others" {
    run "$NFC_SURVEY" criteria run
    compare criteria run/criteria.yaml
    for preset in cts-50-taps crossover-3-reads transit-500ms; do
        run "$NFC_SURVEY" criteria run --criteria "$preset" --output "$preset.yaml"
        compare criteria "$preset.yaml" "$ROOT/profiles/criteria/$preset.yaml"
    done
}

@test "no number of the HTML report is unexplained, in both languages" {
    compare_pages html
}

@test "no number of the CSV report is unexplained, in both languages" {
    compare_pages csv
}

@test "no number of the spreadsheet is unexplained, in both languages" {
    compare_pages xlsx
}

@test "no number of the Markdown report is unexplained, in both languages" {
    compare_pages md
}

@test "the recount sees one wrong digit in each of them" {
    page=$(grep -m1 -E '\.html$' written)
    cp "$page" kept
    python3 - "$page" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
body = text.index("<tbody")
at = re.search(r">(\d+)</td>", text[body:])
assert at
wrong = str(int(at[1]) + 7919)
open(sys.argv[1], "w", encoding="utf-8").write(text[:body + at.start(1)] + wrong + text[body + at.end(1):])
PYTHON
    run compare page "$page" "$ROOT/reports/strings.def" "$ROOT/reports/locale/ja.po" "$ROOT/harness/card/outcome.c"
    mv kept "$page"
    [ "$status" -eq 1 ]
    [[ $output == *'is not explained'* ]]
    cp run/summary.yaml kept.yaml
    sed -i '0,/^    upper: 0\.1/s//    upper: 0.2/' run/summary.yaml
    run compare
    mv kept.yaml run/summary.yaml
    [ "$status" -eq 1 ]
    sed '0,/pooled: 0\.0/s//pooled: 0.1/' matrix.yaml >wrong.yaml
    run compare matrix wrong.yaml
    [ "$status" -eq 1 ]
}
