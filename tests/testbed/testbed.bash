# Starts and stops a testbed for a bats file. Each one lives in directories of its own, so files run side by side.
# Everything started is ended by its own pid.
#   testbed_need            skips the test where the testbed or what it stands on is missing
#   testbed_run PROFILE... -- COMMAND...   one command inside a testbed of these readers; its exit status
#   testbed_start PROFILE...               a testbed in the background, with virtual sims kept in $SIMS where that is set; exports PCSCLITE_CSOCK_NAME, NFC_SURVEY_TESTBED
#   testbed_send REQUEST...                one request to its control socket
#   testbed_stop
ROOT=$(cd "${BATS_TEST_DIRNAME:?}/../.." && pwd)
NFC_SURVEY=${NFC_SURVEY:-$ROOT/build/nfc-survey}
BUILD=$(dirname "$NFC_SURVEY")
TESTBED=$BUILD/libexec/nfc-survey-testbed
export XDG_STATE_HOME=${BATS_FILE_TMPDIR:-$PWD}/state # of `keys`
SIX='sony-rc-s300-s acs-acr1252 acs-acr122u identiv-utrust-3700-f hid-omnikey-5022 toppan-forms-tc63cut021'

testbed_need() {
    [ -x "$TESTBED" ] || skip "the testbed is not built in $BUILD"
    local program
    for program in umockdev-wrapper "$@"; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
    command -v pcscd >/dev/null || [ -x /usr/sbin/pcscd ] || skip "pcscd is not installed"
    [ -e /etc/libccid_Info.plist ] || skip "libccid is not installed"
}

# A data directory with the shipped readers and, beside the shipped simulated handsets, the tests' own.
testbed_data() {
    DATA=$BATS_TEST_TMPDIR/data
    [ -d "$DATA" ] && return
    mkdir -p "$DATA/profiles/handsets" "$DATA/profiles/readers"
    ln -s "$ROOT"/profiles/readers/*.yaml "$ROOT"/tests/testbed/data/readers/*.yaml "$DATA/profiles/readers/"
    ln -s "$ROOT/profiles/scripts" "$DATA/profiles/scripts"
    ln -s "$ROOT/profiles/criteria" "$DATA/profiles/criteria"
    ln -s "$ROOT/reports" "$DATA/reports"
    ln -s "$ROOT"/profiles/handsets/sim-*.yaml "$ROOT"/tests/testbed/data/handsets/*.yaml "$DATA/profiles/handsets/"
}

testbed_arguments() {
    local reader
    arguments=(ccid --pcscd --profiles "$DATA")
    for reader; do
        arguments+=(--reader "$reader")
    done
    [ -z "${SIMS:-}" ] || arguments+=(--sims "$SIMS")
}

testbed_run() {
    local readers=()
    while [ "$1" != -- ]; do
        readers+=("$1")
        shift
    done
    shift
    testbed_data
    testbed_arguments "${readers[@]}"
    TMPDIR=$BATS_TEST_TMPDIR timeout 120 "$TESTBED" "${arguments[@]}" -- "$@"
}

testbed_start() {
    local line word tries=0
    testbed_data
    testbed_arguments "$@"
    TMPDIR=$BATS_TEST_TMPDIR "$TESTBED" "${arguments[@]}" >"$BATS_TEST_TMPDIR/ready" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    TESTBED_PID=$!
    until grep -q '^ready ' "$BATS_TEST_TMPDIR/ready"; do
        kill -0 "$TESTBED_PID" 2>/dev/null && [ $((tries += 1)) -lt 400 ] || {
            cat "$BATS_TEST_TMPDIR/errors"
            return 1
        }
        sleep 0.05
    done
    line=$(grep '^ready ' "$BATS_TEST_TMPDIR/ready")
    for word in ${line#ready }; do
        export "${word?}"
    done
}

testbed_send() {
    "$TESTBED" send "$NFC_SURVEY_TESTBED" "$@"
}

# Lays a handset in the middle of a reader's field, and waits until the daemon has powered it.
testbed_lay() {
    testbed_send lay "$1" "$2" - on-unlocked 0 0 0 "${3:-7}" 1 0
    sleep 0.5
}

testbed_stop() {
    [ -n "${TESTBED_PID:-}" ] || return 0
    kill -TERM "$TESTBED_PID" 2>/dev/null || true
    wait "$TESTBED_PID" 2>/dev/null || true
    TESTBED_PID=
}

# vpcd_start KIND...: vsmartcard's virtual reader under a pcscd of its own, with the cards of odd-card that hands lay one
# after the other; its profile sim-testbed-vpcd lies beside the survey. Exports PCSCLITE_CSOCK_NAME, NFC_SURVEY_TESTBED.
vpcd_start() {
    local library=/usr/lib/pcsc/drivers/serial/libifdvpcd.so port
    [ -e "$library" ] || skip "vsmartcard-vpcd is not installed"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1] & ~1)')
    mkdir "$BATS_TEST_TMPDIR/conf"
    cp -L "$library" "$BATS_TEST_TMPDIR/libifdvpcd.so"
    printf 'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x%X\nLIBPATH %s\nCHANNELID 0x%X\n' "$port" \
        "$BATS_TEST_TMPDIR/libifdvpcd.so" "$port" >"$BATS_TEST_TMPDIR/conf/vpcd"
    export PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/pcscd.sock NFC_SURVEY_TESTBED=$BATS_TEST_TMPDIR/hands.sock
    "$BATS_TEST_DIRNAME/private-pcscd" "$PCSCLITE_CSOCK_NAME" "$BATS_TEST_TMPDIR/conf" >"$BATS_TEST_TMPDIR/pcscd.log" 2>&1 3>&- &
    PCSCD_PID=$!
    "$BATS_TEST_DIRNAME/odd-card" "$port" "$NFC_SURVEY_TESTBED" "$@" >"$BATS_TEST_TMPDIR/card.log" 2>&1 3>&- &
    CARD_PID=$!
    sed -e 's/^id: .*/id: sim-testbed-vpcd/' -e 's/^match: .*/match: "Virtual PCD 00 00"/' \
        "$BATS_TEST_DIRNAME/data/readers/sim-testbed-ccid.yaml" >"$BATS_TEST_TMPDIR/sim-testbed-vpcd.yaml"
    for _ in $(seq 100); do
        [ ! -S "$NFC_SURVEY_TESTBED" ] || ! "$NFC_SURVEY" readers | grep -q 'Virtual PCD 00 00' || break
        sleep 0.1
    done
}

vpcd_stop() {
    local pid
    for pid in ${CARD_PID:-} ${PCSCD_PID:-}; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# person STATUS COMMAND...: a person at a terminal of the command's; the steps (person.py) come on stdin.
person() {
    local wanted=$1 got=0
    shift
    cat >steps
    timeout 60 python3 "$BATS_TEST_DIRNAME/person.py" steps "$@" 2>err || got=$?
    [ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted"; cat err; return 1; }
}

# records JQ: of the journal of r, without its start.
records() {
    tail -n +2 r/journal.yaml | sed 's/^- //' | jq -c "$1"
}
