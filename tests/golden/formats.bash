# What this program can write of the formats that these tests can read, for `report --format`: html,csv,...
formats() {
    local known=html format
    for format in "$@"; do
        "$NFC_SURVEY" report --help | sed -n '/--format LIST  /,/--lang /p' | grep -qwE "$format" && known=$known,$format
    done
    echo "$known"
}

# Whether a PDF can be written, and read.
can_print() {
    command -v pdftotext >/dev/null && /usr/bin/python3 -c 'import weasyprint' 2>/dev/null
}
