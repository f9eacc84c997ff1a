# Common set-up of the command line's tests. $NFC_SURVEY is the program under test; make sets it.
bats_require_minimum_version 1.5.0
ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
NFC_SURVEY=${NFC_SURVEY:-$ROOT/build/nfc-survey}
[ -x "$NFC_SURVEY" ] || { echo "$NFC_SURVEY is not built: run make first"; exit 1; }
export NFC_SURVEY NFC_SURVEY_DATA=$ROOT NO_COLOR=1
export XDG_STATE_HOME=${BATS_FILE_TMPDIR:-$PWD}/state # of `keys`

# A tree in which the examples of --help and README run: nfc-survey on the PATH, profiles, and one small finished run.
example_tree() {
    mkdir -p bin build results
    ln -sfn "$ROOT/profiles" profiles
    ln -sf "$NFC_SURVEY" bin/nfc-survey
    ln -sf "$NFC_SURVEY" build/nfc-survey
    PATH=$PWD/bin:$PATH
}

# small_survey FILE [HANDSET...]: two simulated readers, one condition, one script.
small_survey() {
    local file=$1
    shift
    cat >"$file" <<YAML
format: nfc-survey/survey
version: 1
id: small
title: {en: A small sweep, ja: 小さな模擬調査}
seed: 1
scheme: {preset: screen, k: 2}
sessions: 2
hands: sim
readers: [sim-reader-b, sim-reader-e]
sims:
  - {id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}
conditions: [on-unlocked]
scripts: [token]
handsets:
$(printf -- '  - %s\n' "${@:-sim-akane}")
YAML
}

# finishes COMMAND...: a run that is done: 0, or 5 where cells stay rejected so far.
finishes() {
    "$@" || [ $? -eq 5 ]
}

# fails_with STATUS PATTERN COMMAND...: the exit status, nothing on stdout, and a message on stderr.
fails_with() {
    local status_wanted=$1 pattern=$2 got=0
    shift 2
    "$@" >out 2>err </dev/null || got=$?
    [ "$got" -eq "$status_wanted" ] || { echo "status $got, not $status_wanted:"; cat err; return 1; }
    [ ! -s out ] || { echo 'stdout is not empty:'; cat out; return 1; }
    grep -Eq -- "$pattern" err || { echo "no '$pattern' in:"; cat err; return 1; }
}

# same_figures ENGLISH JAPANESE: what was printed in two languages has the same numbers line by line, in whatever order.
same_figures() {
    python3 - "$@" <<'PYTHON'
import re, sys
english, japanese = (open(path, encoding="utf-8").read().splitlines() for path in sys.argv[1:])
numbers = lambda line: sorted(re.findall(r"[0-9]+(?:[.][0-9]+)?", line))
assert len(english) == len(japanese), (len(english), len(japanese))
for pair in zip(english, japanese):
    assert numbers(pair[0]) == numbers(pair[1]), pair
PYTHON
}

# speaks_japanese NAMES COMMAND...: in both languages the same figures, and nothing in English but what NAMES matches.
speaks_japanese() {
    local names=$1
    shift
    "$@" --lang en >en 2>&1 || true
    "$@" --lang ja >ja 2>&1 || true
    same_figures en ja
    grep -qP '[\p{Hiragana}\p{Katakana}\p{Han}]' ja
    LC_ALL='' LANG=ja_JP.UTF-8 "$@" 2>&1 | cmp - ja
    ! grep -E '[A-Za-z]{2,}' <(sed -E "s@$names@@g; s@ICカード(RW)?|SIM|NFC|TPDU|APDU@@g" ja) || false
}
