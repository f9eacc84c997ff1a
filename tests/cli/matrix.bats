#!/usr/bin/env bats
# The matrix as analysts have it: its text and YAML, shares from a file, and what is refused.
load helper

# One run of the demonstration, made once; the tests only read it.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/profiles/surveys/demo.yaml" --output demo >/dev/null
    "$NFC_SURVEY" matrix demo --format yaml --fdr 0.05 >matrix.yaml
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    DEMO=$BATS_FILE_TMPDIR/demo
    YAML=$BATS_FILE_TMPDIR/matrix.yaml
}

@test "coverage agrees with a count over the verdicts of the summary" {
    "$NFC_SURVEY" report "$DEMO" >/dev/null
    python3 - "$DEMO/summary.yaml" "$YAML" "$ROOT/profiles/handsets" <<'PY'
import glob, itertools, sys, yaml
summary, matrix = yaml.safe_load(open(sys.argv[1])), yaml.safe_load(open(sys.argv[2]))
share = {}
for path in glob.glob(sys.argv[3] + '/sim-*.yaml'):
    profile = yaml.safe_load(open(path))
    share[profile['id']] = profile['share']
worst = {'compatible': 0, 'incompatible': 2, 'not-applicable': 2}
state, served = {}, {}
bound = matrix['matrix']['groups'][0]['bound']
for cell in summary['cells']:
    if cell['condition'] == 'on-unlocked':
        key, verdict = (cell['handset'], cell['reader_unit']), cell['verdict']
        state[key] = max(state.get(key, 0), worst.get(verdict, 1))
        # ruled out is what is shown above the bound that is asked for, not what is shown above q0
        out = verdict == 'not-applicable' or (verdict == 'incompatible' and cell['lower'] > bound)
        served[key] = max(served.get(key, 0), 2 if out else 0 if verdict == 'compatible' else 1)
assert bound == summary['scheme']['q1'] and served != state
handsets = sorted({h for h, r in state})
near = lambda a, b: all(abs(x - y) < 2e-6 for x, y in zip(a, b))
group = matrix['matrix']['groups'][0]
assert len(group['subsets']) == 63
for row in group['subsets']:
    shown = sum(share[h] for h in handsets if any(served[h, r] == 0 for r in row['readers']))
    ruled_out = sum(share[h] for h in handsets if all(served[h, r] == 2 for r in row['readers']))
    assert near(row['market'], (shown, 1 - ruled_out)), row
for row in group['readers']:
    one = [s for s in group['subsets'] if s['readers'] == [row['reader']]][0]
    assert near(row['market'], one['market']), row
    assert row['works'] + row['fails'] + row['open'] == 36
readers = [row['reader'] for row in group['readers']]
assert near(group['all_readers'], (sum(share[h] for h in handsets if all(served[h, r] == 0 for r in readers)),
                                   1 - sum(share[h] for h in handsets if any(served[h, r] == 2 for r in readers))))
for target in group['smallest_subsets']:
    meet = [s['readers'] for s in group['subsets'] if s['market'][0] >= target['target'] - 1e-9]
    least = min(map(len, meet), default=0)
    assert target['readers'] == least and target['subsets'] == sum(len(m) == least for m in meet), target
patterns = {p['pattern']: sorted(p['units']) for p in group['patterns']}
for pattern, units in patterns.items():
    assert units == [h for h in handsets if ''.join('+?-'[state[h, r]] for r in readers) == pattern]
for a in group['apart']:
    market = {row['reader']: row['market'] for row in group['readers']}
    assert market[a['serves_more']][0] > market[a['than']][1]
assert matrix['simulated'] is True
PY
}

@test "the summary has the same section, short of what only analysts want" {
    "$NFC_SURVEY" report "$DEMO" >/dev/null
    python3 - "$DEMO/summary.yaml" "$YAML" <<'PY'
import sys, yaml
a, b = (yaml.safe_load(open(path))['matrix'] for path in sys.argv[1:3])
assert a['effects'] == b['effects'] and a['regression'] == b['regression'] and a['icc'] == b['icc']
for x, y in zip(a['groups'], b['groups']):
    assert x['readers'] == y['readers'] and x['pooled'] == y['pooled'] and x['subsets'] == y['subsets']
    assert all(row['shown'] for row in x['associations']) and len(y['associations']) == y['associations_tested']
    assert 'e_bh' in y and 'e_bh' not in x
PY
}

@test "the text says what is simulated, and names no reader as the best" {
    "$NFC_SURVEY" matrix "$DEMO" >out
    head -1 out | grep -q '(SIMULATED)'
    grep -q '^shares    handset profiles; the tested handsets are 89.0 % of the market' out
    grep -q '^all 6 readers serve' out
    grep -q 'which is no ranking' out
    ! grep -iE 'best reader|rank 1' out || false
    awk '/^reader .*market/ { on = 1; next } /^all / { on = 0 } on { print $1 }' out >order
    [ "$(wc -l <order)" -eq 6 ]
    sort -c order # the survey names them in this order
}

@test "the same run gives the same matrix; more permutations change only p-values" {
    "$NFC_SURVEY" matrix "$DEMO" --format yaml --fdr 0.05 | cmp - "$YAML"
    "$NFC_SURVEY" matrix "$DEMO" -f yaml --fdr 0.05 -p 1999 >more
    ! cmp -s more "$YAML" || false
    diff "$YAML" more | grep '^[<>]' >changed
    ! grep -vE 'permutations:|effect:|failure_rule|          p:' changed || false
}

@test "shares from a file, and what it covers of the market" {
    printf 'handset,share\nsim-akane,0.25\n"sim-shu",0.25\nnot-tested,0.4\n' >shares.csv
    "$NFC_SURVEY" matrix "$DEMO" --shares shares.csv >out
    grep -q '^shares    shares.csv; the tested handsets are 50.0 % of the market' out
    grep -q '34 tested handsets have no share' out
    grep -q '1 row (40.0 %) names no handset of this survey, the first is not-tested' out
    grep -q '^all 6 readers serve 25.0 to 100.0 %' out
    "$NFC_SURVEY" matrix "$DEMO" --shares shares.csv --format yaml >out
    grep -q '  untested_rows: 1  # 40.0 % of the market; the first is not-tested$' out
    for format in html md; do
        "$NFC_SURVEY" report "$DEMO" --shares shares.csv --format "$format" --output "page.$format" >/dev/null
        tr -d '\\' <"page.$format" | grep -q '1 row of them (40.0 % of the market) names no handset of this survey; the first is not-tested'
    done
}

@test "shares as R, Excel and people write them: one name is one handset" {
    printf '"handset","share"\r\n"sim-akane",0.25\r\n"sim-shu",0.25\r\n' >r.csv
    printf '\xef\xbb\xbf端末;シェア\nsim-akane ;0,25\n　ＳＩＭ－ＳＨＵ;0,25\n;\n' >excel.csv
    for file in r.csv excel.csv; do
        "$NFC_SURVEY" matrix "$DEMO" --shares "$file" >out
        grep -q "^shares    $file; the tested handsets are 50.0 % of the market" out
        ! grep 'name no handset' out || false
    done
}

@test "mistakes in the shares are all named, with line and column" {
    printf 'handset,share\nsim-akane,30%%\nsim-beni,\n' >shares.csv
    fails_with 3 'shares.csv:2:11: share "30%": expected a plain decimal' "$NFC_SURVEY" matrix "$DEMO" --shares shares.csv
    grep -q 'shares.csv:3:10: no share' err
    printf 'handset,share\nsim-akane,0.7\nsim-beni,0.7\n' >shares.csv
    fails_with 3 'the shares sum to 1.4' "$NFC_SURVEY" matrix "$DEMO" --shares shares.csv
    fails_with 3 'none.csv: cannot be read' "$NFC_SURVEY" matrix "$DEMO" --shares none.csv
}

@test "options are checked before anything is read" {
    fails_with 2 '--permutations needs a whole number from 99 to 100000' "$NFC_SURVEY" matrix none -p 5
    fails_with 2 '--fdr needs a decimal between 0 and 1' "$NFC_SURVEY" matrix none --fdr 1
    fails_with 2 '--fdr needs a decimal' "$NFC_SURVEY" matrix none --fdr 5%
    fails_with 2 '--format is text or yaml' "$NFC_SURVEY" matrix none -f csv
    fails_with 3 'none/journal.yaml' "$NFC_SURVEY" matrix none
}

@test "--fdr says what the lists would take" {
    "$NFC_SURVEY" matrix "$DEMO" --fdr 0.05 >out
    grep -q '^e-BH at 0.05' out
    grep -Eq 'compatible: 0 of [0-9]+ cells listed; all of them need an e-value of [0-9]+, which takes [0-9]+ clean placements; the scheme stops at 20, after 15' out
}

@test "a run without criteria has a group for each condition, and without shares it says so" {
    sed '/^share:/d; s/^id: .*/id: sim-plain/' "$ROOT/profiles/handsets/sim-akane.yaml" >sim-plain.yaml
    small_survey s.yaml sim-plain
    sed -i 's/^conditions:.*/conditions: [on-unlocked, screen-off]/' s.yaml
    "$NFC_SURVEY" run s.yaml --output run >/dev/null
    "$NFC_SURVEY" matrix run >out
    [ "$(grep -c '^== Condition (' out)" -eq 2 ]
    grep -q '^shares    shares unknown: every tested handset weighs the same, and nothing is said about others$' out
}

@test "in Japanese: the same figures, and nothing left in English" {
    "$NFC_SURVEY" matrix "$DEMO" --fdr 0.05 >en
    LC_ALL='' LC_MESSAGES='' LANG=ja_JP.UTF-8 "$NFC_SURVEY" matrix "$DEMO" --fdr 0.05 >ja
    same_figures en ja
    "$NFC_SURVEY" matrix "$DEMO" --fdr 0.05 --lang ja | cmp - ja
    LC_ALL=ja_JP.UTF-8 "$NFC_SURVEY" matrix "$DEMO" --fdr 0.05 --format yaml | cmp - "$YAML" # for programs: in no language
    # Names of units and conditions, and the field's own terms.
    run ! grep -oE '[A-Za-z]{2,}' <(sed -E 's/(sim|virtual|on|screen|battery)-[a-z-]+//g; s/ICカードRW//g; s/demo|token|cert|BH|Holm|Benjamini-Hochberg|kbit|TPDU|APDU|CA証明書//g' ja)
}
