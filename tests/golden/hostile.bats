#!/usr/bin/env bats
# Hostile text from surveys, profiles, cards, notes and records is harmless and readable in everything that is printed or written.
load ../cli/helper
load formats
export ROOT_GOLDEN=$ROOT/tests/golden

# Two runs: of a survey whose every word is hostile, and the same with hostile words in the records, as another program
# or a driver could have written them.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    python3 "$ROOT/tests/golden/hostile.py" make .
    "$NFC_SURVEY" run survey.yaml --output run >run.terminal 2>&1
    "$NFC_SURVEY" note run "$(printf '=1+1 <script>alert(9)</script> \342\200\256gnp.exe `touch PWNED`')" >note.terminal 2>&1
    cp -r run poisoned
    python3 "$ROOT/tests/golden/hostile.py" poison poisoned/journal.yaml
    python3 "$ROOT/tests/cli/reseal.py" poisoned
    local directory
    for directory in run poisoned; do
        "$NFC_SURVEY" report "$directory" --format html,xlsx,csv,md --lang en,ja --keep-plots >"$directory.written" 2>"$directory.report.terminal"
        "$NFC_SURVEY" criteria "$directory" >"$directory.criteria.terminal" 2>&1 || true
        "$NFC_SURVEY" matrix "$directory" --format yaml >"$directory.matrix.yaml"
    done
    # One language of each: printing takes longer than all the rest together.
    if can_print; then
        "$NFC_SURVEY" report run --format pdf --lang en >>run.written 2>>run.report.terminal
        "$NFC_SURVEY" report poisoned --format pdf --lang ja >>poisoned.written 2>>poisoned.report.terminal
    fi
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# FILES: of a suffix, that `report` wrote of both runs.
find_written() {
    mapfile -t FILES < <(cat run.written poisoned.written | grep -E "\.$1\$")
    [ "${#FILES[@]}" -gt 0 ]
}

@test "names of 10,000 characters are refused with their place, the longest one allowed is shown whole" {
    python3 - <<'PYTHON'
text = open("survey.yaml", encoding="utf-8").read()
open("long.yaml", "w", encoding="utf-8").write(text.replace('"' + "L" * 200 + '"', '"' + "L" * 10000 + '"'))
PYTHON
    fails_with 3 'long\.yaml:[0-9]+:[0-9]+: unit is 10000 bytes long: expected at most 200' "$NFC_SURVEY" run long.yaml --output long
    grep -q "$(printf 'L%.0s' {1..200})" run/summary.yaml
}

@test "no control and nothing that turns text reaches the terminal" {
    "$NFC_SURVEY" check survey.yaml criteria.yaml hostile.yaml handset-*.yaml reader-*.yaml >check.terminal 2>&1
    "$NFC_SURVEY" plan survey.yaml >plan.terminal 2>&1
    for directory in run poisoned; do
        for command in status matrix explain verify; do
            "$NFC_SURVEY" "$command" "$directory" >"$directory.$command.terminal" 2>&1 || true
        done
        for cell in 0 1 8; do
            "$NFC_SURVEY" explain "$directory" "$cell" --times 1 >>"$directory.explain.terminal" 2>&1 </dev/null || true
        done
        if "$NFC_SURVEY" --help | grep -qE '^ +compare '; then
            "$NFC_SURVEY" compare run "$directory" >"$directory.compare.terminal" 2>&1 || true
        fi
    done
    "$NFC_SURVEY" report "$(printf 'no\033[31msuch\342\200\256')" >none.terminal 2>&1 || true
    python3 - ./*.terminal <<'PYTHON'
import sys
turns = {0x61c, 0x200e, 0x200f, *range(0x2028, 0x202f), *range(0x2066, 0x206a)}
for path in sys.argv[1:]:
    text = open(path, encoding="utf-8", newline="").read()
    bad = {hex(ord(c)) for c in text if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) <= 0x9f or ord(c) in turns}
    # progress is drawn with a carriage return where there is a terminal only
    assert not bad, (path, bad)
    assert len(text) > 0 or "compare" in path or "report" in path, path
PYTHON
}

@test "YAML stays YAML, and every text is in it as it was given" {
    python3 - run/summary.yaml run/criteria.yaml run.matrix.yaml poisoned/summary.yaml poisoned/criteria.yaml poisoned.matrix.yaml <<'PYTHON'
import sys, yaml
sys.path.insert(0, __import__("os").environ["ROOT_GOLDEN"])
from hostile import LONG, TEXTS, tag
for path in sys.argv[1:]:
    y = yaml.load(open(path, encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if "handsets" in y:
        assert [h["handset"] for h in y["handsets"]] == [*map(tag, TEXTS.values()), LONG], path
        assert y["simulated"] is True
PYTHON
    run -0 "$NFC_SURVEY" verify run
}

@test "the HTML is well-formed, holds no foreign element or attribute, and shows every text, in both languages" {
    find_written html
    for page in "${FILES[@]}"; do
        python3 - "$page" <<'PYTHON'
import os, sys
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
from pages import Page
text = open(sys.argv[1], encoding="utf-8").read()
page = Page(text)
assert not page.wrong, page.wrong[:5]
assert not any(c for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) <= 0x9f)
tags = {n.tag for n in page.root.walk()}
assert not tags & {"img", "iframe", "object", "embed", "link", "base", "form", "audio", "video", "foreignobject"}, tags
allowed_scripts = [n for n in page.root.walk() if n.tag == "script"]
for n in page.root.walk():
    for key, value in n.attributes.items():
        assert not key.startswith("on"), (n.tag, key, value)
        assert key not in ("src", "action", "formaction", "background", "srcdoc"), (n.tag, key)
        if key in ("href", "xlink:href"):
            assert value.startswith("#") or (n.tag == "a" and ":" not in value.split("/")[0]), (n.tag, value)
        if key == "style":
            assert "url(" not in value and "import" not in value, value
for n in allowed_scripts:
    body = "".join(c for c in n.children if isinstance(c, str))
    assert "PWNED" not in body or n.attributes.get("type") == "application/json", body[:200]
for n in page.root.find("style"):
    assert "pwned" not in "".join(c for c in n.children if isinstance(c, str)), "a text in the style sheet"
whole = essence(page.root.text())
missing = [name for name, t in [*TEXTS.items(), ("long", LONG)] if essence(t) not in whole]
assert not missing, missing
assert "\u202e" not in text and "\u2066" not in text
PYTHON
    done
}

@test "in Chromium no page runs what it holds, asks for anything, or complains" {
    command -v chromium >/dev/null || skip "chromium is not installed (apt-get install chromium)"
    find_written html
    python3 "$ROOT/tests/cli/serve.py" . >address 3>&- &
    local server=$! i page
    for ((i = 0; i < 50; i++)); do
        [ -s address ] && break
        sleep 0.1
    done
    for page in "${FILES[@]}"; do
        timeout 90 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
            --disable-component-update --user-data-dir="$BATS_TEST_TMPDIR/browser" --enable-logging=stderr --v=0 \
            --log-net-log=net.json --dump-dom --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' \
            "$(cat address)/$page" >dom 2>log || true
        grep -F CONSOLE log >console || true
        python3 - "$(cat address)" "$page" <<'PYTHON'
import json, sys
dom = open("dom", encoding="utf-8").read()
assert "</html>" in dom and "<title>PWNED" not in dom
assert open("console").read() == "", open("console").read()
for event in json.load(open("net.json"))["events"]:
    params = event.get("params", {})
    if params.get("initiator", "").startswith(sys.argv[1]) and "url" in params:
        sys.exit(f"{sys.argv[2]} asked for {params['url']}")
    assert "pwned" not in params.get("url", "").lower(), params
PYTHON
    done
    kill "$server"
}

@test "every plot is drawn, whatever its readers, handsets and steps are called" {
    find_written html
    for directory in run poisoned; do
        run ! grep -i gnuplot "$directory.report.terminal"
        for script in "$directory"/plots/*.gp; do
            [ -s "${script%.gp}.svg" ]
        done
    done
}

@test "the page of a comparison is well-formed, holds no foreign element, and shows every text, in both languages" {
    run "$NFC_SURVEY" compare run poisoned --format html --lang en,ja --output compared
    "$NFC_SURVEY" compare run poisoned --format yaml >compared/all.yaml || true
    python3 - compared/*.html <<'PYTHON'
import os, sys, yaml
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
from pages import Page
assert len(sys.argv) == 3
for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    page = Page(text)
    assert not page.wrong, page.wrong[:5]
    tags = {n.tag for n in page.root.walk()}
    assert not tags & {"img", "iframe", "object", "embed", "link", "base", "form"}, tags
    for n in page.root.walk():
        for key, value in n.attributes.items():
            assert not key.startswith("on") and key not in ("src", "action", "srcdoc"), (n.tag, key)
            assert key != "href" or value.startswith("#") or value in ("compare.en.html", "compare.ja.html"), value
    scripts = ["".join(c for c in n.children if isinstance(c, str)) for n in page.root.find("script")]
    assert len(scripts) == 2 and not any("pwned" in s.lower() for s in scripts), path
    whole = essence(page.root.text())
    assert not [name for name, t in [*TEXTS.items(), ("long", LONG)] if essence(t) not in whole], path
    assert not set("\u202e\u2066\u200b\u2060") & set(text)
text = open("compared/all.yaml", encoding="utf-8").read()
assert yaml.safe_load(text)["simulated"] is True
assert not set("\u202e\u2066\u200b\u2060\u2028\x85\x1b") & set(text)
PYTHON
}

@test "no field of the CSV is a formula, and every text is in it" {
    find_written csv
    for file in "${FILES[@]}"; do
        python3 - "$file" <<'PYTHON'
import csv, os, re, sys
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""), strict=True))
fields = [f for row in rows for f in row]
for f in fields:
    assert not f[:1] in ("=", "+", "@", "\t", "\r") and (f[:1] != "-" or re.fullmatch(r"-\d+(\.\d+)?|-+", f)), f
    assert not any((ord(c) < 32 and c not in "\n") or 0x7f <= ord(c) <= 0x9f for c in f), f
PYTHON
    done
    python3 - "${FILES[@]}" <<'PYTHON'
import os, sys
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
whole = essence("".join(open(p, encoding="utf-8-sig").read().replace('""', '"') for p in sys.argv[1:]))
assert not [n for n, t in [*TEXTS.items(), ("long", LONG)] if essence(t) not in whole]
PYTHON
}

@test "the spreadsheet opens, has no formula and no link, and shows every text" {
    find_written xlsx
    for file in "${FILES[@]}"; do
        python3 - "$file" <<'PYTHON'
import os, sys, zipfile
from xml.etree import ElementTree
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
with zipfile.ZipFile(sys.argv[1]) as z:
    whole = ""
    for name in z.namelist():
        if name.endswith((".xml", ".rels")):
            tree = ElementTree.fromstring(z.read(name))
            whole += "".join(tree.itertext())
            if "worksheets/sheet" in name:
                assert not [e for e in tree.iter() if e.tag.endswith(("}f", "}hyperlink"))], name
            assert b"http://127.0.0.1" not in z.read(name) if name.endswith(".rels") else True
assert not [n for n, t in [*TEXTS.items(), ("long", LONG)] if essence(t) not in essence(whole)]
PYTHON
    done
}

@test "Markdown shows every text, and none of them is markup" {
    find_written md
    for file in "${FILES[@]}"; do
        python3 - "$file" <<'PYTHON'
import html, os, re, sys
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, LONG, TEXTS
text = open(sys.argv[1], encoding="utf-8").read()
assert not re.search(r"(?<!\\)<(script|img|svg|b|style)\b", text), "raw HTML"
assert not re.search(r"(?<!\\)!?\[[^\]]*(?<!\\)\]\((javascript|http://127)", text), "a link"
plain = re.sub(r"\\([^\w\s])", r"\1", text)
whole = essence(html.unescape(re.sub("<!-- -->", "", plain)))
missing = [n for n, t in [*TEXTS.items(), ("long", LONG)] if essence(t) not in whole]
assert not missing, missing
PYTHON
    done
}

@test "the PDF leads nowhere but into itself, holds no script, form or file, and shows every text, in either language" {
    can_print || skip "weasyprint or pdftotext is not installed (apt-get install weasyprint poppler-utils)"
    find_written pdf
    [ "${#FILES[@]}" -eq 2 ]
    for file in "${FILES[@]}"; do
        pdfdetach -list "$file" | grep -q '^0 embedded'
        pdftotext -raw "$file" text
        python3 - "$file" text <<'PYTHON'
import os, re, sys
from xml.etree import ElementTree
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from hostile import essence, shows_printed, LONG, TEXTS
data = open(sys.argv[1], "rb").read()
# objects lie outside the streams here; a compressed object would hide in one of type ObjStm
outside = re.sub(rb"stream\r?\n.*?endstream", b"", data, flags=re.S)
assert b"ObjStm" not in outside and b"/Encrypt" not in outside
words = set(re.findall(rb"/([A-Za-z]+)", outside))
forbidden = {b"JavaScript", b"JS", b"Launch", b"URI", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE", b"OpenAction", b"AA", b"AcroForm",
             b"XFA", b"EmbeddedFile", b"EmbeddedFiles", b"Filespec", b"RichMedia", b"Movie", b"Sound", b"FileAttachment", b"Rendition"}
assert not words & forbidden, words & forbidden
assert set(re.findall(rb"/Subtype ?/(\w+)", outside)) <= {b"Type0", b"CIDFontType0", b"CIDFontType2", b"CIDFontType0C", b"OpenType", b"Link", b"XML"}
assert b"/Link" in outside # the contents lead to the sections
[metadata] = re.findall(rb"/Subtype ?/XML\b.*?stream\r?\n(.*?)endstream", data, flags=re.S) # of a tagged document
assert not {"script", "html"} & {e.tag.split("}")[-1].lower() for e in ElementTree.fromstring(metadata).iter()}
text = open(sys.argv[2], encoding="utf-8").read()
bad = {hex(ord(c)) for c in text if (ord(c) < 32 and c not in "\n\f") or 0x7f <= ord(c) <= 0x9f or c in "\u202d\u202e\u2066\u2067"}
assert not bad, bad
missing = [name for name, t in [*TEXTS.items(), ("long", LONG)] if not shows_printed(text, t)]
assert not missing, missing
PYTHON
    done
}

@test "nothing was run: no file of that name is anywhere" {
    [ -z "$(find . "$ROOT" -maxdepth 3 -name '*PWNED*' -print -quit)" ]
    [ -z "$(find . -maxdepth 3 -name X -print -quit)" ]
}
