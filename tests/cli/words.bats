#!/usr/bin/env bats
# What people read is in their language: dates and numbers as it writes them, and words of ours in no other.
load helper

# A run with failures, undeclared and declared absences, in every format; compared with itself.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey small.yaml sim-akane sim-gin sim-mizu sim-sango
    sed -i 's/^conditions: .*/conditions: [on-unlocked, "off"]/; s/^scheme: .*/&\ncriteria: counter-default/' small.yaml
    "$NFC_SURVEY" run small.yaml --output run >/dev/null 2>&1
    local formats=html,md,xlsx
    ! command -v pdftotext >/dev/null || ! command -v weasyprint >/dev/null || formats=$formats,pdf
    "$NFC_SURVEY" report run --format $formats --lang en,ja >written
    cp -r run other
    "$NFC_SURVEY" compare run other --format html --lang en,ja --output . >/dev/null
    for language in en ja; do
        [ -s "compare.$language.html" ]
        echo "compare.$language.html" >>written
        [ ! -e run/report.$language.pdf ] || pdftotext -layout run/report.$language.pdf run/report.$language.pdf.txt
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    export PYTHONPATH=$ROOT/tests/golden
}

# What is read of each file written for people: (path, language, texts), the page's block of data by the words in it.
readers() {
    cat <<'PYTHON'
import json, os, re, sys
from pages import Page, spreadsheet
def spoken(node):
    for c in node.children:
        if isinstance(c, str):
            yield node, c
        elif c.tag == "script" and c.attributes.get("type") == "application/json":
            yield c, " ".join(strings(json.loads(" ".join(x for x in c.children if isinstance(x, str)))))
        elif c.tag not in ("style", "script"):
            for key in ("title", "aria-label", "alt", "placeholder"):
                if c.attributes.get(key):
                    yield c, c.attributes[key]
            yield from spoken(c)
def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from strings(v)
def files():
    for path in open("written", encoding="utf-8").read().split():
        language = re.search(r"\.(en|ja)\.", path)
        if not language:
            continue # for machines
        if path.endswith(".html"):
            texts = [t for node, t in spoken(Page(open(path, encoding="utf-8").read()).root)]
        elif path.endswith(".xlsx"):
            texts = [t for _, _, t in spreadsheet(path)]
        else:
            texts = open(path + ".txt" if path.endswith(".pdf") else path, encoding="utf-8").read().splitlines()
        yield path, language[1], texts
PYTHON
}

@test "no date is printed as the journal has it, and each language's form is there" {
    { readers; cat <<'PYTHON'; } | python3 -
import datetime
start = json.loads(open("run/journal.yaml", encoding="utf-8").readline()[2:])["wall"]
at = datetime.datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ")
jst = at + datetime.timedelta(hours=9)
forms = {"en": f"{jst.day} {jst:%B} {jst.year}, {jst:%H:%M} JST ({at.day} {at:%B} {at.year}, {at:%H:%M} UTC)",
         "ja": f"{jst.year}年{jst.month}月{jst.day}日 {jst.hour}時{jst:%M}分 日本時間（UTC {at.year}年{at.month}月{at.day}日 {at.hour}時{at:%M}分）"}
seen = 0
for path, language, texts in files():
    raw = [t for t in texts if re.search(r"\d{4}-\d{2}-\d{2}|\dT\d{2}:\d{2}", t)]
    assert not raw, (path, raw[:3])
    whole = " ".join(texts)
    assert forms[language] in whole, (path, forms[language])
    assert not any(form in whole for other, form in forms.items() if other != language), path
    if path.endswith(".html"):
        times = {t.attributes["datetime"] for t in Page(open(path, encoding="utf-8").read()).root.find("time")}
        assert start in times and all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", t) for t in times), (path, times)
    seen += 1
assert seen >= 8, seen
PYTHON
}

@test "a run that waits for its next session says until when in the language" {
    cp -r run waiting
    python3 - <<'PYTHON'
lines = open("waiting/journal.yaml", encoding="utf-8").read().splitlines(True)
import json
line = lines[-1]
assert '"stop": ' in line and '"status": "done"' in line
line = line.replace('"status": "done"', '"status": "session-end"')
reason = json.loads(line[2:])["reason"]
lines[-1] = line.replace(json.dumps(reason), '["session_done", "1", "2", "2026-11-26T05:39:46Z"]')
open("waiting/journal.yaml", "w", encoding="utf-8").writelines(lines)
PYTHON
    python3 "$ROOT/tests/cli/reseal.py" waiting
    "$NFC_SURVEY" report waiting --format html,md,xlsx --lang en,ja >/dev/null
    grep -q 'may begin at 26 November 2026, 14:39 JST (26 November 2026, 05:39 UTC): reboot' waiting/report.en.html
    grep -q 'may begin at 26 November 2026, 14:39 JST (26 November 2026, 05:39 UTC): reboot' waiting/report.en.md
    grep -q 'セッション2は2026年11月26日 14時39分 日本時間（UTC 2026年11月26日 5時39分）以降に開始できる' waiting/report.ja.html
    grep -q 'セッション2は2026年11月26日 14時39分 日本時間（UTC 2026年11月26日 5時39分）以降に開始できる' waiting/report.ja.md
}

@test "percents and minus signs are the language's" {
    { readers; cat <<'PYTHON'; } | python3 -
for path, language, texts in files():
    if path.endswith(".pdf"):
        continue # its lines break where they will
    wrong = r"\d%" if language == "en" else r"\d\s%|％"
    found = [t for t in texts if re.search(wrong, t)]
    assert not found, (path, found[:3])
    found = [t for t in texts if re.search(r"(?<![\w.)\]-])-\d", t) and not re.search(r"[0-9a-f]{16}", t)]
    assert not found or path.endswith(".xlsx"), (path, found[:3])
PYTHON
}

# Terms of the field, abbreviations and names of things that have no Japanese name.
@test "no English word of ours stands in a Japanese report" {
    { readers; cat <<'PYTHON'; } | python3 -
import yaml
terms = set("""A B F IC RW SIM NFC UID ATR ATS ATQA ATQB SAK RATS ATTRIB PPS WTX FWT APDU TPDU CCID PC SC RF HCE UTC SHA kbit mm CPLC EF CA AID
    Type FeliCa Android Beta JPKI HTML YAML CSV QEMU English ID Wireshark Benjamini Hochberg""".split())
ours = set("""nfc survey export output pcapng cell cells report compare verify explain matrix format xlsx csv html DIR RUN CELL all sha256sum journal yaml positions condition
    handset reader N_max q0 q1 max BH refuse above bound""".split()) # in commands, file names, options and formulae
given = set()
def take(v):
    if isinstance(v, dict):
        for k, x in v.items():
            given.add(str(k))
            take(x)
    elif isinstance(v, list):
        for x in v:
            take(x)
    elif isinstance(v, str):
        given.add(v)
start = json.loads(open("run/journal.yaml", encoding="utf-8").readline()[2:])
for f in start["files"]: # what the survey and its profiles say is theirs
    take(yaml.safe_load(f["text"]))
    given.add(f.get("path", ""))
take({k: v for k, v in start.items() if k in ("run", "program", "host", "clock", "system", "libraries")})
word = re.compile(r"[A-Za-z][A-Za-z0-9]+…?")
given_words = {w for g in given for w in word.findall(g)}
def is_given(w): # a label of a plot may be cut
    return w in given_words or w.endswith("…") and any(g.startswith(w[:-1]) for g in given_words)
for path, language, texts in files():
    if language != "ja":
        continue
    if path.endswith(".html"): # a text that is marked as English may be anybody's
        def own(node):
            up = node
            while up and not up.attributes.get("lang"):
                up = up.parent
            return up is None or up.attributes["lang"] == "ja"
        texts = [t for node, t in spoken(Page(open(path, encoding="utf-8").read()).root) if own(node)]
    found = {}
    for t in texts:
        t = re.sub(r"`[^`]*`|\\u[0-9a-f]{4}|\\n|[0-9a-f]{16,}|\b[A-Z]+(?:_[A-Z0-9]+)+\b", " ", t)
        for w in word.findall(t):
            if w not in terms and w not in ours and not is_given(w) and not re.fullmatch(r"F\d\d|[0-9A-F]{2,}|[A-Z]\d?", w):
                found.setdefault(w, t[:80])
    assert not found, (path, found)
PYTHON
}

@test "every code of what the program says is said somewhere" {
    local name
    while read -r name; do
        grep -rqw --include='*.c' --exclude=old_sentences.c "SAID_$name" "$ROOT"/{harness,drivers,reports} || { echo "nobody says $name"; false; }
    done < <(grep -oP '^X\(\K\w+' "$ROOT/harness/domain/said.def")
}

@test "an ideographic variant and a combining mark stay what they are in a page, and take no column in a terminal" {
    small_survey variant.yaml '{handset: sim-akane, unit: 端末か゛}'
    python3 - <<'PYTHON'
text = open("variant.yaml", encoding="utf-8").read().replace("端末か゛", "端末か\u3099").replace("ja: 小さな模擬調査", "ja: 葛\U000E0100城市の調査")
open("variant.yaml", "w", encoding="utf-8").write(text)
PYTHON
    "$NFC_SURVEY" run variant.yaml --output variant >/dev/null 2>&1
    "$NFC_SURVEY" report variant --lang ja >/dev/null
    "$NFC_SURVEY" status variant >status.txt
    python3 - <<'PYTHON'
page = open("variant/report.html", encoding="utf-8").read()
assert "葛\U000E0100城市の調査" in page and "端末か\u3099" in page
head, row = [line for line in open("status.txt", encoding="utf-8") if line.startswith(("handset ", "端末"))][:2]
columns = lambda text: sum(0 if c == "\u3099" else 1 if ord(c) < 0x1100 else 2 for c in text)
assert columns(row[:row.index(" ")]) + len(row) - len(row[row.index(" "):].lstrip()) - row.index(" ") == head.index("compatible"), (head, row)
PYTHON
}
