#!/usr/bin/env bats
# The station's page, in a real browser and asked over plain HTTP: a rehearsal driven by its buttons, who is refused, hostile
# names, more than one window, a program that dies.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    export PYTHONPATH=$BATS_TEST_DIRNAME PYTHONDONTWRITEBYTECODE=1
    small_survey s.yaml "$@"
    sed -i 's/^hands: sim/hands: person/' s.yaml
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (apt-get install $2)"
}

# records JQ: of the journal of r, without its start.
records() {
    tail -n +2 r/journal.yaml | sed 's/^- //' | jq -c "$1"
}

@test "a rehearsal by the page's buttons, in Japanese, without a terminal" {
    need chromedriver chromium-driver
    python3 - "$NFC_SURVEY" <<'PYTHON'
import sys, time
from station import Run
from webdriver import Browser, ENTER
with Run(sys.argv[1], "s.yaml", "--output", "r", "--lang", "ja") as run, Browser() as b:
    def at(what, before=0):
        return b.until("return view && view.what === arguments[0] && view.question > arguments[1] && view.question", what, before)
    b.visit(run.url)
    first = at("tag")
    assert b.run("return document.documentElement.lang") == "ja"
    assert "セッション1/2" in b.texts("#session")[0]
    assert b.texts("#drawing .phone") == [""] and b.texts("#facts dd")[0].startswith("sim-akane")
    assert b.run("return [...document.querySelectorAll('#buttons button')].map((e) => e.dataset.choice)") == \
        ["later", "later-next", "withdraw", "note", "pause", "quit"], "only what is offered, and no tag by a button"
    b.type("#line", "ＳＩＭ－ＡＫＡＮＥ" + ENTER)
    lay = at("lay")
    # A scan while the phone is to be laid lays nothing, wherever the focus is.
    b.run("document.querySelector('[data-choice=quit]').focus()")
    b.press(*"sim-akane", ENTER, ENTER)
    b.until("return document.getElementById('reply').textContent")
    assert at("lay") == lay and b.run("return document.getElementById('line').value") == ""
    # Full width, and an ideographic blank; a text that a button asks for.
    b.type("#line", "ｎ　全角のメモ" + ENTER)
    b.click("[data-choice=note]")
    b.type("#line", "by the button")
    b.click("#send")
    b.until("return !asks")
    b.click("[data-choice=pause]")
    paused = at("paused", lay)
    b.click("[data-choice=go]")
    lay = at("lay", paused)
    b.click("[data-choice=go]")
    lift = at("lift", lay)
    assert "clean" not in b.texts("body")[0] and "良好" not in b.texts("body")[0], "no result while it lies there"
    b.click("[data-choice=slip]")
    b.type("#line", ENTER)
    b.until("return document.getElementById('reply').textContent")
    b.type("#line", "端末違い <b>A</b>" + ENTER)
    lay = b.until("return view.what === 'lay' && view.question > arguments[0] && view.question", lift)
    assert b.texts("#why") == ["端末違い <b>A</b>"] and b.run("return document.getElementById('last').className") == "doubtful"
    b.run("sound = true")
    b.click("[data-choice=go]")
    lift = at("lift", lay)
    time.sleep(0.2)  # an Enter right behind a line's is a scanner's
    b.press(ENTER)
    lay = b.until("return view.turn && view.question > arguments[0] && view.question", lift)
    assert b.run("return document.getElementById('last').className") == "good"
    assert b.run("return document.body.dataset.played") == "good"
    b.click("#sound")
    assert b.run("return sound") is False
    b.click("#help")
    assert b.run("return document.getElementById('keys').open")
    b.press(ENTER)
    assert not b.run("return document.getElementById('keys').open") and b.run("return view.question") == lay
    b.click("[data-choice=quit]")
    b.until("return document.body.classList.contains('ended')")
    assert b.texts("#buttons button") == []
    assert run.process.wait(20) == 6
    assert all("422" in said for said in b.complaints())
PYTHON
    [ "$(records 'select(.note and (.effect | not)) | .text' | tr -d '\n')" = '"全角のメモ""by the button"' ]
    [ "$(records 'select(.note and .effect) | [.effect, .text]')" = '["exclude","端末違い <b>A</b>"]' ]
    [ "$(records 'select(.answer) | .face' | sort -u)" = '"page"' ] || records 'select(.answer)'
    "$NFC_SURVEY" verify r
}

@test "hostile names are text, and a foreign page drives nothing" {
    need chromedriver chromium-driver
    sed -i "s|^  - sim-akane|  - {handset: sim-akane, unit: '<img src=x onerror=\"pwned=1\">'}|; s|^title: .*|title: '</script><script>pwned=1</script>'|" s.yaml
    sed -i "s|^readers: .*|readers: [{unit: '<b>B</b>', profile: sim-reader-b, place: '\"><svg onload=pwned=1>'}]|" s.yaml
    "$NFC_SURVEY" check s.yaml
    python3 - "$NFC_SURVEY" <<'PYTHON'
import http.server, sys, threading
from station import Run
from webdriver import Browser, ENTER
class Foreign(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>foreign</title>")
    def log_message(self, *_):
        pass
foreign = http.server.HTTPServer(("127.0.0.1", 0), Foreign)
threading.Thread(target=foreign.serve_forever, daemon=True).start()
with Run(sys.argv[1], "s.yaml", "--output", "r") as run, Browser() as b:
    b.visit(run.url)
    b.until("return view && view.what === 'tag'")
    b.type("#line", '<script>pwned=1</script>' + ENTER)
    b.until("return view.notice")
    text = b.run("return document.body.innerText")
    for name in '<img src=x onerror="pwned=1">', "</script><script>pwned=1</script>", '"><svg onload=pwned=1>', "<script>pwned=1</script> is not":
        assert name in text, (name, text)
    assert b.run("return [document.images.length, document.scripts.length, document.querySelectorAll('svg').length, typeof pwned]") == \
        [0, 1, 1, "undefined"]
    assert not b.complaints()
    # A script that gets into the page after all does not run, and asks nobody.
    b.run("const s = document.createElement('script'); s.textContent = 'pwned = 1'; document.body.append(s)")
    assert b.run("return typeof pwned") == "undefined"
    question = b.run("return view.question")
    b.visit("http://127.0.0.1:%d/" % foreign.server_port)
    for how in "{method: 'POST', mode: 'no-cors', body: 'q'}", "{method: 'POST', body: 'q', headers: {'X-Station-Key': '%s', 'Content-Type': 'application/octet-stream'}}" % run.key:
        said = b.run("return fetch(arguments[0], %s).then((r) => r.type + r.status, () => 'failed')" % how, "http://127.0.0.1:%d/line/%d" % (run.port, question))
        assert said in ("failed", "opaque0"), said
    assert run.process.poll() is None
    b.visit(run.url)
    b.until("return view && view.question === arguments[0]", question)
    run.end()
PYTHON
}

@test "who has no key, another host, origin or site is refused, and is not heard" {
    python3 - "$NFC_SURVEY" <<'PYTHON'
import socket, sys
from station import Run
with Run(sys.argv[1], "s.yaml", "--output", "r") as run:
    def refused(status, method="GET", path="/events", body=None, **headers):
        got, text = run.ask(method, path, body, **headers)
        assert got == status, (got, status, method, path, headers, text)
        assert "Access-Control-Allow-Origin" not in run.headers
    here = "127.0.0.1:%d" % run.port
    assert run.ask("GET", "/", X_Station_Key=None)[0] == 200
    page = run.ask("GET", "/")[1]
    assert run.key not in page and "sha256-" in run.headers["Content-Security-Policy"]
    assert "unsafe" not in run.headers["Content-Security-Policy"] and run.headers["Referrer-Policy"] == "no-referrer"
    assert run.ask("GET", "/", Host="localhost:%d" % run.port)[0] == 200
    for host in None, "", "127.0.0.1", "station.localhost:%d" % run.port, "evil.example:%d" % run.port, here + ".":
        for path in "/", "/events":
            got = run.ask("GET", path, Host=host)[0]
            assert got in (400, 421), (host, got)
    for origin in "null", "http://evil.example", "https://" + here, "http://127.0.0.1:1", "http://" + here + ".evil":
        refused(403, Origin=origin)
        refused(403, "POST", "/line/1", "q", Origin=origin)
    refused(403, Sec_Fetch_Site="cross-site")
    refused(403, "POST", "/line/1", "q", Sec_Fetch_Site="same-site")
    for key in None, "", run.key[:-1], run.key + "0", "0" * 32, run.key.upper():
        refused(401, X_Station_Key=key)
        refused(401, "POST", "/line/1", "q", X_Station_Key=key)
    for type in None, "text/plain", "application/x-www-form-urlencoded", "application/json":
        refused(415, "POST", "/line/1", "q", Content_Type=type)
    refused(405, "OPTIONS", "/line/1")
    refused(413, "POST", "/line/1", "q" * 5000)
    for body in b"q\x1b[2J", b"q\n", b"n \xff", "n \u202e", b"n \0":
        refused(400, "POST", "/line/1", body)
    for path in "/nothing", "/line", "/say", "/..%2f..%2fetc/passwd", "/line/1x", "/line/", "/say/1", "/say//quit", "/line/-1", "/say/4294967296/quit":
        refused(404, "POST", path, "q")
    refused(422, "POST", "/line/1", "")
    refused(422, "POST", "/say/1/steal", "")
    refused(422, "POST", "/say/1/note", " ")
    assert run.ask("GET", "/events", Origin="http://" + here, Sec_Fetch_Site="same-origin")[0] == 200
    # Half a request stops nobody.
    stalled = socket.create_connection(("127.0.0.1", run.port))
    stalled.sendall(b"POST /line/1 HTTP/1.1\r\nHost: ")
    assert run.ask("GET", "/")[0] == 200
    assert run.process.poll() is None
    assert run.ask("POST", "/say/0/quit", "")[0] == 204
    assert run.process.wait(20) == 6
    first = run.key
with Run(sys.argv[1], "s.yaml", "--output", "r2") as run:
    assert run.key != first
PYTHON
    [ "$(records 'select(.note or .answer)' | wc -l)" -eq 0 ]
}

@test "two windows are one station, an old answer is none, the fifth puts the first out; killed, it says so and the port is free" {
    need chromedriver chromium-driver
    python3 - "$NFC_SURVEY" <<'PYTHON'
import http.client, sys
from station import Run
from webdriver import Browser, ENTER
with Run(sys.argv[1], "s.yaml", "--output", "r") as run, Browser() as b:
    b.visit(run.url)
    tag = b.until("return view && view.what === 'tag' && view.question")
    first, second = b.here(), b.tab()
    b.visit(run.url)
    b.until("return view && view.what === 'tag'")
    b.type("#line", "sim-akane" + ENTER)
    lay = b.until("return view.what === 'lay' && view.question")
    b.go_to(first)
    b.until("return view.what === 'lay' && view.question === arguments[0]", lay)
    # What was meant for the question before is no answer to this one.
    assert run.ask("POST", "/say/%d/go" % tag, "")[0] == 204
    b.until("return view.notices.length && view.notices[0].includes('no answer')")
    assert b.run("return view.question") == lay
    streams = []
    for _ in range(3):
        streams.append(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20))
        streams[-1].request("GET", "/events", headers={"X-Station-Key": run.key})
        assert streams[-1].getresponse().readline().startswith(b"data: {")
    b.until("return over && document.getElementById('state').textContent.startsWith('Open in too many')")
    b.go_to(second)
    assert b.run("return !over && view.what === 'lay'")
    b.click("[data-choice=go]")
    b.until("return view.what === 'lift'")
    assert run.end() == -9
    b.until("return document.body.classList.contains('off') && document.getElementById('state').textContent.startsWith('Connection lost')")
    with Run(sys.argv[1], "--resume", "r", address="127.0.0.1:%d" % run.port) as again:
        b.until("return document.getElementById('state').textContent.startsWith('Refused')")
        b.visit("about:blank")
        b.visit(again.url)
        b.until("return view && view.what === 'tag' && !document.body.classList.contains('off')")
PYTHON
}

@test "beyond loopback only with a certificate; an address that is none, a port that is taken" {
    need openssl openssl
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=station -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout key.pem -out cert.pem -days 2 2>/dev/null
    openssl ecparam -name prime256v1 -genkey -noout -out other.pem
    for address in 0.0.0.0:0 '[::]:0' 192.0.2.1:0; do
        fails_with 2 'every address|other computers' "$NFC_SURVEY" run s.yaml --output r --station=$address
    done
    for address in : 127.0.0.1:x 127.0.0.1:65536 '[::1' ''; do
        fails_with 2 'is no ADDRESS:PORT' "$NFC_SURVEY" run s.yaml --output r --station=$address
    done
    fails_with 2 'go together' "$NFC_SURVEY" run s.yaml --output r --station --tls-cert cert.pem
    fails_with 2 'need --station' "$NFC_SURVEY" run s.yaml --output r --tls-cert cert.pem --tls-key key.pem
    fails_with 3 'is not its key' "$NFC_SURVEY" run s.yaml --output r --station --tls-cert cert.pem --tls-key other.pem
    fails_with 3 'nothing.pem' "$NFC_SURVEY" run s.yaml --output r --station --tls-cert cert.pem --tls-key nothing.pem
    fails_with 4 'no terminal to ask at' "$NFC_SURVEY" run s.yaml --output r
    [ ! -e r ]
    python3 - "$NFC_SURVEY" <<'PYTHON'
import ssl, subprocess, sys, urllib.request
from station import Run
with Run(sys.argv[1], "s.yaml", "--output", "r", "--tls-cert", "cert.pem", "--tls-key", "key.pem") as run:
    assert run.url.startswith("https://127.0.0.1:")
    trust = ssl.create_default_context(cafile="cert.pem")
    assert b"<!doctype html>" in urllib.request.urlopen(run.url.split("#")[0], context=trust).read()
    taken = subprocess.run([sys.argv[1], "run", "s.yaml", "--output", "r2", "--station=127.0.0.1:%d" % run.port], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert taken.returncode == 4 and "can't be used" in taken.stderr, taken
PYTHON
}
