#!/usr/bin/env bats
# What check and plan say of a survey that is valid and yet cannot end as anybody wants.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# doubted PATTERN SURVEY, trusted PATTERN SURVEY: both commands say it, or neither does; the survey is valid either way.
doubted() {
    for command in check plan; do
        run -0 "$NFC_SURVEY" "$command" "$2"
        grep -Eq "^$2: .*$1" <<<"$output" || { echo "$command does not say: $1"; return 1; }
    done
}
trusted() {
    for command in check plan; do
        run -0 "$NFC_SURVEY" "$command" "$2"
        ! grep -E "^$2: .*$1" <<<"$output" || return 1
    done
}

counter() {
    sed "${1:-}" "$ROOT/profiles/surveys/counter.yaml"
}

@test "a token label that nobody filled in" {
    counter >s.yaml
    doubted 'sim sim-01: its token_label is still REPLACE-WITH-ITS-LABEL' s.yaml
    grep -q 'sim sim-02: its token_label' <<<"$output"
    counter 's/REPLACE-WITH-ITS-LABEL/JPKIAPICCTOKEN2/' >s.yaml
    trusted token_label s.yaml
}

@test "two units of one model that nothing tells apart" {
    twins='s/^  - {unit: RW-02.*/  - {unit: RW-02, profile: sony-rc-s300-s}/'
    counter "$twins" >s.yaml
    doubted 'readers RW-01 and RW-02 are of one model: give each unit its .address. or .serial.' s.yaml
    counter "$twins; s/RW-02, profile: sony-rc-s300-s/&, serial: \"2\"/" >s.yaml
    doubted 'readers RW-01 and RW-02' s.yaml # the first may still find the second
    counter "$twins; s/RW-0\([12]\), profile: sony-rc-s300-s/&, serial: \"\1\"/" >s.yaml
    trusted 'of one model' s.yaml
    counter "$twins; s/RW-02, profile: sony-rc-s300-s/&, driver: ccid/" >s.yaml
    trusted 'of one model' s.yaml
}

@test "a required cell that is left out bars its handset, others do not" {
    left_out() { counter "s/^# exclude:.*/exclude: [{$1, reason: r}]/"; }
    counter >s.yaml
    trusted 'cannot be recommended' s.yaml
    left_out 'reader: RW-03, condition: on-unlocked-case' >s.yaml
    doubted '3 of 3 handsets cannot be recommended by counter-default: .* HS-001.sim-01 on RW-03, on-unlocked-case, token' s.yaml
    left_out 'reader: RW-03, condition: on-unlocked, script: cert, handset: HS-002' >s.yaml
    doubted '1 of 3 handsets .* the first is HS-002.sim-01 on RW-03, on-unlocked, cert' s.yaml
    left_out 'reader: RW-03, condition: screen-off' >s.yaml # of a conditional mode
    trusted 'cannot be recommended' s.yaml
}

@test "readers that need not pass bar nobody" {
    sed 's/^id: .*/id: own/; s/^readers_at_least: .*/readers_at_least: 2/' "$ROOT/profiles/criteria/counter-default.yaml" >own.yaml
    counter 's/^# exclude:.*/exclude: [{reader: RW-03, condition: on-unlocked, reason: r}]/; s/^criteria: .*/criteria: own/' >s.yaml
    trusted 'cannot be recommended' s.yaml
    sed -i 's/^readers_at_least: .*/readers_at_least: 3/' own.yaml
    doubted '3 of 3 handsets cannot be recommended by own' s.yaml
    sed -i 's/^readers_at_least: .*/readers_at_least: all\nreaders_of: [RW-01, RW-02]/' own.yaml
    trusted 'cannot be recommended' s.yaml
    sed -i '/^readers_/d' own.yaml
    echo 'readers_share: {at_least: 0.8, weights: {RW-01: 0.5, RW-02: 0.3, RW-03: 0.2}}' >>own.yaml
    trusted 'cannot be recommended' s.yaml
    sed -i 's/at_least: 0.8/at_least: 0.9/' own.yaml
    doubted '3 of 3 handsets cannot be recommended by own' s.yaml
}

@test "criteria that ask for what the survey lacks" {
    counter '/^  - {script: cert/d' >s.yaml
    doubted 'by counter-default nobody can be recommended: it asks for cert, which the survey lacks' s.yaml
    sed 's/^id: .*/id: own/; s/^power_modes: .*/power_modes: [on-locked]/' "$ROOT/profiles/criteria/counter-default.yaml" >own.yaml
    counter 's/^criteria: .*/criteria: own/' >s.yaml
    doubted 'by own nobody can be recommended: it asks for on-locked' s.yaml
}
