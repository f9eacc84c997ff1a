#!/usr/bin/env bats
# The short form of `make calibrate`: the verdicts of simulated surveys err as often as computed, and wrong rules are seen to err.
load ../cli/helper
load calibrated

setup_file() {
    calibrated calibrate
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# caught RULE COUNT: a wrong rule errs more often than the bound, in so many sets of journals.
caught() {
    rows "^$1 " "$2"
    [ "$(grep -E "^$1 " table | grep -c '  caught  ok$')" -eq "$2" ]
}

@test "the oracle has the published tables, and its probabilities" {
    python3 - "$ROOT/tests/calibration" <<'PY'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import oracle

# The design's table of schemes: accept n:d, reject from n: d; P(compatible) at q0/4, q0, q1; placements at q0/4 and 2 q1.
PUBLISHED = {
    'screen': ('15:0 30:1 42:2', '3:3 9:4 20:5 32:6', .9992, .964, .042, 16.2, 8.3),
    'standard': ('31:0 63:1 88:2', '3:3 9:4 20:5 32:6 47:7 63:8 81:9', .9933, .814, .044, 36.4, 22.7),
    'strict': ('64:0 129:1 179:2', '3:2 5:3 17:4 35:5 58:6 84:7 115:8 148:9', .9929, .807, .044, 75.2, 47.1),
}
for name, (accept, reject, good, q0, q1, few, bad) in PUBLISHED.items():
    table = oracle.Table(oracle.SCHEMES[name])
    s = table.scheme
    assert table.corners() == (accept, reject), table.corners()
    found = [oracle.stated(table, q, 0) for q in (s.q0 / 4, s.q0, s.q1, 2 * s.q1)]
    assert all(abs(e.compatible + e.incompatible + e.undecided - 1) < 1e-12 for e in found)
    assert abs(found[0].compatible - good) < 6e-5 and abs(found[1].compatible - q0) < 6e-4 and abs(found[2].compatible - q1) < 6e-4
    assert abs(found[0].placements - few) < .06 and abs(found[3].placements - bad) < .06

# The published bracket: P(compatible) and placements, at q0/4 with .5 % and 2 % honest invalid ones; at q1 with half, 80 % and all hidden.
BRACKET = {
    'screen': ((.005, .005, .999, 17.5), (.02, .005, .994, 22.4), (.5, .2, .043, 52), (.8, .2, .043, 64), (1, .2, .043, 58)),
    'standard': ((.005, .005, .991, 43.2), (.02, .005, .889, 70.9), (.5, .1, .046, 133), (.8, .1, .046, 140), (1, .1, .046, 136)),
}
for name, rows in BRACKET.items():
    table = oracle.Table(oracle.SCHEMES[name])
    for share, q, compatible, placements in rows:
        hidden = q == table.scheme.q1
        e = oracle.expect(table, q * (1 - share), q * share if hidden else share)
        assert abs(e.compatible + e.incompatible + e.rejected + e.undecided + e.instrument - 1) < 1e-9
        assert abs(e.compatible - compatible) < 1e-3 and abs(e.placements - placements) < (1 if hidden else .06), (name, share, q, e)

# Two tiers: the least placements of six readers, and of one, with so many dirty.
tiers = oracle.TwoTiers(oracle.Scheme('counter', .02, .3, .005, .05, 90), .1)
for d, least in enumerate((36, 66, 90, 114)):
    assert [n for n in (least - 6, least) if tiers.mean_accepts(n, d)] == [least]
for d, least in enumerate((10, 19, 27, 34)):
    assert [n for n in (least - 1, least) if tiers.each_accepts(n, d)] == [least]
PY
}

@test "verdicts and placements are as computed when transactions are independent, correlated, or all fail at once" {
    rows '^independent  [2q]' 4
    rows '^icc-0.2      [2q]' 4
    rows '^icc-0.5      [2q]' 4
    rows '^dead         [2q]' 4
}

@test "with good and bad sessions verdicts are as computed for the sessions run, which is above the plain bounds" {
    rows '^sessions     [2q]' 4
    grep -Eq '^sessions     q1 .*no bound: 0.050' table
}

@test "with handsets or readers that are good or bad for a day verdicts are as computed, and their cells go together" {
    rows '^by-handset   [2q]' 4
    rows '^by-reader    [2q]' 4
    rows '^ +correlation of cells of one handset: .* as it must' 1
    rows '^ +correlation of cells of one reader: .* as it must' 1
    caught 'incompatible in one session' 2
}

@test "readers that hang because of the phone, or at random, change no error: exact, and as stated" {
    local kind
    for kind in half most all; do rows "$kind +q1 .* within 0.050" 1; done
    for kind in honest-2 honest-4; do
        rows "^$kind +q0-4 +0" 1
        rows "^$kind +q0 .* within 0.005" 1
    done
    rows '^[a-z0-9-]+ +q[^ ]+ +stated: ' 7
}

@test "two tiers: rows pass as often as stated, and one bad reader is not averaged away" {
    rows '^(good|mean|one-bad|one-weak) .* placements a cell' 4
    caught 'mean alone' 1
}

@test "transactions of a placement correlate as designed, and cells not at all" {
    rows '^ +correlation of transactions in a placement' 7
    rows '^ +correlation of cells of one handset' 6
    rows '^ +correlation of cells of one reader' 6
    rows '^ +correlation of placements that follow' 4
}

@test "trouble of the instrument: exact, and within the bound when the invalid are counted as dirty" {
    rows '^random       q' 2
    rows '^after        q' 2
    rows '^masking      q' 2
    rows '^(random|after|masking|withdrawing) +with the invalid counted as dirty' 4
}

@test "withdrawing placements after their result changes no count and no verdict" {
    rows '^withdrawing  q' 2
}

@test "a run broken off hundreds of times ends with the verdicts of the same run unbroken" {
    rows '^interrupted  q1' 1
    rows '^ +cells that differ from the same run unbroken: 0 ' 1
    [ "$(sed -n 's/.*broken off \([0-9]*\) times.*/\1/p' table)" -gt 300 ]
}

@test "deciding from transactions is caught, and is right only where they are independent" {
    caught 'transactions as placements' 4
    rows '^transactions as if independent' 4
    [ "$(grep -c '^transactions as if independent .*  caught  ok$' table)" -eq 3 ]
    grep -q '^transactions as if independent  *independent .*  right here  ok$' table
}

@test "peeking with limits for a fixed number of placements is caught" {
    caught 'peeked clopper pearson' 1
}

@test "leaving out, withdrawing, making again or cutting short what went badly is caught" {
    caught 'withdrawn after the result' 1
    caught 'dirty made again as invalid' 1
    caught 'broken off left out' 1
    caught 'broken off counted clean' 1
}

@test "topping up k, and dropping suspect placements, are caught where the reader hides failures" {
    caught 'topped up' 1
    caught 'suspects dropped' 4
}

@test "a bracket on one side, and blame by any reader, are caught where the reader hangs by itself" {
    caught 'bracket on one side' 1
    caught 'attributed by any reader' 1
}

@test "nothing is off" {
    [ "$(cat status)" -eq 0 ] || { cat table progress; return 1; }
    [ "$(tail -n 1 table)" = 'all as it must be' ]
    [ "$(head -n 1 table | cut -d: -f1)" = simulated ]
}
