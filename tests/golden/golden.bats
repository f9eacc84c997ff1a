#!/usr/bin/env bats
# Golden figures: every number that is written of a fixed run, counted anew from its journal by another program (recount.py).
load ../cli/helper
load formats

# The fixed run, broken off in the middle of a placement and resumed, so that there is something of that kind in it too.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    "$NFC_SURVEY" run "$ROOT/tests/golden/golden.yaml" --output run >/dev/null 2>&1 || [ $? -eq 5 ]
    local placement
    placement=$(grep -n -m1 '^- {"placement": 80[0-9][0-9],' run/journal.yaml | cut -d: -f1)
    head -n "$((placement + 2))" run/journal.yaml >cut
    mv cut run/journal.yaml
    "$NFC_SURVEY" run --resume run >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" report run --format html,xlsx,csv,md --lang en,ja >written
    "$NFC_SURVEY" matrix run --format yaml --permutations 9999 >matrix.yaml
    "$NFC_SURVEY" criteria run >criteria.terminal || [ $? -le 1 ] # not every handset passes
    if can_print; then print; fi
}

# The PDFs, and the pages that WeasyPrint was given for them, as paper.en.html and paper.ja.html.
print() {
    cat >printer <<SH
#!/bin/sh
cp page.html "$PWD/paper.\$(sed -n 's/^<html lang="\([a-z]*\)">.*/\1/p' page.html | head -n 1).html"
exec /usr/bin/python3 "\$@"
SH
    chmod +x printer
    NFC_SURVEY_PYTHON=$PWD/printer "$NFC_SURVEY" report run --format pdf --lang en,ja >printed
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    /usr/bin/python3 -c 'import scipy, yaml' 2>/dev/null || skip "scipy is not installed (apt-get install python3-scipy)"
}

compare() {
    /usr/bin/python3 "$ROOT/tests/golden/compare.py" run "$@"
}

# The files whose fixed words may hold digits.
WORDS=("$ROOT"/reports/words/{words.def,locale/ja.po} "$ROOT"/harness/domain/{said,cause}.def)

# Every file of a suffix that `report` wrote.
compare_pages() {
    local files
    mapfile -t files < <(grep -E "\.$1\$" written)
    [ "${#files[@]}" -gt 0 ]
    compare page "${files[@]}" "${WORDS[@]}"
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

@test "no number of the PDF is unexplained, in both languages" {
    can_print || skip "weasyprint or pdftotext is not installed (apt-get install weasyprint poppler-utils)"
    for language in en ja; do
        grep -q "report.$language.pdf" printed
        # what was printed stands in the PDF letter by letter, and each of its numbers is that of the recount
        compare printed "run/report.$language.pdf" "paper.$language.html"
    done
    compare page paper.en.html paper.ja.html "${WORDS[@]}"
}

@test "suspect placements, whose they are and what they cost: as recounted, by the rules of now and of 0.4.0" {
    "$NFC_SURVEY" run "$ROOT/tests/golden/hangs.yaml" --output hangs >/dev/null 2>&1
    /usr/bin/python3 "$ROOT/tests/golden/compare.py" hangs bracket
    /usr/bin/python3 "$ROOT/tests/golden/compare.py" "$ROOT/tests/data/journal/without-rules" bracket
    python3 - <<'PYTHON'
import yaml
s = yaml.load(open("hangs/summary.yaml"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
assert {a["handset"] for a in s["attributed"]} == {"HS-04"} and [p["reader"] for p in s["suspect_price"]] == ["RW-3"]
assert all(c["verdict"] == "incompatible" for c in s["cells"] if c["handset"] == "HS-04" and c.get("attributed"))
assert any(c["s"] for c in s["cells"] if c["handset"] != "HS-04")
PYTHON
}

@test "the recount sees one wrong digit in each of them" {
    cp run/summary.yaml kept.yaml
    sed -i '0,/^    upper: 0\.1/s//    upper: 0.2/' run/summary.yaml
    run compare
    mv kept.yaml run/summary.yaml
    [ "$status" -eq 1 ]
    sed '0,/pooled: 0\.0/s//pooled: 0.1/' matrix.yaml >wrong.yaml
    run compare matrix wrong.yaml
    [ "$status" -eq 1 ]
}

# Digits drawn at random, one exchanged at a time: the share of them that the recount must see.
@test "the recount sees nearly every wrong digit: of all formats, and of each section for analysts" {
    local pages=(run/report.en.html run/report.en.xlsx run/report.en.md run/cells.csv)
    [ ! -e paper.en.html ] || pages+=(paper.en.html)
    compare digits 0.96 page "${pages[@]}" "${WORDS[@]}" # a p of permutations has their error in its last digits
    compare digits 0.98 summary
    compare digits 0.98 criteria run/criteria.yaml
    # p-values of random permutations are known to their error only
    compare digits 0.9 matrix matrix.yaml
}

@test "a page with another number, a row too few or in another place, or a number that is missing" {
    python3 - run/report.en.html <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
begin = text.index('id="budget"')
rows = re.findall(r"<tr><th scope=\"row\">Token label</th>.*?</tr>\n", text[begin:])
assert len(rows) >= 2 and rows[0] != rows[1]
swapped = text[begin:].replace(rows[0], "@").replace(rows[1], rows[0]).replace("@", rows[1])
cell = re.search(r"<td>(\d+)</td>", rows[0])
other = lambda row: text[:begin] + text[begin:].replace(rows[0], row, 1)
for name, page in (("order", text[:begin] + swapped), ("short", other("")),
                   ("missing", other(rows[0].replace(cell[0], "<td></td>", 1))),
                   ("other", other(rows[0].replace(cell[0], f"<td>{int(cell[1]) + 7919}</td>", 1)))):
    open(f"{name}.html", "w", encoding="utf-8").write(page)
PYTHON
    run compare page order.html short.html missing.html other.html "${WORDS[@]}"
    [ "$status" -eq 1 ]
    for name in order short missing other; do
        [[ $output == *"page: $name.html.budget, table"* ]]
    done
}

@test "points and heights that are silent, open and answering are those of the recount" {
    cat >places.yaml <<'YAML'
format: nfc-survey/survey
version: 1
id: places
title: Places
seed: 7
scheme: {preset: screen, k: 2}
sessions: 2
hands: sim
criteria: felica-rf-m
readers: [sim-reader-c, sim-reader-e]
sims: [{id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]
positions: condition
points:
  - {id: centre, x_mm: 0, y_mm: 0}
  - {id: right, x_mm: 10, y_mm: 0}
  - {id: left, x_mm: -10, y_mm: 0}
  - {id: up, x_mm: 0, y_mm: 10}
  - {id: down, x_mm: 0, y_mm: -10}
  - {id: z-3, z_mm: 3}
  - {id: z-6, z_mm: 6}
  - {id: z-10, z_mm: 10}
  - {id: z-15, z_mm: 15}
conditions: [on-unlocked]
scripts: [token]
handsets: [sim-akane, sim-oudo, sim-sumi, sim-suo]
YAML
    "$NFC_SURVEY" run places.yaml --output places >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" criteria places --format yaml >places.assessment.yaml || [ $? -le 5 ]
    /usr/bin/python3 "$ROOT/tests/golden/places.py" places places.assessment.yaml
}
