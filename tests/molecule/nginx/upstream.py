"""A web server on a Unix socket that answers with the headers it was sent. usage: upstream.py SOCKET"""

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "socket"


socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
