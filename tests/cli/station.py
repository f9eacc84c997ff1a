"""A run with the station's page, for the tests: started, asked over plain HTTP, and ended."""
import http.client
import re
import signal
import subprocess


class Run:
    """`nfc-survey run ARGUMENTS --station[=ADDRESS]` without a terminal. Use it in a `with`."""

    def __init__(self, program, *arguments, address="127.0.0.1:0"):
        self.process = subprocess.Popen([program, "run", *arguments, "--operator", "root", "--station=" + address], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said = []
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.search(r"https?://(\S+?):(\d+)/#([0-9a-f]{32})$", line.strip()):
                self.url, self.host, self.port, self.key = found[0], found[1], int(found[2]), found[3]
                return
        raise AssertionError("no address of a page:\n" + "".join(self.said))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, sign=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(sign)
        self.said += self.process.communicate(timeout=30)[1].splitlines(True)
        return self.process.returncode

    def ask(self, method, path, body=None, **headers):
        """The status and the text of an answer; a header that is None is left out."""
        sent = {"Host": "%s:%d" % (self.host, self.port), "X-Station-Key": self.key}
        if method == "POST":
            sent["Content-Type"] = "application/octet-stream"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        data = b"" if body is None else body if isinstance(body, bytes) else body.encode()
        connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        answer = connection.getresponse()
        text = "" if path == "/events" and answer.status == 200 else answer.read().decode()
        status, self.headers = answer.status, dict(answer.getheaders())
        connection.close()
        return status, text
