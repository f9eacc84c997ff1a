#!/usr/bin/env bats
# docs/adding-*.md are walked through, in a copy of the tree that begins with what is built.
#   ```sh        its lines are run, each of them with status 0
#   ```sh fails  the same, each with another status
#   ```sh file   is a file: its first line is a comment with the name
#   ```yaml      is one, too
#   ```text      each line is in what the last block printed
# edit.pl makes the changes of the other blocks beforehand. docs/architecture.md says which files each of these takes.
load helper

setup() {
    BUILD=$(dirname "$NFC_SURVEY")
    # What make hands to its children would name another build directory.
    unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL B NFC_SURVEY_DATA
    cp -a "$ROOT/Makefile" "$ROOT/harness" "$ROOT/drivers" "$ROOT/reports" "$ROOT/profiles" "$ROOT/scripts" "$ROOT/tests" \
        "$ROOT/docs" "$BATS_TEST_TMPDIR"
    cp -a "$BUILD" "$BATS_TEST_TMPDIR/build"
    cd "$BATS_TEST_TMPDIR"
    export PCSCLITE_CSOCK_NAME=$PWD/no-such-socket TMPDIR=$BATS_TEST_TMPDIR
    # A sanitized build goes on as one, and is not the first library under the preload library.
    if grep -q __asan_init "$NFC_SURVEY"; then
        export SANITIZE=1 ASAN_OPTIONS=verify_asan_link_order=0
    fi
}

# walk DOCUMENT: `blocks` of it, numbered files with the kind in the first line.
walk() {
    local block kind lines
    mkdir blocks
    awk '/^```/ && !inside { inside = 1; n++; name = sprintf("blocks/%02d", n); print substr($0, 4) >name; next }
         /^```$/ { inside = 0; close(name); next }
         inside { print >name }' "$1"
    : >shown
    for block in blocks/*; do
        kind=$(head -n 1 "$block")
        tail -n +2 "$block" >body
        echo "# $block ($kind): $(head -n 1 body)"
        case $kind in
        sh | 'sh generates '*) walk_commands 0 ;;
        'sh fails') walk_commands 1 ;;
        'sh file' | yaml) cp body "$(sed -n '1s/^# //p' body)" ;;
        text) walk_shown || return 1 ;;
        diff | c | po) ;;
        *) echo "a block of an unknown kind: $kind"; return 1 ;;
        esac
    done
}

walk_commands() {
    local line failed
    : >shown
    while read -r line; do
        failed=0
        timeout 100 bash -c "$line" >>shown 2>&1 </dev/null || failed=1
        [ "$failed" -eq "$1" ] || { echo "$line: failed=$failed, not $1"; cat shown; return 1; }
    done <body
}

walk_shown() {
    local line
    while IFS= read -r line; do
        grep -qF -- "$line" shown || { echo "not shown: $line"; echo "but:"; cat shown; return 1; }
    done <body
}

# takes SECTION FILES...: docs/architecture.md has a row with this link to the section, which names these files and no others.
takes() {
    local row
    row=$(grep -F "($1)" docs/architecture.md | grep '^|') || { echo "docs/architecture.md has no row of $1"; return 1; }
    diff <(grep -o '`[^`]*/[^`]*`' <<<"$row" | tr -d '`' | sort) <(printf '%s\n' "${@:2}" | sort) || { echo "$row"; return 1; }
}

# What differs from the tree that was copied.
touched() {
    diff -rq "$ROOT" . | sed -n -E -e "s@^Files $ROOT/(.*) and .*@\1@p" -e 's@^Only in \./?([^:]*): (.*)@\1/\2@p' |
        grep -E '^(harness|drivers|reports|profiles|scripts|tests|docs)/'
}

@test "a reader is added as docs/adding-a-reader.md says" {
    command -v umockdev-wrapper >/dev/null || skip "umockdev is not installed"
    [ -x build/libexec/nfc-survey-testbed ] || skip "the testbed is not built"
    walk docs/adding-a-reader.md
    takes adding-a-reader.md $(touched)
}

@test "a driver is begun as docs/adding-a-driver.md says, and its contract fails by name" {
    walk docs/adding-a-driver.md
    takes adding-a-driver.md $(touched)
    CMOCKA_MESSAGE_OUTPUT=TAP build/tests/contract/driver_stone >tap 2>/dev/null || true
    [ "$(head -n 1 tap)" = 1..48 ]
    run ! grep '^ok' tap
    [ "$(grep -c '^not ok [0-9]* - ' tap)" -ge 46 ]
}

# All changes at once, and one build: what the sections add does not meet.
@test "columns, sections, forms, clauses, checks, records and faults are added as docs/adding-to-the-code.md says" {
    local page=docs/adding-to-the-code.md title
    perl "$ROOT/tests/cli/edit.pl" "$page" >edited
    make -s po
    perl "$ROOT/tests/cli/edit.pl" --po "$page"
    [ -z "$(msgattrib --untranslated reports/words/locale/ja.po)" ]
    find build -name '*.d' -exec sed -i "s@\b${BUILD##*/}/@build/@g" {} +
    make -s -j2 WERROR=1 CFLAGS='-O0' build/nfc-survey
    walk "$page"
    cut -f 1 edited | sort -u >sections
    [ "$(wc -l <sections)" -eq 7 ]
    while read -r title; do
        takes "adding-to-the-code.md#$(tr 'A-Z ' 'a-z-' <<<"$title")" $(awk -F '\t' -v t="$title" '$1 == t { print $2 }' edited)
    done <sections
}

@test "a driver without a contract is a stranger" {
    scripts/new-driver stone
    rm tests/contract/driver_stone.c
    make -s WERROR=1 build/nfc-survey
    build/nfc-survey readers >out 2>&1
    grep -q 'stone has no contract test: not listed' out
    run -2 build/nfc-survey apdu --driver stone 00A40400
    [[ "$output" == *stone* ]]
}

@test "new-driver changes nothing when its name is wrong or taken" {
    local name
    find drivers tests -type f -exec sha256sum {} + | sort >before
    for name in '' Stone 3stone sto-ne sim ccid port100 drivers/x abcdefghijklmnopq '$(touch gone)'; do
        run -2 scripts/new-driver "$name"
        [[ "$output" == 'new-driver: '* ]]
    done
    run -2 scripts/new-driver one two
    find drivers tests -type f -exec sha256sum {} + | sort | cmp - before
}
