# What the guard lets pass, form by form, held against a table that is not its own.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "of all classes, instructions and forms only those of the table pass, in every state" {
    libraries=$(dirname "$NFC_SURVEY")
    cc -O2 -std=gnu17 -I"$ROOT" -o forms "$ROOT/tests/card/guard_forms.c" "$libraries/libharness-card.a" \
        "$libraries/libharness-domain.a" "$libraries/libharness-base.a" "$libraries/libharness-card.a" -lcrypto
    "$ROOT/tests/card/guard.py" ./forms
}
