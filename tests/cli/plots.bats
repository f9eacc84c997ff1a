#!/usr/bin/env bats
# The plots as an analyst has them: scripts and data that draw the same pictures again, labels that can be told
# apart with 60 handsets, a reader in one colour everywhere, and a report that is whole without gnuplot.
load helper

# Sixty handsets: the simulated models, some of them twice, with one long name in Japanese.
sixty() {
    small_survey "$1"
    sed -i -e 's/^scheme: .*/scheme: {preset: screen, k: 1}/' -e 's/^readers: .*/readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]/' \
        -e 's/^hands: sim/&\ncriteria: counter-default/' -e '/^handsets:/,$d' "$1"
    {
        echo 'handsets:'
        local i=0 name
        for name in $(cd "$ROOT/profiles/handsets" && ls sim-*.yaml | head -30); do
            for half in 1 2; do
                i=$((i + 1))
                printf -- '  - {handset: %s, unit: "%s"}\n' "${name%.yaml}" "$([ $i -eq 7 ] && echo '窓口用の予備端末、第二の長い名前' || echo "asset-$(printf %03d $i)")"
            done
        done
    } >>"$1"
}

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    sixty sixty.yaml
    "$NFC_SURVEY" run sixty.yaml --output sixty >/dev/null
    "$NFC_SURVEY" report sixty --lang en,ja --keep-plots >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    RUN=$BATS_FILE_TMPDIR/sixty
}

@test "kept plots are drawn again by gnuplot as they were, and otherwise when their data are changed" {
    cp -r "$RUN/plots" again
    cd again
    [ "$(ls *.en.gp | wc -l)" -ge 8 ]
    [ "$(ls *.en.gp | wc -l)" -eq "$(ls *.ja.gp | wc -l)" ]
    local gp
    for gp in *.gp; do
        rm "${gp%.gp}.svg"
        gnuplot --default-settings "$gp"
        # the same picture; only gnuplot's note of a file's name may differ
        cmp <(sed 's/<title>.*<\/title>//' "${gp%.gp}.svg") <(sed 's/<title>.*<\/title>//' "$RUN/plots/${gp%.gp}.svg")
    done
    sed -i 's/^[0-9.]*/99999/' 03-times-1.en-0.dat
    gnuplot --default-settings 03-times-1.en.gp
    run ! cmp -s 03-times-1.en.svg "$RUN/plots/03-times-1.en.svg"
}

@test "every file of data says that it is simulated, and names as many columns as its rows have" {
    local dat
    for dat in "$RUN"/plots/*.dat; do
        [ "$(head -n 1 "$dat")" = '# SIMULATED' ]
        awk -F '\t' 'NR == 2 { columns = NF; if (substr($1, 1, 2) != "# ") exit 1 } NR > 2 && NF != columns { exit 1 }
            END { exit NR < 3 }' "$dat" || { echo "$dat"; head -n 3 "$dat"; false; }
    done
}

@test "with 60 handsets no two labels of a plot lie on each other" {
    python3 - "$RUN/plots" <<'PYTHON'
import glob, re, sys, unicodedata, xml.etree.ElementTree as tree
def wide(text):
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)
def boxes(path):
    for g in tree.parse(path).iter("{http://www.w3.org/2000/svg}g"):
        place = re.match(r"translate\(([-\d.]+),([-\d.]+)\)(?: rotate\(([-\d.]+)\))?", g.get("transform", ""))
        words = "".join(g.itertext()).strip() if place else ""
        if not words or words in ("SIMULATED", "模擬データ"):
            continue
        x, y, size, turn = float(place[1]), float(place[2]), float(g.get("font-size", 12)), float(place[3] or 0)
        if turn:
            continue
        width = wide(words) * size
        left = x - {"end": width, "middle": width / 2}.get(g.get("text-anchor"), 0)
        yield words, left, y - 0.62 * size, left + width, y + 0.1 * size
seen = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.svg")):
    labels = list(boxes(path))
    assert len(labels) >= 3, path
    seen += len(labels)
    for i, (a, al, at, ar, ab) in enumerate(labels):
        for b, bl, bt, br, bb in labels[:i]:
            assert not (al < br and bl < ar and at < bb and bt < ab), (path, a, b)
matrix = [words for words, *_ in boxes(sys.argv[1] + "/01-matrix-1.en.svg")]
assert sum(w.startswith("asset-") for w in matrix) == 59, matrix
assert seen > 300
PYTHON
}

@test "in a browser no label lies on another or beyond its picture, in both languages" {
    command -v chromedriver >/dev/null || skip "chromedriver is not installed (apt-get install chromium-driver)"
    PYTHONPATH=$BATS_TEST_DIRNAME PYTHONDONTWRITEBYTECODE=1 python3 - "$RUN" <<'PYTHON'
import sys
from webdriver import Browser
# as the browser set them, with the fonts that it found; what is turned (a vertical axis, the mark) has no upright box
LABELS = """
    const found = [], wrong = [];
    for (const svg of document.querySelectorAll('figure svg')) {
      const frame = svg.getBoundingClientRect(), boxes = [];
      for (const text of svg.querySelectorAll('text')) {
        const box = text.getBoundingClientRect(), turn = text.getScreenCTM();
        if (!text.textContent.trim() || Math.abs(turn.b) > 0.01) continue;
        if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
          wrong.push(['beyond', svg.getAttribute('aria-label'), text.textContent]);
        // a line of text is higher than its letters: a fifth of it above and below is air
        const air = box.height / 5;
        for (const [other, words] of boxes)
          if (box.left < other.right && other.left < box.right && box.top + air < other.bottom - air && other.top + air < box.bottom - air)
            wrong.push(['upon', svg.getAttribute('aria-label'), text.textContent, words]);
        boxes.push([box, text.textContent]);
      }
      found.push(boxes.length);
    }
    return [found, wrong.slice(0, 8)];"""
with Browser() as b:
    for page in ("report.en.html", "report.ja.html"):
        b.open(sys.argv[1] + "/" + page)
        found, wrong = b.run(LABELS)
        assert len(found) >= 8 and min(found) >= 3 and max(found) > 60, found
        assert wrong == [], wrong
PYTHON
}

@test "a reader has one colour in every plot, and no two have the same" {
    python3 - "$RUN/plots" <<'PYTHON'
import collections, glob, re, sys
colours = collections.defaultdict(set)
for path in glob.glob(sys.argv[1] + "/*.gp"):
    for colour, reader in re.findall(r"linecolor rgb '(#\w+)'[^,\n]* title '(sim-reader-\w)'", open(path, encoding="utf-8").read()):
        colours[reader].add(colour)
assert len(colours) == 6, colours
assert all(len(c) == 1 for c in colours.values()), colours
assert len(set.union(*colours.values())) == 6, colours
PYTHON
}

@test "every plot and every table of numbers says that it is simulated; words reach gnuplot in single quotes only" {
    local gp
    for gp in "$RUN"/plots/*.en.gp; do
        grep -q "'SIMULATED'" "$gp"
        run ! grep -n '["`]' "$gp"
    done
    grep -q "'模擬データ'" "$RUN/plots/01-matrix-1.ja.gp"
    # minus signs are minus signs, not hyphens
    grep -q '<text>−' "$RUN"/plots/09-drift-1.en.svg
}

@test "behind every figure stand its numbers" {
    python3 - "$RUN/report.en.html" <<'PYTHON'
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
after = re.split(r"</figure>", page)[1:]
assert len(after) >= 8
for rest in after:
    # a table before the next section; a second picture of the same numbers may stand between
    assert "<table" in rest.split("<h2")[0] or "<figure>" in rest.split("<h2")[0], rest[:400]
assert page.count('<details class="numbers">') >= 6
PYTHON
}

# The rows of the table of numbers that follows a figure, against those of its kept data.
@test "the numbers behind failures and heights are those that are drawn" {
    sed -e 's/^points:/&\n  - {id: up-5, x_mm: 0, y_mm: 0, z_mm: 5}\n  - {id: up-20, x_mm: 0, y_mm: 0, z_mm: 20}/' \
        "$ROOT/profiles/surveys/five-points.yaml" >heights.yaml
    finishes "$NFC_SURVEY" run heights.yaml --output heights >/dev/null
    "$NFC_SURVEY" report heights --keep-plots >/dev/null
    python3 - heights <<'PYTHON'
import glob, html, re, sys
run = sys.argv[1]
page = open(run + "/report.html", encoding="utf-8").read()
data = lambda path: [r.split("\t") for r in open(path, encoding="utf-8").read().splitlines() if r and r[0] != "#"]
def behind(figure):  # rows of cells
    table = re.search(r'<details class="numbers">.*?</details>', page[figure:], re.S)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.S)
    return [[html.unescape(re.sub("<[^>]*>", "", c)) for c in re.findall(r"<t[hd].*?</t[hd]>", r, re.S)] for r in rows]
failures = behind(page.index("<figure", page.index('id="failures"')))
drawn = data(run + "/plots/02-causes-1.en-0.dat")
assert len(failures) == len(drawn) == 2
stages = [k for k in range(1, len(drawn[0])) if any(r[k] != "0" for r in drawn)]
assert failures == [[r[0].strip('"'), *(r[k] for k in stages)] for r in drawn], (failures, drawn)
figures = [m.start() for m in re.finditer("<figure", page[:page.index('id="failures"')])]
kept = sorted(glob.glob(run + "/plots/08-heights-*.en.gp"))
assert len(kept) == 2, kept
for figure, script in zip(figures[-2:], kept):
    drawn = {}
    for file, look in re.findall(r"'([^']*\.dat)' using 1:2 with points pointtype (\d)", open(script, encoding="utf-8").read()):
        for z, row in data(run + "/plots/" + file):
            drawn.setdefault((int(row), {"7": 1, "2": 2, "6": 3}[look]), set()).add(float(z))
    rows = behind(figure)
    assert len(rows) == 6
    told = {(i, column): {float(z) for z in row[column].split("; ")} for i, row in enumerate(rows) for column in (1, 2, 3)
            if row[column]}
    assert told == drawn, (told, drawn)
PYTHON
}

@test "without gnuplot the numbers stand, and the scripts are kept to be run elsewhere" {
    mkdir bin
    cp -r "$RUN" run
    rm -r run/plots
    run -0 --separate-stderr env PATH="$PWD/bin" "$NFC_SURVEY" report run --output plain.html --keep-plots
    [[ $stderr == *gnuplot* ]]
    grep -q 'The plots are missing: ' plain.html
    [ "$(grep -c 'The plots are missing: ' plain.html)" -eq 1 ]
    run ! grep -q '<svg' plain.html
    grep -q 'The numbers behind this figure' plain.html
    ls run/plots/*.gp
    run ! ls run/plots/*.svg
    cd run/plots
    gnuplot --default-settings 01-matrix-1.en.gp
    grep -q '</svg>' 01-matrix-1.en.svg
}

@test "a % or a brace in a label is drawn as it is" {
    small_survey odd.yaml '{handset: sim-akane, unit: "H1 100%"}'
    sed -i -e 's/^readers: .*/readers: [{unit: "RW %g", profile: sim-reader-b}, {unit: "b{x}_2", profile: sim-reader-e}]/' odd.yaml
    "$NFC_SURVEY" run odd.yaml --output odd >/dev/null 2>&1
    "$NFC_SURVEY" report odd --keep-plots >written 2>said
    [ ! -s said ]
    for label in 'RW %g' 'b{x}_2' 'H1 100%' '· RW %g'; do grep -qF -- "$label" odd/plots/*.svg || { echo "$label is nowhere"; false; }; done
    ! grep -q 'RW 0' odd/plots/*.svg
}
