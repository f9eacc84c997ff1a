#!/usr/bin/env bats
# What compiler and linker put into the program against a fault in it being used: Makefile, HARDEN.
load helper

B=${NFC_SURVEY%/nfc-survey}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "the program lies anywhere in memory, its tables are read-only before main, and no stack is executable" {
    readelf -hldW "$NFC_SURVEY" >elf
    grep -q 'Type: *DYN' elf
    grep -q 'GNU_RELRO' elf
    grep -Eq '\(FLAGS\) .*BIND_NOW' elf
    grep -Eq '\(FLAGS_1\) .*NOW.* PIE' elf
    grep -Eq 'GNU_STACK .* RW +0x' elf
}

@test "calls are checked: stack protector, fortified libc, probes in large frames" {
    nm -D --undefined-only "$NFC_SURVEY" >calls
    grep -q '__stack_chk_fail' calls
    grep -q __asan_init calls || grep -q '__snprintf_chk' calls
    [ "$(uname -m)" = x86_64 ] || skip 'how a probe looks is known of x86-64 only'
    objdump -d "$B/libharness-journal.a" | grep -Eq '(or|mov)q +\$0x0,\((%rsp|%r11)\)'
}

@test "every object of the program marks where an indirect jump may land" {
    [ "$(uname -m)" = x86_64 ] || skip 'x86 only'
    for archive in "$B"/lib*.a; do
        [ "$(readelf -nW "$archive" | grep -c 'x86 feature: IBT, SHSTK')" -eq "$(ar t "$archive" | wc -l)" ] ||
            { echo "$archive"; false; }
    done
}
