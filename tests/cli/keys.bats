#!/usr/bin/env bats
# The keys that identifiers are hidden with.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    export XDG_STATE_HOME=$PWD/state
}

@test "keys names the one in use; --rotate makes another and keeps it" {
    run -0 "$NFC_SURVEY" keys
    [[ $output =~ ^([0-9a-f]{8})\ \ in\ use,\ in\ .*/state/nfc-survey$ ]]
    first=${BASH_REMATCH[1]}
    run -0 "$NFC_SURVEY" keys --rotate
    [[ $output =~ ^new\ key\ ([0-9a-f]{8})\;\ $first\ is\ kept ]]
    second=${BASH_REMATCH[1]}
    run -0 "$NFC_SURVEY" keys
    [ "${lines[0]%% *} ${lines[1]}" = "$second $first  old" ]
    [ "${#lines[@]}" -eq 2 ]
    [ "$(stat -c %a state/nfc-survey/*.key | sort -u)" = 600 ]
    run -0 "$NFC_SURVEY" keys --lang ja
    [[ ${lines[0]} == "$second  使用中"* ]]
}

@test "a key that others can read is refused, with the way out" {
    run -0 "$NFC_SURVEY" keys
    chmod 644 state/nfc-survey/identifier.key
    fails_with 4 'identifier.key: others may use it: .chmod go= ' "$NFC_SURVEY" keys
}

# Its units are everybody's: no key of a user is made or used.
@test "a simulated sweep makes no key" {
    small_survey s.yaml
    run -0 "$NFC_SURVEY" run s.yaml --output r
    [ ! -e state ]
}
