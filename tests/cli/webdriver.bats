#!/usr/bin/env bats
# The browser under the tests of pages: one that does not start at once is started again, and in the end it is said why.
load helper

setup() {
    command -v chromedriver >/dev/null || skip "chromium-driver is not installed"
    cd "$BATS_TEST_TMPDIR"
    mkdir bin
    REAL=$(command -v chromedriver)
    cat >one.py <<PYTHON
import sys
sys.path.insert(0, "$ROOT/tests/cli")
import webdriver
webdriver.PAUSE_S = 0
with webdriver.Browser() as b:
    b.open("/dev/null")
    print("open")
PYTHON
}

# A driver that fails as often as the file `fails` has lines.
failing_driver() {
    cat >bin/chromedriver <<SH
#!/bin/sh
[ -s fails ] || exec "$REAL" "\$@"
sed -i 1d fails
echo 'no port is free'
exit 1
SH
    chmod +x bin/chromedriver
}

@test "a driver that fails twice is started a third time" {
    failing_driver
    printf '1\n2\n' >fails
    PATH=$PWD/bin:$PATH run -0 --separate-stderr python3 one.py
    [ "$output" = open ]
    [ "$(grep -c 'once more: chromedriver ended with 1: no port is free' <<<"$stderr")" -eq 2 ]
}

@test "a driver that always fails ends the test with what it said" {
    failing_driver
    seq 9 >fails
    PATH=$PWD/bin:$PATH run -1 python3 one.py
    [[ "$output" == *"AssertionError: no browser after 5 tries: chromedriver ended with 1: no port is free"* ]]
}
