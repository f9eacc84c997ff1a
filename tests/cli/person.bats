#!/usr/bin/env bats
# A person's hands: exclusions before the result, withdrawals after it, notes; from the prompts and by `note`.
load helper

# rehearsal FILE [HANDSET...]: a small survey whose prompts a person answers.
rehearsal() {
    small_survey "$@"
    sed -i "s|^hands: sim|hands: person\nidentity: off|" "$1"
}

# person STATUS ANSWERS COMMAND...: what was shown is in `shown`.
person() {
    local wanted=$1 got=0
    shift
    python3 "$BATS_TEST_DIRNAME/person.py" "$1" "${@:2}" >shown 2>err || got=$?
    [ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted:"; tail -n 30 shown err; return 1; }
}

# records JQ: of the journal of r, without its start.
records() {
    tail -n +2 r/journal.yaml | sed 's/^- //' | jq -c "$1"
}

# before PATTERN PATTERN: in what was shown, the first comes before the second.
before() {
    local a b
    a=$(grep -n -m1 -- "$1" shown | cut -d: -f1)
    b=$(grep -n -m1 -- "$2" shown | cut -d: -f1)
    [ -n "$a" ] && [ -n "$b" ] && [ "$a" -lt "$b" ] || { echo "no '$1' before '$2' in:"; cat shown; return 1; }
}

whole() {
    "$NFC_SURVEY" verify r >verified 2>&1 || { cat verified; return 1; }
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "a slip told while the phone lies there is an exclusion: its note stands before the result" {
    rehearsal s.yaml
    person 6 '|x 端末違い "A"' "$NFC_SURVEY" run s.yaml --output r --operator Sato
    [ "$(records 'select(.note) | [.placement, .effect, .text, .by]')" = '[2,"exclude","端末違い \"A\"","Sato"]' ]
    records 'select(.note) | .wall' | grep -Eq '^"20..-..-..T..:..:..Z"$'
    [ "$(records 'select(.placed) | [.placement, .result, .reason]' | head -n 1)" = '[2,"invalid",["excluded"]]' ]
    [ "$(records 'select(.note or .placed) | keys_unsorted[0]' | head -n 2 | tr -d '\n')" = '"note""placed"' ]
    # What its transactions were stays in the journal, and nothing of it was shown before.
    [ "$(records 'select(.transaction and .placement == 2) | .outcome' | sort -u)" = '"ok"' ]
    before '^> x' '^placement 2: invalid'
    before 'Lift the phone' '^placement 2: invalid'
    grep -q '^    excluded: 1$' r/summary.yaml
    grep -q '^  excluded: 1$' r/summary.yaml
    whole
}

@test "a line typed ahead, while the transactions run, is heard too" {
    rehearsal s.yaml
    person 6 '\nx knocked off the reader' "$NFC_SURVEY" run s.yaml --output r
    [ "$(records 'select(.placed and .placement == 2) | .result')" = '"invalid"' ]
    [ "$(records 'select(.note) | .text')" = '"knocked off the reader"' ]
    whole
}

@test "an exclusion needs a reason" {
    rehearsal s.yaml
    person 6 '|x|x  |y|x battery is flat' "$NFC_SURVEY" run s.yaml --output r
    [ "$(grep -c '^Say why, such as: ' shown)" -eq 2 ]
    grep -q '^Not understood' shown
    [ "$(records 'select(.note) | .text')" = '"battery is flat"' ]
    [ "$(records 'select(.placed) | .result' | head -n 1)" = '"invalid"' ]
}

# Behind a bare key its text may come alone, and is no tag; a key alone is no text.
@test "the text that a bare n was asked for is the note, not the tag" {
    small_survey s.yaml
    sed -i 's/^hands: sim/hands: person/' s.yaml
    person 6 'n|y|n|counter moved|SIM-0001|q' "$NFC_SURVEY" run s.yaml --output r
    grep -q '^Type its text, such as' shown
    run ! grep -q '^Say why' shown
    [ "$(records 'select(.note) | .text')" = '"counter moved"' ]
    [ "$(records 'select(.answer and .about == "tag") | .text' | tr '\n' ' ')" = '"y" "SIM-0001" ' ]
}

# With `identity: confirm` the same letter would be no and note.
@test "where yes or no is asked for, n is no, and a note has a word of its own" {
    small_survey s.yaml
    sed -i 's/^hands: sim/hands: person\nidentity: confirm/' s.yaml
    person 6 'n|n it is elsewhere|note it is elsewhere|y|n lies well|q' "$NFC_SURVEY" run s.yaml --output r
    grep -q 'n = no, .*note TEXT = note' <(tr '\n' ' ' <shown)
    grep -q ' is asked for: take it, or put it off$' shown
    [ "$(records 'select(.answer and .about == "tag") | .choice' | tr '\n' ' ')" = '"no" "yes" ' ]
    [ "$(records 'select(.note) | .text' | tr '\n' ' ')" = '"it is elsewhere" "lies well" ' ]
    [ "$(grep -c '^Not understood' shown)" -eq 1 ]
}

@test "in 40 columns a notice ends its lines at words, and a long tag is cut in its middle" {
    small_survey s.yaml '{handset: sim-akane, unit: LAB-OSAKA-2026-COUNTER-PHONE-NUMBER-0001}'
    sed -i 's/^hands: sim/hands: person/' s.yaml
    WIDTH=40 person 6 'LAB-OSAKA-2026-COUNTER-PHONE-NUMBER-0002|q' "$NFC_SURVEY" run s.yaml --output r
    sed -n '/^nfc-survey:$/,/^$/p' shown >notice
    [ "$(wc -l <notice)" -ge 4 ]
    [ "$(wc -L <notice)" -lt 40 ]
    tr '\n' ' ' <notice >line
    grep -q 'nfc-survey: LAB-OSAKA-2026-…HONE-NUMBER-0002 is not LAB-OSAKA-2026-…HONE-NUMBER-0001: take the phone that is asked for, or put it off ' line || { cat notice; false; }
    WIDTH=40 person 6 'LAB-OSAKA-2026-COUNTER-PHONE-NUMBER-0002|q' "$NFC_SURVEY" run s.yaml --output ja --lang ja
    sed -n '/^nfc-survey:$/,/^$/p' shown >notice
    [ "$(wc -l <notice)" -ge 3 ] && [ "$(wc -L <notice)" -lt 40 ]
}

# A person who types with a Japanese input method, or in capitals, is understood.
@test "full-width letters, capitals and the ideographic blank say the same" {
    rehearsal s.yaml
    person 6 '|ｘ　端末違い||X　ケース違い||ｎ　メモ|Ｑ' "$NFC_SURVEY" run s.yaml --output r
    run ! grep -q 'Not understood' shown
    [ "$(records 'select(.note) | [.effect, .text]' | tr -d '\n')" = '["exclude","端末違い"]["exclude","ケース違い"][null,"メモ"]' ]
}

@test "three exclusions running end a cell: it is left to the instrument, until --reopen" {
    rehearsal s.yaml
    person 0 '|x a||x b||x c||x d||x e||x f' "$NFC_SURVEY" run s.yaml --output r
    [ "$(records 'select(.decision) | .verdict' | sort | uniq -c | tr -s ' ')" = ' 2 "undecided (instrument)"' ]
    [ "$(sed -n 's/^    verdict: //p' r/summary.yaml | sort -u)" = '"undecided (instrument)"' ]
    [ "$(sed -n 's/^    verdict_invalid_as_dirty: //p' r/summary.yaml | sort -u)" = '"rejected so far"' ]
    grep -q '^nfc-survey: 2 cells were closed by instruments or slips, .* run --resume r --reopen measures them on$' shown
    grep -q 'cells 0/2' shown
    person 0 '' "$NFC_SURVEY" run --resume r
    person 6 '||q' "$NFC_SURVEY" run --resume r --reopen
    [ "$(records 'select(.resume) | .reopened' | tr '\n' ' ')" = 'null true ' ]
    [ "$(sed -n 's/^    verdict: //p' r/summary.yaml | sort -u)" = '"undecided"' ]
    [ "$(records 'select(.placement and .session)' | wc -l)" -eq 7 ]
    person 6 'q' "$NFC_SURVEY" run --resume r # it stays so
    fails_with 2 'go with --resume' "$NFC_SURVEY" run s.yaml --reopen
    whole
}

@test "a result is shown only when the phone is lifted, and the counts stand still until then" {
    sed 's/^id: .*/id: sim-dead/; s/^\( *\)margin_db: .*/\1margin_db: -60/' "$ROOT/profiles/handsets/sim-akane.yaml" >sim-dead.yaml
    rehearsal s.yaml '{unit: dead, handset: ./sim-dead.yaml}'
    person 6 '|y|||y|||y||' "$NFC_SURVEY" run s.yaml --output r
    # From the order to the lift nothing tells how this phone does; the failures counted are those of before.
    awk '/^Lay the phone/ { on = 1 } /^placement [0-9]+:/ { on = 0 } on' shown >held
    run ! grep -Eq 'dirty|clean|failed' held
    [ "$(grep -c '^placement [0-9]*: dirty' shown)" -eq 3 ]
    [ "$(grep -o '[0-9]* failed' shown | tr '\n' ' ')" = '1 failed 2 failed 3 failed 3 failed ' ]
    [ "$(records 'select(.transaction and .outcome == "fail")' | wc -l)" -ge 2 ]
}

@test "? says once more what may be said" {
    rehearsal s.yaml
    person 6 '?|q' "$NFC_SURVEY" run s.yaml --output r
    [ "$(grep -c '^Enter = it lies there, ' shown)" -eq 2 ]
}

# dead FILE: a rehearsal with a phone that no reader sees.
dead() {
    sed 's/^id: .*/id: sim-dead/; s/^\( *\)margin_db: .*/\1margin_db: -60/' "$ROOT/profiles/handsets/sim-akane.yaml" >sim-dead.yaml
    rehearsal "$1" '{unit: dead, handset: ./sim-dead.yaml}'
}

# answers: about, choice and the line of the placement of every answer record.
answers() {
    records 'select(.answer) | [.about, .choice, .placement // 0, .text // ""]' | tr -d '\n'
}

@test "nothing seen is a question: yes counts, no is no placement, a slip is one" {
    dead s.yaml
    person 6 '|y|||n||x wrong way up' "$NFC_SURVEY" run s.yaml --output r --operator Sato
    grep -q '^sim-reader-[be] sees nothing. Was dead lying there as asked (centre), all the time?$' shown
    grep -q '^placement 2: dirty  (detect: ' shown # why, in the same line
    [ "$(answers)" = '["nothing-seen","yes",2,""]["nothing-seen","no",6,""]["nothing-seen","slip",9,"wrong way up"]' ] || { answers; false; }
    [ "$(records 'select(.answer) | .operator, .face' | sort -u | tr -d '\n')" = '"Sato""lines"' ]
    # Counted; not lying there: made again whole, nothing of it a record, and suspect; an exclusion of the operator.
    [ "$(records 'select(.placed) | [.placement, .result, .reason[0], .suspect]' | tr -d '\n')" = \
        '[2,"dirty",null,null][6,"aborted","was_not_there",true][9,"invalid","excluded",true]' ] || { records 'select(.placed)'; false; }
    [ "$(records 'select(.transaction) | .placement' | tr '\n' ' ')" = '2 9 ' ]
    # Both readings on the page, by who answered.
    "$NFC_SURVEY" report r >/dev/null
    tr -d '\n' <r/report.html | grep -o 'Questions of the station.*' | sed 's/<[^>]*>/ /g' | tr -s ' ' | cut -c1-600 >asked
    grep -q ' Sato dead 1 1 0 0 0 0 1 0 0 ' asked || { cat asked; false; }
    # The same placement is asked for again.
    [ "$(records 'select(.placement and .session) | [.reader, .ordinal]' | sed -n '2p;3p' | uniq | wc -l)" -eq 1 ]
    whole
}

@test "whoever leaves at the question is not believed: the placement is made again, and suspect" {
    dead s.yaml
    person 6 '|q' "$NFC_SURVEY" run s.yaml --output r
    [ "$(answers)" = '["nothing-seen","quit",2,""]' ]
    [ "$(records 'select(.placed) | [.result, .suspect]')" = '["aborted",true]' ]
    [ -z "$(records 'select(.transaction)')" ]
    whole
}

@test "killed at the question, the placement is suspect all the same" {
    dead s.yaml
    person 137 '|KILL' "$NFC_SURVEY" run s.yaml --output r
    person 6 'q' "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.placed) | [.result, .reason[0], .suspect]')" = '["aborted","broken_off",true]' ]
    whole
}

@test "what was typed before the question is no answer to it" {
    dead s.yaml
    person 6 '\n\ny|y|' "$NFC_SURVEY" run s.yaml --output r
    [ "$(grep -c 'typed before this was asked, so it is no answer' shown)" -ge 1 ]
    [ "$(records 'select(.answer and .about == "nothing-seen") | .choice' | head -n 1)" = '"yes"' ]
    [ "$(records 'select(.placed) | .result' | head -n 1)" = '"dirty"' ]
}

@test "the asset tag is asked for at each change of phone, and read as people write it" {
    small_survey s.yaml '{unit: HS-007, handset: sim-akane}' '{unit: HS-008, handset: sim-beni}'
    sed -i 's/^hands: sim/hands: person/' s.yaml
    person 6 'q' "$NFC_SURVEY" run s.yaml --output a
    first=$(sed -n 's/^Take \(HS-00[78]\) and scan.*/\1/p' shown | head -n 1)
    other=$([ "$first" = HS-007 ] && echo HS-008 || echo HS-007)
    wide=$(echo "$first" | sed 's/HS-00/ｈｓ－００/')
    person 6 "$other|$wide||||q" "$NFC_SURVEY" run s.yaml --output r
    grep -q "^nfc-survey: $other is not $first: take the phone that is asked for, or put it off$" shown
    [ "$(records 'select(.answer) | [.about, .choice, .handset, .text]' | tr -d '\n')" = \
        "[\"tag\",\"tag\",\"$first\",\"$other\"][\"tag\",\"tag\",\"$first\",\"$wide\"]" ] || { records 'select(.answer)'; false; }
    # Only at a change: the second placement of the same phone asks for no tag.
    [ "$(grep -c '^Take HS-00' shown)" -eq 2 ]
    [ "$(grep -c '^Lay the phone' shown)" -ge 2 ]
    whole
}

@test "a handset that is not here comes later, and closes nothing" {
    small_survey s.yaml '{unit: HS-007, handset: sim-akane}' '{unit: HS-008, handset: sim-beni}'
    sed -i 's/^hands: sim/hands: person\nidentity: off/' s.yaml
    person 6 'l|||||l|l' "$NFC_SURVEY" run s.yaml --output r
    first=$(records 'select(.answer) | .handset' | head -n 1)
    # The other one is laid; then it is put off too, the first comes, and with it put off again nothing is left.
    [ "$(records 'select(.placement and .session) | .handset' | sort -u)" != "$first" ]
    [ "$(records 'select(.answer) | [.about, .choice]' | uniq)" = '["lay","later"]' ]
    grep -q 'all that is left was put off' shown
    [ "$(records 'select(.stop) | [.status, .reason[0]]')" = '["interrupted","put_off_all"]' ]
    [ -z "$(records 'select(.decision)')" ]
    # A resumed run still has it last; `l next` leaves it to the next session.
    person 6 'l next|l next|q' "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.answer and .text) | .text' | tr -d '\n')" = '"next"' ] # what was done: the second time it could not
    # Two sessions are needed, and two are planned: it cannot miss one.
    grep -q 'is put off to the end of this session: without it too few sessions are left' shown
    whole
}

# strange FILE: a rehearsal with a phone whose token label is another's (F25) in every transaction.
strange() {
    sed '/^  faults:/,$d; s/^id: .*/id: sim-strange/' "$ROOT/profiles/handsets/sim-akane.yaml" >sim-strange.yaml
    echo '  faults: [{cause: F25, rate: 1, per: transaction}]' >>sim-strange.yaml
    rehearsal "$1" '{unit: HS-007, handset: ./sim-strange.yaml}'
    sed -i 's/^scripts: .*/scripts: [token, presence]/' "$1"
}

@test "a foreign token label is a question before the result, and the answer is of all scripts" {
    strange s.yaml
    person 6 '|n|||y it has another element|' "$NFC_SURVEY" run s.yaml --output r
    before "^sim-reader-.: token label 'NFC-SURVEY VIRTUAL OTHER TARGET *' came in place of 'NFC-SURVEY VIRTUAL TOKEN'. Is it HS-007 that lies there?$" '^placement 2:'
    # No: all of it is invalid, and as the station itself had seen it, nothing is hidden by that. Yes: it counts as it was.
    [ "$(records 'select(.placed) | [.result, .reason[0], .suspect, (.results | map(.[1]) | join(" "))]' | head -n 2 | tr -d '\n')" = \
        '["invalid","excluded",null,"invalid invalid"]["dirty",null,null,"dirty clean"]' ] || { records 'select(.placed)'; false; }
    [ "$(records 'select(.answer) | [.about, .choice, .placement, .detail[0], .text]' | head -n 2 | tr -d '\n')" = \
        '["stranger","no",2,"label_strange",null]["stranger","yes",10,"label_strange","it has another element"]' ] || { records 'select(.answer)'; false; }
    # Nor is it asked again.
    person 6 '||' "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.answer and .about == "stranger")' | wc -l)" -eq 2 ]
    [ "$(records 'select(.placed) | .result' | tail -n 1)" = '"dirty"' ]
    whole
    # The report tells it by handset; a run without any of it has no such table.
    grep -Eq '^  - \{handset: "HS-007", sim: "[a-z-]+", probes: 0, .*differences_asked: 2, same_phone: 1, another_phone: 1, differences_not_asked: 0, ' r/summary.yaml || { grep -A 3 identities r/summary.yaml; false; }
    "$NFC_SURVEY" report r --format html --output page.html >/dev/null
    grep -q 'Differences asked about' page.html
    small_survey none.yaml
    "$NFC_SURVEY" run none.yaml --output none >/dev/null 2>&1
    run ! grep -q 'identities' none/summary.yaml
}

# One language each, whatever chose it.
@test "prompts are in Japanese by --lang or by the locale, else in English" {
    rehearsal s.yaml
    person 6 '|x||n 窓口' "$NFC_SURVEY" run s.yaml --output en
    run ! grep -qP '[ぁ-ん]' shown
    LC_ALL='' LC_MESSAGES='' LANG=ja_JP.UTF-8 person 6 '|x||n 窓口' "$NFC_SURVEY" run s.yaml --output r
    grep -q '^端末を置いてください。$' shown
    grep -Eq '^  電源状態 +電源オン・ロック解除$' shown
    grep -q '^端末を離してください。$' shown
    grep -q '^Enter = 離しました, x 理由 = 置き間違い, ' shown
    grep -q '^理由を入力してください' shown
    grep -q '^かざし2：良好$' shown
    grep -Eq '^ +[0-9]+%  かざし[0-9]+回、残り約[0-9]+回 ' shown
    grep -q '^nfc-survey: 続きは次のコマンドで実施します：nfc-survey run --resume r$' shown
    run ! grep -Eq 'Lay|Lift|placement|it lies|it is gone|Not understood|go on' shown
    cp shown japanese
    person 6 '|x||n 窓口' "$NFC_SURVEY" run s.yaml --output r2 --lang ja
    diff <(sed 's/ 残り[^ ]*秒$//; s/r2/r/' shown) <(sed 's/ 残り[^ ]*秒$//' japanese)
    # The journal is in no language: what it says of itself is the same.
    [ "$(records 'select(.stop) | .reason')" = "$(tail -n +2 en/journal.yaml | sed 's/^- //' | jq -c 'select(.stop) | .reason')" ]
    LC_ALL=ja_JP.UTF-8 person 6 '|x||n 窓口' "$NFC_SURVEY" run s.yaml --output r3 --lang en
    run ! grep -qP '[ぁ-ん]' shown
}

@test "a withdrawal names the last placement shown; it stays counted, once" {
    rehearsal s.yaml
    person 6 '||w|w in its case|w again||||x dropped|w not counted' "$NFC_SURVEY" run s.yaml --output r
    [ "$(records 'select(.note and .effect == "withdraw") | [.placement, .text]')" = '[2,"in its case"]' ]
    grep -q 'placement 2 stays counted' shown
    grep -q 'placement 2 is withdrawn already' shown
    grep -q 'the last one is not in the counts' shown
    grep -q '^    withdrawn: 1$' r/summary.yaml
    grep -q '^    n: 1$' r/summary.yaml
    whole
    person 6 '||w|w in its case|w again||||x dropped|w not counted' "$NFC_SURVEY" run s.yaml --output r2 --lang ja
    grep -q '^nfc-survey: かざし2は集計に残ります。' shown
    grep -q '^nfc-survey: かざし2は取下げ済みです$' shown
    grep -q '^nfc-survey: 取り下げられるかざしがありません。' shown
    run ! grep -Eq 'stays|withdraw|counts' shown
}

@test "q and resume: the same session goes on, and the last placement can still be withdrawn" {
    rehearsal s.yaml
    person 6 '||n 最初の端末' "$NFC_SURVEY" run s.yaml --output r
    [ "$(records 'select(.note) | .text')" = '"最初の端末"' ]
    person 6 'w seen too late||' "$NFC_SURVEY" run --resume r
    # The placement at whose order the person left was laid by nobody, so it is not the last one.
    [ "$(records 'select(.note and .effect) | [.placement, .text]')" = '[2,"seen too late"]' ]
    [ "$(records 'select(.placement and .session) | .session' | sort -u)" = 1 ]
    [ "$(records 'select(.placement and .session and .tour == 0) | [.reader, .ordinal]' | sort | uniq | wc -l)" -eq 2 ]
    whole
}

@test "killed after an exclusion was told: the resumed run closes it as such" {
    rehearsal s.yaml
    person 137 '|n the phone lies askew|KILL' "$NFC_SURVEY" run s.yaml --output k
    # The same end by hand, with the exclusion as the last line that came to the disk.
    person 6 '|x wrong phone' "$NFC_SURVEY" run s.yaml --output r
    line=$(grep -n '"effect": "exclude"' r/journal.yaml | cut -d: -f1)
    sed -i "$((line + 1)),\$d" r/journal.yaml
    python3 "$ROOT/tests/cli/reseal.py" r
    person 6 '' "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.placed and .placement == 2) | [.result, .reason]')" = '["invalid",["excluded"]]' ]
    [ "$(records 'select(.note and .effect) | .text' | wc -l)" -eq 1 ]
    whole
}

@test "note: from outside, behind a stop, and the run is resumed as if nothing had been" {
    small_survey s.yaml
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    grep -q 'resume' r/journal.yaml && return 1
    run -0 --separate-stderr "$NFC_SURVEY" note r '窓口を 20 cm 動かした' --operator Suzuki
    [ "$output" = r/summary.yaml ]
    [ "$(records 'select(.note) | [.text, .by, has("effect")]')" = '["窓口を 20 cm 動かした","Suzuki",false]' ]
    whole
    grep -q 'was closed by a stop record' verified
    grep -q 'summary.yaml is what the journal gives' verified
    grep -q '窓口を 20 cm 動かした' r/summary.yaml
    run -0 "$NFC_SURVEY" status r
    [[ $output == *'last stop    done'* ]]
    run -0 --separate-stderr "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.resume) | [.stopped, .reason]')" = '["done",["all_done"]]' ]
    whole
}

@test "note --withdraw: a counted placement once, and no other" {
    rehearsal s.yaml
    person 6 '|||x slipped' "$NFC_SURVEY" run s.yaml --output r
    invalid=$(records 'select(.placed and .result == "invalid") | .placement')
    cp -r r ja
    run -0 --separate-stderr "$NFC_SURVEY" note ja --withdraw 2 --reason 'in its case' --lang ja
    [[ $stderr == 'nfc-survey: かざし2は集計に残ります。'* ]]
    run -0 --separate-stderr "$NFC_SURVEY" note r --withdraw 2 --reason 'in its case'
    [[ $stderr == *'placement 2 stays counted'* ]]
    fails_with 3 'placement 2 is withdrawn already' "$NFC_SURVEY" note r --withdraw 2 --reason again
    fails_with 3 "placement $invalid is in no count" "$NFC_SURVEY" note r --withdraw "$invalid" --reason x
    fails_with 3 'placement 3 is not the line of a placement record' "$NFC_SURVEY" note r --withdraw 3 --reason x
    fails_with 3 'nowhere' "$NFC_SURVEY" note nowhere text
    fails_with 2 'needs a --reason' "$NFC_SURVEY" note r --withdraw 2
    fails_with 2 'goes with --withdraw' "$NFC_SURVEY" note r text --reason x
    fails_with 2 '--reason is empty' "$NFC_SURVEY" note r --withdraw 2 --reason ' '
    fails_with 2 'needs the text' "$NFC_SURVEY" note r
    fails_with 2 'give no text' "$NFC_SURVEY" note r text --withdraw 2 --reason x
    fails_with 2 'from 1' "$NFC_SURVEY" note r --withdraw 0 --reason x
    [ "$(records 'select(.note and .effect == "withdraw")' | wc -l)" -eq 1 ]
    whole
}

@test "note: a run that is being executed is left alone" {
    small_survey s.yaml
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    before=$(sha256sum <r/journal.yaml)
    ( flock -n 9 && fails_with 4 'in use' "$NFC_SURVEY" note r text 9>&- ) 9>>r/lock
    [ "$(sha256sum <r/journal.yaml)" = "$before" ]
}

@test "the simulator's hands slip and withdraw by the reader's profile, the same every time" {
    small_survey s.yaml
    sed 's/^id: .*/id: sim-reader-slips/; s/^simulation:.*/&\n  withdrawals: {clean: 0.2, dirty: 0.9}/' \
        "$ROOT/profiles/readers/sim-reader-b.yaml" >sim-reader-slips.yaml
    python3 - <<'PY'
import re
text = open("sim-reader-slips.yaml", encoding="utf-8").read()
text = re.sub(r"(?m)^  faults:.*\n(    .*\n)*", "", text)
open("sim-reader-slips.yaml", "w", encoding="utf-8").write(text.rstrip("\n") + "\n  faults: [{cause: F28, rate: 0.2, per: placement}]\n")
PY
    sed -i 's/^readers: .*/readers: [{unit: slippery, profile: .\/sim-reader-slips.yaml}, sim-reader-e]/' s.yaml
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    whole
    [ "$(records 'select(.note and .effect == "exclude")' | wc -l)" -ge 1 ]
    [ "$(records 'select(.note and .effect == "withdraw")' | wc -l)" -ge 1 ]
    [ "$(records 'select(.note) | .by' | sort -u)" = '"simulated hands"' ]
    "$NFC_SURVEY" run s.yaml --output again >/dev/null 2>&1
    cmp <(records 'select(.note) | [.note, .placement, .effect]') \
        <(tail -n +2 again/journal.yaml | sed 's/^- //' | jq -c 'select(.note) | [.note, .placement, .effect]')
    # Withdrawals change no count: without them the same placements have the same results.
    sed -i 's/clean: 0.2, dirty: 0.9/clean: 0, dirty: 0/' sim-reader-slips.yaml
    "$NFC_SURVEY" run s.yaml --output none >/dev/null 2>&1
    cmp <(records 'select(.placed) | [.result, .results]') \
        <(tail -n +2 none/journal.yaml | sed 's/^- //' | jq -c 'select(.placed) | [.result, .results]')
}

# The journal then holds both: what 0.4.0 wrote stays to the byte, what comes is codes.
@test "a run that version 1 began goes on" {
    mkdir r
    cp "$ROOT"/tests/data/journal/version1/person/journal.yaml r/
    person 6 '||' "$NFC_SURVEY" run --resume r
    cmp -n "$(stat -c %s "$ROOT/tests/data/journal/version1/person/journal.yaml")" "$ROOT/tests/data/journal/version1/person/journal.yaml" r/journal.yaml
    [ "$(records 'select(.resume) | .reason' | tail -n 1)" = '["interrupted"]' ]
    [ "$(records 'select(.resume) | .stopped' | tail -n 1)" = '"interrupted"' ]
    [ "$(records 'select(.stop) | .reason' | tr -d '\n')" = '"interrupted by the operator""interrupted by the operator"["interrupted"]' ]
    whole
    # An operator's reason stays one, whatever it reads like.
    [ "$(grep -c 'text: "the answer has no status word"' r/summary.yaml)" -eq 1 ]
}

@test "who works at the station is in every execution's record, and each name once on the page" {
    rehearsal s.yaml
    person 6 '|q' "$NFC_SURVEY" run s.yaml --output r --operator Sato
    person 6 '|q' "$NFC_SURVEY" run --resume r --operator 'Sato Ken'
    person 6 '|q' "$NFC_SURVEY" run --resume r --operator Sato
    [ "$(sed -n '1s/^- //p' r/journal.yaml | jq -r .operator)" = Sato ]
    [ "$(records 'select(.resume) | .operator' | tr -d '\n')" = '"Sato Ken""Sato"' ]
    "$NFC_SURVEY" report r >/dev/null
    grep -q '<th scope="row">Operators</th><td>Sato, Sato Ken</td>' r/report.html || { grep -o '.\{60\}Sato.\{30\}' r/report.html; false; }
    # Nobody lays a phone in a simulated sweep.
    small_survey sim.yaml
    "$NFC_SURVEY" run sim.yaml --output sim --operator Sato >/dev/null 2>&1
    [ "$(sed -n '1s/^- //p' sim/journal.yaml | jq -r '.operator, .governor, .clock_source' | sort -u)" = null ]
}

@test "who works at the station is asked once, unless --operator says so; the user is offered" {
    rehearsal s.yaml
    ASK=1 person 6 '青木||q' "$NFC_SURVEY" run s.yaml --output r
    grep -q "^Who works at the station? Type the name, or press Enter for $(id -un)\.$" shown
    [ "$(sed -n '1s/^- //p' r/journal.yaml | jq -r .operator)" = 青木 ]
    ASK=1 person 6 '|q' "$NFC_SURVEY" run --resume r
    [ "$(records 'select(.resume) | .operator')" = "\"$(id -un)\"" ]
    # A name that nobody can read is none.
    ASK=1 person 6 "$(printf '\342\200\256')|青木|q" "$NFC_SURVEY" run s.yaml --output seen
    [ "$(sed -n '1s/^- //p' seen/journal.yaml | jq -r .operator)" = 青木 ]
    ASK=1 person 6 'q' "$NFC_SURVEY" run s.yaml --output none
    [ ! -e none/journal.yaml ]
}
