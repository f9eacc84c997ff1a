#!/usr/bin/env bats
# The counter's procedures, each as a script by hand on virtual SIMs: what they do, and what one leaves for the next.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

# procedure SCRIPT [OPTION]...: on the SIM of this test
procedure() {
    run "$NFC_SURVEY" apdu --driver sim --sims sims --sim SIM-1 --allow pin --allow write --allow block --script "$@"
}

@test "every procedure ends ok on a virtual SIM, one behind the other" {
    for script in issue issue-rsa renew pin-set pin-change pin-reset lock threats access-rules revoke; do
        procedure "$script"
        [ "$status" -eq 0 ] || { echo "$script: $output"; false; }
        [[ $output = *"-- $script: ok, "* ]]
    done
}

@test "a SIM in another handset than the one it was issued for is found, and in its own is not" {
    procedure issue
    procedure swap-check
    [ "$status" -eq 0 ]
    procedure swap-check --handset sim-beni
    [ "$status" -eq 4 ]
    [[ $output = *"ended at check"* ]]
}

@test "each procedure is refused where a word that it needs is not given, and the SIM goes on as before" {
    procedure issue
    while read -r script given missing; do
        run "$NFC_SURVEY" apdu --driver sim --sims sims --sim SIM-1 --allow "$given" --script "$script"
        [ "$status" -eq 4 ] || { echo "$script with $given: $status $output"; false; }
        [[ $output = *"it lacks \`--allow $missing\`"* ]] || { echo "$script with $given: $output"; false; }
        [[ $(grep -c '^>> 00 a4 04' <<<"$output") -eq 1 ]] # and nothing is recovered of what was not done
    done <<'END'
revoke write block
renew write pin
pin-change write pin
pin-set write pin
END
    procedure renew
    [ "$status" -eq 0 ]
    procedure swap-check
    [ "$status" -eq 0 ]
}

@test "PINs stand in no trace of a procedure" {
    procedure pin-change
    [ "$status" -eq 0 ]
    [[ $output != *"31 32 33 34"* ]]
    [[ $output != *31323334* ]]
}
