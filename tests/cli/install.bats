#!/usr/bin/env bats
# What `make install` puts where, and what the program tells man and the shell of itself.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

subcommands() {
    "$NFC_SURVEY" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

@test "an installed program finds its profiles, its style and its catalogue from anywhere, and goes without a trace" {
    prefix=$BATS_TEST_TMPDIR/usr
    make -s -C "$ROOT" B="${NFC_SURVEY%/nfc-survey}" PREFIX="$prefix" install >made 2>&1 || { cat made; false; }
    mkdir elsewhere
    cd elsewhere
    env -u NFC_SURVEY_DATA "$prefix/bin/nfc-survey" report "$ROOT/results/example" --lang ja --output page.html
    grep -q 'lang="ja"' page.html
    grep -q '推奨' page.html
    env -u NFC_SURVEY_DATA "$prefix/bin/nfc-survey" readers --profiles | grep -q sim-reader-a
    env -u NFC_SURVEY_DATA "$prefix/bin/nfc-survey" plan demo | grep -q placements
    [ -s "$prefix/share/man/man1/nfc-survey.1" ]
    [ -s "$prefix/share/bash-completion/completions/nfc-survey" ]
    grep -q 'org.debian.pcsc-lite.access_card' "$prefix/share/polkit-1/rules.d/50-nfc-survey.rules"
    "$ROOT/scripts/gen-udev" udev | cmp - "$prefix/lib/udev/rules.d/60-nfc-survey.rules"
    make -s -C "$ROOT" B="${NFC_SURVEY%/nfc-survey}" PREFIX="$prefix" uninstall >/dev/null
    [ -z "$(find "$prefix" -type f)" ]
}

@test "the manual page has every subcommand with its options, and mandoc takes it without a complaint" {
    "$NFC_SURVEY" manual --format man >page.1
    mandoc -T lint -W warning page.1 | grep -v 'missing date' >complaints || true # the same page from the same source
    [ ! -s complaints ] || { cat complaints; false; }
    mandoc -T utf8 -O width=100 page.1 | sed 's/.\x08//g' >text
    for name in $(subcommands); do
        [ "$name" = help ] && continue
        grep -Eq "^ +$name\$" text
        "$NFC_SURVEY" "$name" --help | sed -n '/^Options:/,/^$/s/^ .*\(--[a-z][a-z-]*\).*/\1/p' | grep '^--' | grep -v -- --help >options || true
        while read -r option; do
            grep -q -- "$option" text || { echo "$name $option"; false; }
        done <options
    done
    grep -q -- '--format text|yaml|html' text
}

# What bash would offer for the words given; the last one is being typed.
offered() {
    bash -c 'source <("$NFC_SURVEY" manual --format bash); COMP_WORDS=(nfc-survey "$@"); COMP_CWORD=$#; _nfc_survey; printf "%s\n" "${COMPREPLY[@]}"' _ "$@"
}

@test "bash completes subcommands, their options and the values that are known" {
    export NFC_SURVEY
    offered rep | cmp - <(echo report)
    offered report --f | cmp - <(echo --format)
    [[ $(offered report --format '') == *xlsx* ]]
    offered compare a b --match m | cmp - <(echo model)
    [ -z "$(offered report resul)" ]
    for name in $(subcommands); do
        offered "$name" | grep -qx "$name"
    done
}

@test "every reader profile with USB ids has its udev rule, and no simulated one has" {
    "$ROOT/scripts/gen-udev" udev >rules
    python3 - "$ROOT" <<'PYTHON'
import glob, re, sys, yaml
rules = re.findall(r'^SUBSYSTEM=="usb", .*ATTR\{idVendor\}=="(.{4})", ATTR\{idProduct\}=="(.{4})", MODE="0660", GROUP="plugdev", TAG\+="uaccess"$', open("rules").read(), re.M)
profiles = [yaml.safe_load(open(path)) for path in glob.glob(sys.argv[1] + "/profiles/readers/*.yaml")]
wanted = {(p["usb"]["vendor"].lower(), p["usb"]["product"].lower()) for p in profiles if "usb" in p and "simulation" not in p}
assert len(wanted) > 20
assert set(rules) == wanted and len(rules) == len(wanted), set(rules) ^ wanted
PYTHON
    fails_with 2 'usage: scripts/gen-udev' "$ROOT/scripts/gen-udev"
}
