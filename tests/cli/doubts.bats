#!/usr/bin/env bats
# What check, plan, run and doctor say of a survey that is valid and yet cannot end as anybody wants.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# doubted PATTERN [SURVEY], trusted PATTERN [SURVEY]: check and plan say it, at a line of the survey, or neither does.
# The survey is valid either way. doctor says the same words of the same place.
doubted() {
    local command survey=${2:-s.yaml}
    for command in check plan; do
        run -0 "$NFC_SURVEY" "$command" "$survey"
        grep -Eq "^$survey:[0-9]+:[0-9]+: .*$1" <<<"$output" || { echo "$command does not say: $1"; return 1; }
    done
    diff <("$NFC_SURVEY" check "$survey" | grep "^$survey:[0-9]") <(doctor "$survey" '"\(.subject): \(.text)"')
}
trusted() {
    local command
    for command in check plan; do
        run -0 "$NFC_SURVEY" "$command" "${2:-s.yaml}"
        ! grep -E "^${2:-s.yaml}:.*$1" <<<"$output" || return 1
    done
}
doctor() {
    { "$NFC_SURVEY" doctor --json "$1" || [ $? -eq 4 ]; } | jq -r "select(.check == \"survey\" and .severity != \"ok\") | $2"
}

counter() {
    sed "s/REPLACE-WITH-ITS-LABEL/JPKIAPICCTOKEN2/; ${1:-}" "$ROOT/profiles/surveys/counter.yaml"
}
# criteria SED [ID]: a criteria file of one's own, and a survey that goes by it.
criteria() {
    sed "s/^id: .*/id: own/; $1" "$ROOT/profiles/criteria/${2:-counter-default}.yaml" >own.yaml
}
by_own() {
    counter "s/^criteria: .*/criteria: own/; ${1:-}" >s.yaml
}

@test "criteria of every survey that is shipped can be met" {
    local survey
    for survey in "$ROOT"/profiles/surveys/*.yaml; do
        run -0 "$NFC_SURVEY" check "$survey"
        ! grep -E 'can be recommended|cannot be recommended|not the same question|no cell can become' <<<"$output" |
            grep -v 'counts taps only and can be met' || return 1
    done
}

@test "a token label that nobody filled in is told, and no run begins with it" {
    cp "$ROOT/profiles/surveys/counter.yaml" s.yaml
    doubted 'REPLACE-WITH-ITS-LABEL has still to be replaced'
    [ "$(doctor s.yaml '[.severity, .code, .arguments[0]] | @csv' | sort -u)" = '"stops","placeholder","REPLACE-WITH-ITS-LABEL"' ]
    [ "$(grep -c '^s.yaml:2[23]:[67].: REPLACE' < <("$NFC_SURVEY" check s.yaml))" -eq 2 ]
    fails_with 3 '^s.yaml:23:67: REPLACE-WITH-ITS-LABEL' "$NFC_SURVEY" run s.yaml --output r
    [ ! -e r ]
    counter >s.yaml
    trusted 'has still to be replaced'
    small_survey s.yaml
    sed -i 's/^title: .*/title: {en: NOT-REPLACE-WITH-ANYTHING} # REPLACE-WITH-A-TITLE/' s.yaml
    trusted 'has still to be replaced'
}

@test "two units of one model that nothing tells apart" {
    twins='s/^  - {unit: RW-02.*/  - {unit: RW-02, profile: sony-rc-s300-s}/'
    counter "$twins" >s.yaml
    doubted 'readers RW-01 and RW-02 are of one model: give each unit its .address. or .serial.'
    counter "$twins; s/RW-02, profile: sony-rc-s300-s/&, serial: \"2\"/" >s.yaml
    doubted 'readers RW-01 and RW-02' # the first may still find the second
    counter "$twins; s/RW-0\([12]\), profile: sony-rc-s300-s/&, serial: \"\1\"/" >s.yaml
    trusted 'of one model'
    counter "$twins; s/RW-02, profile: sony-rc-s300-s/&, driver: ccid/" >s.yaml
    trusted 'of one model'
}

@test "one session: nothing becomes compatible, and the run ends with 5; criteria of taps alone can be met" {
    small_survey s.yaml
    sed -i 's/^sessions: .*/sessions: 1/' s.yaml
    doubted 'no cell can become compatible in one session, nor incompatible'
    [[ $output == *'compatible    never: that takes placements in 2 sessions, and the survey plans 1.'* ]]
    run -5 --separate-stderr "$NFC_SURVEY" run s.yaml --output r
    grep -q '^s.yaml:7:1: no cell can become compatible in one session' <<<"$stderr"
    grep -q '^nfc-survey: one session makes no cell compatible' <<<"$stderr"
    [ "${lines[0]}" = r/journal.yaml ] && [ -e r/summary.yaml ]
    echo 'criteria: counter-default' >>s.yaml
    run -5 "$NFC_SURVEY" run s.yaml --output r2
    sed -i 's/^criteria: .*/criteria: crossover-3-reads/' s.yaml
    doubted 'one session, nor incompatible; crossover-3-reads counts taps only and can be met'
    [ "$(doctor s.yaml .severity)" = advice ]
    run -0 --separate-stderr "$NFC_SURVEY" run s.yaml --output r3
    ! grep -q 'one session makes no cell' <<<"$stderr" || false
    sed "s/^id: .*/id: own/" "$ROOT/profiles/criteria/crossover-3-reads.yaml" >own.yaml
    echo 'time: {within_ms: 60000, share: 0.5}' >>own.yaml # what asks for more than taps needs a second session
    sed -i 's/^criteria: .*/criteria: own/' s.yaml
    run -5 "$NFC_SURVEY" run s.yaml --output r4
    sed -i 's/^sessions: .*/sessions: 2/' s.yaml
    trusted 'one session'
}

@test "a required cell that is left out bars its handset, others do not" {
    left_out() { counter "s/^# exclude:.*/exclude: [{$1, reason: r}]/"; }
    counter >s.yaml
    trusted 'cannot be recommended'
    left_out 'reader: RW-03, condition: on-unlocked-case' >s.yaml
    doubted 'by counter-default, 3 of 3 handsets cannot be recommended.* HS-001.sim-01 on RW-03, on-unlocked-case, token'
    left_out 'reader: RW-03, condition: on-unlocked, script: cert, handset: HS-002' >s.yaml
    doubted '1 of 3 handsets .* the first is HS-002.sim-01 on RW-03, on-unlocked, cert'
    grep -q "^s.yaml:$(grep -n '^exclude' s.yaml | cut -d: -f1):1: by counter-default, 1 of" <<<"$output"
    left_out 'reader: RW-03, condition: screen-off' >s.yaml # of a conditional mode
    trusted 'cannot be recommended'
}

@test "readers that need not pass bar nobody" {
    criteria 's/^readers_at_least: .*/readers_at_least: 2/'
    by_own 's/^# exclude:.*/exclude: [{reader: RW-03, condition: on-unlocked, reason: r}]/'
    trusted 'cannot be recommended'
    sed -i 's/^readers_at_least: .*/readers_at_least: 3/' own.yaml
    doubted 'by own, 3 of 3 handsets cannot be recommended'
    sed -i 's/^readers_at_least: .*/readers_at_least: all\nreaders_of: [RW-01, RW-02]/' own.yaml
    trusted 'cannot be recommended'
    sed -i '/^readers_/d' own.yaml
    echo 'readers_share: {at_least: 0.8, weights: {RW-01: 0.5, RW-02: 0.3, RW-03: 0.2}}' >>own.yaml
    trusted 'cannot be recommended'
    sed -i 's/at_least: 0.8/at_least: 0.9/' own.yaml
    doubted 'by own, 3 of 3 handsets cannot be recommended'
}

@test "scripts, power modes, steps and readers that the survey lacks are named all at once" {
    criteria 's/^power_modes: .*/power_modes: [on-locked, battery-low]/; s/^readers_at_least: .*/readers_at_least: 2/
              $areaders_of: [RW-03, RW-09]\npayload: {script: token, step: nowhere}'
    by_own '/^  - {script: cert/d'
    for what in 'it asks for the script cert, which the survey does not run' \
        'it asks for switched on, locked, in which no condition offers a phone' 'it asks for battery low' \
        'it asks for the reader RW-09' 'it asks for the step nowhere, which the script token lacks' \
        'it asks for 2 readers, the survey has 1 of them'; do
        doubted "by own nobody can be recommended: $what"
    done
    "$NFC_SURVEY" check s.yaml >found
    grep -q "^s.yaml:$(grep -n '^scripts:' s.yaml | cut -d: -f1):1: .* the script cert" found
    [ "$(grep -c '^s.yaml:[0-9]' found)" -eq 6 ]
    run -0 "$NFC_SURVEY" check --lang ja s.yaml
    [ "$(grep -c 'どの端末も推奨できません' <<<"$output")" -eq 6 ]
    criteria '$apayload: {script: token, step: read the token label}'
    by_own
    trusted 'nobody can be'
}

@test "weights that name no reader are told; what they leave must reach the share that is asked for" {
    criteria '/^readers_/d'
    echo 'readers_share: {at_least: 0.5, weights: {RW-01: 0.5, RW-02: 0.1, acs-acr122u: 0.4}}' >>own.yaml
    by_own
    doubted 'own gives a weight to acs-acr122u, which names no reader'
    trusted 'nobody can be recommended'
    sed -i 's/at_least: 0.5/at_least: 0.75/' own.yaml
    doubted 'by own nobody can be recommended: it asks for readers of 75 % of the weights, those of the survey have 60 %'
}

@test "points and heights that the survey does not offer" {
    five() { sed "s/^criteria: .*/criteria: $1/; ${2:-}" "$ROOT/profiles/surveys/five-points.yaml" >s.yaml; }
    five felica-rf-s
    trusted 'nobody can be'
    five felica-rf-s '/x-minus-10/d'
    doubted 'five points, and nothing like on-unlocked.centre lies at x -10 mm, y 0 mm'
    five felica-rf-s '/^positions:/d; /^points:/,/y-minus/d'
    doubted 'five points, and nothing like on-unlocked lies at x 10 mm'
    five felica-rf-s '/id: centre/d'
    doubted 'judges positions, and no condition that it requires lies on the centre line'
    five felica-rf-s '$aexclude: [{handset: sim-sumi, condition: on-unlocked.x-plus-10, reason: r}]'
    doubted '1 of 6 handsets cannot be recommended.* sim-sumi.virtual-sim on sim-reader-c, on-unlocked.x-plus-10'
    five felica-rf-m
    doubted 'the heights of on-unlocked.centre lie 15 mm apart, too far to exclude a silent range of 3 mm'
    five felica-rf-m 's/^points:/&\n  - {id: h3, x_mm: 0, y_mm: 0, z_mm: 3}\n  - {id: h6, x_mm: 0, y_mm: 0, z_mm: 6}/'
    doubted 'the heights of on-unlocked.h3 lie 9 mm apart'
    five felica-rf-m "s/^points:/&$(printf '\\n  - {id: h%d, x_mm: 0, y_mm: 0, z_mm: %d}' 3 3 6 6 9 9 12 12)/"
    trusted 'nobody can be'
}

@test "taps of a clause are made, however soon the scheme could stop, and its criteria can be met" {
    small_survey s.yaml
    echo 'criteria: cts-50-taps' >>s.yaml # screen stops at 15 clean placements, and ends at 45
    trusted 'nobody can be'
    [ "$("$NFC_SURVEY" plan s.yaml --list | grep -c 'sim-reader-e$')" -eq 50 ]
}

# U(n, d) of statistics: the root above d/n of the beta mixture's log e-value, found here by bisection over math.lgamma.
upper() {
    python3 - "$@" <<'PYTHON'
import math, sys
n, d, q1, beta = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
a, b = 0.5, 5 / q1
ln_b = lambda x, y: math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)
e = lambda q: ln_b(a + d, b + n - d) - ln_b(a, b) - (d * math.log(q) if d else 0) - (n - d) * math.log(1 - q)
low, high = max(d / n, 1e-12), 1 - 1e-12
for _ in range(200):
    middle = (low + high) / 2
    low, high = (low, middle) if e(middle) >= -math.log(beta) else (middle, high)
print(f'{100 * high:.4g}')
PYTHON
}

@test "a bound that the scheme does not show, and one that asks another question" {
    criteria '$asuccess: {dirty_at_most: 0.1}'
    by_own
    doubted "asks for at most 10 % dirty, and a cell ends with 15 clean placements, which show $(upper 15 0 0.2 0.05) %; set q1"
    by_own 's/^scheme: .*/scheme: standard/'
    trusted 'dirty'
    sed -i 's/dirty_at_most: 0.1/dirty_at_most: 0.2/' own.yaml
    doubted 'own asks for at most 20 % dirty, the scheme for 10 %: not the same question'
    trusted 'nobody can be'
    [ "$(doctor s.yaml 'select(.code == "criteria_other_bound") | .severity')" = advice ]
    by_own
    trusted 'dirty'
    by_own 's/^scheme: .*/scheme: {preset: screen, n_max: 10}/'
    doubted 'no cell can become compatible: that takes 15 clean placements, the scheme ends at 10; raise its n_max'
    doubted "a cell ends with 10 clean placements, which show $(upper 10 0 0.2 0.05) %"
}

@test "a time that too few placements can show" {
    counter 's/^criteria: .*/criteria: transit-500ms/' >s.yaml # 3 readers, 2 conditions, 15 placements: 90 of 64
    trusted 'time clause'
    counter 's/^criteria: .*/criteria: transit-500ms/; /unit: RW-0[23]/d' >s.yaml
    doubted 'by transit-500ms nobody can be recommended: its time clause takes 64 placements in time, and who is clean throughout gets 30'
    criteria 's/, level: handset//' transit-500ms
    by_own 's/^scheme: .*/scheme: standard/'
    doubted 'time clause takes 64 placements in time, and who is clean throughout gets 31'
    by_own 's/^scheme: .*/scheme: strict/'
    trusted 'time clause'
}

@test "a mean over the readers, each reader and some of them are three questions" {
    counter 's/^scheme: .*/scheme: {preset: counter}/' >s.yaml
    trusted 'not the same question|nobody can be'
    criteria '$asuccess: {mean_at_most: 0.1, each_at_most: 0.3}'
    by_own 's/^scheme: .*/scheme: {preset: counter}/'
    trusted 'not the same question|nobody can be'
    by_own
    doubted 'own asks for a mean over the readers, the scheme decides each reader: not the same question'
    criteria '$asuccess: {mean_at_most: 0.05, each_at_most: 0.3}'
    by_own 's/^scheme: .*/scheme: {preset: counter}/'
    doubted 'by own nobody can be recommended: it asks for a mean of at most 5 % and 30 % on each reader, the scheme shows 10 % and 30 %'
    criteria '$asuccess: {dirty_at_most: 0.3}'
    doubted 'own asks each reader, the scheme decides by the mean over the readers'
    criteria 's/^readers_at_least: .*/readers_at_least: 2/'
    doubted 'own asks for some readers, the scheme decides by the mean over all'
    criteria 's/^readers_at_least: .*/readers_at_least: all/; $areaders_of: [RW-01, RW-02]'
    doubted 'own asks for some readers, the scheme decides by the mean over all'
    # 11 tours of 3 readers, as 31 clean placements bound the mean by 10 %: 2 conditions make 66 of 64 in time
    counter 's/^scheme: .*/scheme: {preset: counter}/; s/^criteria: .*/criteria: transit-500ms/' >s.yaml
    trusted 'time clause'
    counter 's/^scheme: .*/scheme: {preset: counter}/; s/^criteria: .*/criteria: transit-500ms/; /^  - {id: on-unlocked-case/d' >s.yaml
    doubted 'its time clause takes 64 placements in time, and who is clean throughout gets 33'
}
