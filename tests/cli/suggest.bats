#!/usr/bin/env bats
# plan --suggest, and what a summary says of the models that were tested and of those that were not.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "the shipped profiles: strata, what is unknown, and lines that a survey takes" {
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 30
    [[ $output == *'how much of it these models cover is unknown'* ]]
    [[ $output == *'Each of the '*' strata has a model.'* ]]
    [[ $output == *'technologies of '*' each counts as a stratum "unknown"'* ]]
    [[ $output == *'Models that are not tested, and other units'* ]]
    "$NFC_SURVEY" plan --suggest 30 --format yaml >handsets
    tail -n 31 <<<"$output" | cmp - handsets
    [ "$(grep -c '^  - {unit: HS-0' handsets)" -eq 30 ]
    sed '/^handsets:/,/^[a-z]/ { /^handsets:/d; /^  - /d }' "$ROOT/profiles/surveys/counter.yaml" >s.yaml
    cat handsets >>s.yaml
    run -0 "$NFC_SURVEY" check s.yaml
    "$NFC_SURVEY" plan s.yaml | grep -q 'x 30 handsets'
}

@test "few models: the strata without one are listed with how many models they have" {
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 4
    [[ $output == *' strata ('*' models) have none:'* ]]
    total=$(sed -n 's/^.* strata (\([0-9]*\) models) have none:$/\1/p' <<<"$output")
    listed=$(sed -n '/have none:/,/^Models/ s/^  .*: \([0-9]*\) models\{0,1\}$/\1/p' <<<"$output" | awk '{ sum += $1 } END { print sum }')
    [ "$total" -eq "$listed" ]
}

@test "with shares the largest come first, and the coverage is of what is known" {
    printf 'handset,share\nsony-so-01h-docomo,0.05\nSH-03J,0.03\nsamsung-sc-02j-docomo,0.02\nsomething-else,0.1\n' >shares.csv
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 4 --shares shares.csv
    # Half of 4: the two of 5 and 3 %, and what the strata add.
    grep -Eq '^sony-so-01h-docomo .* its share ' <<<"$output"
    grep -Eq '^sharp-sh-03j-docomo .* its share ' <<<"$output"
    [[ $output == *'Shares are known for 3 of 90 models, 10.0 % of the market together'* ]]
    [[ $output == *'What share the other 90.0 % have on which models is unknown'* ]]
    [[ $output == *'1 row of shares.csv (10.0 % of the market) names no model of the list; the first is something-else.'* ]]
}

@test "the same seed chooses the same, another one others" {
    "$NFC_SURVEY" plan --suggest 12 --format yaml >a
    "$NFC_SURVEY" plan --suggest 12 --format yaml | cmp - a
    # The table lists the same models in another order; which are chosen does not depend on it.
    "$NFC_SURVEY" plan --suggest 12 --format yaml --from "$ROOT/profiles/handsets/handsets.csv" >table
    cmp <(grep -o 'handset: .*' a | sort) <(grep -o 'handset: .*' table | sort)
    "$NFC_SURVEY" plan --suggest 12 --format yaml --seed 5 >b
    run ! cmp -s a b
}

@test "a list of one's own: a model without a profile is said to have none" {
    printf 'maker,marketing_name,model_code,carrier,released\nAcme,"One, two",A-1,au,2016\nAcme,Three,A-2,,\n' >m.csv
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 2 --from m.csv
    [[ $output == *'handset: acme-a-1-au} # au, 2016-2017, technologies unknown; no profile of this id yet'* ]]
    [[ $output == *'carrier unknown, year unknown, technologies unknown'* ]]
}

@test "lists as they come: full width, katakana, Excel, carriers and codes in any spelling" {
    # As Excel saves it where the comma is decimal; 京セラ's two codes have no letter that an id can hold.
    printf '\xef\xbb\xbfメーカー;機種名;型番;キャリア;発売;NFC;シェア\r\n' >list.csv
    printf 'シャープ;AQUOS R;ＳＨ－０３Ｊ;ＮＴＴドコモ;2017/7;FBA;0,3\r\n;;;;;;\r\n' >>list.csv
    printf 'ｿﾆｰ;Xperia Z5;SO01H;DOCOMO ;2015年10月;A/B/F;0,2\r\n' >>list.csv
    printf '京セラ;トルク;トルク;KDDI;2017;;0,1\r\n京セラ;ディグノ;ディグノ;au;2016;;0,1\r\n' >>list.csv
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 4 --from list.csv
    [[ $output == *'handset: sharp-sh-03j-docomo} # docomo, 2016-2017, NFC A/B/F'$'\n'* ]] # it has a profile
    [[ $output == *'handset: sony-so-01h-docomo} # docomo, 2014-2015, NFC A/B/F'$'\n'* ]]
    [[ $output == *$'\n''list.csv:5: the id kyocera-au-'*' cannot hold トルク'* ]]
    [[ $output == *$'\n''list.csv:6: the id kyocera-au-'*' cannot hold ディグノ'* ]]
    [ "$(grep -o 'kyocera-au-[0-9a-f]*} # au' <<<"$output" | sort -u | wc -l)" -eq 2 ]
    [[ $output == *'4 of 4 models, 70.0 %'* ]]
}

@test "two makers with one code are two models, and one model of two spellings is one" {
    printf 'maker,model_code,carrier\nシャープ,X1,Y!mobile\nファーウェイ,X1,ワイモバイル\n' >list.csv
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 2 --from list.csv
    [[ $output == *'handset: sharp-x1-y-mobile} # Y!mobile, year unknown, technologies unknown'$'\n'* ]]
    [[ $output == *'handset: huawei-x1-y-mobile} # Y!mobile, year unknown, technologies unknown; no profile'* ]]
    printf 'maker,model_code,carrier\nSony,SO-01H,docomo\nソニー,ＳＯ０１Ｈ,ドコモ\n' >list.csv
    fails_with 3 'list.csv:3:1: is the same model as line 2 .sony-so-01h-docomo.' "$NFC_SURVEY" plan --suggest 1 --from list.csv
}

@test "a model code of 300 characters is refused where it is" {
    python3 -c 'print("maker,model_code\nSony," + 300 * "+")' >list.csv
    fails_with 3 'list.csv:2:6: model_code is 300 bytes long: expected at most 200' "$NFC_SURVEY" plan --suggest 1 --from list.csv
    python3 -c 'print("maker,model_code\nSony," + 90 * "A")' >list.csv
    fails_with 3 'list.csv:2:6: maker, code and carrier make an id of 95 characters: expected at most 64' \
        "$NFC_SURVEY" plan --suggest 1 --from list.csv
}

@test "simulated and real models are never in one list" {
    run -0 --separate-stderr "$NFC_SURVEY" plan --suggest 5 --from simulated
    [[ $output == *'of the simulated handset profiles'* ]]
    ! grep -o 'handset: [a-z]*' <<<"$output" | grep -v 'handset: sim' || false
    ! "$NFC_SURVEY" plan --suggest 90 | grep -q 'handset: sim-' || false
}

@test "mistakes are told with what was expected" {
    printf 'maker,marketing_name\n' >m.csv
    printf 'handset,share\nx,2\n' >shares.csv
    fails_with 2 'whole number from 1' "$NFC_SURVEY" plan --suggest 0
    fails_with 3 '90 models to choose from: expected to choose 1 to 90, not 91' "$NFC_SURVEY" plan --suggest 91
    fails_with 3 'm.csv:1:1: .*no column model_code' "$NFC_SURVEY" plan --suggest 2 --from m.csv
    fails_with 3 'shares.csv:2:3: share "2": expected a plain decimal' "$NFC_SURVEY" plan --suggest 2 --shares shares.csv
    fails_with 3 'nowhere.csv' "$NFC_SURVEY" plan --suggest 2 --from nowhere.csv
    fails_with 2 'text or yaml' "$NFC_SURVEY" plan --suggest 2 --format json
    fails_with 2 'name none' "$NFC_SURVEY" plan --suggest 2 "$ROOT/profiles/surveys/demo.yaml"
    fails_with 2 'different outputs' "$NFC_SURVEY" plan --suggest 2 --list
    fails_with 2 '--shares goes with --suggest' "$NFC_SURVEY" plan "$ROOT/profiles/surveys/demo.yaml" --shares shares.csv
}

@test "a summary says which models and units it holds for, and what share of the market is untested" {
    small_survey s.yaml sim-akane '{unit: A-2, handset: sim-akane}' '{unit: B-1, handset: sim-asagi}'
    "$NFC_SURVEY" run s.yaml --output r >/dev/null 2>&1
    python3 -c '
import sys, yaml
scope = yaml.safe_load(open("r/summary.yaml", encoding="utf-8"))["scope"]
assert scope["models_tested"] == 2 and scope["units_tested"] == 3, scope
assert [(m["model"], m["units"], m["holds_for"]) for m in scope["models"]] == \
    [("sim-akane", 2, "these units"), ("sim-asagi", 1, "this unit")], scope
assert scope["sessions_run"] == 2 and scope["sessions_planned"] == 2
assert abs(scope["untested_share"] - (1 - 0.060 - 0.055)) < 1e-9, scope  # of the two profiles'
    [ "$(grep -c '^share: 0.060' "$ROOT/profiles/handsets/sim-akane.yaml")" -eq 1 ]
    [ "$(grep -c '^share: 0.055' "$ROOT/profiles/handsets/sim-asagi.yaml")" -eq 1 ]
}

@test "in Japanese: the same choice, and strata by their names" {
    printf 'handset,share\nsim-akane,0.25\nnot-tested,0.4\n' >shares.csv
    speaks_japanese 'sim-[a-z]+|nfc-survey Virtual phone [A-Z][a-z]+|handsets:|HS-|unit:|handset:|shares.csv|not-tested' "$NFC_SURVEY" plan --suggest 3 --from simulated --shares shares.csv
    grep -q '（9機種中1機種）' ja
    "$NFC_SURVEY" plan --suggest 30 --from "$ROOT/profiles/handsets/handsets.csv" --lang ja >ja
    grep -Eq '、20[0-9]{2}～20[0-9]{2}年、NFC A/B/F（[0-9]+機種中[0-9]+機種）$' ja
    "$NFC_SURVEY" plan --suggest 2 --format yaml --lang ja | cmp - <("$NFC_SURVEY" plan --suggest 2 --format yaml) # for programs
}
