#!/usr/bin/env bats
# Numbers as people write them: in no output of any run, however odd, stands nan, inf, -0.0 or an exponent.
load ../cli/helper
load formats
export ROOT_GOLDEN=$ROOT/tests/golden

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# survey NAME HANDSETS [KEY=VALUE lines replaced...]: a small one; further arguments are sed expressions.
survey() {
    local name=$1 handsets=$2
    shift 2
    cat >"$name.yaml" <<YAML
format: nfc-survey/survey
version: 1
id: $name
title: {en: Odd numbers, ja: 変わった数}
seed: 1
scheme: {preset: screen, k: 2}
sessions: 2
hands: sim
criteria: counter-default
readers: [sim-reader-b, sim-reader-e]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token, cert]
handsets:
$(printf -- '  - %s\n' $handsets)
YAML
    local change
    for change in "$@"; do
        sed -i -e "$change" "$name.yaml"
    done
}

# look DIR [OPTION...]: everything that is printed or written of it, in both languages, and what no number may look like.
look() {
    local directory=$1 command criteria
    shift
    rm -rf "look-$directory"
    mkdir "look-$directory"
    "$NFC_SURVEY" report "$directory" "$@" --format "$(formats xlsx csv md)" --lang en,ja --output "look-$directory" >/dev/null 2>"look-$directory/report.txt"
    cp "$directory/summary.yaml" "look-$directory/"
    for command in status matrix explain; do
        "$NFC_SURVEY" "$command" "$directory" "$@" >"look-$directory/$command.txt" 2>&1 || [ $? -le 5 ]
    done
    "$NFC_SURVEY" verify "$directory" >"look-$directory/verify.txt" 2>&1 || [ $? -le 5 ]
    "$NFC_SURVEY" matrix "$directory" "$@" --format yaml --fdr 0.05 >"look-$directory/matrix.yaml"
    for criteria in counter-default cts-50-taps transit-500ms felica-rf-m; do
        "$NFC_SURVEY" criteria "$directory" "$@" --criteria "$criteria" --output "look-$directory/$criteria.yaml" \
            >"look-$directory/$criteria.txt" 2>&1 || [ $? -le 5 ]
    done
    python3 - "look-$directory"/* <<'PYTHON'
import os, re, sys, yaml
sys.path.insert(0, os.environ["ROOT_GOLDEN"])
from pages import Page, spreadsheet
odd = re.compile(r"(?<![\w./-])[-−+]?(?:nan|inf|infinity)(?![\w-])|(?<![\w.])[-−]0(?:\.0+)?(?![\d.\w])"
                 r"|(?<![\w.#-])\d+(?:\.\d+)?e[-+]?\d+(?!\w)", re.I)
def check(path, text):
    found = [(m[0], text[max(0, m.start() - 60):m.end() + 20]) for m in odd.finditer(text)]
    assert not found, (path, found[:3])
for path in sys.argv[1:]:
    if path.endswith(".html"):
        page = Page(open(path, encoding="utf-8").read())
        assert not page.wrong, (path, page.wrong[:3])
        check(path, page.root.text())
        for n in page.root.walk():
            if n.tag == "text":
                check(path, n.text())
            check(path, " ".join(v or "" for k, v in n.attributes.items() if k in ("title", "aria-label") or k.startswith("data-")))
    elif path.endswith(".xlsx"):
        for place, context, text in spreadsheet(path):
            check(f"{path} {place}", text if not re.fullmatch(r"-?\d(\.\d+)?E-?\d+", text) else "")  # Excel's own form in the XML
    else:
        text = open(path, encoding="utf-8").read()
        check(path, text)
        if path.endswith(".yaml"):
            def numbers(v):
                if isinstance(v, dict):
                    [numbers(x) for x in v.values()]
                elif isinstance(v, list):
                    [numbers(x) for x in v]
                elif isinstance(v, str):
                    assert not re.fullmatch(r"[-+]?\d+(\.\d+)?e[-+]?\d+", v), (path, v)
            numbers(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
PYTHON
}

@test "a run of one reader and one handset, and the same interrupted at every early moment" {
    survey one sim-akane 's/^readers: .*/readers: [sim-reader-b]/'
    finishes "$NFC_SURVEY" run one.yaml --output one >/dev/null 2>&1
    look one
    local lines
    for lines in 1 2 3 4 7; do
        mkdir "cut-$lines"
        head -n "$lines" one/journal.yaml >"cut-$lines/journal.yaml"
        look "cut-$lines"
    done
}

@test "a run in which every placement fails, and one in which no cell was to be run" {
    survey fails 'sim-tobi sim-sango' 's/^conditions: .*/conditions: ["off"]/'
    finishes "$NFC_SURVEY" run fails.yaml --output fails >/dev/null 2>&1
    look fails
    survey none 'sim-akane' '$a exclude: [{reader: sim-reader-b, reason: none of it}, {reader: sim-reader-e, reason: none of it}]'
    if "$NFC_SURVEY" run none.yaml --output none >/dev/null 2>&1; then
        look none
    else
        survey most 'sim-akane' '$a exclude: [{reader: sim-reader-b, reason: none of it}, {reader: sim-reader-e, script: cert, reason: none of it}]'
        finishes "$NFC_SURVEY" run most.yaml --output most >/dev/null 2>&1
        look most
    fi
    survey absent sim-mizu 's/^conditions: .*/conditions: ["off"]/'
    finishes "$NFC_SURVEY" run absent.yaml --output absent >/dev/null 2>&1 || true
    [ ! -s absent/journal.yaml ] || look absent
}

@test "a damaged journal" {
    survey damaged 'sim-akane sim-uma sim-sumi'
    finishes "$NFC_SURVEY" run damaged.yaml --output damaged >/dev/null 2>&1
    python3 - <<'PYTHON'
lines = open("damaged/journal.yaml", encoding="utf-8").read().splitlines(True)
for i in range(5, len(lines) - 1, 7):
    lines[i] = lines[i].replace('": ', '"; ', 1) if i % 2 else lines[i][: len(lines[i]) // 2] + "\n"
open("damaged/journal.yaml", "w", encoding="utf-8").writelines(lines[:-3])
PYTHON
    fails_with 3 'damaged/journal.yaml:6: ' "$NFC_SURVEY" report damaged
    look damaged --accept-damaged
    local file mark='DAMAGED JOURNAL|ジャーナルに損傷・改変あり|damaged/journal\.yaml:6: |^(true,|damaged_at: )"6, 13, 20, '
    for file in look-damaged/*; do
        [ "$(wc -l <"$file")" -gt 1 ] || [[ $file != *.csv ]] || continue # a header alone
        if [[ $file == *.xlsx ]]; then unzip -p "$file"; else cat "$file"; fi | grep -aqE "$mark" || { echo "no mark: $file"; false; }
    done
}

@test "very small and very great numbers in the survey" {
    survey great 'sim-akane sim-beni' 's/^seed: .*/seed: 18446744073709551615/' \
        's/^scheme: .*/scheme: {name: fine, q0: 0.0001, q1: 0.3, alpha: 0.000001, beta: 0.00001, k: 1, n_max: 400}/' \
        's/^sessions: .*/sessions: 2\nmin_gap_h: 1000/' \
        '/^scripts:/i times: {place_s: 3600, change_s: 3600, mode_s: 3600, transaction_s: 600}'
    finishes "$NFC_SURVEY" run great.yaml --output great >/dev/null 2>err || { cat err; return 1; }
    look great
    grep -q '^  alpha: 0.000001$' great/summary.yaml
}

@test "three hundred handsets on six readers" {
    survey many "$(cd "$ROOT/profiles/handsets" && printf '%s ' sim-*.yaml | sed 's/\.yaml//g')" \
        's/^readers: .*/readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]/' \
        's/^scheme: .*/scheme: {name: quick, q0: 0.02, q1: 0.5, alpha: 0.05, beta: 0.2, k: 1, n_max: 6}/' \
        's/^scripts: .*/scripts: [token]/' 's/^hands: .*/hands: sim\nlanes: 6/'
    python3 - <<'PYTHON'
text = open("many.yaml", encoding="utf-8").read()
head, models = text.split("handsets:\n")
models = [m[4:] for m in models.splitlines() if m]
with open("many.yaml", "w", encoding="utf-8") as f:
    f.write(head + "handsets:\n")
    for i in range(300):
        f.write(f"  - {{unit: HS-{i:03d}, handset: {models[i % len(models)]}, sim: virtual-sim}}\n")
PYTHON
    finishes "$NFC_SURVEY" run many.yaml --output many >/dev/null 2>&1
    look many
}
