#!/usr/bin/env bats
# handsets import: a lab's own list of phones becomes profiles and lines of a survey.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# The list of a lab: Excel's, with headers in Japanese and one that nobody could guess.
phones() {
    printf '\xef\xbb\xbf管理番号;メーカー;機種名;型番;キャリア;発売日;ＮＦＣ;SIM;備考\r\n'
    printf 'HS-001 ;シャープ;AQUOS R;ＳＨ－０３Ｊ;ドコモ;2017/7/1;FBA;sim-01;\r\n'
    printf 'HS-002;京セラ;トルク;トルク;ＫＤＤＩ;2017年2月;A,B;sim-02;"代替機\n画面に傷"\r\n'
    printf 'HS-003;京セラ;トルク;トルク;au;2017年2月;A,B;sim-02;\r\n'
    printf ';;;;;;;;\r\n'
}

@test "entries for a survey and profiles beside it: together they are valid" {
    phones >phones.csv
    run -0 --separate-stderr "$NFC_SURVEY" handsets import phones.csv --output lab
    [ "${lines[0]}" = 'handsets:' ]
    [ "${lines[1]}" = '  - {unit: "HS-001", handset: sharp-sh-03j-docomo, sim: sim-01} # シャープ AQUOS R SH-03J' ]
    [[ ${lines[2]} == '  - {unit: "HS-002", handset: kyocera-au-'*', sim: sim-02} # 京セラ トルク トルク' ]]
    [ "${#lines[@]}" -eq 4 ]
    [[ $stderr == *'phones.csv:3: the id kyocera-au-'*' cannot hold トルク'* ]]
    [[ $stderr == *'phones.csv: 3 phones of 2 models, 1 of which has a profile'* ]]
    [[ $stderr == *'1 profile written to lab'* ]]
    profile=$(echo lab/kyocera-au-*.yaml)
    run -0 "$NFC_SURVEY" check "$profile"
    python3 - "$profile" <<'PY'
import sys, yaml
p = yaml.safe_load(open(sys.argv[1], encoding='utf-8'))
assert p['source'] == 'phones.csv, line 3' and p['note'] == '代替機 画面に傷', p
f = p['facts']
assert (f['maker'], f['carrier'], f['released'], f['technologies']) == ('京セラ', 'au', '2017-02', 'A/B'), f
assert f['felica'] == {'absent': 'the list does not give it'}
PY
    sed '/^handsets:/,/^conditions:/ { /^conditions:/!d }; s/REPLACE-WITH-ITS-LABEL/LABEL/' "$ROOT/profiles/surveys/counter.yaml" >lab/s.yaml
    "$NFC_SURVEY" handsets import phones.csv 2>/dev/null >>lab/s.yaml
    run -0 "$NFC_SURVEY" check lab/s.yaml
}

@test "a profile that is there already is kept: somebody may have measured" {
    phones >phones.csv
    "$NFC_SURVEY" handsets import phones.csv --output lab >entries 2>/dev/null
    profile=$(echo lab/kyocera-au-*.yaml)
    echo '# measured' >>"$profile"
    run -0 --separate-stderr "$NFC_SURVEY" handsets import phones.csv --output lab
    [[ $stderr == *"$profile is there already: kept as it is"* ]]
    grep -q '^# measured$' "$profile"
    "$NFC_SURVEY" handsets import phones.csv 2>err | cmp - entries
    grep -q '1 model has no profile: --output DIR writes one for each' err
}

@test "columns with names of their own are mapped" {
    printf '"Nr.","Firma","Typ"\n"A 1","Sony","SO-01H"\n' >phones.csv
    fails_with 3 'phones.csv:1:1: the first line names no column maker' "$NFC_SURVEY" handsets import phones.csv
    run -0 --separate-stderr "$NFC_SURVEY" handsets import phones.csv -c tag=Nr. -c maker=firma --column model_code=Typ
    [ "${lines[1]}" = '  - {unit: "A 1", handset: sony-so-01h} # Sony SO-01H' ]
    fails_with 3 'the first line names no column "Type"' "$NFC_SURVEY" handsets import phones.csv -c maker=Firma -c model_code=Type
    fails_with 2 'expected NAME=HEADER with one of tag, sim, maker' "$NFC_SURVEY" handsets import phones.csv -c firm=Firma
    fails_with 2 'expected NAME=HEADER' "$NFC_SURVEY" handsets import phones.csv -c maker
    fails_with 2 'maker is given twice' "$NFC_SURVEY" handsets import phones.csv -c maker=Firma -c maker=Typ
}

@test "tags that a person takes for one are refused by line" {
    for twin in 'hs-001' 'ＨＳ－００１' $'HS\u2010001' 'HS- 001'; do
        printf 'tag,maker,code\nHS-001,Sony,A\n%s,Sony,B\n' "$twin" >phones.csv
        fails_with 3 'phones.csv:3:1: the tag .* is the same to a person as "HS-001" of line 2' "$NFC_SURVEY" handsets import phones.csv
    done
    printf 'tag,maker,code\nHS\u200b-1,Sony,A\n,Sony,B\n' >phones.csv
    fails_with 3 'phones.csv:2:1: tag: its character 3 is one that nobody sees' "$NFC_SURVEY" handsets import phones.csv
    grep -q 'phones.csv:3:1: no tag: expected the asset tag of the unit' err
    printf 'tag,sim,maker,code\nHS-1,a,Sony,A\nHS-1,b,Sony,A\nHS-1,b,Sony,A\nHS-2,SIM 1,Sony,A\n' >phones.csv
    fails_with 3 'phones.csv:4:1: the tag "HS-1" stands in line 3 already' "$NFC_SURVEY" handsets import phones.csv
    grep -q 'phones.csv:5:6: sim "SIM 1" is not an id' err
    ! grep -q 'phones.csv:3:' err || false # one phone with two sims
}

@test "without tags a model stands once, and no real model takes a simulated one's id" {
    printf 'maker,code\nSony,A\nSony,A\n' >phones.csv
    fails_with 3 'phones.csv:3:1: is the same model as line 2 .sony-a.: expected an asset tag' "$NFC_SURVEY" handsets import phones.csv
    printf 'maker,code\nSim,A\n' >phones.csv
    fails_with 3 'phones.csv:2:1: makes the id sim-a: one that begins with sim-' "$NFC_SURVEY" handsets import phones.csv
    fails_with 3 'none.csv: cannot be read' "$NFC_SURVEY" handsets import none.csv
    fails_with 2 'expected `handsets import FILE`' "$NFC_SURVEY" handsets export x
    fails_with 2 'needs the list' "$NFC_SURVEY" handsets import
}

@test "a name in the list cannot leave its comment, nor a text its quotes" {
    printf 'tag,maker,name,code,note\n"a"", x: [",Sony,"X # y: } ]",A-1,"b"": c"\n' >phones.csv
    "$NFC_SURVEY" handsets import phones.csv --output lab 2>/dev/null >entries
    python3 - <<'PY'
import yaml
entry, = yaml.safe_load(open('entries', encoding='utf-8'))['handsets']
assert entry == {'unit': 'a", x: [', 'handset': 'sony-a-1'}, entry
assert yaml.safe_load(open('lab/sony-a-1.yaml', encoding='utf-8'))['note'] == 'b": c'
PY
}

# block LANGUAGE N: the N-th block of that kind on the page.
block() {
    awk -v start="\`\`\`$1" -v want="$2" '$0 == start { n++; on = n == want; next } /^```/ { on = 0 } on' "$ROOT/docs/handset-profile.md"
}

@test "docs/handset-profile.md: its list gives its entries, its profile is valid, its columns are found" {
    block csv 1 >phones.csv
    mkdir lab
    (PATH=$(dirname "$NFC_SURVEY"):$PATH && eval "$(block sh 1)") 2>/dev/null
    block yaml 1 | diff - lab/entries.yaml
    run -0 "$NFC_SURVEY" check lab/acme-w-1-au.yaml
    block yaml 2 >acme-w-1-au.yaml
    run -0 "$NFC_SURVEY" check acme-w-1-au.yaml
    printf 'Hersteller,Typ\n' >none.csv
    while IFS='|' read -r _ names others _; do
        for name in $(grep -o '`[a-z_]*`' <<<"$names" | tr -d '`'); do
            run ! "$NFC_SURVEY" handsets import none.csv --column "$name=Nr"
            [[ $output == *'the first line names no column "Nr"'* ]] || { echo "$name is no column"; false; }
        done
        IFS=, read -ra called <<<"$others"
        for other in "${called[@]}"; do
            other=$(sed 's/^ *//; s/ *$//' <<<"$other")
            printf '%s,%s\n' "$other" "$other" >twice.csv # a column that is found twice is one that is found
            run ! "$NFC_SURVEY" handsets import twice.csv
            grep -Eq "the column ($(grep -o '`[a-z_]*`' <<<"$names" | tr -d '`' | paste -sd '|')) is given twice" <<<"$output" || {
                echo "$other is not found"
                false
            }
        done
    done < <(sed -n '/^| column |/,/^$/ { /^| `/p }' "$ROOT/docs/handset-profile.md")
}
