#!/usr/bin/env bats
# sample-size: the documented answers, both formats, mistakes, and every number against scipy (oracle.py).
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

sample() {
    "$NFC_SURVEY" sample-size "$@"
}

# holds EXPRESSION ARGUMENT...: of the YAML as the dictionary `a`.
holds() {
    local expression=$1
    shift
    sample "$@" >out.yaml
    python3 -c '
import sys, yaml
a = yaml.safe_load(open("out.yaml"))
assert eval(sys.argv[1]), a' "$expression"
}

# Debian's python3-scipy belongs to Debian's python3, which need not be the first on the PATH.
oracle() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import scipy.stats, yaml' 2>/dev/null; then
            run -0 "$python" "$BATS_TEST_DIRNAME/oracle.py" "$NFC_SURVEY" "$1"
            [[ $output =~ ^[0-9]+' values agree'$ ]]
            return
        fi
    done
    skip "python3-scipy or python3-yaml is not installed"
}

@test "how many trials show a claim: 299 clean ones for 1 % at 95 %" {
    holds 'a["trials"] == 299' --show-failure-at-most 0.01 --confidence 0.95 --failures 0
    holds 'a["trials"] == 299 and a["failures"] == 0 and a["confidence"] == 0.95' --show-failure-at-most 0.01
    sample --show-failure-at-most 0.01 | grep -qx 'trials: 299'
    holds 'a["trials"] == 29' --show-failure-at-most 0.1
}

@test "what a result proves: one- and two-sided limits, rounded outwards" {
    holds '0.058155079 < a["upper"] < 0.05815509 and a["lower"] == 0' --trials 50 --failures 0
    holds 'a["two_sided"][0] == 0 and abs(a["two_sided"][1] - 0.0711217) < 1e-7' --trials 50 --failures 0 --confidence 0.95
    holds 'a["upper"] == 1 and abs(a["lower"] - 0.05 ** (1 / 50)) < 1e-7' --trials 50 --failures 50
    holds '[a["lower"], a["upper"]] == [0, 1] == a["two_sided"]' --trials 0 --failures 0
    sample --trials 1 --failures 0 | grep -qx 'upper: 0.95'
}

@test "which ranks bound a percentile, or how many values would" {
    holds 'a["two_sided"] == [90, 100] and a["upper"] == 99' --percentile 0.95 --trials 100
    holds 'a["two_sided"] == "n too small" and a["upper"] == 71 and a["trials_needed"]["two_sided"] == 72' --percentile 0.95 --trials 71
    holds 'a["upper"] == "n too small" and a["trials_needed"]["upper"] == 59' --percentile 0.95 --trials 58
    holds 'a["trials_needed"] == {"upper": 299, "lower": 1, "two_sided": 368} and "upper" not in a' --percentile 0.99
    sample --percentile 0.9 --trials 20 --format text | grep -q 'n too small: 29 values would do'
}

@test "the tables of a scheme and what its verdicts prove" {
    holds '[(r["placements"], r["dirty"]) for r in a["accept"]] == [(31, 0), (63, 1), (88, 2)]' --scheme standard
    holds '[(r["placements"], r["dirty"]) for r in a["reject"]] == [(3, 3), (9, 4), (20, 5), (32, 6), (47, 7), (63, 8), (81, 9)]' --scheme standard
    holds 'a["compatible_proves"] == {"confidence": 0.95, "q_at_most": 0.1, "p_at_most_if_independent": 0.010480742, "p_at_most": 0.1}' --scheme standard
    holds 'a["scheme"] == "standard" and a["k"] == 5 and a["compatible_proves"]["p_at_most_if_independent"] > 0.02' --scheme standard --k 5
    holds 'a["scheme"] == "own" and a["q1"] == 0.15 and a["q0"] == 0.02' --scheme standard --q1 0.15
    holds 'a["scheme"] == "own" and a["k"] == 10 and a["max"] == 60' --q0 0.02 --q1 0.15 --alpha 0.01 --beta 0.05 --max 60
    holds 'a["accept"] == []' --q0 0.02 --q1 0.03 --alpha 0.01 --beta 0.01 --max 20
}

@test "operating characteristics: the published figures, sums, the population and the fixed sample" {
    holds '{r["q"]: round(r["compatible"], 4) for r in a["operating_characteristics"]}[0.005] == 0.9933' --scheme standard --operating-characteristics
    holds 'all(abs(r["compatible"] + r["incompatible"] + r["undecided"] - 1) < 1e-12 for r in a["operating_characteristics"])' --scheme strict -o
    holds '(a["fixed_sample"]["placements"], a["fixed_sample"]["dirty_at_most"]) == (89, 4) and 2.705 < a["fixed_to_expected"] < 2.715' --scheme standard -o --alpha 0.05
    holds '[r["q"] for r in a["operating_characteristics"] if r["q"] in (0.033, 0.7, 0.02)] == [0.02, 0.033, 0.7]' --scheme standard -o --q 0.7 --q 0.033 --q 0.02
    holds 'list(a["fixed_sample"]) == ["absent"] and "fixed_to_expected" not in a' --q0 0.4 --q1 0.401 --alpha 0.01 --beta 0.01 --max 30 -o
}

@test "a scheme of two tiers: the published tables, worst cases and placements" {
    holds '[(r["placements"], r["dirty"]) for r in a["mean_accepts"]][:4] == [(36, 0), (66, 1), (90, 2), (114, 3)]' --scheme counter
    holds '[(r["placements"], r["dirty"]) for r in a["each_accepts"]][:4] == [(10, 0), (19, 1), (27, 2), (34, 3)]' --scheme counter
    holds '[(r["placements"], r["dirty"]) for r in a["each_accepts"]][:3] == [(15, 0), (30, 1), (42, 2)] and a["scheme"] == "own"' --scheme counter --each 0.2
    holds '[round(r["mean_accepted"], 4) for r in a["worst_cases"]] == [0.0314, 0.0047, 0.0179, 0.0215]' --scheme counter
    holds 'round(a["worst_cases"][0]["mean_accepted"], 4) == 0.0427' --scheme counter --mean 0.05 --max 120
    holds 'a["readers"] == 8 and a["mean_accepts"][0] == {"placements": 32, "dirty": 0}' --scheme counter --readers 8
    holds 'round(a["population"]["all"]["placements"], 1) == 11.3 and all(abs(r["passes"] + r["rejected"] + r["unreached"] - 1) < 1e-9 for r in a["operating_characteristics"])' --scheme counter -o
    holds 'a["mean"] == 0.08 and a["max"] == 40' --q0 0.01 --mean 0.08 --each 0.25 --alpha 0.01 --beta 0.1 --max 40
}

@test "bounds of one tier and of two do not mix" {
    fails_with 2 '--q1 is of a scheme of one tier' sample --scheme counter --q1 0.2
    fails_with 2 '--each is of a scheme of two tiers' sample --scheme standard --each 0.2
    fails_with 2 '--invalid and --hidden are for a scheme of one tier' sample --scheme counter -o --invalid 0.02
    fails_with 2 '--invalid and --hidden are for a scheme of one tier' sample --scheme counter -o --hidden 0.5
    fails_with 2 '--readers is of a scheme of two tiers' sample --scheme standard --readers 4
    fails_with 2 '--mean is missing' sample --q0 0.02 --each 0.2 --alpha 0.1 --beta 0.1 --max 30
    fails_with 2 '--each is missing' sample --q0 0.02 --mean 0.1 --alpha 0.1 --beta 0.1 --max 30
    fails_with 2 'mean = 0.01: between q0' sample --scheme counter --mean 0.01
    fails_with 2 'at most 300 tours' sample --scheme counter --max 301
    fails_with 2 '--readers needs a whole number from 1 to 16' sample --scheme counter --readers 17
}

@test "claims agree with scipy" {
    oracle claims
}

@test "limits agree with scipy" {
    oracle limits
}

@test "ranks agree with scipy" {
    oracle ranks
}

@test "accept and reject tables agree with scipy" {
    oracle tables
}

@test "operating characteristics agree with scipy" {
    oracle characteristics
}

@test "the text says in words what the YAML says in keys" {
    sample --show-failure-at-most 0.01 --format text | grep -q '^299 placements, none of them dirty, show with 95 % confidence'
    sample --trials 50 --failures 1 --format text | grep -q 'at most   9.14 %'
    sample --scheme standard --format text >text
    grep -q '^compatible    31  *0$' text
    grep -q '1.049 %   if the transactions of a placement fail independently' text
    grep -q '10 %      whatever the dependence' text
    sample --scheme standard --operating-characteristics --format text >text
    grep -Eq '^0\.5 % +99\.33 % +< 0\.01 % +0\.66 % +36\.4$' text
    grep -q 'assumed for planning, not field data' text
    sample --q0 0.02 --q1 0.03 --alpha 0.01 --beta 0.01 --max 20 --format text | grep -q 'no cell can be called compatible'
    # Nothing that is not a plain decimal, in neither format.
    for format in yaml text; do
        ! sample --scheme screen -o --q 0.0001 --format "$format" | grep -E '[0-9]e[-+][0-9]|nan|inf[^o]' || false
    done
}

@test "every answer says that a trial is a placement, and when it holds" {
    local arguments
    for arguments in '--show-failure-at-most 0.1' '--trials 9 --failures 1' '--percentile 0.9 --trials 30'; do
        sample $arguments >out
        grep -q '^trial: .*placement' out
        grep -q '^holds: .*fixed beforehand; not at a stopping time' out
        sample $arguments --format text >out
        tr '\n' ' ' <out | grep -q 'must not be used at a stopping time'
        grep -q 'placement' out
    done
    sample --scheme strict | grep -q '^holds: "whenever one stops, if the scheme was fixed before'
    sample --help >out
    grep -q 'A trial is a placement, not a transaction' out
    tr '\n' ' ' <out | grep -q 'must not be used at a stopping time'
}

@test "a question that is missing, doubled or mixed is a usage error that says what to give" {
    fails_with 2 'give --show-failure-at-most P, or --trials N and --failures F, or --percentile P, or --scheme NAME' sample
    fails_with 2 '--k asks nothing by itself' sample --k 5
    fails_with 2 '--percentile and --scheme ask two questions' sample --percentile 0.9 --scheme strict
    fails_with 2 '--show-failure-at-most and --q0 ask two questions' sample --show-failure-at-most 0.1 --q0 0.1
    fails_with 2 '--trials does not go with --scheme' sample --scheme strict --trials 4
    fails_with 2 '--trials does not go with --show-failure-at-most' sample --show-failure-at-most 0.1 --trials 4
    fails_with 2 '--failures does not go with --percentile' sample --percentile 0.9 --failures 4
    fails_with 2 '--trials needs --failures F' sample --trials 4
    fails_with 2 '--failures 5 is more than --trials 4' sample --trials 4 --failures 5
    fails_with 2 '--q goes with --operating-characteristics' sample --scheme strict --q 0.1
    fails_with 2 'takes no operand' sample --scheme strict more
}

@test "a value that is no plain number, or out of range, is a usage error with the range" {
    local value
    for value in '' nan inf -inf 0x1p-3 1e-3 0.1x '0.1 ' 1% 0 1 -0.1 0..1 .; do
        fails_with 2 '--show-failure-at-most needs a plain number from 0\.000001 to 0\.999999, not' sample "--show-failure-at-most=$value"
    done
    fails_with 2 '--confidence needs a plain number from 0\.5 to 0\.999999, not `1`' sample --trials 4 --failures 1 --confidence 1
    fails_with 2 '--trials needs a whole number from 0 to 1000000000' sample --trials 1000000001 --failures 1
    fails_with 2 '--percentile needs a plain number' sample --percentile 95 --trials 4
    fails_with 2 '--q needs a plain number from 0 to 1, not `1\.1`' sample --scheme strict -o --q 0.1 --q 1.1
    fails_with 2 '--k needs a whole number from 1 to 100' sample --scheme strict --k 0
    fails_with 2 '--max needs a whole number from 3 to 2000' sample --scheme strict --max 2
    fails_with 2 '--format needs yaml or text, not `json`' sample --scheme strict --format json
    fails_with 2 'more than 1000000000 trials' sample --show-failure-at-most 0.000001 --failures 1000000
}

@test "a scheme is one of three, or complete, and makes sense" {
    fails_with 2 '--scheme needs screen, standard, strict or counter, not `strikt`' sample --scheme strikt
    fails_with 2 '--q1 is missing' sample --q0 0.1
    fails_with 2 '--max is missing' sample --q0 0.1 --q1 0.2 --alpha 0.1 --beta 0.1
    fails_with 2 '0 < q0 < q1 < 1 is needed' sample --scheme standard --q0 0.5
    fails_with 2 '--q is given 65 times; at most 64' sample --scheme strict -o $(printf -- '--q 0.1 %.0s' $(seq 65))
}

# Of docs/decisions.md: every line of a ```sh block is run; every line of a ```text or ```yaml block is one of the output before it.
@test "the commands of docs/decisions.md run, and show what the page says" {
    local line on='' commands=0 shown=0
    example_tree
    while IFS= read -r line; do
        case $on:$line in
        *:'```'*) on=${line#'```'} ;;
        sh:*)
            timeout 60 bash -c "$line" >page.out </dev/null || { echo "fails: $line"; return 1; }
            commands=$((commands + 1))
            ;;
        text:* | yaml:*)
            grep -qxF -e "$line" page.out || { echo "not shown: $line"; cat page.out; return 1; }
            shown=$((shown + 1))
            ;;
        esac
    done <"$ROOT/docs/decisions.md"
    [ "$commands" -ge 7 ]
    [ "$shown" -ge 16 ]
}

@test "in Japanese: the same figures, and nothing left in English" {
    local question
    for question in '--show-failure-at-most 0.01' '--show-failure-at-most 0.5 --confidence 0.5' '--show-failure-at-most 0.01 --failures 2' \
        '--trials 50 --failures 1' '--trials 1 --failures 0' '--percentile 0.95 --trials 71' '--percentile 0.95 --trials 20' '--percentile 0.99' \
        '--scheme standard --operating-characteristics' '--scheme strict --max 40'; do
        speaks_japanese '--scheme|standard|own' "$NFC_SURVEY" sample-size $question --format text
    done
    sample --percentile 0.99 --lang ja | cmp - <(sample --percentile 0.99) # for programs
}

@test "figures of readers that hang say so in words, and one reader is one" {
    sample --scheme screen -o --invalid 0.02 --hidden 0.5 -f text | grep -q 'Of the placements 2 % end invalid .* 50 % are hidden'
    sample --scheme screen -o -f text >plain
    ! grep -q 'end invalid' plain
    sample --scheme counter --readers 1 -f text | grep -q 'of a tour (1 reader):'
}
