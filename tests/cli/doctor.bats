#!/usr/bin/env bats
# doctor: each finding with its fix. What a test host has not (a module on a reader, cpufreq, suspend, polkit, an old
# disk of packages) is shown on a made tree; pcscd and held readers are tried in tests/testbed/doctor.bats.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    export PCSCLITE_CSOCK_NAME=$PWD/nobody.comm # no daemon, whatever runs on this host
    tree=$PWD/tree
    mkdir -p "$tree"
}

file() { # NAME TEXT: in the made tree
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$tree/$1"
}

link() { # NAME TARGET
    mkdir -p "$tree/$(dirname "$1")"
    ln -s "$2" "$tree/$1"
}

# device NAME VENDOR PRODUCT NUMBER SERIAL [FEATURES [INTERFACE]]: on bus 1, with a CCID interface as an ACR122U has it.
device() {
    local at=sys/bus/usb/devices/$1 node
    file "$at/idVendor" "$2"
    file "$at/idProduct" "$3"
    file "$at/busnum" 1
    file "$at/devnum" "$4"
    file "$at/bcdDevice" 0214
    [ -z "$5" ] || file "$at/serial" "$5"
    printf -v node dev/bus/usb/001/%03d "$4"
    file "$node" ''
    perl -e 'my ($features, $number) = @ARGV;
        my $class = pack("C2 v C C V V V C V V C V V V V V C2 v C2", 54, 0x21, 0x110, 0, 7, 3, 4000, 4000, 0, 10752, 344086, 0, 256, 0, 0, hex $features, 271, 0, 0, 0, 0, 1);
        print pack("C18", 18, 1, (0) x 16), pack("C9", 9, 2, (0) x 7), pack("C9", 9, 4, $number, 0, 3, 0x0b, 0, 0, 0), $class, pack("C7", 7, 5, 0x81, 3, 8, 0, 16)' \
        "${6:-00020040}" "${7:-0}" >"$tree/$at/descriptors"
}

# doctor ARGUMENT...: findings of the tree in $output, an object a line, and the exit status in $status.
doctor() {
    run --separate-stderr "$NFC_SURVEY" doctor --root "$tree" --json "$@"
    [ -z "$stderr" ]
}

# found CHECK SEVERITY PATTERN [FIX]: such a finding is among them; PATTERN of subject and text, FIX of the fix.
found() {
    jq -e -s --arg check "$1" --arg severity "$2" --arg said "$3" --arg fix "${4-}" 'any(.[]; .check == $check and .severity == $severity and ("\(.subject): \(.text)" | test($said)) and (.fix | test($fix)))' <<<"$output" >/dev/null ||
        { echo "no $2 of $1 like '$3' / '${4-}' in:"; jq -c "select(.check == \"$1\")" <<<"$output"; return 1; }
}

in_order() { # CHECK: it looked, and nothing is in the way
    jq -e -s --arg check "$1" 'map(select(.check == $check).severity) == ["ok"]' <<<"$output" >/dev/null ||
        { echo "$1 is not in order:"; jq -c "select(.check == \"$1\")" <<<"$output"; return 1; }
}

# A survey over one real reader: REPLACED what has to be replaced.
real_survey() { # FILE DRIVER PROFILE
    sed -e "s/driver: pcsc/driver: $2/; s/REPLACE-WITH-ITS-LABEL/TEST LABEL/; /^exclude:/,/^  - /d" \
        -e "/^readers:/,/^sims:/{/^  - /d;}" -e "s/^readers:/readers:\n  - {unit: RW-1, profile: $3}/" \
        "$ROOT/profiles/surveys/counter.yaml" >"$1"
}

@test "a simulated sweep needs neither daemon nor reader, and nothing stops it" {
    doctor "$ROOT/profiles/surveys/demo.yaml"
    [ "$status" -eq 0 ]
    in_order survey
    ! grep -Eq '"check": "(pcscd|readers|usb-node|wall-clock|load)"' <<<"$output" || false
}

@test "pcscd is absent, or stopped, or its socket is closed to this user" {
    doctor
    [ "$status" -eq 4 ]
    found pcscd stops 'pcscd is not installed' '^sudo apt-get install pcscd libccid$'
    found pcscd stops 'ifd-ccid.bundle: pcscd has no driver for CCID' '^sudo apt-get install libccid$'
    file usr/sbin/pcscd ''
    mkdir -p "$tree/usr/lib/pcsc/drivers/ifd-ccid.bundle"
    doctor
    [ "$status" -eq 4 ]
    found pcscd stops 'nobody.comm: pcscd does not run' '^sudo systemctl enable --now pcscd.socket$'
    ! grep -q 'install .*libccid' <<<"$output" || false
    ! grep -q '"check": "held"' <<<"$output" || false # it could not look
}

# as_user ARGUMENT...: doctor of somebody who is not root, on a copy that everybody may read.
as_user() {
    local copy setpriv=
    copy=$(mktemp -d)
    [ "$(id -u)" -ne 0 ] || setpriv='setpriv --reuid 65534 --clear-groups'
    cp -r "$NFC_SURVEY" "$ROOT/profiles" "$tree" ./*.yaml "$copy"
    mkdir "$copy/reports"
    chmod -R go+rX "$copy"
    run env -C "$copy" NFC_SURVEY_DATA="$copy" $setpriv ./nfc-survey doctor --root "$copy/tree" --json "$@"
    rm -rf "$copy"
}

@test "a reader's node is missing, or closed to this user; the fix has its rule, or uses the one installed" {
    device 1-1 072f 2200 3 X1
    real_survey s.yaml ccid acs-acr122u
    doctor s.yaml
    in_order usb-node
    rm "$tree/dev/bus/usb/001/003"
    doctor s.yaml
    [ "$status" -eq 4 ]
    found usb-node stops 'ACS ACR122U \(X1\) \(USB 1-1\): its device node /dev/bus/usb/001/003 does not exist' 'udevadm trigger'
    file dev/bus/usb/001/003 ''
    chmod 0444 "$tree/dev/bus/usb/001/003"
    as_user s.yaml
    [ "$status" -eq 4 ]
    found usb-node stops 'may not write to its device node /dev/bus/usb/001/003' 'ATTR\{idVendor\}=="072f", ATTR\{idProduct\}=="2200", .*tee -a /etc/udev/rules.d/60-nfc-survey.rules'
    file usr/lib/udev/rules.d/60-nfc-survey.rules ''
    as_user s.yaml
    found usb-node stops 'may not write' '^sudo usermod -aG plugdev'
    # pcscd opens the node for its clients: this user need not.
    real_survey p.yaml pcsc acs-acr122u
    as_user p.yaml
    ! grep -q '"check": "usb-node"' <<<"$output" || false
}

@test "a kernel module or another process has the reader" {
    device 1-2 04e6 5591 7 ''
    link sys/bus/usb/devices/1-2/1-2:1.0/driver ../../../../bus/usb/drivers/pn533_usb
    mv "$tree/sys/bus/usb/devices/1-2/1-2:1.0" "$tree/sys/bus/usb/devices/1-2:1.0"
    ln -s ../1-2:1.0 "$tree/sys/bus/usb/devices/1-2/1-2:1.0"
    file proc/77/stat '77 (pcscd) S 1 1 1 0'
    link proc/77/fd/9 /dev/bus/usb/001/007
    doctor
    found usb-driver stops 'SCL3711 \(USB 1-2\): the kernel module pn533_usb has claimed it' '^sudo modprobe -r pn533_usb\necho .blacklist pn533_usb. \| sudo tee -a /etc/modprobe.d/nfc-survey.conf$'
    in_order usb-holder # pcscd is meant to
    file proc/78/stat '78 (nfcpy :-)) S 1 1 1 0'
    link proc/78/fd/3 /dev/bus/usb/001/007
    doctor
    found usb-holder stops 'nfcpy :-\) \(78\)' 'fuser -v /dev/bus/usb/001/007'
    # A driver that opens the device itself can't have it beside pcscd.
    rm -r "$tree/proc/78"
    real_survey s.yaml ccid scm-scl3711
    doctor s.yaml
    found usb-holder stops 'another program has opened its device: pcscd \(77\)' 'sudo systemctl stop pcscd.socket pcscd'
}

@test "a known reader is not as its profile says, two have one serial, two of a model differ in firmware" {
    device 1-1 072f 2200 3 A02014090501
    device 1-2 072f 2200 4 A02014090502
    doctor
    for check in descriptor serial firmware; do in_order $check; done
    device 1-2 072f 2200 4 A02014090501 00040040
    file sys/bus/usb/devices/1-2/bcdDevice 0215
    doctor
    found descriptor spoils 'USB 1-2\): differs from its profile: .*00040040'
    found serial spoils 'ACR122U \(A02014090501\) \(USB 1-2\): the same serial as .*\(USB 1-1\)'
    found firmware advice 'its firmware is 0215, that of .*1-1\) is 0214'
    device 1-2 072f 2200 4 '' 00020040 1
    doctor
    found descriptor spoils 'USB 1-2\): not as its profile says: interface 0 speaks no CCID'
}

@test "packages that spoil sweeps are named; removed ones are not" {
    file var/lib/dpkg/status 'Package: libacsccid1
Status: deinstall ok config-files
Version: 1.1.8-1

Package: vsmartcard-vpcd
Status: install ok installed
Version: 3.3'
    doctor
    found packages spoils 'vsmartcard-vpcd: version 3.3 ' 'apt-get remove vsmartcard-vpcd'
    ! grep -q libacsccid1 <<<"$output" || false
    sed -i 's/deinstall ok config-files/install ok installed/' "$tree/var/lib/dpkg/status"
    doctor
    found packages spoils 'libacsccid1: version 1.1.8-1' 'apt-get install libccid'
}

@test "the host: clock source, governor, pressure, load, suspend" {
    doctor # what the tree does not have is not in order, and not wrong
    for check in clock-source governor; do ! grep -q "\"check\": \"$check\"" <<<"$output" || false; done
    in_order suspend
    clocks=sys/devices/system/clocksource/clocksource0
    file $clocks/current_clocksource hpet
    file $clocks/available_clocksource 'tsc hpet acpi_pm'
    file sys/devices/system/cpu/cpu0/cpufreq/scaling_governor powersave
    file proc/pressure/cpu 'some avg10=72.31 avg60=1.00 avg300=1.00 total=1'
    file sys/power/state 'freeze mem disk'
    doctor
    found clock-source spoils 'clock source is hpet' '^echo tsc \| sudo tee /sys/devices/system/clocksource'
    found governor advice 'governor is powersave' 'echo performance \| sudo tee'
    found load spoils 'in 72 % of the last 10 s' '^ps '
    found suspend advice 'may suspend' 'systemctl mask sleep.target'
    file $clocks/current_clocksource tsc
    file sys/devices/system/cpu/cpu0/cpufreq/scaling_governor performance
    file proc/pressure/cpu 'some avg10=1.00 avg60=1.00 avg300=1.00 total=1'
    link etc/systemd/system/sleep.target /dev/null
    doctor
    for check in clock-source governor load suspend; do in_order $check; done
    rm "$tree/proc/pressure/cpu"
    file proc/loadavg '4000.12 1.00 1.00 1/1 1'
    doctor
    found load spoils 'load is 4000.1 on' '^ps '
}

# doctor_in SETTING... -- ARGUMENT...: with this host's clock or disk as the settings say.
doctor_in() {
    local settings=()
    cat >host.c <<'C'
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
time_t time(time_t *out) { time_t t = atol(getenv("CLOCK_AT")); if (out) *out = t; return t; }
int adjtimex(struct timex *t) { t->status = atoi(getenv("CLOCK_STATUS")); return t->status & STA_UNSYNC ? TIME_ERROR : TIME_OK; }
int statvfs(const char *path, struct statvfs *s) { (void)path; *s = (struct statvfs) { .f_frsize = 1000, .f_bavail = strtoul(getenv("DISK_KB"), NULL, 10) }; return 0; }
C
    [ -e host.so ] || gcc -shared -fPIC -o host.so host.c
    while [ "$1" != -- ]; do
        settings+=("$1")
        shift
    done
    shift
    run --separate-stderr env ASAN_OPTIONS=verify_asan_link_order=0 CLOCK_AT=1900000000 CLOCK_STATUS=0 DISK_KB=100000000 "${settings[@]}" \
        LD_PRELOAD="$PWD/host.so" "$NFC_SURVEY" doctor --root "$tree" --json "$@"
}

@test "the clock: behind, not synchronised, synchronised" {
    doctor_in --
    in_order wall-clock
    doctor_in CLOCK_STATUS=64 --
    found wall-clock spoils 'the clock is not synchronised' '^sudo apt-get install chrony$'
    file usr/sbin/chronyd ''
    doctor_in CLOCK_AT=1000 --
    found wall-clock spoils 'the clock stands at 1 January 1970' '^sudo systemctl enable --now chrony$'
}

@test "the disk against the journal to come, and a folder that cannot be written" {
    demo=$ROOT/profiles/surveys/demo.yaml
    doctor_in -- "$demo" --output not/there/yet
    in_order disk
    "$NFC_SURVEY" run "$demo" --output r >/dev/null 2>&1 || [ $? -eq 5 ] # some cells stay rejected so far
    doctor_in DISK_KB=$(($(stat -c %s r/journal.yaml) / 1000)) -- "$demo"
    [ "$status" -eq 4 ]
    found disk stops '^\.: [0-9]+ MB are free, the journal may take [0-9]+ MB' '^du -xh --max-depth=1 . '
    need=$(jq -rs 'map(select(.check == "disk"))[0].arguments[1]' <<<"$output")
    doctor_in DISK_KB=$((need * 1500)) -- "$demo"
    [ "$status" -eq 0 ]
    found disk spoils "the journal may take $need MB"
    small_survey s.yaml
    as_user s.yaml --output /nothing/here
    [ "$status" -eq 4 ]
    found disk stops '^/: the journal cannot be written there: ' '^ls -ld /$'
}

@test "reports: plots, PDF and Japanese fonts" {
    doctor "$ROOT/profiles/surveys/demo.yaml"
    found plots advice 'gnuplot' '^sudo apt-get install gnuplot-nox$'
    found pdf advice 'neither WeasyPrint nor a browser' '^sudo apt-get install weasyprint$'
    found fonts advice 'no Japanese font' '^sudo apt-get install fonts-noto-cjk$'
    file usr/bin/chromium ''
    doctor "$ROOT/profiles/surveys/demo.yaml"
    found pdf advice 'the browser prints the page' weasyprint
    for program in gnuplot weasyprint; do file usr/bin/$program ''; done
    file usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ''
    doctor "$ROOT/profiles/surveys/demo.yaml"
    for check in plots pdf fonts; do in_order $check; done
}

@test "the survey: placeholders by line, criteria that nobody can meet, too few sessions, readers that are not there" {
    sed 's/^# exclude: .*/exclude: [{reader: RW-03, condition: on-unlocked-case, reason: two readers do}]/' \
        "$ROOT/profiles/surveys/counter.yaml" >c.yaml
    doctor c.yaml
    [ "$status" -eq 4 ]
    found survey stops '^c.yaml:22:71: REPLACE-WITH-ITS-LABEL has still' '^editor \+22 c.yaml$'
    found survey stops '^c.yaml:23:67: '
    found survey spoils '3 of 3 handsets cannot be recommended.* HS-001\+sim-01 on RW-03, on-unlocked-case' '^editor \+[0-9]+ c.yaml$'
    found readers stops 'RW-01: not attached for the driver pcsc' 'nfc-survey readers'
    real_survey s.yaml pcsc acs-acr122u
    doctor s.yaml
    in_order survey
    sed -i 's/^sessions: 2/sessions: 1/; s/  - {script: cert, time_limit_ms: 2500}//' s.yaml
    cat >k.yaml <<'YAML'
format: nfc-survey/criteria
version: 1
id: k
title: {en: k, ja: k}
edition: "1"
source: a test
scripts: [cert]
power_modes: [battery-low]
readers_at_least: 3
success: {taps: 1000, ok_at_least: 99}
time: {within_ms: 500}
YAML
    sed -i 's#^criteria: .*#criteria: ./k.yaml#' s.yaml
    doctor s.yaml
    found survey spoils 'no cell can become compatible in one session'
    found survey spoils 'by k nobody can be recommended: it asks for the script cert'
    found survey spoils 'it asks for battery low, in which no condition'
    found survey spoils 'asks for 3 readers, the survey has 1 of them'
}

@test "a survey that cannot be read stops, by line and column; a sick profile is named and the rest is looked at" {
    small_survey s.yaml
    sed -i 's/^sessions: 2/sessions: many/' s.yaml
    doctor s.yaml
    [ "$status" -eq 4 ]
    found survey stops '^s.yaml:[0-9]+:[0-9]+: .*sessions'
    mkdir -p data
    cp -r "$ROOT/profiles" data/
    ln -s "$ROOT/reports" data/reports
    echo 'polling: yes' >>data/profiles/readers/acs-acr122u.yaml
    small_survey s.yaml
    NFC_SURVEY_DATA=$PWD/data doctor s.yaml
    [ "$status" -eq 0 ]
    found profiles spoils 'acs-acr122u.yaml:[0-9]+:1: '
    in_order survey
}

@test "a fix can be pasted whatever the survey is called" {
    cp "$ROOT/profiles/surveys/counter.yaml" "it's \$(touch pwned).yaml"
    doctor "it's \$(touch pwned).yaml"
    fix=$(jq -rs 'map(select(.check == "survey" and .severity == "stops"))[0].fix' <<<"$output")
    editor() { printf '%s\n' "$@" >edited; }
    eval "$fix"
    [ ! -e pwned ]
    [ "$(sed -n 2p edited)" = "it's \$(touch pwned).yaml" ]
}

@test "findings are words in both languages, the worst first, with a count; what is in order only with --all" {
    run -4 "$NFC_SURVEY" doctor --root "$tree" "$ROOT/profiles/surveys/counter.yaml"
    [[ ${lines[0]} == 'STOPS  '* ]]
    grep -q '^    \$ sudo apt-get install pcscd libccid$' <<<"$output"
    ! grep -q '^ok ' <<<"$output" || false
    [ "$(grep -c '^STOPS' <<<"$output")" = "$(sed -n 's/^would stop a sweep: \([0-9]*\);.*/\1/p' <<<"$output")" ]
    run -4 "$NFC_SURVEY" doctor --root "$tree" "$ROOT/profiles/surveys/counter.yaml" --all
    grep -q '^ok  serial: nothing in the way$' <<<"$output"
    run -4 "$NFC_SURVEY" doctor --root "$tree" "$ROOT/profiles/surveys/counter.yaml" --lang ja
    grep -q 'pcscdが入っていません' <<<"$output"
    ! grep -q 'would stop' <<<"$output" || false
}
