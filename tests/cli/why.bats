#!/usr/bin/env bats
# Why handsets are refused, beside the refusal: causes, the attribute that goes with it, and the requirement that would follow.
load helper

# Reader b polls for A and B, reader c for B alone; seven models answer in A.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    cat >survey.yaml <<'YAML'
format: nfc-survey/survey
version: 1
id: why
title: Why
seed: 7
scheme: {preset: screen, k: 2}
sessions: 2
hands: sim
criteria: counter-default
readers: [sim-reader-b, sim-reader-c]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 400}
conditions: [on-unlocked]
scripts: [token, cert]
handsets: [sim-akane, sim-asagi, sim-azuki, sim-beni, sim-botan, sim-cha, sim-daidai, sim-ebicha, sim-gin, sim-hai, sim-kuri, sim-matcha, sim-momo, sim-moegi, sim-nezu, sim-sumi]
YAML
    "$NFC_SURVEY" run survey.yaml --output run >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" report run --format html,xlsx,md,csv,criteria --lang en,ja >/dev/null
    "$NFC_SURVEY" matrix run --format yaml >matrix.yaml
    "$NFC_SURVEY" matrix run >matrix.txt
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "a refusal names what goes with it exactly where its model is on the failing side, and its causes" {
    python3 - <<'PYTHON'
import csv, json, yaml
load = lambda path: yaml.load(open(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
start = json.loads(open("run/journal.yaml").readline()[2:])
technologies = {p["id"]: p["facts"]["technologies"] for f in start["files"] if f["kind"] == "handset"
                for p in [yaml.safe_load(f["text"])]}
shown = [a for a in load("matrix.yaml")["matrix"]["groups"][0]["associations"] if a["shown"]]
assert [(a["attribute"], a["is"], a["reader"]) for a in shown] == [("technologies", "A", "any"), ("technologies", "A", "sim-reader-c")]
one = shown[1]
assert one["with"] == {"fail": 7, "work": 0}
sentence = (f"technologies is A, sim-reader-c: 7 of 7 fail, of the others {one['without']['fail']} of "
            f"{one['without']['fail'] + one['without']['work']} (adjusted p {one['adjusted']:.4f})")
draft = ("Requirement for readers (draft): serve handsets with technologies A, too; 7 of 7 such models fail on sim-reader-c, "
         "7 of them work on another reader.")
told = 0
for h in load("run/criteria.yaml")["handsets"]:
    refused = h["recommendation"] == "not recommended" and technologies[h["model"]] == "A" and "sim-reader-c" in h["fails_on"]
    assert h.get("goes_with") == (sentence if refused else None), h
    assert h.get("requirement_draft") == (draft if refused else None), h
    assert ("causes" in h) == (h["recommendation"] == "not recommended" or "conditional_modes_failing" in h), h
    told += refused
assert told == 7, told
cells = list(csv.DictReader(open("run/cells.csv", encoding="utf-8-sig")))
for c in cells:
    here = c["verdict"] == "incompatible" and technologies[c["handset"]] == "A" and c["reader"] == "sim-reader-c"
    assert (sentence in c["goes_with"]) == here, c
PYTHON
}

@test "the matrix's findings stand in every report in its own words" {
    python3 - <<'PYTHON'
import html, re, zipfile
def sheets(path):
    book = zipfile.ZipFile(path)
    return html.unescape(" ".join(book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/sheet")))
page = lambda path: html.unescape(re.sub(r"<[^>]+>", "", open(path, encoding="utf-8").read()))
text = open("matrix.txt", encoding="utf-8").read()
plain = lambda t: t.replace("\\", "")
said = [line.strip() for line in text.splitlines() if re.match(r"\s*(models: |a model fails|\d+ of \d+ models|technologies is|Requirement for)", line)]
assert len(said) == 9, said
effects = re.findall(r"(can't be shown with so few units)$", text, re.M)
assert len(effects) == 2, effects
for where in (page("run/report.en.html"), sheets("run/report.en.xlsx"), plain(open("run/report.en.md", encoding="utf-8").read())):
    for sentence in (*said, *effects):
        assert sentence in where, sentence
for where in (page("run/report.ja.html"), sheets("run/report.ja.xlsx"), plain(open("run/report.ja.md", encoding="utf-8").read())):
    assert "台数が少なく示せない" in where and re.search("ICカードRWへの要件（案）：[^：]*がAの端末にも対応すること", where)
associations = open("run/associations.csv", encoding="utf-8-sig").read()
assert associations.count(",true,") == 2 and associations.count("Requirement for readers") == 2
assert open("run/effects.csv", encoding="utf-8-sig").read().count("can't be shown with so few units") == 2
PYTHON
}

@test "one file is asked for and one is written: --output with CSV" {
    mkdir -p one
    run -0 "$NFC_SURVEY" report run --format csv --output one/x.csv
    [ "${lines[-1]}" = one/x.csv ]
    [ "$(ls one)" = x.csv ]
}
