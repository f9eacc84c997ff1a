#!/usr/bin/env bats
# Two runs compared: on simulated surveys in which nothing changed, a handset or a reader got worse, or one became slower;
# with two sessions each, and with four.
load helper

# survey_of FOLDER: eight handsets on six readers; profiles beside it take the place of the shipped ones.
survey_of() {
    mkdir -p "$1"
    cat >"$1/survey.yaml" <<'YAML'
format: nfc-survey/survey
version: 1
id: counter
title: {en: Eight handsets at six counters, ja: 六つの窓口と八つの端末}
seed: 1
scheme: {preset: screen, k: 3}
sessions: 2
lanes: 6
hands: sim
readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked, screen-off, "off"]
scripts: [token]
handsets: [sim-akane, sim-asagi, sim-azuki, sim-beni, sim-botan, sim-cha, sim-daidai, sim-ebicha]
YAML
}

sweep() {
    "$NFC_SURVEY" run "$1/survey.yaml" --seed "$2" --output "results/$3" >/dev/null 2>&1
}

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    example_tree
    survey_of same
    survey_of weak
    survey_of field
    survey_of slow
    sed 's/margin_db: .*/margin_db: -8.0/' "$ROOT/profiles/handsets/sim-botan.yaml" >weak/sim-botan.yaml
    sed 's/field_db: .*/field_db: -25/' "$ROOT/profiles/readers/sim-reader-c.yaml" >field/sim-reader-c.yaml
    sed 's/host_us: .*/host_us: 6000/' "$ROOT/profiles/readers/sim-reader-e.yaml" >slow/sim-reader-e.yaml
    sweep same 1 before
    sweep same 2 again
    sweep weak 3 weak
    sweep field 4 field
    sweep slow 5 slow
    for folder in same slow; do
        mkdir "$folder-4"
        cp "$folder"/*.yaml "$folder-4"
        sed -i 's/^sessions: 2/sessions: 4/; s/^conditions: .*/conditions: [on-unlocked]/' "$folder-4/survey.yaml"
    done
    sweep same-4 6 before-4
    sweep same-4 7 again-4
    sweep slow-4 8 slow-4
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    PATH=$PWD/bin:$PATH
}

# status_of WANTED B [OPTION]...: the YAML of `before`, or `before-4`, against B in out.yaml.
status_of() {
    local wanted=$1 other=$2 got=0 before=before
    shift 2
    [[ $other != *-4 ]] || before=before-4
    nfc-survey compare "results/$before" "results/$other" --format yaml "$@" >out.yaml 2>err || got=$?
    [ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted"; cat err; grep -v '^  ' out.yaml; return 1; }
}

@test "the same survey with another seed shows no change" {
    status_of 0 again
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
assert c['listed'] == 0 and c['times_listed'] == 0 and c['simulated'] is True
assert len(c['cells']) == 8 * 6 * 3 and c['tests'] == 8 * 6 * 3 and c['unit_tests'] == 0
assert c['sessions'] == {'a': 2, 'b': 2} and c['unit_of_test'] == 'placement'
assert [d['what'] for d in c['differences']] == ['seed']
PY
}

@test "a run against itself shows no change, and nothing differs" {
    status_of 0 before
    grep -q '^differences: \[\]$' out.yaml
    ! grep -q 'class: looks' out.yaml || false
}

@test "a handset that got worse is found, with its cells and no others" {
    status_of 1 weak
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
worse = {(x['handset'], x['class']) for x in c['cells'] if x['class'] in ('worse', 'better')}
assert worse == {('sim-botan+virtual-sim', 'worse')}, worse
assert all(x['class'] == 'worse' for x in c['cells'] if x['handset'].startswith('sim-botan'))
# two sessions claim nothing of a handset as a whole
assert [h['a'] for h in c['handsets'] if h['class'] != 'no change shown'] == ['sim-botan+virtual-sim']
assert {u['class'] for u in c['handsets'] + c['readers']} == {'differs between these days', 'no change shown'}
assert [(d['what'], d['subject']) for d in c['differences']] == [('seed', None), ('handset profile', 'sim-botan')]
PY
}

@test "the counts compared are those of each run's summary" {
    status_of 1 weak
    nfc-survey report results/before >/dev/null
    nfc-survey report results/weak >/dev/null
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
for side, run in (('a', 'before'), ('b', 'weak')):
    cells = {(x['reader_unit'], x['handset'], x['condition'], x['script']): x
             for x in yaml.safe_load(open(f'results/{run}/summary.yaml'))['cells']}
    for x in c['cells']:
        own = cells[x['reader'], x['handset'].split('+')[0], x['condition'], x['script']]
        assert (own['n'], own['d'], own['verdict']) == (x[side]['n'], x[side]['d'], x[side]['verdict']), (x, own)
PY
}

@test "a reader whose field got weaker is found, and handsets are not blamed" {
    status_of 1 field
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
assert {x['reader'] for x in c['cells'] if x['class'] == 'worse'} == {'sim-reader-c'}
assert [r['a'] for r in c['readers'] if r['class'] == 'differs between these days'] == ['sim-reader-c']
assert all(h['class'] == 'no change shown' for h in c['handsets'])
assert ('reader profile', 'sim-reader-c') in [(d['what'], d['subject']) for d in c['differences']]
PY
}

@test "with two sessions a side times differ between these days, and that is no change" {
    status_of 0 slow
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
differ = [x for x in c['cells'] if x['time']['class'] == 'differs between these days']
assert len(differ) >= 20 and {x['reader'] for x in differ} == {'sim-reader-e'}
assert not any(x['time']['class'] in ('slower', 'faster') for x in c['cells']) and c['times_listed'] == 0
PY
    run -0 nfc-survey compare results/before results/slow
    [ "${lines[-1]}" = "No change is shown. Some things differ between these days, and nothing more can be said of them." ]
    [[ $output == *'Sessions: 2 in A, 2 in B. With fewer than 4 on a side nothing is claimed'* ]]
}

@test "with four sessions a side the session is the unit, and without a change nothing is listed" {
    status_of 0 again-4
    grep -q '^unit_of_test: session ' out.yaml
    grep -q '^least_p: 0.028571' out.yaml # 2 of the 70 ways to share out eight sessions
    run -0 nfc-survey compare results/before-4 results/again-4
    [[ $output == *'Sessions: 4 in A, 4 in B. Readers, handsets and times are tested with the session as the unit'* ]]
}

@test "with four sessions a side a reader that became slower is found by its times" {
    status_of 1 slow-4
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
slower = [x for x in c['cells'] if x['time']['class'] == 'slower']
assert len(slower) >= 5 and {x['reader'] for x in slower} == {'sim-reader-e'}
assert all(x['time']['ratio'] > 1 and x['time']['p_adjusted'] <= 0.05 for x in slower)
assert not any(x['time']['class'] == 'faster' for x in c['cells'])
PY
}

@test "swapping the runs turns worse into better" {
    status_of 1 weak
    nfc-survey compare results/weak results/before --format yaml >back.yaml || [ $? -eq 1 ]
    python3 - <<'PY'
import yaml
c, back = (yaml.safe_load(open(f)) for f in ('out.yaml', 'back.yaml'))
mirror = {'worse': 'better', 'better': 'worse', 'looks worse': 'looks better', 'looks better': 'looks worse'}
for x, y in zip(c['cells'], back['cells']):
    assert mirror.get(x['class'], x['class']) == y['class']
    assert abs(x['interval'][0] + y['interval'][1]) < 2e-6 and x['log10_e'] == y['log10_e']
PY
}

@test "a smaller --fdr asks for more, of the list and of the intervals" {
    status_of 1 weak --fdr 0.2
    [ "$(grep -c '^    class: worse' out.yaml)" -eq 18 ]
    status_of 0 weak --fdr 0.000001
    grep -q '^confidence: 0.999999$' out.yaml
    [ "$(grep -c '^    class: no change shown' out.yaml)" -eq 144 ]
}

@test "the text says what differs first, and ends with the answer" {
    run -1 nfc-survey compare results/before results/weak
    [ "${lines[0]}" = "SIMULATED: simulated readers and handsets; this says nothing about any real device." ]
    [ "${lines[-1]}" = "18 changes found." ]
    [[ $output == *'What else differs between the runs'*'handset profile'*'Handsets'*'sim-botan+virtual-sim  differs between these days'*'worse'* ]]
    run -0 nfc-survey compare results/before results/again
    [ "${lines[-1]}" = "No change is shown." ]
}

@test "of a changed profile the lines that differ are told, with where they stand, in every form" {
    diff "$ROOT/profiles/handsets/sim-botan.yaml" weak/sim-botan.yaml | sed -n 's/^[<>] *//p' >differ
    [ -s differ ]
    run -1 nfc-survey compare results/before results/weak
    while read -r line; do
        [[ $output == *"$line"* ]] || { echo "not told: $line"; false; }
    done <differ
    [[ $output == *'Lines that differ: handset profile, sim-botan'*'  @ '*'  - '*'margin_db: '*'  + '*'margin_db: -8.0'* ]]
    status_of 1 weak
    nfc-survey compare results/before results/weak --format html --output weak.html >/dev/null || [ $? -eq 1 ]
    python3 - <<'PY'
import re, yaml
told = {(d['what'], d['subject']): d.get('lines') for d in yaml.safe_load(open('out.yaml'))['differences']}
lines = told['handset profile', 'sim-botan']
assert told['seed', None] is None
assert sorted(re.sub(r'^[-+] \d+: *', '', l) for l in lines if l[0] != '@') == sorted(l.strip() for l in open('differ')), lines
page = open('weak.html').read()
assert all(l.split(': ', 1)[1].strip() in page for l in lines)
PY
}

# of a run's page and YAML: every figure of the headline and the boxes is a sum of the one table of counts
@test "the headline, the boxes and the lists agree" {
    for other in again weak field slow again-4 slow-4; do
        before=before
        [[ $other != *-4 ]] || before=before-4
        for form in yaml html; do
            nfc-survey compare results/$before results/$other --format $form --output out.$form >/dev/null || [ $? -eq 1 ]
        done
        nfc-survey compare results/$before results/$other --junit out.xml >out.txt || [ $? -eq 1 ]
        python3 - <<'PY'
import re, xml.etree.ElementTree as tree, yaml
c, page, text = yaml.safe_load(open('out.yaml')), open('out.html').read(), open('out.txt').read()
shown = {s['of']: s for s in c['shown']}
entries = {'cells': [x['class'] for x in c['cells']], 'times': [x['time']['class'] for x in c['cells']]}
for kind in ('readers', 'handsets', 'pairs'):
    entries[kind] = [x['class'] for x in c[kind]]
called = {'worse': ('worse', 'slower'), 'better': ('better', 'faster'), 'differs': ('differs between these days',),
          'looks_worse': ('looks worse', 'looks slower'), 'looks_better': ('looks better', 'looks faster'),
          'unsteady': ('unsteady',), 'no_change': ('no change shown',), 'not_tested': ('not tested', 'too few times')}
for of, s in shown.items():
    assert s['compared'] == len(entries[of]) == sum(s[k] for k in called)
    for key, names in called.items():
        assert s[key] == sum(x in names for x in entries[of]), (of, key)
assert len(c['pairs']) == 8 * 6
changes = sum(s['worse'] + s['better'] for s in shown.values())
assert changes == c['changes'] == c['listed'] + c['times_listed'] + c['units_listed'] + c['pairs_listed']
head = re.search('<h1>(.*?)</h1>', page).group(1)
assert head == (f'{changes} change{"s" * (changes != 1)} found.' if changes else head) and head == text.splitlines()[-1]
assert head.startswith('No change is shown.') == (changes == 0)
boxes = {name: int(n) for n, name in re.findall(r'<span class="figure">(\d+)</span> <strong>(.*?)</strong>', page)}
units = [shown[k] for k in ('cells', 'readers', 'handsets', 'pairs')]
assert boxes['worse'] == sum(s['worse'] for s in units) and boxes['better'] == sum(s['better'] for s in units)
assert boxes['slower'] == shown['times']['worse'] and boxes['faster'] == shown['times']['better']
assert boxes['worse'] + boxes['better'] + boxes['slower'] + boxes['faster'] == changes
assert sum(boxes.values()) == sum(s['compared'] for s in shown.values())
assert c['looks_with_unit'] <= shown['cells']['looks_worse'] + shown['cells']['looks_better']
root = tree.parse('out.xml').getroot()
assert int(root.get('failures')) == changes and {s.get('name') for s in root} == set(shown)
for suite in root:
    own = shown[suite.get('name')]
    cases = [x[0].tag if len(x) else 'passed' for x in suite.iter('testcase')]
    assert len(cases) == own['compared'] == int(suite.get('tests'))
    assert cases.count('failure') == own['worse'] + own['better'] == int(suite.get('failures'))
    assert cases.count('skipped') == own['not_tested'] == int(suite.get('skipped'))
PY
    done
}

@test "a handset that got worse on one reader is an entry of both together" {
    status_of 1 weak
    python3 - <<'PY'
import yaml
c = yaml.safe_load(open('out.yaml'))
# two sessions claim nothing of them either
apart = {(p['reader'], p['handset']) for p in c['pairs'] if p['class'] == 'differs between these days'}
assert {h for _, h in apart} == {'sim-botan+virtual-sim'} and len(apart) == 6, apart
assert {p['class'] for p in c['pairs']} == {'differs between these days', 'no change shown'}
for p in c['pairs']:
    own = [x for x in c['cells'] if (x['reader'], x['handset']) == (p['reader'], p['handset'])]
    assert p['cells'] == len(own) and p['dirty_b'] == sum(x['b']['d'] for x in own)
PY
    fails_with 4 'nowhere/x.xml' bash -c 'nfc-survey compare results/before results/weak --junit nowhere/x.xml >/dev/null'
}

@test "pages in both languages stand where they are asked for, and are marked" {
    run -1 nfc-survey compare results/before results/weak --format html --lang en,ja --output pages
    [ "$output" = $'pages/compare.en.html\npages/compare.ja.html' ]
    grep -q '<title>SIMULATED: Comparison of two runs' pages/compare.en.html
    grep -q '<html lang="ja">' pages/compare.ja.html
    ! grep -Eq 'https?://|src=' pages/compare.en.html pages/compare.ja.html || false
    grep -q '<a class="language" href="compare.ja.html"' pages/compare.en.html
    grep -q '<a class="language" href="compare.en.html"' pages/compare.ja.html
    run -0 nfc-survey compare results/before results/again --format html
    [ "$output" = results/again/compare.html ]
    ! grep -q 'class="language"' results/again/compare.html || false
}

@test "in a browser its tables sort, its colours and its language are chosen, and nothing is asked for" {
    command -v chromedriver >/dev/null || skip "chromedriver is not installed (apt-get install chromium-driver)"
    nfc-survey compare results/before results/weak --format html --lang en,ja --output shown || [ $? -eq 1 ]
    PYTHONPATH=$BATS_TEST_DIRNAME PYTHONDONTWRITEBYTECODE=1 python3 - "$PWD/shown" <<'PY'
import sys
from webdriver import Browser
with Browser() as b:
    b.open(sys.argv[1] + "/compare.en.html", "#cells")
    names = "return [...document.querySelectorAll('section[aria-labelledby=cells] .wide td:nth-child(2)')].slice(0, 18).map((e) => e.textContent)"
    first = b.run(names)
    b.click("section[aria-labelledby=cells] thead th:nth-child(2) button")
    assert b.run(names) == sorted(first) != first
    ground = "return getComputedStyle(document.documentElement).backgroundColor"
    b.prefer("dark")
    dark = b.run(ground)
    b.click("#theme")
    assert b.run(ground) != dark
    b.click("a.language")
    assert b.address().endswith("/compare.ja.html#cells"), b.address()
    assert b.run("return document.documentElement.lang") == "ja"
    assert b.requests() == [] and b.complaints() == []
PY
}

@test "a run too short to show anything is status 5" {
    small_survey few.yaml
    rm -rf few
    "$NFC_SURVEY" run few.yaml --output few >/dev/null 2>&1
    # one placement, all the rest cut off
    placed=$(grep -n -m1 '^- {"placed"' few/journal.yaml | cut -d: -f1)
    mkdir -p short && head -n "$placed" few/journal.yaml >short/journal.yaml
    run -5 nfc-survey compare few short
    [ "${lines[-1]}" = "Not enough data to tell anything." ]
    [[ $output == *'not finished'* ]]
}

@test "another k makes every cell incomparable, which is said" {
    sed 's/k: 3/k: 2/' same/survey.yaml >same/k2.yaml
    "$NFC_SURVEY" run same/k2.yaml --output results/k2 >/dev/null 2>&1 || [ -d results/k2 ]
    status_of 5 k2
    grep -q 'reason: "another k: dirty means something else", cells: 144' out.yaml
    rm -rf results/k2
}

@test "in Japanese: the same figures, and nothing left in English" {
    local other names='before|again|weak|slow|counter|token|(sim|virtual|on|screen)-[a-z-]+|off|BH|Benjamini-Hochberg|SHA-256 [0-9a-f]+|T[0-9:]+Z|^  [-+@] [0-9]+: .*'
    for other in again weak slow; do
        speaks_japanese "$names" nfc-survey compare results/before "results/$other"
    done
    speaks_japanese "$names" nfc-survey compare results/before-4 results/slow-4
    speaks_japanese "$names" nfc-survey compare results/before results/again --match model
    nfc-survey compare results/before results/again --format yaml --lang ja | cmp - <(nfc-survey compare results/before results/again --format yaml) # for programs
}

@test "wrong options and runs are refused" {
    fails_with 2 'needs the directories of two runs' nfc-survey compare results/before
    fails_with 2 '--match is unit or model' nfc-survey compare a b --match serial
    fails_with 2 '--format is text, yaml or html' nfc-survey compare a b --format pdf
    fails_with 2 '--fdr needs' nfc-survey compare a b --fdr 0
    fails_with 2 '--lang is en, ja' nfc-survey compare a b --lang fr
    fails_with 2 '--lang en,ja is for --format html' nfc-survey compare a b --lang en,ja
    fails_with 3 'no-such-run' nfc-survey compare results/before no-such-run
}

@test "every command of docs/compare.md runs" {
    ln -sfn weak results/after
    awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/docs/compare.md" >lines
    [ "$(wc -l <lines)" -ge 3 ]
    while read -r line; do
        got=0
        bash -c "$line" >out 2>err </dev/null || got=$?
        [ "$got" -eq 1 ] || { echo "status $got: $line"; cat err; false; }
    done <lines
    [ -s results/weak/compare.ja.html ]
}
