#!/usr/bin/env bats
# The page in a real browser, used as people use it: sorted, filtered, opened, by keyboard, in both languages and themes,
# without script, and on paper.
load helper

# One run of the demonstration, made once; the tests only read it.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null
    "$NFC_SURVEY" report demo --lang en,ja >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    DEMO=$BATS_FILE_TMPDIR/demo
    export PYTHONPATH=$BATS_TEST_DIRNAME PYTHONDONTWRITEBYTECODE=1
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (apt-get install $2)"
}

@test "the list and the what-ifs are those of criteria.yaml: clause, cell, counts and records" {
    "$NFC_SURVEY" criteria "$DEMO" --output criteria.yaml >/dev/null || [ $? -eq 1 ]
    python3 - "$DEMO" criteria.yaml <<'PYTHON'
import re, sys, html, yaml
page = open(sys.argv[1] + "/report.en.html", encoding="utf-8").read()
known = yaml.load(open(sys.argv[2], encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
def text(markup):
    return html.unescape(re.sub(r"<[^>]*>", " ", markup)).split()
groups = {}
for table in re.findall(r'<table class="list decisions .*?</table>', page, re.S):
    name = re.search(r"<caption>(.*?)[:,]", table).group(1).lower()
    shown = "shown not to meet" in re.search(r"<caption>(.*?)<", table).group(1)
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.S):
        cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        groups[text(cells[0])[0]] = (name, shown, [" ".join(text(c)) for c in cells])
assert len(groups) == len(known["handsets"]) == 36
for handset in known["handsets"]:
    name, shown, cells = groups[handset["handset"]]
    assert name == handset["recommendation"], handset
    if name != "not recommended":
        continue
    deciding = next(c for c in handset["clauses"] if c["clause"] == handset["decided_by"])
    assert shown == (handset["refusal_shows"] == "not to meet") and handset["decided_by"] == "success"
    assert cells[1].startswith("Success: shown not to be met" if shown else "Success: above 2 %"), cells[1]
    fails = "on all 6 readers" if len(handset["fails_on"]) == 6 else \
        "on %d of 6: %s" % (len(handset["fails_on"]), ", ".join(handset["fails_on"]))
    assert re.search(re.escape(fails) + "( F[0-9]{2} .*)?$", cells[1]), (cells[1], fails) # with its causes behind it
    title = {"token": "Token label", "cert": "CA certificate"}[deciding["script"]]
    assert cells[2].startswith("%s, %s, %s" % (deciding["reader"], deciding["condition"], title)), cells[2]
    assert cells[3] == deciding["evidence"] and cells[3].startswith("%d/%d" % (deciding["d"], deciding["n"])), cells[3]
    assert cells[4] == ", ".join(map(str, deciding["records"][:3]))
rows = [[" ".join(text(c)) for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", re.search(r'<div class="block what-if">.*?</table>', page, re.S).group(0), re.S)]
kinds = ("recommended", "conditional", "not recommended", "not enough data")
counts = {row[0]: tuple(map(int, row[1:5])) for row in rows[1:]}
for case in known["what_if"]:
    name = {"drop_reader": "without reader %s", "only_reader": "reader %s alone"}.get(next(iter(case)))
    if not name:
        continue
    name = name % next(iter(case.values()))
    assert (name in counts) == bool(case["changes"]), name # what changes nothing is named under the table
    if name in counts:
        assert counts[name] == tuple(case[k] for k in kinds), name
PYTHON
}

@test "tables are sorted by any column, numbers as numbers, and a third press gives the first order back" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys, yaml
from webdriver import Browser
summary = yaml.load(open(sys.argv[1] + "/summary.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
dirty = sorted((c["d"] for c in summary["cells"]), reverse=True)
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html")
    head = "#cells-table thead th:nth-child(9)"
    before = b.texts("#cells-table tbody td:nth-child(9)")
    b.click(head + " button")
    assert b.run("return document.querySelector(arguments[0]).getAttribute('aria-sort')", head) == "ascending"
    assert [int(d) for d in b.texts("#cells-table tbody td:nth-child(9)")] == dirty[::-1][:100]
    b.click(head + " button")
    assert b.run("return document.querySelector(arguments[0]).getAttribute('aria-sort')", head) == "descending"
    assert [int(d) for d in b.texts("#cells-table tbody td:nth-child(9)")] == dirty[:100]
    b.click(head + " button")
    assert b.run("return document.querySelectorAll('#cells-table [aria-sort]').length") == 0
    assert b.texts("#cells-table tbody td:nth-child(9)") == before
    # a table that stands in the page as it is: readers by placements, the numbers compared as numbers
    column = "table.readers tbody td:nth-child(5)"
    before = dict(zip(b.texts("table.readers tbody th"), b.texts(column)))
    b.click("table.readers thead th:nth-child(5) button")
    number = lambda text: int(text.replace(",", "")) # "1,233"
    assert max(map(number, before.values())) >= 1000
    assert [number(n) for n in b.texts(column)] == sorted(map(number, before.values()))
    assert dict(zip(b.texts("table.readers tbody th"), b.texts(column))) == before # rows went whole
    assert b.complaints() == []
PYTHON
}

@test "cells are filtered by reader, handset, condition, script, verdict and text; the count is said" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys, yaml
from webdriver import Browser
summary = yaml.load(open(sys.argv[1] + "/summary.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
cells = summary["cells"]
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html")
    assert b.texts("#cells-count") == ["1,296 of 1,296 cells"]
    b.choose("#filter-reader", "sim-reader-c")
    b.choose("#filter-verdict", "✕ incompatible")
    wanted = [c for c in cells if c["reader"] == "sim-reader-c" and c["verdict"] == "incompatible"]
    assert b.texts("#cells-count") == ["%d of 1,296 cells" % len(wanted)], b.texts("#cells-count")
    b.choose("#filter-condition", "off")
    b.choose("#filter-script", "CA certificate")
    wanted = [c for c in wanted if c["condition"] == "off" and c["script"] == "cert"]
    assert 0 < len(wanted) < 100
    assert b.texts("#cells-table tbody th") == [c["handset"] for c in wanted]
    b.click("#filter-clear")
    assert b.texts("#cells-count") == ["1,296 of 1,296 cells"]
    b.type("#filter-text", "gin SCREEN-off")
    assert b.texts("#cells-count") == ["12 of 1,296 cells"]
    assert set(b.texts("#cells-table tbody th")) == {"sim-gin"}
    b.click("#filter-clear")
    b.choose("#filter-handset", "sim-gin")
    assert b.texts("#cells-count") == ["36 of 1,296 cells"]
    b.click("#filter-clear")
    # pages of rows
    assert len(b.texts("#cells-table tbody tr")) == 100 and b.texts("#cells-page") == ["page 1 of 13"]
    b.click("#cells-after")
    assert b.texts("#cells-page") == ["page 2 of 13"]
    assert b.run("return document.querySelector('#cells-table tbody tr').id") == "cell-100"
    assert b.complaints() == []
PYTHON
}

@test "a cell opens with its counts, its failures, and lines that the journal bears out" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import json, sys, yaml
from webdriver import Browser, ESCAPE
summary = yaml.load(open(sys.argv[1] + "/summary.yaml", encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
cell = next(c for c in summary["cells"] if c["verdict"] == "incompatible" and c["d"] >= 4)
journal = open(sys.argv[1] + "/journal.yaml", encoding="utf-8").read().splitlines()
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html", "#cell-%d" % cell["cell"])
    facts = dict(zip(b.texts("#cell-body table.particulars th"), b.texts("#cell-body table.particulars td")))
    assert b.run("return document.getElementById('cell').open")
    assert facts["Handset"].startswith(cell["handset"]) and facts["Reader"] == cell["reader"]
    assert facts["Verdict"] == "✕ incompatible"
    assert facts["Placements"].startswith("%d dirty of %d placements" % (cell["d"], cell["n"]))
    lines = [int(n) for n in facts["Journal lines of the first bad transactions"].split(", ")]
    for line in lines:
        record = json.loads(journal[line - 1][2:])
        assert record["transaction"] == line and record["cell"] == cell["cell"], record
    command = "nfc-survey export demo --format pcapng --cell %d " % cell["cell"]
    assert any(text.startswith(command) for text in b.texts("#cell-body code")), b.texts("#cell-body code")
    kinds = b.texts("#cell-body .list tbody tr td:nth-child(5)")
    failed = sum(json.loads(l[2:])["outcome"] != "ok" for l in journal
                 if l.startswith('- {"transaction"') and '"cell": %d,' % cell["cell"] in l)
    assert sum(map(int, kinds)) == failed, (kinds, failed)
    b.press(ESCAPE)
    assert not b.run("return document.getElementById('cell').open")
    # by a click on the matrix
    b.run("document.querySelector('table.matrix').scrollIntoView()")
    b.click("table.matrix tbody td a")
    assert b.texts("#cell-title") == ["sim-akane, sim-reader-a, on-unlocked, Token label (SIMULATED)"]
    b.click("#cell-close")
    assert not b.run("return document.getElementById('cell').open")
    assert b.complaints() == []
PYTHON
}

@test "all is reached by keyboard, and the focus is seen" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys
from webdriver import Browser, TAB, ENTER, ESCAPE, RIGHT, DOWN
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html")
    order = []
    for _ in range(5):
        b.press(TAB)
        focus = b.focus()
        assert focus["seen"], focus
        order.append(focus["id"] or focus["href"])
    assert order == ["#verdicts", "report.ja.html", "theme", "#verdicts", "#basis"], order
    # a matrix is one stop of Tab; arrows move inside it, Enter opens, Escape gives the focus back
    assert b.run("return document.querySelectorAll('table.matrix')[0].querySelectorAll('a:not([tabindex=\"-1\"])').length") == 1
    b.run("document.querySelector('table.matrix td a').focus()")
    start = int(b.focus()["cell"])
    b.press(RIGHT)
    assert int(b.focus()["cell"]) == start + 2 and b.focus()["seen"] # two scripts a reader
    b.press(DOWN)
    there = b.focus()["cell"]
    assert int(there) == start + 2 + 36
    b.press(ENTER)
    assert b.run("return document.getElementById('cell').open")
    b.press(ESCAPE)
    assert b.focus()["cell"] == there
    # everything that can be clicked has a name, and can have the focus
    nameless = b.run("""
        return [...document.querySelectorAll('a, button, select, input, summary')].filter((e) => !e.closest('[hidden], dialog'))
          .filter((e) => e.tabIndex < 0 && !e.closest('table.matrix, table.overview') ||
                         !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length)))
          .map((e) => e.outerHTML.slice(0, 120))""")
    assert nameless == [], nameless[:5]
    # tables have captions, heads say what they are of, headings skip no level, and the parts of the page are named
    assert b.run("return document.querySelectorAll('main table:not(:has(caption)):not(details table):not(dialog table)').length") == 0
    assert b.run("return document.querySelectorAll('main th:not([scope])').length") == 0
    levels = b.run("return [...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => !h.closest('dialog')).map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1 and all(next - last <= 1 for last, next in zip(levels, levels[1:])), levels
    assert b.run("return ['header', 'nav', 'main', 'footer'].map((n) => document.querySelectorAll('body ' + n).length)") == [1, 1, 1, 1]
    assert b.run("return [...document.querySelectorAll('main > section')].every((s) => document.getElementById(s.getAttribute('aria-labelledby')))")
    assert b.run("return document.getElementById('cells-count').getAttribute('role')") == "status"
    assert b.complaints() == []
PYTHON
}

@test "a symbol of the overview opens its cell, arrow keys lead to the next, and Back closes what was opened" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys
from webdriver import Browser, ENTER, RIGHT, DOWN, ESCAPE
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html")
    first = "table.overview tbody tr:first-child td a"
    opened = "return document.getElementById('cell').open"
    assert b.run("return [...document.querySelectorAll('table.overview a')].filter((a) => a.tabIndex === 0).length") == 1
    b.run("document.querySelector('table.overview').scrollIntoView()")
    b.click(first + "[data-cell='7']")
    assert b.run(opened) and b.address().endswith("#cell-7")
    # a handset's cells run over conditions, then readers, then scripts: 7 is the first condition, fourth reader, second script
    assert b.texts("#cell-title") == ["sim-akane, sim-reader-d, on-unlocked, CA certificate (SIMULATED)"], b.texts("#cell-title")
    b.ask("POST", "/back", {})
    assert not b.run(opened) and b.address().endswith("/report.en.html"), b.address()
    b.ask("POST", "/forward", {})
    assert b.run(opened)
    b.press(ESCAPE)
    assert not b.run(opened) and b.address().endswith("/report.en.html")
    # the symbol says in full what it stands for once it has the focus
    b.run("document.querySelector(arguments[0]).focus()", first + "[data-cell='0']")
    name = b.run("return document.activeElement.getAttribute('aria-label')")
    assert name.startswith("compatible. sim-akane, sim-reader-a, on-unlocked, Token label. 0 dirty of 15"), name
    b.press(RIGHT) # the next condition: six readers with two scripts each on
    assert b.focus()["cell"] == "12" and b.focus()["seen"]
    b.press(DOWN) # the other script
    assert b.focus()["cell"] == "13"
    b.press(RIGHT, RIGHT) # over the last condition to the next reader's first
    assert b.focus()["cell"] == "3"
    b.press(DOWN) # the next handset: 36 cells on
    assert b.focus()["cell"] == "38"
    b.press(ENTER)
    assert b.run(opened) and b.address().endswith("#cell-38")
    b.press(ESCAPE)
    assert b.focus()["cell"] == "38"
    # a cell with much to tell scrolls, but the way out has the focus and is in sight
    b.ask("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
        "width": 390, "height": 600, "deviceScaleFactor": 1, "mobile": True}})
    b.open(sys.argv[1] + "/report.en.html", "#cell-1285")
    assert b.run("const d = document.getElementById('cell'); return d.scrollHeight > d.clientHeight")
    assert b.focus()["id"] == "cell-close" and b.focus()["seen"]
    place = b.run("const box = document.getElementById('cell-close').getBoundingClientRect(); return [box.top, box.bottom]")
    assert 0 <= place[0] and place[1] <= 600, place
    # an address that somebody sent opens the cell too, and closing it leaves the page's own address
    b.open(sys.argv[1] + "/report.ja.html", "#cell-5")
    assert b.run(opened)
    b.click("#cell-close")
    assert not b.run(opened) and b.address().endswith("/report.ja.html")
    assert b.complaints() == []
PYTHON
}

@test "on a phone nothing moves the whole page sideways, and what is wider scrolls by itself" {
    need chromedriver chromium-driver
    cp -r "$ROOT/results/example" example
    "$NFC_SURVEY" report example --lang en,ja >/dev/null
    python3 - "$DEMO/report.en.html" "$DEMO/report.ja.html" "$PWD"/example/report.*.html <<'PYTHON'
import sys
from webdriver import Browser
with Browser() as b:
    for width in (390, 768, 1024):
        b.ask("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}})
        for page in sys.argv[1:]:
            b.open(page)
            b.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            assert b.run("return document.documentElement.scrollWidth") <= width, (page, width)
            # where a table is wider than the page, its box takes the focus and has the table's name
            boxes = b.run("""return new Promise((done) => setTimeout(() => done([...document.querySelectorAll('.wide')]
                .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.querySelector('caption'))
                .map((box) => [box.tabIndex, box.getAttribute('aria-label')])), 100))""")
            assert width > 500 or boxes
            assert all(stop == 0 and name for stop, name in boxes), boxes
    assert b.complaints() == []
PYTHON
}

@test "the language is switched where both pages were written, and only there" {
    need chromedriver chromium-driver
    "$NFC_SURVEY" report "$DEMO" --output alone.html >/dev/null
    run ! grep -q 'class="language"' alone.html
    python3 - "$DEMO" <<'PYTHON'
import sys
from webdriver import Browser
with Browser() as b:
    b.open(sys.argv[1] + "/report.en.html", "#failures")
    b.click("a.language")
    assert b.address().endswith("/report.ja.html#failures"), b.address()
    assert b.run("return document.documentElement.lang") == "ja"
    b.click("a.language")
    assert b.address().endswith("/report.en.html#failures")
    assert b.requests() == [] and b.complaints() == []
PYTHON
}

@test "light and dark follow the system or the reader's choice, and every text stands out from its ground" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys
from webdriver import Browser
# WCAG 2.1, 1.4.3: 4.5 to 1, from the colours that the browser came to
CONTRAST = """
    const numbers = (text) => { const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
    const known = new Map(), colour = (text) => { if (!known.has(text)) known.set(text, numbers(text)); return known.get(text); };
    const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
      return .2126 * r + .7152 * g + .0722 * b; };
    const ground = (e) => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor); if (c[3] > 200) return c; } };
    const bad = new Set(); let looked = 0;
    for (const e of document.querySelectorAll('body *:not(svg *):not(script)')) {
      if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
      const a = light(colour(getComputedStyle(e).color)), b = light(ground(e));
      looked++;
      if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5 && !e.disabled) bad.add(e.outerHTML.slice(0, 100));
    }
    return [looked, [...bad].slice(0, 5)];"""
def ground(b):
    return b.run("return getComputedStyle(document.documentElement).backgroundColor")
with Browser() as b:
    b.prefer("light")
    b.open(sys.argv[1] + "/report.en.html")
    light = ground(b)
    looked, bad = b.run(CONTRAST)
    assert looked > 3000 and bad == [], (looked, bad)
    b.prefer("dark")
    dark = ground(b)
    assert dark != light
    looked, bad = b.run(CONTRAST)
    assert looked > 3000 and bad == [], (looked, bad)
    # plots go with the page, whether the system or the reader chose
    plots = """return ['fill', 'stroke'].flatMap((what) => [...document.querySelectorAll('figure svg [' + what + ']')]
        .map((e) => getComputedStyle(e)[what])).join(' ')"""
    drawn = b.run(plots)
    b.click("#theme") # from the system's to light
    assert ground(b) == light
    assert b.run(plots) != drawn
    b.click("#theme")
    b.prefer("light")
    assert ground(b) == dark
    assert b.run(plots) == drawn
    b.click("#theme")
    assert ground(b) == light
    assert b.complaints() == []
PYTHON
}

@test "without script all of it is there: tables, links to rows, no dead control" {
    need chromedriver chromium-driver
    python3 - "$DEMO" <<'PYTHON'
import sys
from webdriver import Browser
with Browser(script=False) as b:
    b.open(sys.argv[1] + "/report.en.html")
    assert not b.run("return document.documentElement.classList.contains('js')")
    assert b.run("return [...document.querySelectorAll('button, select, input:not([type=radio])')]"
                 ".filter((e) => e.checkVisibility()).map((e) => e.outerHTML)") == []
    assert b.run("return document.querySelectorAll('#cells-table tbody tr').length") == 1296
    b.run("document.querySelector('table.matrix').scrollIntoView()")
    b.click("table.matrix tbody td a")
    assert b.address().endswith("#cell-0")
    assert b.run("return document.querySelector('#cell-0').checkVisibility()")
    b.click("a.language")
    assert b.run("return document.documentElement.lang") == "ja"
PYTHON
}

@test "of more cells than a page carries as markup, all are in the data, and a table is drawn when it is looked at" {
    need chromedriver chromium-driver
    {
        cat <<'YAML'
format: nfc-survey/survey
version: 1
id: many
title: Many cells
seed: 1
scheme: {name: quick, q0: 0.3, q1: 0.6, alpha: 0.05, beta: 0.05, k: 1, n_max: 3}
sessions: 1
lanes: 6
hands: sim
readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked, on-locked, screen-off, battery-low, "off"]
scripts: [token, cert]
handsets:
YAML
        for ((i = 0; i < 100; i++)); do echo "  - {handset: sim-akane, unit: H$i}"; done
    } >many.yaml
    "$NFC_SURVEY" run many.yaml --output many >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" report many >/dev/null
    [ "$(grep -c '^<tr id="cell-' many/report.html)" -eq 5000 ]
    python3 - "$PWD/many" <<'PYTHON'
import sys
from webdriver import Browser
with Browser() as b:
    b.open(sys.argv[1] + "/report.html")
    assert b.texts("#cells-count") == ["6,000 of 6,000 cells"]
    assert not b.run("return document.querySelector('.without-script').checkVisibility()")
    assert b.run("return document.querySelectorAll('table.matrix').length") == 8
    b.click("label[for=panel-9]")
    assert b.run("return document.querySelectorAll('table.matrix').length") == 9
    b.click("table.matrix[class~=unsorted] tbody tr:last-child td:last-child a")
    assert b.texts("#cell-title") == ["H99, sim-reader-f, off, CA certificate (SIMULATED)"], b.texts("#cell-title")
    assert b.complaints() == []
with Browser(script=False) as b:
    b.open(sys.argv[1] + "/report.html")
    assert b.run("return document.querySelector('.without-script').checkVisibility()")
    assert "first 5,000 of 6,000" in b.texts(".without-script")[0]
PYTHON
}

@test "hostile text is plain text in the data too, in rows, filters and an opened cell" {
    need chromedriver chromium-driver
    small_survey s.yaml
    cat >>s.yaml <<'YAML'
  - handset: sim-suo
    unit: "</script><script>window.pwned=1</script><!-- \" \\u003cb"
YAML
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run >/dev/null
    python3 - "$PWD/run" <<'PYTHON'
import sys
from webdriver import Browser
unit = '</script><script>window.pwned=1</script><!-- " \\u003cb'
with Browser() as b:
    b.open(sys.argv[1] + "/report.html")
    assert b.run("return window.pwned === undefined && document.scripts.length === 2")
    found = b.run("return [...document.querySelectorAll('#cells-table tbody th a')].map((a) => a.textContent)")
    assert unit in found, found
    assert unit in b.run("return [...document.querySelectorAll('#filter-handset option')].map((o) => o.textContent)")
    b.type("#filter-text", "pwned")
    b.click("#cells-table tbody th a")
    assert b.run("return document.getElementById('cell-title').textContent").startswith(unit)
    assert b.run("return window.pwned === undefined && document.querySelectorAll('#cell script').length === 0")
    assert b.requests() == [] and b.complaints() == []
    # the instrument does see a page that asks and complains
    open("bad.html", "w").write('<!DOCTYPE html><img src="pixel.png"><script>console.error("x")</script>')
    import os
    b.open(os.getcwd() + "/bad.html")
    assert any(url.endswith("pixel.png") for url in b.requests()) and b.complaints()
PYTHON
}

# paper LANGUAGE: the page of the demonstration as PDF text, a file a sheet in sheets/
paper() {
    timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --user-data-dir="$BATS_TEST_TMPDIR/browser" --no-pdf-header-footer \
        --print-to-pdf="$PWD/$1.pdf" "file://$DEMO/report.$1.html" >log 2>&1
    pdftotext -layout "$1.pdf" "$1.txt"
}

@test "on paper the list is first, the next sheet what it rests on and where to sign, in both languages" {
    need chromium chromium
    need pdftotext poppler-utils
    local language
    for language in en ja; do
        paper $language
        python3 - "$DEMO" $language "$(sha256sum "$DEMO/journal.yaml")" <<'PYTHON'
import re, sys
directory, language, digest = sys.argv[1], sys.argv[2], sys.argv[3].split()[0]
sheets = open(language + ".txt", encoding="utf-8").read().split("\f")[:-1]
words = {"en": ("Which handsets are recommended", "What the list rests on", "Prepared by", "Checked by", "Date", "Show all"),
         "ja": ("推奨できる端末", "一覧の根拠", "作成", "確認", "年月日", "絞り込みを解除")}[language]
basis = next(n for n, sheet in enumerate(sheets) if words[1] in sheet)
handsets = re.findall(r"sim-[a-z]+(?= +nfc-survey)", "".join(sheets[:basis]))
assert words[0] in sheets[0] and basis <= 2 and len(set(handsets)) == 36, (language, basis, len(set(handsets)))
for word in words[1:5]:
    assert word in sheets[basis], (language, word)
assert sheets[basis].count(digest[:40]) == 2 # beside the signatures and at the foot
assert "nfc-survey " in sheets[basis] and "counter-default" in sheets[basis]
assert words[1] not in "".join(sheets[basis + 1:]) and 5 < len(sheets) < 60, len(sheets)
for number, sheet in enumerate(sheets, 1):
    assert digest in sheet and "%d / %d" % (number, len(sheets)) in sheet, (language, number)
    assert words[5] not in sheet
PYTHON
    done
}
