# Of both calibrations: a short form's table, made once a file, and its lines.

# calibrated SCRIPT: its table, what it said meanwhile, and its status, for every test of the file.
calibrated() {
    cd "$BATS_FILE_TMPDIR"
    local status=0
    "$ROOT/scripts/$1" "$NFC_SURVEY" --short >table 2>progress </dev/null || status=$?
    echo $status >status
}

# rows PATTERN COUNT: so many lines of the table hold it, and each ends with ok.
rows() {
    local found
    found=$(grep -E "$1" table) || { echo "no line '$1' in:"; cat table progress; return 1; }
    [ "$(wc -l <<<"$found")" -eq "$2" ] || { echo "not $2 lines:"; echo "$found"; return 1; }
    [ "$(grep -c '  ok$' <<<"$found")" -eq "$2" ] || { echo "$found"; return 1; }
}
