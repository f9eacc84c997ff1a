#!/usr/bin/env bats
# export: what other programs are given of a run, read back by themselves (export.py, sqlite3, DuckDB, tshark).
load helper

# A fixed run with all kinds of failure, and the same with records of every kind and texts that are hard to carry.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    finishes "$NFC_SURVEY" run "$ROOT/tests/golden/hangs.yaml" --output run >/dev/null 2>&1
    mkdir odd
    python3 "$BATS_TEST_DIRNAME/export.py" make run/journal.yaml "$ROOT/tests/data/journal/hostile.yaml" odd/journal.yaml
    "$NFC_SURVEY" export odd run --accept-damaged --format sqlite --output both.db 2>/dev/null
    "$NFC_SURVEY" export odd run --accept-damaged --format ndjson --output both.ndjson 2>/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

check() {
    python3 "$BATS_TEST_DIRNAME/export.py" "$@"
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (apt-get install $2)"
}

@test "sqlite: every field of every record comes back from the tables of two runs in one database" {
    check sqlite both.db odd run
}

@test "csv: a file a table of the same, every value as the database has it" {
    "$NFC_SURVEY" export odd run --accept-damaged --format csv --output tables 2>/dev/null
    check csv tables both.db odd run
    [ "$(find tables -name '*.tmp' | wc -l)" -eq 0 ]
}

@test "ndjson: every field of every record comes back from lines with a kind" {
    check ndjson both.ndjson odd run
}

@test "ndjson: the first records tell every key and kind of value there is" {
    check sample both.ndjson
    # so does a journal whose rare records come last; in another order the check fails
    { grep -v '"kind":"probe"' both.ndjson; grep '"kind":"probe"' both.ndjson; } >other.ndjson
    run ! check sample other.ndjson
}

@test "ndjson: DuckDB reads all of it unaided, and its Parquet has every row" {
    need node nodejs
    npm install --silent --no-audit --no-fund --prefix duck @duckdb/node-api@1.5.6-r.1 >npm.log 2>&1 || skip "DuckDB cannot be fetched from npm"
    cat >duck/read.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const query of process.argv.slice(2))
    for (const row of (await connection.runAndReadAll(query)).getRows())
        console.log(row.map(String).join('|'));
JS
    node duck/read.mjs "copy (from 'both.ndjson') to 'both.parquet' (format parquet, compression zstd)" \
        "select kind, count(*) from 'both.parquet' group by 1 order by 1" >counted
    sed -E 's/^\{"kind":"([a-z]*)".*/\1/' both.ndjson | sort | uniq -c | awk '{ print $2 "|" $1 }' >wanted
    diff wanted <(grep -v '^[0-9]*$' counted)
    # nothing became text for want of a type
    node duck/read.mjs "select column_name from (describe from 'both.ndjson') where column_type in ('JSON', 'VARCHAR') order by 1" >texts
    diff <(printf 'kind\nname\n') texts
    # what docs/exports.md says of it
    ln -sf both.ndjson demo.ndjson
    mapfile -t shown < <(queries DuckDB)
    [ "${#shown[@]}" -eq 6 ]
    node duck/read.mjs "${shown[@]}" >answers
    node duck/read.mjs "select transaction.outcome, count(*) from 'both.ndjson' where kind = 'transaction' and run = 2 group by 1 order by 1" >outcomes
    diff <(grep -o '"outcome": "[a-z-]*"' run/journal.yaml | cut -d'"' -f4 | sort | uniq -c | awk '{ print $1 "|" $2 }' | awk -F'|' '{ print $2 "|" $1 }') outcomes
}

@test "sqlite: keys hold, and the report's tables are views with the report's figures" {
    "$NFC_SURVEY" export run --format sqlite --output run.db
    "$NFC_SURVEY" report run --format csv --output cells.csv >/dev/null
    check cells run.db cells.csv
    need sqlite3 sqlite3
    [ -z "$(sqlite3 run.db 'pragma foreign_key_check')" ]
    # every cell's counts again, from its placements
    run -0 sqlite3 run.db "select count(*) from cells c where n + s <> (select count(*) from results r where r.run = c.run
        and r.cell = c.cell and r.result in ('clean', 'dirty')) + s"
    [ "$output" -eq 0 ]
    run -0 sqlite3 run.db "select (select count(*) from transactions) - (select sum(transactions_ok + transactions_failed
        + transactions_invalid + transactions_not_applicable) from cells)"
    [ "$output" -eq 0 ]
    # what is looked up by placement and cell goes by an index
    sqlite3 run.db "explain query plan select * from transactions where run = 1 and cell = 3" | grep -q 'USING INDEX'
    # a view for each table of the page, none of them without its name
    grep -o '<caption>' <("$NFC_SURVEY" report run --output page.html >/dev/null; cat page.html) | wc -l >captions
    sqlite3 run.db "select name from sqlite_master where type = 'view'" | sed 's/^report_//' | sort >views
    grep -oE '^ +T\(.*|^ +T\([a-z_]+\)' "$ROOT/reports/tables/tables.h" | grep -oE '[a-z_]+\)' | tr -d ')' | sort >names
    [ -z "$(comm -23 views names)" ] || { comm -23 views names; false; }
}

# queries SECTION: what docs/exports.md shows there, each to its semicolon, on a line.
queries() {
    sed -n "/^## $1\$/,/^## /{/^\`\`\`sql/,/^\`\`\`\$/p}" "$ROOT/docs/exports.md" | grep -v '^```' | tr '\n' ' ' | tr ';' '\n' | grep '[a-z]'
}

@test "docs/exports.md lists every table, and each of its queries answers" {
    "$NFC_SURVEY" export run --format sqlite --output demo.db
    need sqlite3 sqlite3
    sqlite3 demo.db "select name from sqlite_master where type = 'table' and name not like 'figures_%'" | sort >there
    sed -n '/^| table |/,/^$/p' "$ROOT/docs/exports.md" | cut -d'|' -f2 | grep -o '`[a-z_]*`' | tr -d '`' | sort >said
    diff there said
    local query count=0
    while read -r query; do
        run -0 sqlite3 demo.db "$query"
        [ -n "$output" ] || { echo "nothing by: $query"; false; }
        count=$((count + 1))
    done < <(queries SQLite)
    [ "$count" -eq 5 ]
}

@test "pcapng: the bytes of every failed exchange, each with where it is in the journal, secrets as ff" {
    mkdir -p secret
    check secrets run/journal.yaml secret/journal.yaml
    "$NFC_SURVEY" export secret --format pcapng --output failed.pcapng
    check pcapng failed.pcapng secret
    "$NFC_SURVEY" export secret --format pcapng --output cell.pcapng --cell 11 --all
    check pcapng cell.pcapng secret 11 all
}

@test "pcapng: tshark dissects every packet" {
    need tshark tshark
    mkdir -p secret
    check secrets run/journal.yaml secret/journal.yaml
    "$NFC_SURVEY" export secret --format pcapng --output failed.pcapng
    tshark -r failed.pcapng -T fields -e _ws.col.Protocol -e iso7816.apdu.ins -e iso7816.apdu.lc -e iso7816.apdu.body \
        -e iso7816.apdu.sw1 -e iso7816.apdu.sw2 -e _ws.malformed 2>/dev/null >fields
    printf '%s\t%s\t%s\t%s\t%s\t%s\t\n' >first \
        'ISO 14443' '' '' '' '' '' 'ISO 14443' '' '' '' '' '' 'ISO 14443' '' '' '' '' '' 'ISO 14443' '' '' '' '' '' \
        'ISO 7816' 0x20 0x01 ff '' '' 'ISO 7816' '' '' '' 0x63 0xc2 'ISO 7816' 0xb0 '' '' '' '' 'ISO 7816' '' '' ff 0x90 0x00
    diff first <(head -n 8 fields)
    [ "$(cut -f7 fields | sort -u)" = '' ]
    [ "$(grep -vc '^ISO' fields)" -eq 0 ]
    # a cell by the comment of its packets
    [ "$(tshark -r failed.pcapng -Y 'frame.comment contains "cell=11;"' 2>/dev/null | wc -l)" -eq \
        "$(tshark -r failed.pcapng -T fields -e frame.comment 2>/dev/null | grep -c 'cell=11;')" ]
}

@test "a run of which a line is edited is refused, or every file says which line" {
    mkdir edited
    line=$(grep -n -m1 '"outcome": "fail"' run/journal.yaml | cut -d: -f1)
    sed "${line}s/\"outcome\": \"fail\"/\"outcome\": \"ok\"/" run/journal.yaml >edited/journal.yaml
    local format
    for format in sqlite ndjson csv pcapng; do
        fails_with 3 "journal.yaml:$line" "$NFC_SURVEY" export edited --format "$format" --output edited/out
        [ ! -e edited/out ]
    done
    for format in sqlite ndjson csv pcapng; do
        "$NFC_SURVEY" export edited --accept-damaged --format "$format" --output "edited/$format" 2>/dev/null
        grep -rqa "damaged, edited or missing lines: $line" "edited/$format" || { echo "$format"; false; }
    done
    for format in edited/csv/*.csv; do # but for the one that says what columns are called
        [ "$(wc -l <"$format")" -eq 1 ] || [ "$format" = edited/csv/report_columns.csv ] || grep -q "missing lines: $line" "$format" || { echo "$format"; false; }
    done
    sed '$d' run/journal.yaml >edited/journal.yaml
    "$NFC_SURVEY" export edited --format ndjson --output edited/open
    grep -q '"mark":"SIMULATED; open, the last record is of 20' edited/open
    need sqlite3 sqlite3
    [ "$(sqlite3 edited/sqlite 'select line from faults limit 1')" -eq "$line" ]
}

@test "two runs of one name are told apart in every view, and one run is not taken twice" {
    need sqlite3 sqlite3
    mkdir -p here/run
    sed 's/"seed": [0-9]*/"seed": 4/; 1s/, "crc": "[0-9a-f]*"//' run/journal.yaml >here/run/journal.yaml
    "$NFC_SURVEY" export run here/run --accept-damaged --format sqlite --output same.db 2>/dev/null
    [ "$(sqlite3 same.db 'select distinct run, run_name from report_cells' | tr '\n' ' ')" = '1|run 2|run ' ]
    fails_with 2 'is named twice' "$NFC_SURVEY" export run ./run/ --format sqlite --output x
}

@test "what is asked for wrongly, and what cannot be written" {
    fails_with 2 'needs --format and --output' "$NFC_SURVEY" export run
    fails_with 2 'one of sqlite, ndjson, csv, pcapng, not .yaml' "$NFC_SURVEY" export run --format yaml --output x
    fails_with 2 '--all and --cell are of --format pcapng' "$NFC_SURVEY" export run --format csv --output x --all
    fails_with 2 'has cells 0 to' "$NFC_SURVEY" export run --format pcapng --output x --cell 100000
    fails_with 3 'cannot be read' "$NFC_SURVEY" export nowhere --format sqlite --output x
    local format
    for format in sqlite ndjson csv pcapng; do
        fails_with 4 'cannot be (written|made)' "$NFC_SURVEY" export run --format "$format" --output no/such/place
    done
    [ ! -e x ] && [ ! -e x.tmp ] && [ ! -e x.rest.tmp ]
}

@test "what is broken off leaves what was there, and nothing half-made" {
    cat >stopped.py <<'PYTHON'
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.kill(os.getpid(), signal.SIGTERM)
os.execv(sys.argv[1], sys.argv[1:])
PYTHON
    local format
    for format in sqlite ndjson csv pcapng; do
        rm -rf kept
        mkdir kept
        if [ "$format" = csv ]; then
            mkdir kept/it
            echo before >kept/it/cells.csv
        else
            echo before >kept/it
        fi
        fails_with 6 interrupted python3 stopped.py "$NFC_SURVEY" export run --format "$format" --output kept/it
        [ "$(find kept -type f -exec cat {} +)" = before ]
    done
}
