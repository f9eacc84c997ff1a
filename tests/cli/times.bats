#!/usr/bin/env bats
# Times in the summary of a run: what every level tells, and that only a planted fault is an impossible time.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# Every shipped script, on readers and handsets of all rates.
every_script() {
    small_survey small.yaml sim-akane sim-asagi sim-azuki sim-beni sim-botan sim-cha
    sed -i -e 's/^readers: .*/readers: [sim-reader-a, sim-reader-b, sim-reader-c, sim-reader-d, sim-reader-e, sim-reader-f]/' \
        -e 's/^scripts: .*/scripts: [token, cert, ladder, challenge-soak, presence, rf-cycle, route]/' small.yaml
    "$NFC_SURVEY" run small.yaml --output run >/dev/null
}

@test "no simulated exchange is faster than the air, and a planted one is named with its record" {
    every_script
    grep -qx '  count: 0' <(sed -n '/^impossible_times:/,$p' run/summary.yaml)
    # The first exchange of the first ok transaction of the token script: a microsecond, in a journal that is whole.
    python3 - >planted <<'PY'
import re
lines = open("run/journal.yaml", "rb").read().split(b"\n")
for number, line in enumerate(lines, 1):
    if line.startswith(b'- {"transaction"') and b'"outcome": "ok"' in line and b', "cell": 0, ' in line:
        lines[number - 1] = re.sub(rb'("exchanges": \[\[\d+, )\d+', rb'\g<1>1', line, count=1)
        print(number)
        break
open("run/journal.yaml", "wb").write(b"\n".join(lines))
PY
    python3 "$ROOT/tests/cli/reseal.py" run
    "$NFC_SURVEY" report run >/dev/null
    sed -n '/^impossible_times:/,$p' run/summary.yaml >found
    grep -qx '  count: 1' found
    grep -q "{record: $(cat planted), cell: 0, exchange: 1, us: 1, floor: " found
}

@test "cells, handsets and readers tell the percentiles that they can carry" {
    small_survey small.yaml sim-akane sim-asagi
    "$NFC_SURVEY" run small.yaml --output run >/dev/null
    python3 - <<'PY'
import yaml

summary = yaml.safe_load(open("run/summary.yaml"))
# The same counts from the journal's lines.
tries = {}
for record in yaml.safe_load(open("run/journal.yaml")):
    if "transaction" in record and record["outcome"] == "ok":
        tries.setdefault(record["cell"], []).append((record["placement"], record["total_us"]))
assert len(summary["cells"]) == 4
for cell in summary["cells"]:
    own = tries[cell["cell"]]
    times = cell["times"]
    us = sorted(t for _, t in own)
    assert times["n"] == len(own) and times["placements"] == len({p for p, _ in own})
    assert times["median"] == us[-(-len(us) // 2) - 1] and times["max"] == us[-1]
    assert "p90" in times and "p95" not in times and times["median_n_eff"] <= len(own)
    low, high = times["median_interval"]
    assert low < times["median"] < high
for handset, cells in zip(summary["handsets"], ((0, 1), (2, 3))):
    (times,) = handset["times"]
    assert times["script"] == "token" and "p95" in times and "p99" not in times
    assert times["n"] == sum(len(tries[c]) for c in cells)
for reader in summary["readers"]:
    assert "p99" in reader["times"][0] and reader["times"][0]["p99_interval"] is None # too few for a p99
assert summary["drift"]["series"] + summary["drift"]["too_small"] == 4
assert not any(series["drifts"] for series in summary["drift"]["list"])
assert summary["outliers"]["count"] >= len(summary["outliers"]["first"])
PY
}
