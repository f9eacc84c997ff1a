#!/usr/bin/env bats
# The reference card: when it is laid, what it vouches for, what a failed check takes back; and the handover.
load helper

# reference FILE RATE [KEY...]: a small survey whose reference card fails at so many of its placements.
reference() {
    local file=$1 rate=$2
    shift 2
    small_survey "$file"
    sed "s/^id: .*/id: sim-card/" "$ROOT/profiles/handsets/sim-akane.yaml" >sim-card.yaml
    echo "  faults: [{cause: F19, rate: $rate, per: placement}]" >>sim-card.yaml
    echo "reference: {handset: ./sim-card.yaml, unit: CARD-1${*:+, $*}}" >>"$file"
}

# sweep STATUS SURVEY [OPTION...]: into r.
sweep() {
    local wanted=$1 got=0
    shift
    "$NFC_SURVEY" run "$@" --output r >out 2>err </dev/null || got=$?
    [ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted:"; cat err; return 1; }
}

# person STATUS ANSWERS COMMAND...: what was shown is in `shown`.
person() {
    local wanted=$1 got=0
    shift
    python3 "$BATS_TEST_DIRNAME/person.py" "$1" "${@:2}" >shown 2>err || got=$?
    [ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted:"; tail -n 30 shown err; return 1; }
}

# records JQ [DIR]: of its journal, without the start.
records() {
    tail -n +2 "${2:-r}/journal.yaml" | sed 's/^- //' | jq -c "$1"
}

whole() {
    "$NFC_SURVEY" verify r >verified 2>&1 || { cat verified; return 1; }
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "the card is laid as a session begins and ends and every so often, and no phone does otherwise for it" {
    reference s.yaml 0 every: 5
    sweep 0 s.yaml
    [ "$(records 'select(.reference and .reader == "sim-reader-b") | [.why, .ok, .placements]' | tr -d '\n')" = \
        '["begin",true,0]["every",true,5]["end",true,3]["begin",true,0]["every",true,5]["end",true,2]' ]
    # What a check vouches for begins with the placement behind the check before.
    [ "$(records 'select(.reference and .reader == "sim-reader-b") | .since // 0' | sed -n 2p)" -eq \
        "$(records 'select(.placement and .reader == "sim-reader-b" and .handset) | .placement' | head -n 1)" ]
    whole
    small_survey plain.yaml
    "$NFC_SURVEY" run plain.yaml --output plain >/dev/null 2>&1
    local phones='select(.transaction) | [.cell, .repeat, .outcome, .total_us]'
    cmp <(records "$phones" | sort) <(records "$phones" plain | sort)
    run ! grep -q CARD-1 r/summary.yaml
}

@test "when it fails, the placements since it last answered are invalid, in the plan as in the findings" {
    reference s.yaml 0.65 every: 3
    sweep 4 s.yaml --seed 8
    local back
    back=$(records 'select(.reference and .ok == false) | .placements' | paste -sd + | bc)
    [ "$back" -gt 5 ]
    "$NFC_SURVEY" status r >status
    [ "$(grep -o 'invalid [0-9]*' status | cut -d' ' -f2 | paste -sd + | bc)" -eq "$back" ]
    "$NFC_SURVEY" report r >/dev/null 2>&1
    [ "$(sed -n 's/^    invalid: //p' r/summary.yaml | paste -sd + | bc)" -eq "$back" ]
    [ "$(sed -n 's/^    d: //p' r/summary.yaml | paste -sd + | bc)" -eq 0 ]
    whole
    # The reader is set aside, with its cause, and comes back when the card answers on it again.
    records 'select(.health) | [.reader, .event, .detail]' >health
    grep -qF '["sim-reader-b","set-aside",["reference_fails"]]' health
    grep -qF '["sim-reader-b","back",null]' health
    grep -qF '["sim-reader-e","dropped",["not_back"]]' health
    grep -q 'sim-reader-b: set aside: the reference card does not answer on it' err
}

@test "a run that the card stopped is resumed: what it took back is measured again" {
    reference s.yaml 0.65 every: 3
    sweep 4 s.yaml --seed 8
    "$NFC_SURVEY" run --resume r >/dev/null 2>&1
    [ "$(sed -n 's/^    n: //p' r/summary.yaml | tr '\n' ' ')" = '15 15 ' ]
    [ "$(sed -n 's/^    verdict: //p' r/summary.yaml | sort -u)" = '"compatible"' ]
    whole
}

@test "a verdict that leant on what was taken back is open again, and says so" {
    reference s.yaml 0.6
    sweep 0 s.yaml --seed 2
    # compatible, then open with the placements of the session gone, then compatible again.
    [ "$(records 'select(.decision and .cell == 0) | [.verdict, .n]' | head -n 2 | cut -d, -f1 | tr -d '\n')" = \
        '["compatible"["undecided"' ] || { records 'select(.decision)'; false; }
    [ "$(sed -n 's/^    n: //p' r/summary.yaml | tr '\n' ' ')" = '15 15 ' ]
    whole
}

@test "three failing placements running on a reader have the card laid; one that answers closes no cell" {
    reference s.yaml 0
    sed "s/^id: .*/id: sim-dead/; s/^\( *\)margin_db: .*/\1margin_db: -60/" "$ROOT/profiles/handsets/sim-akane.yaml" >sim-dead.yaml
    sed -i 's|^  - sim-akane|  - {unit: dead, handset: ./sim-dead.yaml}|' s.yaml
    sweep 0 s.yaml
    [ "$(records 'select(.reference and .why == "failures") | [.ok, .placements]' | sort -u)" = '[true,3]' ]
    [ "$(sed -n 's/^    verdict: //p' r/summary.yaml | sort -u)" = '"incompatible"' ]
    whole
}

@test "a card that nobody can use is refused: a handset under test, a script that is not measured, a stranger's key" {
    small_survey s.yaml
    echo 'reference: {handset: sim-akane}' >>s.yaml
    fails_with 3 'the unit sim-akane is a handset under test' "$NFC_SURVEY" check s.yaml
    sed -i 's/^reference: .*/reference: {handset: sim-akane, unit: CARD, script: sign}/' s.yaml
    fails_with 3 'the script .*sign.* is not in scripts' "$NFC_SURVEY" check s.yaml
    sed -i 's/^reference: .*/reference: {handset: sim-akane, unit: CARD, times: 3}/' s.yaml
    fails_with 3 'times' "$NFC_SURVEY" check s.yaml
    sed -i 's/^reference: .*/reference: {handset: sony-so-01h-docomo, unit: CARD}/' s.yaml
    fails_with 3 'real and simulated units' "$NFC_SURVEY" check s.yaml
}

# rehearsal FILE: hands of a person, who must show each phone.
rehearsal() {
    reference "$@"
    sed -i 's/^hands: sim/hands: person/' "$1"
}

@test "a person is asked to lay the card, and which phone it is that is in the hand afterwards" {
    rehearsal s.yaml 0 every: 1
    person 6 '||sim-akane|||||sim-akane|||q' "$NFC_SURVEY" run s.yaml --output r
    grep -q '^Lay the reference CARD-1 on sim-reader-e (centre)' shown
    [ "$(grep -c '^Take sim-akane' shown)" -ge 2 ]
    [ "$(records 'select(.reference) | [.reader, .why, .ok]' | head -n 2 | tr -d '\n')" = \
        '["sim-reader-e","begin",true]["sim-reader-b","begin",true]' ]
    [ "$(records 'select(.placement and .handset == "CARD-1")' | wc -l)" -eq 0 ]
    whole
}

@test "a card that is not at hand sets its reader aside and takes nothing back; a slip has a second try" {
    rehearsal s.yaml 1
    person 4 'l|||||l|l' "$NFC_SURVEY" run s.yaml --output r
    [ "$(records 'select(.health) | [.reader, .event, .detail[0]]' | head -n 2 | tr -d '\n')" = \
        '["sim-reader-e","set-aside","reference_not_laid"]["sim-reader-b","set-aside","reference_fails"]' ]
    [ "$(records 'select(.reference) | [.reader, .ok, .tries]' | head -n 1)" = '["sim-reader-b",false,2]' ]
    grep -q '^Lay the reference CARD-1 on sim-reader-b (centre). the reference card does not answer on it' shown
    [ "$(records 'select(.placed)' | wc -l)" -eq 0 ]
}

@test "a robot is told that it lays the reference" {
    reference s.yaml 0
    sed -i 's|^hands: sim|hands: {command: "echo $NFC_SURVEY_ROLE $NFC_SURVEY_ACTION $NFC_SURVEY_HANDSET $NFC_SURVEY_CONDITION $NFC_SURVEY_PLACEMENT >>told"}|' s.yaml
    sweep 0 s.yaml
    [ "$(head -n 3 told | tr '\n' ';')" = 'reference lay CARD-1 reference 0;reference lift CARD-1 reference 0;handset lay sim-akane on-unlocked 1;' ]
    [ "$(grep -c '^reference' told)" -eq $((2 * $(records 'select(.reference)' | wc -l))) ]
}

@test "the handover says what is done and left, set aside and put off, doubtful, and how to go on" {
    sed "s/^id: .*/id: sim-dead/; s/^\( *\)margin_db: .*/\1margin_db: -60/" "$ROOT/profiles/handsets/sim-akane.yaml" >sim-dead.yaml
    small_survey s.yaml '{unit: dead, handset: ./sim-dead.yaml}' sim-akane
    sed -i 's/^hands: sim/hands: person\nidentity: off/; s/^sessions: 2/sessions: 3/' s.yaml
    person 6 'l|||n|l next|q' "$NFC_SURVEY" run s.yaml --output r
    "$NFC_SURVEY" status r --handover >handed
    grep -q '^done  *1 placement in this session, 0 counted; 1 in all, 0 counted; 0 of 4 cells decided$' handed || { cat handed; false; }
    grep -q '^left  *about [1-9][0-9]* placements in [0-9.]* h, if all stays clean$' handed
    grep -q '^set aside none$' handed
    grep -q '^put off  *dead+virtual-sim, to the next session$' handed || { cat handed shown; false; }
    grep -q '^doubtful  *1 placement in this session$' handed
    grep -q '^  3: dead+virtual-sim on sim-reader-[be], on-unlocked: the phone was not lying there$' handed
    tail -n 1 handed | grep -q '^go on with: nfc-survey run --resume r$'
    # The person reads the same at the end of the shift, and every figure of it in Japanese.
    head -n -1 handed | while read -r line; do grep -qF -- "$line" shown || { echo "not shown: $line"; exit 1; }; done
    "$NFC_SURVEY" status r --handover --lang ja >ja
    grep -q '^引き継ぎ' ja
    same_figures handed ja
    # The shift goes on over a resume: what was doubtful before it is not done with.
    person 6 'q' "$NFC_SURVEY" run --resume r
    "$NFC_SURVEY" status r --handover >resumed
    grep -q '^done  *1 placement in this session, ' resumed
    grep '^doubtful' -A 1 handed | diff - <(grep '^doubtful' -A 1 resumed)
}

@test "the plan counts the reference's layings, as the sweep makes them, in its hours" {
    reference s.yaml 0 every: 5
    echo 'times: {place_s: 600}' >>s.yaml
    "$NFC_SURVEY" plan s.yaml >with
    sed '/^reference:/d' s.yaml >none.yaml
    "$NFC_SURVEY" plan none.yaml >without
    run ! grep -q '^reference laid' without
    sweep 0 s.yaml
    local laid
    laid=$(records 'select(.reference)' | wc -l)
    grep -Eq "^reference laid +$laid " with || { echo "laid $laid"; cat with; false; }
    # As many placements, and longer.
    [ "$(grep '^placements' with)" = "$(grep '^placements' without)" ]
    [ "$(awk '/^hours/ { print $2 }' with | tr -d .)" -gt "$(awk '/^hours/ { print $2 }' without | tr -d .)" ]
    "$NFC_SURVEY" plan s.yaml --lang ja | grep -q '^基準カードのかざし'
}

@test "a recount of the journal knows what the card took back" {
    /usr/bin/python3 -c 'import scipy, yaml' 2>/dev/null || skip "scipy is not installed (apt-get install python3-scipy)"
    reference s.yaml 0.5 every: 3
    sweep 4 s.yaml --seed 8
    [ "$(records 'select(.reference and .ok == false and .placements > 0)' | wc -l)" -ge 1 ]
    "$NFC_SURVEY" report r >/dev/null
    PYTHONPATH=$ROOT/tests/golden /usr/bin/python3 - <<'PYTHON'
import yaml
from recount import Run
run = Run([line[2:] for line in open("r/journal.yaml", encoding="utf-8").read().splitlines()])
assert run.spoilt and not run.contradictions, run.contradictions
for c in yaml.safe_load(open("r/summary.yaml"))["cells"]:
    own = run.cells[c["cell"]]
    assert [own[k] for k in ("n", "d", "invalid", "verdict")] == [c[k] for k in ("n", "d", "invalid", "verdict")], (own, c)
PYTHON
}

@test "the handover covers the session over its starts, and that alone; what does not count is told apart" {
    small_survey s.yaml
    sed -i 's/^hands: sim/hands: person\nidentity: off/' s.yaml
    person 6 '|x laid askew||q' "$NFC_SURVEY" run s.yaml --output r
    person 6 '||q' "$NFC_SURVEY" run --resume r
    "$NFC_SURVEY" status r --handover >two
    local closed counted
    closed=$(records 'select(.placed)' | wc -l)
    counted=$(records 'select(.placed and (.result == "clean" or .result == "dirty"))' | wc -l)
    [ "$counted" -lt "$closed" ]
    grep -q "^done  *$closed placements in this session, $counted counted; $closed in all, $counted counted; " two || { cat two; false; }
    "$NFC_SURVEY" status r >status
    grep -q "^placements  *$closed done, $counted of them counted, about " status || { cat status; false; }
    # Broken off in a placement, as by a full disk: what has no result is done nowhere.
    local broken
    broken=$(grep -n '^- {"placement"' r/journal.yaml | tail -n 1 | cut -d: -f1)
    mkdir cut && head -n "$broken" r/journal.yaml >cut/journal.yaml
    "$NFC_SURVEY" status cut --handover >handed
    closed=$(grep -c '^- {"placed"' cut/journal.yaml)
    grep -Eq "^done  *$closed placements? in this session, .*; $closed in all, " handed || { cat handed; false; }
    sed -i 's/^hands: .*/hands: sim/' s.yaml
    "$NFC_SURVEY" run s.yaml --output whole >/dev/null 2>&1
    "$NFC_SURVEY" status whole --handover >handed
    closed=$(tail -n +2 whole/journal.yaml | sed 's/^- //' | jq -c 'select(.placement and .session == 2)' | wc -l)
    grep -q "^done  *$closed placements in this session, " handed || { cat handed; false; }
}

@test "the handover counts what the card took back, and what still waits for it" {
    reference s.yaml 0.65 every: 3
    sweep 4 s.yaml --seed 8
    "$NFC_SURVEY" status r --handover >handed
    grep -q '^set aside sim-reader-e: dropped: the reference card does not answer on it$' handed
    local back
    back=$(records 'select(.reference and .reader == "sim-reader-e" and .ok == false) | .placements' | paste -sd + | bc)
    grep -q "^  $back placements on sim-reader-e are invalid: the reference card did not answer after them\$" handed
    run ! grep -q 'wait for the reference card' handed
}
