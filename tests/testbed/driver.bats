#!/usr/bin/env bats
# drivers/pcsc over the real stack: tests/contract/test_pcsc.c, run inside a testbed.

bats_require_minimum_version 1.5.0
load testbed.bash

@test "the PC/SC driver names stages, causes and codes as they are" {
    testbed_need
    [ -x "$BUILD/tests/contract/test_pcsc" ] || skip "the contract tests are not built in $BUILD"
    CMOCKA_MESSAGE_OUTPUT=TAP run testbed_run sony-rc-s300-s acs-acr122u -- "$BUILD/tests/contract/test_pcsc"
    printf '%s\n' "$output" | sed 's/^/# /'
    [ "$status" -eq 0 ]
    [[ "$output" == *"ok 1 - "* && "$output" != *"SKIP"* ]]
}
