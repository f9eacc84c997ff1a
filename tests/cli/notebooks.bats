#!/usr/bin/env bats
# docs/notebooks print what they show, each where its tool is. `make notebooks` installs all of them.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    example_tree
    ln -s "$ROOT/results/example" results/example
}

# notebook PAGE LANGUAGE COMMAND...: its first block is of the shell, the others are the command's.
notebook() {
    local page=$ROOT/docs/notebooks/$1
    sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$page" | bash -eu >log
    python3 "$BATS_TEST_DIRNAME/notebooks.py" "$page" "${@:2}"
}

@test "DuckDB answers as docs/notebooks/duckdb.md shows" {
    command -v npm >/dev/null || skip 'npm is not installed'
    npm install --silent --no-audit --no-fund --prefix npm @duckdb/node-api@1.5.6-r.1 >log 2>&1 || skip 'DuckDB cannot be fetched from npm'
    notebook duckdb.md sql node "$BATS_TEST_DIRNAME/duckdb.mjs"
}

@test "pandas answers as docs/notebooks/pandas.md shows" {
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import pandas' 2>/dev/null || continue
        notebook pandas.md python "$python" -
        return
    done
    skip 'pandas is not installed'
}

@test "R answers as docs/notebooks/r.md shows" {
    command -v Rscript >/dev/null || skip 'R is not installed'
    notebook r.md r Rscript --vanilla -
}
