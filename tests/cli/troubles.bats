#!/usr/bin/env bats
# Reports in use: runs that are hardly any, programs that are missing, disks that are full, folders that are closed,
# signals in the middle. Whatever comes in the way, no file is half-written and the message says what to do.
load helper

FORMATS=(html pdf xlsx csv md pcapng criteria)
FILES=(report.html report.pdf report.xlsx cells.csv report.md report.pcapng criteria.yaml)

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    small_survey small.yaml
    sed -i 's/^hands: sim/&\ncriteria: counter-default/' small.yaml
    "$NFC_SURVEY" run small.yaml --output small >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    SMALL=$BATS_FILE_TMPDIR/small
    cp -r "$SMALL" run
}

need_weasyprint() {
    command -v weasyprint >/dev/null || skip 'weasyprint is not installed (apt-get install weasyprint)'
}

# nothing_but NAME...: in the run's folder stand its own files and these, each whole: with the end that its format has.
nothing_but() {
    local name
    [ "$(ls -A run)" = "$(printf '%s\n' "$@" journal.yaml lock manifest.sha256 summary.yaml | sort)" ] || { ls -A run; return 1; }
    for name in "$@"; do
        whole "run/$name" || { echo "$name is cut off"; return 1; }
    done
}

whole() {
    case $1 in
    *.html) [ "$(tail -n 1 "$1")" = '</html>' ] ;;
    *.pdf) [ "$(tail -n 1 "$1")" = '%%EOF' ] ;;
    *.xlsx) python3 - "$1" ;;
    *.csv) [[ $1 != */cells.csv || "$(wc -l <"$1")" -eq 3 ]] && [ "$(tail -c 2 "$1" | od -An -tx1)" = ' 0d 0a' ] ;;
    *.md) tail -n 1 "$1" | grep -q verify ;;
    *.pcapng) [ "$(head -c 4 "$1" | od -An -tx1)" = ' 0a 0d 0d 0a' ] ;;
    *.yaml) python3 -c 'import sys, yaml; assert "proposal" in yaml.safe_load(open(sys.argv[1], encoding="utf-8"))' "$1" ;;
    esac <<'PYTHON'
import sys, zipfile, xml.etree.ElementTree as tree
book = zipfile.ZipFile(sys.argv[1])
for name in book.namelist():
    tree.fromstring(book.read(name)) # well-formed to its end
PYTHON
}

# all_written: every format in both languages, by a run's path.
all_written() { # DIR
    local list
    list=$(IFS=,; echo "${FORMATS[*]}")
    "$NFC_SURVEY" report "$1" --format "$list" --lang en,ja --output "$1-out" >said 2>err || { cat err; return 1; }
    [ "$(wc -l <said)" -eq 15 ] # summary.yaml, four formats in two languages, four tables as CSV, two in none
    pdftotext "$1-out/report.en.pdf" - >"$1-out/pdf.txt"
}

@test "an unfinished run, an empty one, one of invalid placements only, and one without criteria are reported in every format" {
    need_weasyprint
    # a reader whose instrument hangs in every transaction: F31 is nobody's failure
    sed -e 's/^id: .*/id: sim-hangs/' "$ROOT/profiles/readers/sim-reader-b.yaml" >sim-hangs.yaml
    echo '  faults: [{cause: F31, rate: 1, per: transaction}]' >>sim-hangs.yaml
    small_survey invalid.yaml
    sed -i -e 's/^readers: .*/readers: [sim-hangs]/' -e 's/^hands: sim/&\ncriteria: counter-default/' invalid.yaml
    "$NFC_SURVEY" run invalid.yaml --output invalid >/dev/null 2>&1
    grep -q '"result": "invalid"\|"invalid"' invalid/journal.yaml
    run ! grep -qE '"(clean|dirty)"' invalid/journal.yaml
    mkdir empty unfinished
    head -n 1 run/journal.yaml >empty/journal.yaml
    head -n 6 run/journal.yaml >unfinished/journal.yaml
    small_survey plain.yaml
    sed -i 's/^readers: .*/readers: [sim-reader-b]/' plain.yaml
    "$NFC_SURVEY" run plain.yaml --output plain >/dev/null
    local name
    for name in invalid empty unfinished; do
        all_written "$name"
    done
    grep -q 'This run is not finished' empty-out/pdf.txt
    grep -q 'This run is not finished' unfinished-out/pdf.txt
    for name in invalid empty; do
        grep -q '1 of 1\|Not enough data (1 of 1)' "$name-out/report.en.md" # one handset, and nothing is known of it
        grep -q 'Not enough data' "$name-out/pdf.txt"
        run ! grep -qE '\| (Recommended|推奨) \(1' "$name-out/report.en.md"
    done
    "$NFC_SURVEY" report plain --format html,pdf,xlsx,csv,md >/dev/null
    pdftotext plain/report.pdf - | grep -q 'The survey names no criteria'
}

@test "--output may be a folder for one format too, and makes no other" {
    mkdir there
    local n
    for n in 0 2 3 4 5; do
        run -0 --separate-stderr "$NFC_SURVEY" report run --format "${FORMATS[n]}" --output there
        [ "${lines[1]}" = "there/${FILES[n]}" ]
        whole "there/${FILES[n]}"
    done
    run -4 "$NFC_SURVEY" report run --output nowhere/report.html
    [[ $output == *nowhere/report.html* ]]
    [ ! -e nowhere ]
}

@test "in any locale, without a terminal, without a home or a TERM, a report is the same bytes" {
    local language
    mkdir a b
    "$NFC_SURVEY" report run --format html,xlsx,csv,md,criteria --lang en,ja --output a >/dev/null
    for language in C POSIX ja_JP.eucJP de_DE.UTF-8; do
        env -i PATH="$PATH" NFC_SURVEY_DATA="$NFC_SURVEY_DATA" LC_ALL="$language" LANG="$language" \
            setsid -w "$NFC_SURVEY" report run --format html,xlsx,csv,md,criteria --lang en,ja --output b </dev/null >/dev/null
        diff -r a b
    done
}

@test "a folder that may not be written is a message and status 4 for every format, and the run stays as it was" {
    need_weasyprint
    local before after n user=()
    if [ "$(id -u)" -eq 0 ]; then # root may write everywhere
        command -v setpriv >/dev/null || skip 'setpriv is not installed (apt-get install util-linux)'
        chmod -R a+rX "$BATS_RUN_TMPDIR" run
        user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        "${user[@]}" test -r run/journal.yaml -a -x "$NFC_SURVEY" || skip 'nobody may not read this build'
    fi
    mkdir closed own
    chmod 777 own
    chmod 555 closed
    before=$(ls -A run)
    for n in "${!FORMATS[@]}"; do
        # the summary goes to a run that may be written, the report not
        run -4 --separate-stderr "${user[@]}" "$NFC_SURVEY" report run --format "${FORMATS[n]}" --output closed
        [[ $stderr == *'Permission denied'* ]] || { echo "${FORMATS[n]}: $stderr"; false; }
        [ -z "$(ls -A closed)" ]
    done
    after=$(ls -A run)
    [ "$before" = "$after" ]
}

@test "a full disk is said, whether it is the report's or that of temporary files, and nothing is cut off" {
    need_weasyprint
    unshare -rm true 2>/dev/null || skip 'no user namespace for a small disk'
    cat >inside <<'SH'
set -u
mount -t tmpfs -o size=256k none disk
export TMPDIR=$1 name=$2 file=$3
head -c "$4" /dev/zero >disk/ballast
"$NFC_SURVEY" report run --format "$name" --output "$5/$file" >out 2>err
echo "$?" >status
ls disk
ls -A "$5" >left
SH
    local n
    mkdir disk kept
    for n in "${!FORMATS[@]}"; do
        # not a byte is free: no format finds room for itself
        unshare -rm bash inside /tmp "${FORMATS[n]}" "${FILES[n]}" 262144 disk >listed
        [ "$(cat status)" -eq 4 ] || { echo "${FORMATS[n]}: $(cat status)"; cat err; false; }
        grep -qi 'no space left' err || { echo "${FORMATS[n]}"; cat err; false; }
        [ "$(cat listed)" = ballast ]
    done
    for n in 1 2; do # those that use temporary files
        unshare -rm bash inside "$PWD/disk" "${FORMATS[n]}" "${FILES[n]}" 262144 kept >listed
        [ "$(cat status)" -eq 4 ] || { echo "${FORMATS[n]}: $(cat status)"; cat err; false; }
        grep -qi 'no space left' err
        [ ! -s left ]
        [ "$(cat listed)" = ballast ]
    done
}

@test "past ulimit -f a write is an error, not a signal that leaves a piece behind" {
    local n status
    for n in 0 2 3 4 5; do
        rm -f "run/${FILES[n]}"
        status=0
        # 1 KiB; the message goes through a pipe
        (ulimit -f 1; "$NFC_SURVEY" report run --format "${FORMATS[n]}" 2>&1) | cat >said || status=$?
        grep -q 'nfc-survey: ' said || { echo "${FORMATS[n]}"; cat said; false; }
        [ -z "$(find run -name '*.tmp')" ]
        [ ! -e "run/${FILES[n]}" ]
    done
}

@test "a signal in the middle of a write waits until the file is whole" {
    local report status=0
    printf '#include <unistd.h>\nint fsync(int fd) { (void)fd; usleep(1500000); return 0; }\n' >slow.c
    cc -shared -fPIC -o slow.so slow.c
    LD_PRELOAD=$PWD/slow.so "$NFC_SURVEY" report run --format md >/dev/null 2>&1 3>&- &
    report=$!
    until ls run/*.tmp >/dev/null 2>&1; do sleep 0.05; done
    kill -TERM "$report"
    sleep 0.2
    kill -0 "$report" # it holds on
    wait "$report" || status=$?
    [ "$status" -eq 143 ]
    [ -z "$(find run -name '*.tmp')" ]
    [ ! -e run/report.md ] || whole run/report.md
}

@test "a TMPDIR that is not there: plots are missing and said, a PDF is refused with the reason, the rest is whole" {
    need_weasyprint
    export TMPDIR=/nonexistent/folder
    run -0 --separate-stderr "$NFC_SURVEY" report run --format html,xlsx,csv,md,criteria
    [[ $stderr == *'/nonexistent/folder: no folder for'* ]]
    grep -q 'The plots are missing: /nonexistent/folder' run/report.html
    run -4 --separate-stderr "$NFC_SURVEY" report run --format pdf
    [[ $stderr == *'/nonexistent/folder: no folder for a report'*'TMPDIR names another place'* ]]
    nothing_but report.html report.xlsx {associations,cells,effects,variance}.csv report.md criteria.yaml
}

# A Python in the place of WeasyPrint's.
pretend() { # LINE
    printf '#!/bin/sh\n%s\n' "$1" >python
    chmod +x python
    export NFC_SURVEY_PYTHON=$PWD/python
}

@test "a WeasyPrint that is broken, ends by a signal or writes no document: status 4, its words, and no report.pdf" {
    pretend 'echo "Traceback: cannot load library pango" >&2; exit 1'
    run -4 --separate-stderr "$NFC_SURVEY" report run --format pdf
    [[ $stderr == *'cannot load library pango'* ]]
    pretend 'kill -KILL $$'
    run -4 --separate-stderr "$NFC_SURVEY" report run --format pdf
    [[ $stderr == *'ended by signal 9'* ]]
    pretend 'exit 0'
    run -4 --separate-stderr "$NFC_SURVEY" report run --format pdf
    [[ $stderr == *'no document'* ]]
    pretend 'echo "not a PDF" >out.pdf'
    run -4 --separate-stderr "$NFC_SURVEY" report run --format pdf
    [[ $stderr == *'no document'* ]]
    nothing_but
}
