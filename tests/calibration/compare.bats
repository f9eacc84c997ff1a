#!/usr/bin/env bats
# The short form of `make calibrate-compare`: pairs of simulated runs in which nothing changed but the day, and some in which something did.
load ../cli/helper
load calibrated

setup_file() {
    calibrated calibrate-compare
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "with good and bad days no more is called changed than promised, with two sessions a side and with four" {
    rows '^same-2 .* falsely listed in' 4
    rows '^same-4 .* falsely listed in' 4
}

@test "units whose sessions differ are marked unsteady" {
    rows '^same-[24] .* unsteady units marked' 2
}

@test "claiming what differs between a few days is caught" {
    rows '^same-2 .* errs in .* caught' 1
}

@test "a reader that became slower and a handset that died are found, and nothing else" {
    rows '^slower-reader-4 .* reader-0 alone found' 1
    rows '^dead-handset-2 .* phone-0 alone found' 1
}

@test "nothing is off" {
    [ "$(cat status)" -eq 0 ] || { cat table progress; return 1; }
    [ "$(tail -n 1 table)" = 'all as it must be' ]
}
