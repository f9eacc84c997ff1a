#!/usr/bin/env bats
# The reason of a recommendation and its evidence are the deciding clause's, the same in every output.
load helper

criteria() {
    cat >"$1.yaml" <<YAML
format: nfc-survey/criteria
version: 1
id: $1
title: $1
source: made up
power_modes: [on-unlocked]
$2
YAML
}

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey survey.yaml sim-akane sim-sumi sim-kuri
    sed -i 's/^scripts:.*/scripts: [cert]/; s/^scheme:.*/scheme: {preset: screen, k: 2}\npositions: condition\npoints:\n  - {id: centre, x_mm: 0, y_mm: 0}\n  - {id: x-plus, x_mm: 10, y_mm: 0}\n  - {id: x-minus, x_mm: -10, y_mm: 0}\n  - {id: y-plus, x_mm: 0, y_mm: 10}\n  - {id: y-minus, x_mm: 0, y_mm: -10}\n  - {id: z-3, z_mm: 3}\n  - {id: z-9, z_mm: 9}\ncriteria: crossover-3-reads/' survey.yaml
    "$NFC_SURVEY" run survey.yaml --output run >/dev/null 2>&1 || [ $? -eq 5 ]
    criteria taps $'success: {taps: 3, ok_at_least: 3}\nreaders_at_least: all'
    criteria time $'success: {taps: 50, ok_at_least: 1}\ntime: {within_ms: 20, share: 0.95}\nreaders_at_least: all'
    criteria technologies $'success: {taps: 50, ok_at_least: 1}\ntechnologies: [F]\nreaders_at_least: all'
    criteria payload $'success: {taps: 50, ok_at_least: 1}\npayload: {script: cert, step: read the certificate}\nreaders_at_least: all'
    criteria points $'positions:\n  five_points: {radius_mm: 10, failing_at_most: 0}\nreaders_at_least: all'
    criteria height $'positions:\n  height: {from_mm: 0, to_mm: 9, dead_zone_mm: 6}\nreaders_at_least: all'
    criteria some $'success: {dirty_at_most: 0.2}\nreaders_share: {at_least: 0.9, weights: {sim-reader-b: 0.5, sim-reader-e: 0.3}}'
    criteria elsewhere $'scripts: [cert, token]\nreaders_at_least: all'
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "what decides has its own words and figures: in criteria.yaml, terminal, page, mail and spreadsheet alike" {
    local all=(taps time technologies payload points height some) options=() name
    for name in "${all[@]}"; do
        options+=(--criteria "./$name.yaml")
        "$NFC_SURVEY" criteria run --criteria "./$name.yaml" --format yaml >"$name.out.yaml" || [ $? -le 5 ]
        "$NFC_SURVEY" criteria run --criteria "./$name.yaml" --output "$name.file" >"$name.txt" || [ $? -le 5 ]
    done
    "$NFC_SURVEY" report run "${options[@]}" --format html,md,xlsx --output out >/dev/null
    python3 - "${all[@]}" <<'PYTHON'
import html, re, sys, zipfile, yaml
words = {"taps": r"\d of \d taps? ok, \[", "time": r"[\d.]+ % failed or later than 20 ms, on average over \d+ placements?",
         "technologies": r"transactions by technology: [AB] \d+", "payload": r"step not passed \d+/\d+, \[",
         "points": r"of the five points \d shown silent, \d not decided, \d shown to answer; \d+/\d+ dirty",
         "height": r"(shown silent from|no height shown silent|shown to answer at every height)",
         "some": r"of 2 readers \d pass(es)? and \d fails?; share by weight, from shown to possible: \[[\d.]+, [\d.]+\] %; \d+/\d+ dirty"}
page = html.unescape(re.sub(r"<[^>]*>", "", open("out/report.html", encoding="utf-8").read()))
mail = re.sub(r"\\(.)", r"\1", open("out/report.md", encoding="utf-8").read())
book = zipfile.ZipFile("out/report.xlsx")
sheets = html.unescape(re.sub(r"<[^>]*>", "", "".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xml"))))
for name in sys.argv[1:]:
    said, shown = yaml.safe_load(open(f"{name}.out.yaml")), open(f"{name}.txt").read()
    seen = 0
    for h in said["handsets"]:
        clause = next((c for c in h["clauses"] if c["clause"] == h.get("decided_by")), None)
        if clause is None or clause["clause"] == "readers":
            continue
        text = clause["evidence"]
        seen += bool(re.match(words[name], text))
        assert ("n" in clause and "d" in clause) == ("dirty" in text), clause
        for where, output in (("terminal", shown), ("page", page), ("mail", mail), ("spreadsheet", sheets)):
            assert text in output, (name, where, text)
    assert seen, (name, [c["evidence"] for h in said["handsets"] for c in h["clauses"] if "evidence" in c])
PYTHON
}

@test "what the survey lacks is served by no reader, and is named" {
    sed "s/^criteria:.*/criteria: .\/elsewhere.yaml/" survey.yaml >lacking.yaml
    "$NFC_SURVEY" run lacking.yaml --output lacking >/dev/null 2>&1 || [ $? -eq 5 ]
    "$NFC_SURVEY" matrix lacking | grep -F 'The survey lacks what the criteria ask for (token)'
    "$NFC_SURVEY" matrix lacking --format yaml >matrix.yaml
    python3 -c '
import yaml
[g] = yaml.safe_load(open("matrix.yaml"))["matrix"]["groups"]
assert all(r["market"][0] == 0 and r["works"] == 0 for r in g["readers"]) and g["all_readers"][0] == 0, g["readers"]'
}

@test "coverage counts what the criteria make of each reader" {
    for name in taps points some; do
        "$NFC_SURVEY" criteria run --criteria "./$name.yaml" --format yaml >"$name.out.yaml" || [ $? -le 5 ]
        sed "s/^criteria:.*/criteria: .\/$name.yaml/" survey.yaml >own.yaml
        rm -rf own
        "$NFC_SURVEY" run own.yaml --output own >/dev/null 2>&1 || [ $? -eq 5 ]
        "$NFC_SURVEY" criteria own --format yaml >own.out.yaml || [ $? -le 5 ]
        "$NFC_SURVEY" matrix own --format yaml >matrix.yaml
        python3 - <<'PYTHON'
import yaml
said, matrix = yaml.safe_load(open("own.out.yaml")), yaml.safe_load(open("matrix.yaml"))
[group] = (matrix.get("matrix") or matrix)["groups"]
for r, m in zip(said["readers"], group["readers"]):
    assert (r["passes"], r["fails"], r["undecided"] + r["not_testable"]) == (m["works"], m["fails"], m["open"]), (r, m)
PYTHON
    done
}
