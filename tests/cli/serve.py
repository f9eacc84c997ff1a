"""Serves a folder on a free port of the loopback and prints its address: for a browser under test."""
import functools
import http.server
import sys


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
server.serve_forever()
