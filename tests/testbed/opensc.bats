#!/usr/bin/env bats
# A client of the real application that nobody here wrote: Debian's OpenSC, through the real pcscd and libccid, knows the virtual
# sim's application by itself, reads what is free, counts tries, and signs; openssl judges certificates and signatures.

bats_require_minimum_version 1.5.0
load testbed.bash

setup() {
    testbed_need opensc-tool pkcs15-tool pkcs11-tool openssl
    export HOME=$BATS_TEST_TMPDIR # where OpenSC keeps what it read
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    testbed_stop
}

tries_left() { # of the authentication PIN, of the signature PIN; what else was seen is in the file "seen"
    pkcs15-tool -D >seen 2>/dev/null
    sed -n 's/^\tTries left *: //p' seen | paste -sd ' '
}

lay() { # READER HANDSET: with the sim SIM-7 in it
    testbed_send lay "$1" "$2" - on-unlocked 0 0 0 7 1 0 sim=SIM-7 && sleep 0.5
}

sign() { # PIN
    pkcs11-tool --login --pin "$1" --sign --mechanism SHA256-RSA-PKCS --id 01 -i text -o signature \
        --token-label 'JPKI (User Authentication PIN)'
}

@test "OpenSC knows the application, reads its certificates, counts its tries and signs with it" {
    SIMS=$BATS_TEST_TMPDIR/sims testbed_start sony-rc-s300-s acs-acr1252
    lay 0 sim-testbed-b
    [ "$(opensc-tool -n 2>/dev/null)" = jpki ]
    [ "$(tries_left)" = '3 5' ]
    [ "$(grep -c '^X.509 Certificate' seen)" -eq 4 ]

    pkcs15-tool --read-certificate 03 >ca.pem 2>/dev/null
    openssl x509 -in ca.pem -noout -subject | grep -q 'NFC-SURVEY TEST CA - NOT JPKI'
    run ! pkcs15-tool --read-certificate 01 # as on a phone, behind its PIN
    pkcs15-tool --verify-pin --auth-id 01 --pin 1234 --read-certificate 01 >own.pem 2>/dev/null
    openssl verify -CAfile ca.pem own.pem

    echo 'to be signed' >text
    sign 1234
    openssl x509 -in own.pem -pubkey -noout >key.pem
    openssl dgst -sha256 -verify key.pem -signature signature text
    echo 'something else' >text
    run ! openssl dgst -sha256 -verify key.pem -signature signature text

    for _ in 1 2 3; do
        run ! sign 4321
    done
    [ "$(tries_left)" = '0 5' ] # blocked, and still known

    run lay 1 sim-testbed-a # the same sim in another phone, while it lies here
    [[ "$output" == *'lies on another reader'* ]]
    testbed_send lift 0
    lay 1 sim-testbed-a
    "$NFC_SURVEY" apdu --reader SIM-0002 00A4040C0AD392F000260100000001 00A4020C020018 00200080 | grep -q '^<< 63 c0 '
}
