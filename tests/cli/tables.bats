#!/usr/bin/env bats
# Spreadsheet, CSV, Markdown and criteria.yaml, read back by other programs (tables.py) and recounted from the journal.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null
    "$NFC_SURVEY" report demo --format xlsx,csv,md,criteria --lang en,ja --output out >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    DEMO=$BATS_FILE_TMPDIR/demo OUT=$BATS_FILE_TMPDIR/out
}

# tables ARGUMENT...: Debian's python3-openpyxl belongs to Debian's python3, which need not be the first on the PATH.
tables() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import openpyxl, yaml' 2>/dev/null; then
            "$python" "$BATS_TEST_DIRNAME/tables.py" "$@"
            return
        fi
    done
    skip "python3-openpyxl or python3-yaml is not installed"
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (apt-get install $2)"
}

# hostile_survey: s.yaml, whose handsets have the names in names.json. (Controls and names beyond 200 bytes are refused
# by the survey's own checks; tests/unit/render/test_escape.c asks the writers' escapes about them.)
hostile_survey() {
    small_survey s.yaml
    sed -i -e 's/^readers: .*/readers: [{profile: sim-reader-b, unit: "=1|`x`"}, sim-reader-e]/' \
        -e 's/^title: .*/title: {en: "=1+1 | <b>`x`", ja: "=1+1 | <b>`x`"}/' -e 's/^hands: sim/&\ncriteria: counter-default/' \
        -e '/^  - sim-akane/d' s.yaml
    python3 - <<'PYTHON'
import json
names = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "＝2+2", "`touch PWNED` $(touch PWNED)",
         "<img src=x onerror=alert(1)>|<b>", "a|b\\|c\\", "[x](http://evil.example) ![y](z)", "www.evil.example @all #1 :smile: $x$",
         "abc def", "_x0041_ _x001B_ x", "&amp; \"q\" 'r', ~~s~~ *t* _u_", "長" * 66]
json.dump(names, open("names.json", "w"))
with open("s.yaml", "a", encoding="utf-8") as survey:
    for name in names:
        survey.write("  - {handset: sim-suo, unit: " + json.dumps(name) + "}\n")
PYTHON
}

@test "report --help names every format of the registry with what it is" {
    run -0 "$NFC_SURVEY" report --help
    local name
    for name in html pdf xlsx csv md pcapng criteria; do
        [[ $output == *$'\n'*" $name: "* ]] || { echo "$name"; false; }
    done
    fails_with 2 'any of html, pdf, xlsx, csv, md, pcapng, criteria' "$NFC_SURVEY" report "$DEMO" --format ods
}

@test "every sheet in both languages has its mark, a frozen header, a filter, and colours that follow words" {
    tables shape "$OUT/report.en.xlsx" SIMULATED
    tables shape "$OUT/report.ja.xlsx" 模擬データ
}

@test "places to sign, with what traces them in full, are on the first sheet of the spreadsheet and at the end of Markdown" {
    local journal criteria language
    journal=$(sha256sum "$DEMO/journal.yaml" | cut -c1-64)
    criteria=$(sha256sum "$ROOT/profiles/criteria/counter-default.yaml" | cut -c1-64)
    for language in en ja; do
        tables signature "$OUT/report.$language.xlsx" "$OUT/report.$language.md" demo "$journal" "$criteria"
    done
    small_survey s.yaml # without criteria
    finishes "$NFC_SURVEY" run s.yaml --output r >/dev/null
    "$NFC_SURVEY" report r --format xlsx,md >/dev/null
    tables signature r/report.xlsx r/report.md r "$(sha256sum r/journal.yaml | cut -c1-64)" 'no criteria'
}

@test "the figures of spreadsheet and CSV are those of a recount of the journal" {
    tables figures "$DEMO" "$OUT/report.en.xlsx" "$OUT/cells.csv"
}

@test "list, what-ifs and proposal are those of criteria.yaml, which the criteria command writes too" {
    tables list "$DEMO" "$OUT/report.en.xlsx" en "$OUT/criteria.yaml"
    tables list "$DEMO" "$OUT/report.ja.xlsx" ja "$OUT/criteria.yaml"
    run "$NFC_SURVEY" criteria "$DEMO" --output c.yaml
    cmp c.yaml "$OUT/criteria.yaml"
}

@test "report --criteria: each of the others is judged, and its list is in page, spreadsheet and Markdown" {
    small_survey own.yaml sim-akane sim-sumi
    sed -i '/^scripts:/i criteria: counter-default' own.yaml
    finishes "$NFC_SURVEY" run own.yaml --output own >/dev/null 2>&1
    "$NFC_SURVEY" report own --criteria transit-500ms --criteria cts-50-taps --format html,xlsx,md,criteria --output beside >/dev/null
    sed -i 's/counter-default/transit-500ms/' own.yaml
    finishes "$NFC_SURVEY" run own.yaml --seed 1 --output other >/dev/null 2>&1
    "$NFC_SURVEY" report other --format md --output other.md >/dev/null
    python3 - <<'PYTHON'
import re, yaml, zipfile
page, note, other = (open(p, encoding="utf-8").read() for p in ("beside/report.html", "beside/report.md", "other.md"))
section = page[page.index("<section class=\"procurement\" aria-labelledby=\"beside\""):page.index("<section class=\"procurement\" aria-labelledby=\"basis\"")]
book = zipfile.ZipFile("beside/report.xlsx")
strings = "".join(book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/"))
for id in ("transit-500ms", "cts-50-taps"):
    got = yaml.safe_load(open(f"beside/criteria-{id}.yaml"))
    assert got["criteria"]["id"] == id and f">{id}<" in strings, id
    block = section[section.rindex(id):]
    for h in got["handsets"]:
        assert h["handset"] in block
own = yaml.safe_load(open("beside/criteria.yaml"))
assert own["criteria"]["id"] == "counter-default"
ids = re.findall(r'id="([^"]+)"', page)
assert len(ids) == len(set(ids)), "an anchor twice"
# the same words as in a report that has these criteria as its own
rows = [l for l in other.split("\n") if l.startswith("| sim-sumi")]
assert rows and rows[0] in note[note.index("## Under other criteria"):], rows
PYTHON
    sed -i '/^criteria:/d' own.yaml
    finishes "$NFC_SURVEY" run own.yaml --output none >/dev/null 2>&1
    sum=$(sha256sum none/summary.yaml)
    "$NFC_SURVEY" report none --criteria counter-default --format md,criteria >/dev/null
    grep -q 'counter-default' none/report.md
    [ -e none/criteria-counter-default.yaml ] && [ ! -e none/criteria.yaml ]
    [ "$sum" = "$(sha256sum none/summary.yaml)" ]
    fails_with 3 'nowhere.*cannot be read' "$NFC_SURVEY" report own --criteria nowhere
}

@test "the same journal gives the same bytes in every format" {
    sleep 1.1 # a clock's second in the file would differ
    "$NFC_SURVEY" report "$DEMO" --format xlsx,csv,md,criteria --lang en,ja --output again >/dev/null
    diff -r "$OUT" again
}

@test "a survey without criteria has tables all the same, and criteria.yaml is refused with what to do" {
    small_survey s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output r >/dev/null
    "$NFC_SURVEY" report r --format xlsx,csv,md >/dev/null
    grep -q 'The survey names no criteria' r/report.md
    run -3 "$NFC_SURVEY" report r --format criteria
    [[ $output == *'nfc-survey criteria --criteria'* ]]
    [ ! -e r/criteria.yaml ]
}

@test "a spreadsheet that cannot be written is said, and leaves nothing behind" {
    mkdir folder
    run -4 "$NFC_SURVEY" report "$DEMO" --format xlsx --output missing/report.xlsx
    [[ $output == *missing/report.xlsx* ]]
    mkdir folder/report.xlsx
    run -4 "$NFC_SURVEY" report "$DEMO" --format xlsx --output folder
    [ "$(ls folder)" = report.xlsx ]
    [ -z "$(ls folder/report.xlsx)" ]
}

@test "hostile names are harmless and readable in spreadsheet, CSV, Markdown and criteria.yaml" {
    need cmark-gfm cmark-gfm
    hostile_survey
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format xlsx,csv,md,criteria --lang en,ja --output hostile >/dev/null
    tables hostile run hostile names.json
    [ -z "$(find . -name 'PWNED*')" ]
}

@test "a text longer than a cell may be is cut, and says so" {
    # under a stricter bound 190 handsets end otherwise: their names together take more than 32,767 characters
    small_survey s.yaml
    sed -i -e 's/^hands: sim/&\ncriteria: .\/c.yaml/' -e '/^  - sim-akane/d' s.yaml
    printf '%s\n' 'format: nfc-survey/criteria' 'version: 1' 'id: own' 'title: Own' 'source: made up for a test' \
        'power_modes: [on-unlocked]' 'readers_at_least: all' >c.yaml
    python3 -c 'for i in range(190): print("  - {handset: sim-akane, unit: %s%03d}" % ("u" * 190, i))' >>s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format xlsx --lang en,ja --output . >/dev/null
    tables cut report.en.xlsx '… [cut: more than 32,767 characters]'
    tables cut report.ja.xlsx '…［以下省略：32,767字超］'
}

@test "LibreOffice opens the spreadsheet without a warning and reads what stands in it" {
    need soffice libreoffice-calc-nogui
    hostile_survey
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format xlsx --lang ja --output report.xlsx >/dev/null
    mkdir made
    # 44 comma, 34 quote, 76 UTF-8; the last field: every sheet into a file of its own
    timeout 300 soffice "-env:UserInstallation=file://$PWD/profile" --headless \
        --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1' --outdir made report.xlsx >said 2>&1
    grep -v 'javaldx' said | grep -Ei 'warning|error|repair|failed' && { cat said; false; }
    tables office made report.xlsx
}
