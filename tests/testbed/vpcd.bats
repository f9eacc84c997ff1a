#!/usr/bin/env bats
# The same driver over vsmartcard's virtual reader (vpcd): a reader that nobody here wrote, and where vicc runs, a card
# that nobody here wrote either. A private pcscd, a copy of the library (it keeps static state) and a free port.

bats_require_minimum_version 1.5.0
load testbed.bash

LIBRARY=/usr/lib/pcsc/drivers/serial/libifdvpcd.so

setup() {
    local port
    [ -e "$LIBRARY" ] || skip "vsmartcard-vpcd is not installed"
    [ -x "$BUILD/tests/contract/test_vpcd" ] || skip "the contract tests are not built in $BUILD"
    PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1] & ~1)')
    mkdir "$BATS_TEST_TMPDIR/conf"
    cp -L "$LIBRARY" "$BATS_TEST_TMPDIR/libifdvpcd.so"
    port=$(printf '0x%X' "$PORT")
    printf 'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:%s\nLIBPATH %s\nCHANNELID %s\n' "$port" \
        "$BATS_TEST_TMPDIR/libifdvpcd.so" "$port" >"$BATS_TEST_TMPDIR/conf/vpcd"
    export PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/pcscd.sock
    "$BATS_TEST_DIRNAME/private-pcscd" "$PCSCLITE_CSOCK_NAME" "$BATS_TEST_TMPDIR/conf" \
        >"$BATS_TEST_TMPDIR/pcscd.log" 2>&1 3>&- &
    PCSCD_PID=$!
}

teardown() {
    local pid
    for pid in ${CARD_PID:-} ${PCSCD_PID:-}; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# Starts a card as soon as the virtual reader listens, and waits until it is seen.
insert() {
    local tries
    for tries in $(seq 100); do
        (exec 9<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null && break
        sleep 0.1
    done
    "$@" >"$BATS_TEST_TMPDIR/card.log" 2>&1 3>&- &
    CARD_PID=$!
    for tries in $(seq 100); do
        timeout 5 opensc-tool -l 2>/dev/null | grep -q ' Yes ' && return
        sleep 0.1
    done
    cat "$BATS_TEST_TMPDIR/card.log" "$BATS_TEST_TMPDIR/pcscd.log"
    return 1
}

@test "the virtual reader is called simulated, its card answers, and a card that leaves is no success" {
    command -v opensc-tool >/dev/null || skip "opensc-tool is not installed"
    insert "$BATS_TEST_DIRNAME/vpcd-card" "$PORT"
    CMOCKA_MESSAGE_OUTPUT=TAP NFC_SURVEY_VPCD=own run timeout 60 "$BUILD/tests/contract/test_vpcd"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"ok 5 - "* ]]
    # It left in the last of these tests; inserted again it answers.
    kill "$CARD_PID" 2>/dev/null || true
    wait "$CARD_PID" 2>/dev/null || true
    insert "$BATS_TEST_DIRNAME/vpcd-card" "$PORT"
    CONTRACT_ONLY='a_card_that_is_not_ours*' CMOCKA_MESSAGE_OUTPUT=TAP NFC_SURVEY_VPCD=own run timeout 60 "$BUILD/tests/contract/test_vpcd"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"ok 1 - "* ]]
}

@test "vicc's ISO 7816 card is read through the same driver" {
    command -v vicc >/dev/null || skip "vsmartcard-vpicc is not installed"
    # Debian 12 installs vicc's module where its Python does not look, and names the library it wants Cryptodome.
    local libraries=/usr/lib/python3/site-packages/virtualsmartcard crypto=/usr/lib/python3/dist-packages/Cryptodome
    [ -d "$libraries" ] && [ -d "$crypto" ] || skip "vicc's Python modules are not installed (scripts/deps names them)"
    mkdir "$BATS_TEST_TMPDIR/python"
    ln -s "$crypto" "$BATS_TEST_TMPDIR/python/Crypto"
    export PYTHONPATH=$BATS_TEST_TMPDIR/python:$libraries PYTHONDONTWRITEBYTECODE=1
    insert /usr/bin/python3 "$(command -v vicc)" -t iso7816 -H 127.0.0.1 -P "$PORT"
    CMOCKA_MESSAGE_OUTPUT=TAP NFC_SURVEY_VPCD=vicc run timeout 60 "$BUILD/tests/contract/test_vpcd"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
}
