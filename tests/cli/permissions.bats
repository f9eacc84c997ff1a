# What --allow lets pass, to whom, and how PINs and keys come in.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
}

JPKI=00A4040C0AD392F000260100000001
PIN_FILE=00A4020C020018

by_hand() {
    "$NFC_SURVEY" apdu --driver sim "$@" $JPKI $PIN_FILE '00200080{pin}'
}

@test "a PIN of a virtual test target is verified behind its proof, and never shown" {
    run -0 by_hand --allow pin
    [[ $output == *"-- proven: a virtual test target;"*">> 00 20 00 80 xx"*"9000 done" ]]
    [[ $output != *31323334* && $output != *"31 32 33 34"* ]]
    run -3 by_hand --allow write
    [[ $output == *"it lacks \`--allow pin\`"* && $output != *"00 20 00 80"* ]]
    run -2 by_hand
    [[ $output == *"operand 3 is no command"* ]]
    run -2 by_hand --allow pni
    [[ $output == *"pin, write or block, not \`pni\`"* ]]
}

@test "a PIN comes from a descriptor or the terminal, and from no argument" {
    run -0 by_hand --allow pin --pin-fd 7 7<<<9999
    [[ $output == *"63 c2"* ]]
    run -3 by_hand --allow pin --pin-fd 7 7<<<'12 4'
    [[ $output == *"digits and letters only; no try is spent"* && $output != *"12 4"* ]]
    run -3 by_hand --allow pin --pin-fd 7 7<<<12345678901234567
    [[ $output == *"at most 16 characters"* && $output != *1234567890* ]]
    run -2 by_hand --allow pin --pin-fd 77
    [[ $output == *"descriptor 77 is not open"* ]]
    run -2 "$NFC_SURVEY" apdu --driver sim --allow pin $JPKI $PIN_FILE 002000800431323334
    [[ $output == *"not taken from the command line"* && $output != *31323334* ]]
    run -3 "$NFC_SURVEY" apdu --driver sim $JPKI $PIN_FILE 002000800431323334 # without the word: the guard's
    [[ $output != *31323334* ]]
    run -4 setsid "$NFC_SURVEY" apdu --driver pcsc --allow pin $JPKI $PIN_FILE '00200080{pin}' </dev/null
    [[ $output == *"no terminal to type it at"* ]]
}

@test "a PIN that is typed is not echoed, and a signal gives the terminal back" {
    python3 - "$NFC_SURVEY" $JPKI $PIN_FILE <<'PYTHON'
import os, pty, signal, sys, termios, time

def session(typed):
    pid, tty = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1], "apdu", "--driver", "pcsc", "--allow", "pin", *sys.argv[2:], "00200080{pin}"])
    seen = b""
    while b"TEST target: " not in seen:
        seen += os.read(tty, 1000)
    for _ in range(100):  # the prompt stands there just before the echo goes off
        if not termios.tcgetattr(tty)[3] & termios.ECHO:
            break
        time.sleep(0.02)
    os.write(tty, typed)
    if typed == b"\x03":
        _, status = os.waitpid(pid, 0)
        assert termios.tcgetattr(tty)[3] & termios.ECHO, "echo stays off"
        return seen, status
    try:
        while part := os.read(tty, 1000):
            seen += part
    except OSError:
        pass
    return seen, os.waitpid(pid, 0)[1]

seen, status = session(b"73\x7f155\r")
assert b"73" not in seen.split(b"target: ")[1] and b"155" not in seen, seen
assert os.waitstatus_to_exitcode(status) == 4, (seen, status)  # there is no reader
seen, status = session(b"\x1b[A12\r")
assert os.waitstatus_to_exitcode(status) == 3 and b"digits and letters only" in seen, (seen, status)
seen, status = session(b"\x03")
assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, status
PYTHON
}

lab_ca() { # NAME DAYS...: a CA of a lab's own
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out "$1" -subj "/CN=$2" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -days "$3" 2>/dev/null
}

@test "a target of another CA is not proven, and nothing is sent to it" {
    lab_ca ca.pem "LAB TEST CA" 30
    run -3 by_hand --allow pin --test-ca ca.pem
    [[ $output == *"of another CA than the test CA that was named; nothing was sent"* && $output != *">>"* ]]
    lab_ca ca.pem "NFC-SURVEY TEST CA FOR TARGETS" 30
    run -3 by_hand --allow pin --test-ca ca.pem
    [[ $output == *"nothing was sent"* && $output != *">>"* ]]
    run -3 by_hand --allow pin --test-ca key.pem
    [[ $output == *"holds no certificate in PEM"* ]]
    run -2 by_hand --test-ca ca.pem
    run -2 "$NFC_SURVEY" apdu --driver sim --test-ca ca.pem $JPKI
    [[ $output == *"--test-ca goes with --allow"* ]]
}

@test "a file of channel keys is its owner's alone, and no message quotes it" {
    (umask 077; printf 'format: nfc-survey/channel-keys\nversion: 1\nkey_version: "30"\nmaster: "%s"\n' 000102030405060708090A0B0C0D0E0F >keys.yaml)
    run -0 by_hand --allow pin --channel-keys keys.yaml
    chmod 0640 keys.yaml
    run -3 by_hand --allow pin --channel-keys keys.yaml
    [[ $output == *"others may use it: \`chmod go= 'keys.yaml'\`"* ]]
    chmod 0600 keys.yaml
    while IFS='|' read -r edit words; do
        sed "$edit" keys.yaml >wrong.yaml
        chmod 0600 wrong.yaml
        run -3 by_hand --allow pin --channel-keys wrong.yaml
        [[ $output == *"$words"* && $output != *0A0B0C* ]] || { echo "$edit: $output"; false; }
    done <<'END'
s/master: "00/master: "G0/|a key is 16 to 32 bytes
s/master: "0001/master: "/|a key is 16 to 32 bytes
s/^master/enc/|enc, mac and dek of one length
s/^master/mastre/|is no file of channel keys
s/"30"/"3000"/|key_version is one byte
s/"30"/"30/|is no YAML file
END
}

pin_survey() {
    cat >verify.yaml <<'END'
format: nfc-survey/script
version: 1
id: verify
title: {en: A PIN is verified, ja: 暗証番号の照合}
time_limit_ms: 3000
deadline_ms: 10000
steps:
  - {name: select, send: "00A4040C0AD392F000260100000001", stage: route}
  - {name: pin file, send: "00A4020C020018"}
  - {name: tries, send: "00200080", expect: "63CX"}
  - {name: verify, send: "0020008004 31323334"}
END
    small_survey survey.yaml
    sed -i -e 's/^scripts:.*/scripts: [{script: .\/verify.yaml}]/' -e "${1:-}" survey.yaml
}

# Of all transactions: their outcomes and whether a proof was made.
outcomes() {
    python3 - "$1" <<'PYTHON'
import json, sys
records = [json.loads(line[2:]) for line in open(sys.argv[1] + "/journal.yaml", encoding="utf-8")]
print(sorted({(r["outcome"], "proof_us" in r, json.dumps(r.get("detail", ""))[:70]) for r in records if next(iter(r)) == "transaction"}))
PYTHON
}

@test "a run needs the word, the survey's line and the target's proof, each" {
    pin_survey '$a writes: test-target'
    "$NFC_SURVEY" run survey.yaml --output all --allow pin >/dev/null 2>&1 || [ $? -eq 5 ]
    run -0 outcomes all
    [[ $output == *"('ok', True, '\"\"')"* && $output != *invalid* ]]
    run -0 "$NFC_SURVEY" verify all
    "$NFC_SURVEY" run survey.yaml --output word >/dev/null 2>&1 || true
    run -0 outcomes word
    [[ $output == *"invalid"* && $output != *"'ok'"* ]]
    grep -q 'lacks `--allow pin`' word/journal.yaml
    lab_ca ca.pem "LAB TEST CA" 30
    "$NFC_SURVEY" run survey.yaml --output proof --allow pin --test-ca ca.pem >/dev/null 2>&1 || true
    run -0 outcomes proof
    [[ $output == *"invalid"*certificate_other_ca* && $output != *"'ok'"* ]]
    pin_survey # before anything is touched
    run -3 "$NFC_SURVEY" run survey.yaml --output line --allow pin
    [[ $output == *"step 4 (verify): the guard will refuse it"*"\`writes: test-target\` in the survey"* ]]
}

@test "a cell whose PIN lost a try that no step asked for is sent nothing more" {
    pin_survey '$a writes: test-target'
    sed -i 's/31323334/39393939/' verify.yaml
    "$NFC_SURVEY" run survey.yaml --output fell --allow pin >/dev/null 2>&1 || true
    run -0 outcomes fell
    [[ $output == *'["tries_stopped"]'*'["tries_fell", "3", "2"]'* && $output != *"'ok'"* ]]
    [ "$(grep -o tries_fell fell/journal.yaml | wc -l)" -eq 2 ] # once a reader, which has a process of its own
    sed -i 's/"0020008004 39393939"/"0020008004 39393939", expect: "63CX"/' verify.yaml
    "$NFC_SURVEY" run survey.yaml --output asked --allow pin >/dev/null 2>&1 || [ $? -eq 5 ]
    ! grep -q 'tries_' asked/journal.yaml
}
