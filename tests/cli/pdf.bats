#!/usr/bin/env bats
# The report on paper: what poppler's tools read in the document, which is not what made it.
load helper

setup_file() {
    command -v pdftotext >/dev/null || skip 'pdftotext is not installed (apt-get install poppler-utils)'
    command -v weasyprint >/dev/null || skip 'weasyprint is not installed (apt-get install weasyprint)'
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null
    "$NFC_SURVEY" report demo --format pdf --lang en,ja >/dev/null
    pdftotext -layout demo/report.en.pdf en.txt
    pdftotext -layout demo/report.ja.pdf ja.txt
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    DEMO=$BATS_FILE_TMPDIR/demo
}

@test "the contents name the page on which each section starts" {
    python3 - "$BATS_FILE_TMPDIR/en.txt" "$BATS_FILE_TMPDIR/ja.txt" <<'PYTHON'
import re, sys
for path in sys.argv[1:]:
    pages = [[line.strip() for line in page.splitlines()] for page in open(path, encoding="utf-8").read().split("\f")]
    contents = [(title.strip(), int(page)) for lines in pages[:2] for line in lines # in two columns
                for title, page in re.findall(r"(\S.*?)\s*(?:\. ?){3,}\s*(\d+)", line)]
    assert len(contents) == 16, contents
    assert len({page for _, page in contents}) > 4
    for title, page in contents:
        where = [n for n, lines in enumerate(pages, 1) if title in lines] # one section names another in a line of its own
        assert page in where and len(where) <= 2, (title, page, where)
PYTHON
}

@test "every page of a simulated run bears the mark, the run and its number of all" {
    python3 - "$BATS_FILE_TMPDIR/en.txt" SIMULATED 'Page {} of {}' "$BATS_FILE_TMPDIR/ja.txt" 模擬データ '{} / {} ページ' <<'PYTHON'
import sys
for path, mark, number in (sys.argv[1:4], sys.argv[4:7]):
    pages = open(path, encoding="utf-8").read().split("\f")[:-1]
    assert len(pages) > 10
    for n, page in enumerate(pages, 1):
        lines = [line for line in page.splitlines() if line.strip()]
        assert lines[0].rstrip().endswith(mark) and "demo" in lines[0], (n, lines[0])
        assert lines[-1].strip() == number.format(n, len(pages)), (n, lines[-1])
PYTHON
}

@test "fonts are embedded, and the Japanese text can be copied out" {
    for language in en ja; do
        pdffonts "$DEMO/report.$language.pdf" | python3 -c '
import sys
rows = [line.split() for line in sys.stdin.read().splitlines()[2:]]
assert rows
for row in rows:
    assert row[-5:-2] == ["yes", "yes", "yes"], row # embedded, subset, Unicode'
    done
    grep -q '推奨できる端末' "$BATS_FILE_TMPDIR/ja.txt"
    grep -q '条件付き推奨' "$BATS_FILE_TMPDIR/ja.txt"
    # no glyph without a meaning, no box for a missing one
    run ! grep -nP '[\x{FFFD}\x{E000}-\x{F8FF}]' "$BATS_FILE_TMPDIR/ja.txt" "$BATS_FILE_TMPDIR/en.txt"
}

@test "nothing stands outside the margins of any page" {
    for language in en ja; do
        pdftotext -bbox "$DEMO/report.$language.pdf" boxes.html
        python3 - <<'PYTHON'
import re
text = open("boxes.html", encoding="utf-8").read()
left, right, bottom = 16 / 25.4 * 72, (210 - 16) / 25.4 * 72, 297 / 25.4 * 72
words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', text)
assert len(words) > 5000
for x0, y0, x1, y1, word in words:
    assert float(x0) >= left - 1 and float(x1) <= right + 1 and float(y1) < bottom, (word, x0, x1)
PYTHON
    done
}

@test "the tables by handset hold every cell's counts, its bounds rounded outwards" {
    python3 - "$BATS_FILE_TMPDIR/en.txt" "$DEMO/summary.yaml" <<'PYTHON'
import decimal, math, re, sys, yaml
summary = yaml.load(open(sys.argv[2], encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
cells = {(c["handset"], c["condition"], c["script"], c["reader"]): c for c in summary["cells"]}
sign = {"✓": "compatible", "✕": "incompatible", "?": "undecided", "⊘": "rejected so far", "–": "not applicable"}
handset, readers, seen = None, [], set()
for line in open(sys.argv[1], encoding="utf-8"):
    if re.match(r"sim-\S+ nfc-survey Virtual phone", line):
        handset = line.split()[0]
    elif line.startswith("Condition "):
        readers = line.split()[1:]
    elif " · " in line and handset:
        place = re.match(r"(\S+) · (Token label|CA certificate)", line)
        if not place: # a line of another section
            continue
        condition, script = place[1], {"Token label": "token", "CA certificate": "cert"}[place[2]]
        fields = re.findall(r"(\S)\s(?:(\d+)/(\d+) \[([\d.]+),\s([\d.]+)\]|not applicable)", line)
        if len(fields) != 6: # a line of another section
            continue
        assert len(readers) == 6, line
        for reader, (symbol, d, n, low, high) in zip(readers, fields):
            c = cells[handset, condition, script, reader]
            assert sign[symbol] == c["verdict"].replace("-", " "), (line, c)
            if d:
                assert (int(d), int(n)) == (c["d"], c["n"]), (line, c)
                assert 0 <= decimal.Decimal(str(c["lower"])) * 100 - decimal.Decimal(low) < decimal.Decimal("0.1001")
                assert 0 <= decimal.Decimal(high) - decimal.Decimal(str(c["upper"])) * 100 + decimal.Decimal("0.0001") < decimal.Decimal("0.1002")
            seen.add((handset, condition, script, reader))
assert seen == set(cells), len(seen)
PYTHON
}

@test "no row is cut in two, and every page of a table repeats its head" {
    python3 - "$BATS_FILE_TMPDIR/en.txt" <<'PYTHON'
import re, sys
pages = open(sys.argv[1], encoding="utf-8").read().split("\f")
rows = 0
for page in pages[1:]:
    lines = page.splitlines()
    for n, line in enumerate(lines):
        # a handset of the list: its label begins beside its unit and ends on the same page, and a head stands above it
        row = re.match(r"sim-(\w+) nfc-survey Virtual phone.* \d+/\d+ dirty, \[", line)
        if row:
            rows += 1
            assert any(re.match(r"Handset +Reason", before) for before in lines[:n]), line
            assert row[1].capitalize() in "".join(lines[n:n + 3]), line
assert rows == 36, rows
PYTHON
}

# wide_survey FILE: twelve readers, so that the sheets lie.
wide_survey() {
    small_survey "$1" sim-akane sim-gin sim-oudo
    sed -i -e 's/^readers: .*/readers:/' -e 's/^conditions: .*/conditions: [on-unlocked, screen-off, "off"]/' \
        -e 's/^scripts: .*/scripts: [token, cert]/' -e 's/^hands: sim/&\ncriteria: counter-default/' "$1"
    local n
    for n in 12 11 10 09 08 07 06 05 04 03 02 01; do
        sed -i "/^readers:/a\\  - {profile: sim-reader-$(echo abcdef | cut -c$((10#$n % 6 + 1))), unit: counter-$n}" "$1"
    done
}

@test "with more than eight readers the sheets lie: contents on the first two, every reader whole over its column, all inside the margins" {
    wide_survey s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format pdf --lang en,ja >/dev/null
    local language
    for language in en ja; do
        [ "$(pdfinfo -l 999 "run/report.$language.pdf" | grep -c 'size: *841.89 x 595.2')" -eq \
            "$(pdfinfo "run/report.$language.pdf" | sed -n 's/^Pages: *//p')" ]
        pdftotext -layout "run/report.$language.pdf" "$language.txt"
        pdftotext -bbox "run/report.$language.pdf" "$language.html"
        # none of the four plots of times and steps is cut off above the name of its axis
        [ "$(grep -cE 'milliseconds \(logarithmic\)|ミリ秒（対数目盛）' "$language.txt")" -eq 4 ]
        python3 - "$language" <<'PYTHON'
import re, sys
language = sys.argv[1]
pages = open(language + ".txt", encoding="utf-8").read().split("\f")[:-1]
mark, first, heads = (("SIMULATED", "Which handsets are recommended", "Condition") if language == "en" else
                      ("模擬データ", "推奨できる端末", "条件"))
assert len(re.findall(r"(?:\. ?){5,}(\d+)(?=\s|$)", pages[0] + pages[1])) == 16, pages[1] # entries of the contents, in two columns
assert any(line.strip() == first for line in pages[1].splitlines()), pages[1] # and the list right behind it
assert all(mark in page.splitlines()[0] for page in pages)
readers = [f"counter-{n:02}" for n in range(1, 13)]
tables = [line.split() for page in pages for line in page.splitlines() if line.split()[:2] == [heads, readers[0]]]
assert len(tables) == 3 and all(table == [heads] + readers for table in tables), tables
text = open(language + ".html", encoding="utf-8").read()
words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', text)
assert len(words) > 1000
for x0, y0, x1, y1, word in words:
    assert 16 / 25.4 * 72 - 1 <= float(x0) and float(x1) <= (297 - 16) / 25.4 * 72 + 1 and float(y1) < 595.28, word
PYTHON
    done
}

@test "no sheet is nearly empty, and no heading stands at the end of one" {
    python3 - "$BATS_FILE_TMPDIR/en.txt" "$BATS_FILE_TMPDIR/ja.txt" <<'PYTHON'
import re, sys
for path in sys.argv[1:]:
    pages = [[line.strip() for line in page.splitlines() if line.strip()] for page in open(path, encoding="utf-8").read().split("\f")[:-1]]
    titles = {title for line in pages[0] + pages[1] for title in re.findall(r"(\S.*?)\s*(?:\. ?){5,}\s*\d+(?=\s|$)", line)}
    assert len(titles) == 16
    for n, lines in enumerate(pages[1:-1], 2):
        assert len(lines) >= 15, (n, lines)
        assert lines[-2] not in titles, (n, lines[-3:]) # the last line is the page's number
PYTHON
}

@test "the places to sign are as wide as the sheet, and what traces it stands under them whole" {
    pdftotext -layout "$DEMO/report.en.pdf" - | python3 -c '
import sys
page, = [p for p in sys.stdin.read().split("\f") if "Prepared by" in p]
for value in sys.argv[1:]:
    assert value in page, value' "$(sha256sum "$DEMO/journal.yaml" | cut -c1-64)" 'SHA-256 of the criteria' 'Checked by' 'Name and signature' 'Date'
    pdftotext -bbox "$DEMO/report.en.pdf" - | python3 -c '
import re, sys
page, = [p for p in sys.stdin.read().split("<page ") if ">Prepared<" in p]
at = lambda word: [tuple(map(float, m)) for m in re.findall(r"xMin=.([\d.]+). yMin=.([\d.]+). xMax=.[\d.]+. yMax=.[\d.]+.>" + word + "<", page)]
(x, first), (_, second) = at("Prepared")[-1], at("Checked")[-1]
assert second - first > 10 / 25.4 * 72, (first, second) # a centimetre for a signature
(date, _), (name, _) = at("Date")[-1], at("Name")[-1]
assert name - x > 20 / 25.4 * 72 and date - name > 50 / 25.4 * 72, (x, name, date)'
}

@test "title, language and run stand in the document's properties, sections and handsets among its bookmarks" {
    pdfinfo "$DEMO/report.ja.pdf" >info
    grep -q '^Title: *模擬データ：.*demo' info
    grep -q '^Keywords: *demo$' info
    grep -q '^Page size: .*(A4)$' info
    pdfinfo -custom "$DEMO/report.ja.pdf" | grep -q "journalsha256: *$(sha256sum "$DEMO/journal.yaml" | cut -c1-64)"
    grep -aq '/Lang (ja)' "$DEMO/report.ja.pdf"
    grep -aq '/Lang (en)' "$DEMO/report.en.pdf"
    python3 - "$DEMO/report.en.pdf" <<'PYTHON'
import re, sys
data = open(sys.argv[1], "rb").read()
outline = [t for t in re.findall(rb"/Title (\([^)]*\)|<[0-9a-f]*>)", data)]
titles = {bytes.fromhex(t[1:-1].decode()).decode("utf-16") if t[:1] == b"<" else t[1:-1].decode("latin-1") for t in outline}
for title in ("Which handsets are recommended", "Handset by handset", "Words"):
    assert title in titles, titles
assert sum(t.startswith("sim-akane") for t in titles) == 1, titles
PYTHON
    pdftotext -f 1 -l 1 "$DEMO/report.en.pdf" - | grep -q "$(sha256sum "$DEMO/journal.yaml" | cut -c1-64)"
}

@test "the same run gives the same bytes" {
    small_survey s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format pdf --output a.pdf >/dev/null
    sleep 1.1 # a date in it would be another
    TZ=Asia/Tokyo LC_ALL=C "$NFC_SURVEY" report run --format pdf --output b.pdf >/dev/null
    cmp a.pdf b.pdf
}

@test "hostile text is text, and nothing is fetched" {
    small_survey s.yaml
    echo secret >secret.txt
    python3 -c '
import socket
server = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d" % server.getsockname()[1], flush=True)
while True:
    server.accept()
    open("asked", "w").close()' >address 3>&- &
    local server=$!
    for _ in $(seq 50); do [ -s address ] && break; sleep 0.1; done
    cat >>s.yaml <<YAML
  - handset: sim-suo
    unit: "<img src=$(cat address)/a.png><style>@import url(file://$PWD/secret.txt);</style>"
YAML
    sed -i "s|^title: {.*|title: {en: '</title><link rel=attachment href=\"file://$PWD/secret.txt\"> <b>\`touch PWNED\`'}|" s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" report run --format pdf --output run.pdf >/dev/null
    [ ! -e asked ]
    (exec 9<>"/dev/tcp/127.0.0.1/$(sed 's/.*://' address)") # the ear does hear
    for _ in $(seq 50); do [ -e asked ] && break; sleep 0.1; done
    [ -e asked ]
    kill "$server"
    pdftotext -raw run.pdf - | tr -d '\n ' >text
    grep -qF '<imgsrc=http://127.0.0.1' text
    grep -qF '</title><linkrel=attachment' text
    run ! grep -q secret$ text
    [ ! -e PWNED ]
    pdfdetach -list run.pdf | grep -q '^0 embedded'
}

@test "a page that asks for something gives no document" {
    cp "$ROOT/reports/print.py" .
    for ask in '<img src=http://127.0.0.1:9/x.png>' '<link rel=stylesheet href=file:///etc/hostname>' \
        '<p style="background: url(file:///etc/hostname)">x</p>' '<img src="data:image/png;base64,AA">'; do
        echo "<!DOCTYPE html><html lang=en><title>x</title>$ask" >page.html
        run -1 /usr/bin/python3 print.py
        [[ $output == *'the page asks for'* ]]
        [ ! -e out.pdf ]
    done
    echo '<!DOCTYPE html><html lang=en><title>x</title><p>quiet' >page.html
    run -0 /usr/bin/python3 print.py
    [ -s out.pdf ]
}

# A Python that leaves WeasyPrint, or the fonts, out of sight.
pretend() { # FILE LINE
    printf '#!/bin/sh\n%s\n' "$2" >"$1"
    chmod +x "$1"
}

nothing_written() {
    [ "$(cat old.pdf)" = old ]
    [ -z "$(ls -A temporary)" ]
    [ "$(ls "$1")" = "$2" ]
}

@test "without WeasyPrint, or without fonts: status 4, what to install and what to do instead, and nothing half-written" {
    small_survey s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    mkdir temporary
    echo old >old.pdf
    "$NFC_SURVEY" report run --format html >/dev/null
    local before
    before=$(ls run)
    export TMPDIR=$PWD/temporary
    pretend bare 'exec /usr/bin/python3 -S "$@"' # without Debian's packages
    for python in /nonexistent/python3 "$PWD/bare"; do
        run -4 --separate-stderr env NFC_SURVEY_PYTHON="$python" "$NFC_SURVEY" report run --format pdf --output old.pdf
        [[ $stderr == *'weasyprint: is not installed: `apt-get install weasyprint`, or write `--format html`'* ]]
        [[ $output != *old.pdf* ]]
        nothing_written run "$before"
    done
    echo '<fontconfig></fontconfig>' >fonts.conf
    pretend fontless 'export FONTCONFIG_FILE='"$PWD"'/fonts.conf; exec /usr/bin/python3 "$@"'
    run -4 --separate-stderr env NFC_SURVEY_PYTHON="$PWD/fontless" "$NFC_SURVEY" report run --format pdf --output old.pdf
    [[ $stderr == *'apt-get install fonts-noto-cjk'* ]]
    nothing_written run "$before"
}

@test "interrupted while it renders: the renderer ends too, and nothing is left behind" {
    small_survey s.yaml
    finishes "$NFC_SURVEY" run s.yaml --output run >/dev/null
    mkdir temporary
    export TMPDIR=$PWD/temporary
    pretend slow 'echo $$ >"'"$PWD"'/renderer"; exec sleep 60'
    NFC_SURVEY_PYTHON=$PWD/slow "$NFC_SURVEY" report run --format pdf --output new.pdf 3>&- &
    local report=$!
    for _ in $(seq 100); do [ -s renderer ] && break; sleep 0.1; done
    kill -TERM "$report"
    local status=0
    wait "$report" || status=$?
    [ "$status" -eq 143 ]
    [ ! -e new.pdf ]
    [ -z "$(ls -A temporary)" ]
    run ! kill -0 "$(cat renderer)"
}
