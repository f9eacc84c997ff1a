#!/usr/bin/env bats
# The report as its reader has it: both languages, counts against an own recount, and the page in a real browser.
load helper

# One run of the demonstration, made once; the tests only read it.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null
    "$NFC_SURVEY" report demo >/dev/null
    "$NFC_SURVEY" report demo --lang ja --output ja.html >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    DEMO=$BATS_FILE_TMPDIR/demo
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (apt-get install $2)"
}

# browse ARGUMENT...: Chromium without a window, with a profile of its own and quiet about itself.
browse() {
    timeout 60 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --user-data-dir="$BATS_TEST_TMPDIR/browser" "$@"
}

# visit FILE: opens it over http on the loopback; leaves dom, console, and requests (what the page itself asked for).
visit() {
    rm -f address
    python3 "$BATS_TEST_DIRNAME/serve.py" "$(dirname "$1")" >address 3>&- &
    local server=$! i
    for ((i = 0; i < 50; i++)); do
        [ -s address ] && break
        sleep 0.1
    done
    browse --enable-logging=stderr --v=0 --log-net-log=net.json --dump-dom \
        --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' \
        "$(cat address)/$(basename "$1")" >dom 2>log || true
    kill "$server"
    grep -F 'CONSOLE' log >console || true
    python3 - "$(cat address)" >requests <<'PYTHON'
import json, sys
for event in json.load(open("net.json"))["events"]:
    params = event.get("params", {})
    if params.get("initiator", "").startswith(sys.argv[1]) and "url" in params:
        print(params["url"])
PYTHON
    grep -q '</html>' dom
}

@test "a report in English and in Japanese, each marked as simulated throughout" {
    python3 - "$DEMO/report.html" SIMULATED "$BATS_FILE_TMPDIR/ja.html" 模擬データ <<'PYTHON'
import re, sys
for path, mark in (sys.argv[1:3], sys.argv[3:5]):
    page = open(path, encoding="utf-8").read()
    body = page[page.index("<body"):]
    sections = re.findall(r"<section .*?<h2 id=.*?</h2>", body, re.S)
    assert re.search("<title>" + mark, page) and len(sections) == page.count("<li><a href=\"#") >= 10, path
    marked = sections[:] + re.findall(r"<caption>.*?</caption>|<figcaption>.*?</figcaption>", body, re.S)
    assert len(marked) > 20
    for heading in marked:
        assert mark in heading, heading
    for plot in re.findall(r"<svg.*?</svg>", body, re.S):
        assert mark in plot
    assert '@top-right { content: "' + mark in page
english = open(sys.argv[1], encoding="utf-8").read()
japanese = open(sys.argv[3], encoding="utf-8").read()
assert not re.search("[぀-ヿ一-鿿]", english[english.index("<body"):])
words = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", " ", japanese, flags=re.S)
for word in ("placement", "compatible", "undecided", "dirty", "transactions", "recommended"):
    assert word not in words, word
PYTHON
}

@test "the counts of summary and page are those of a recount of the journal" {
    python3 - "$DEMO" <<'PYTHON'
import collections, json, re, sys, yaml
cells, failed, times, seen, placed = collections.defaultdict(lambda: [0] * 4), collections.Counter(), {}, set(), {}
for line in open(sys.argv[1] + "/journal.yaml", encoding="utf-8"):
    r = json.loads(line[2:])
    if "placed" in r:
        for cell, result, *_ in r["results"]:
            count = cells[cell]
            count[0] += result in ("clean", "dirty")
            count[1] += result == "dirty"
            count[2] += result == "invalid"
            count[3] += result == "aborted"
    elif "transaction" in r:
        if r["outcome"] != "ok":
            failed[r["cell"], r["stage"]] += 1
        if (r["placement"], r["cell"]) not in seen and r["outcome"] == "ok":
            times.setdefault(r["cell"], []).append(r["total_us"])
        seen.add((r["placement"], r["cell"]))
    elif "placement" in r:
        placed[r["placement"]] = r
text = open(sys.argv[1] + "/summary.yaml", encoding="utf-8").read()
summary = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
assert summary["placements"]["all"] == len(placed)
for c in summary["cells"]:
    number = c["cell"]
    assert [c["n"], c["d"], c["invalid"], c["aborted"]] == cells[number], c
    stages = {stage: n for (cell, stage), n in failed.items() if cell == number}
    assert c.get("failures_by_stage", {}) == stages, c
    first = sorted(times.get(number, []))
    if first:
        assert c["first_transaction_us"]["n"] == len(first), c
        assert first[(len(first) - 1) // 2] <= c["first_transaction_us"]["median"] <= first[len(first) // 2], c
counts = collections.Counter(c["verdict"] for c in summary["cells"])
assert {k: v for k, v in summary["verdicts"].items() if v and k != "cells"} == counts
page = open(sys.argv[1] + "/report.html", encoding="utf-8").read()
tiles = [int(n) for n in re.findall(r'<span class="figure">(\d+)</span>', page)]
kinds = collections.Counter(h["recommendation"] for h in summary["handsets"])
assert tiles == [kinds[k] for k in ("recommended", "conditional", "not recommended", "not enough data")], tiles
assert sum(tiles) == 36
PYTHON
}

@test "a reader that alone turns handsets away is named on the page and in the summary" {
    # sim-reader-c polls for type B only; seven handsets answer only as type A; sim-ruri fails there, too, and is open on others
    grep -q 'one reader only and passes on all others: 7 of the 16 pairs not recommended (7 on sim-reader-c)' "$DEMO/report.html"
    [ "$(grep -c 'fails_on: \["sim-reader-c"\]' "$DEMO/summary.yaml")" -eq 8 ]
}

@test "the Markdown asks for no placements where all are made" {
    "$NFC_SURVEY" report "$DEMO" --format md --output demo.md >/dev/null
    grep -q '^Open cells: 5. How many more placements would decide them is not known, or all are made' demo.md
    grep -q 'at most 0 more' demo.md && return 1
    true
}

@test "in Chromium the page asks for nothing and says nothing on the console" {
    need chromium chromium
    visit "$DEMO/report.html"
    [ ! -s requests ] || { cat requests; return 1; }
    [ ! -s console ] || { cat console; return 1; }
    grep -q '<h2 id="verdicts">' dom
    # the instrument does see a page that asks and complains
    echo '<!DOCTYPE html><html><img src="pixel.png"><script>console.error("x")</script></html>' >bad.html
    visit bad.html
    grep -q 'pixel.png' requests
    [ -s console ]
}

@test "a hostile handset unit is plain text on the page, whatever reads it" {
    small_survey s.yaml
    cat >>s.yaml <<'YAML'
  - handset: sim-suo
    unit: "`touch PWNED` $(touch PWNED) <script>alert(1)</script> '\"\\"
YAML
    sed -i -e 's/^title: {.*/title: {en: "<script>alert(2)<\/script> <img src=x onerror=alert(3)>"}/' \
        -e 's/^hands: sim/&\ncriteria: counter-default/' s.yaml
    "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run >/dev/null
    [ -z "$(find . "$BATS_FILE_TMPDIR/demo" -name 'PWNED*')" ]
    run -0 "$NFC_SURVEY" verify run
    python3 - <<'PYTHON'
import yaml
assert any(h["handset"] == "`touch PWNED` $(touch PWNED) <script>alert(1)</script> '\"\\"
           for h in yaml.safe_load(open("run/summary.yaml", encoding="utf-8"))["handsets"])
PYTHON
    need chromium chromium
    visit run/report.html
    python3 - <<'PYTHON'
from html.parser import HTMLParser
class Page(HTMLParser):
    elements, text = [], ""
    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        assert not any(name.startswith("on") for name, _ in attributes), attributes
    def handle_data(self, data):
        self.text += data
page = Page()
page.feed(open("dom", encoding="utf-8").read())
assert page.elements.count("script") == 2
assert not {"img", "iframe", "object", "link"} & set(page.elements)
assert "`touch PWNED` $(touch PWNED) <script>alert(1)</script> '\"\\" in page.text
assert "<img src=x onerror=alert(3)>" in page.text
PYTHON
    [ ! -s requests ]
    [ ! -s console ]
}

@test "without gnuplot the tables stand, a warning is on the page, and the status is 0" {
    mkdir bin
    run -0 --separate-stderr env PATH="$PWD/bin" "$NFC_SURVEY" report "$DEMO" --output plain.html
    [[ $stderr == *gnuplot* ]]
    grep -q 'class="notice" role="note">The plots are missing: ' plain.html
    grep -q '<table class="matrix">' plain.html
    run ! grep -q '<svg' plain.html
    grep -q '<svg' "$DEMO/report.html"
}

@test "no simulated run carries a real name" {
    # a survey can't put a real profile on simulated readers, or the sim driver on a real profile
    small_survey mixed.yaml sim-akane google-pixel-3
    fails_with 3 'real and simulated' "$NFC_SURVEY" run mixed.yaml --output mixed
    small_survey driver.yaml
    sed -i 's/^readers: .*/readers: [{profile: sony-rc-s300-s, driver: sim}, sim-reader-b]/' driver.yaml
    fails_with 3 'sim' "$NFC_SURVEY" run driver.yaml --output driver
    [ ! -e mixed/journal.yaml ]
    [ ! -e driver/journal.yaml ]
    python3 - "$ROOT" "$DEMO/report.html" "$BATS_FILE_TMPDIR/ja.html" "$DEMO/summary.yaml" <<'PYTHON'
import glob, os, sys, yaml
names = set()
for path in glob.glob(sys.argv[1] + "/profiles/handsets/*.yaml") + glob.glob(sys.argv[1] + "/profiles/readers/*.yaml"):
    profile = yaml.safe_load(open(path, encoding="utf-8"))
    if not os.path.basename(path).startswith("sim-"):
        names |= {profile["id"], profile.get("name") or profile["id"]}
assert len(names) > 40
for path in sys.argv[2:]:
    page = open(path, encoding="utf-8").read()
    for name in names:
        assert name not in page, (path, name)
PYTHON
}

@test "printed to PDF, every page carries the mark" {
    need chromium chromium
    browse --no-pdf-header-footer --print-to-pdf="$PWD/report.pdf" "file://$DEMO/report.html" >log 2>&1
    [ "$(head -c 5 report.pdf)" = %PDF- ]
    need pdftotext poppler-utils
    pdftotext report.pdf - | python3 -c '
import sys
pages = sys.stdin.read().split("\f")[:-1]
assert len(pages) >= 5, len(pages)
for number, page in enumerate(pages, 1):
    assert "SIMULATED" in "".join(page.split()), number'
}
