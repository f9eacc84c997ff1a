"""A browser under test, driven by the W3C WebDriver protocol: chromedriver and the standard library, nothing else."""
import base64
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TAB, ENTER, ESCAPE, RIGHT, DOWN = "\ue004", "\ue007", "\ue00c", "\ue014", "\ue015"


TRIES, PAUSE_S = 5, 2  # a loaded machine starts neither program at once


class NotStarted(Exception):
    """The driver or the browser did not start; says what it said of that."""


class Browser:
    """Chromium without a window and with a profile of its own. Use it in a `with`."""

    def __init__(self, script=True):
        for left in reversed(range(TRIES)):
            try:
                self.start(script)
                return
            except NotStarted as why:
                self.stop()
                if left == 0:
                    raise AssertionError("no browser after %d tries: %s" % (TRIES, why)) from None
                print("webdriver: once more: %s" % why, file=sys.stderr)
                time.sleep(PAUSE_S)

    def start(self, script):
        self.folder = tempfile.TemporaryDirectory()
        self.session = ""
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        for line in self.driver.stdout:
            said.append(line.strip())
            if "successfully on port" in line:
                break
        else:
            raise NotStarted("chromedriver ended with %d: %s" % (self.driver.wait(), " / ".join(said) or "without a word"))
        self.base = "http://127.0.0.1:" + said[-1].split()[-1].rstrip(".")
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--user-data-dir=" + self.folder.name, "--window-size=1300,1000",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            "perfLoggingPrefs": {"enableNetwork": True},
        }
        if not script:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "timeouts": {"pageLoad": 120000, "script": 120000},
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        try:
            self.session = "/session/" + self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except (AssertionError, OSError) as refused:
            raise NotStarted("chromium: %s" % refused) from None

    def stop(self):
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", "")
        finally:
            self.stop()

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + self.session + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(json.load(refused)["value"]["message"]) from None

    def open(self, path, hash=""):
        self.visit("file://" + path + hash)

    def visit(self, url):
        self.ask("POST", "/url", {"url": url})

    def tab(self):
        """A new one, from then on the one that is driven; returns its name for go_to()."""
        name = self.ask("POST", "/window/new", {"type": "tab"})["handle"]
        self.go_to(name)
        return name

    def go_to(self, name):
        self.ask("POST", "/window", {"handle": name})

    def here(self):
        return self.ask("GET", "/window")

    def size(self, width, height):
        self.ask("POST", "/window/rect", {"width": width, "height": height})

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", "/screenshot")))

    def until(self, script, *arguments, seconds=20):
        """Waits for a script to return something true."""
        end = time.monotonic() + seconds
        while not (found := self.run(script, *arguments)):
            assert time.monotonic() < end, "not in %d s: %s %r; the page says:\n%s" % (
                seconds, script, arguments, self.run("return document.body.innerText"))
            time.sleep(0.02)
        return found

    def address(self):
        return self.ask("GET", "/url")

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent.trim())", selector)

    def element(self, selector):
        return next(iter(self.ask("POST", "/element", {"using": "css selector", "value": selector}).values()))

    def click(self, selector):
        """A real click: refused where something else covers the element, or it is not shown."""
        self.ask("POST", "/element/%s/click" % self.element(selector), {})

    def type(self, selector, text):
        self.ask("POST", "/element/%s/value" % self.element(selector), {"text": text})

    def choose(self, selector, text):
        self.click(selector)
        options = self.run("return [...document.querySelector(arguments[0]).options].map((o) => o.textContent)", selector)
        self.click("%s option:nth-child(%d)" % (selector, options.index(text) + 1))

    def press(self, *keys):
        """Keys to whatever has the focus."""
        actions = [{"type": way, "value": key} for key in keys for way in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def focus(self):
        """What has the focus, and whether one sees it."""
        return self.run("const e = document.activeElement, s = getComputedStyle(e);"
                        "return {id: e.id, name: e.tagName, class: e.className, href: e.getAttribute('href'), cell: e.dataset.cell,"
                        " seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0}")

    def prefer(self, scheme):
        """As if the system were set to light or dark."""
        self.ask("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]}})

    def complaints(self):
        """What the console says since the last call."""
        return [line["message"] for line in self.ask("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """What the pages opened since the last call asked for, themselves left out."""
        found = []
        for line in self.ask("POST", "/se/log", {"type": "performance"}):
            message = json.loads(line["message"])["message"]
            if message["method"] != "Network.requestWillBeSent":
                continue
            asked = message["params"]
            if asked["documentURL"].startswith("file:") and asked["request"]["url"].split("#")[0] != asked["documentURL"].split("#")[0]:
                found.append(asked["request"]["url"])
        return found
