"""A server of HTTP for the doubles of vendors' APIs, that can be slow and ask for
patience. Controls in the double's folder: `requests` is its log; `throttle` holds
how many requests get 429 next; `slow` how many seconds a change takes before it
is answered; `token` another token than it was started with."""
import contextlib
import http.server
import json
import os


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Api(http.server.BaseHTTPRequestHandler):
    """route(method, raw) and refusal(e) are the double's own; so may be
    authorize(raw), which is the token of a bearer here."""
    protocol_version = "HTTP/1.1"
    folder = token = ""
    one_at_a_time = contextlib.nullcontext()

    @classmethod
    def control(cls, name):
        try:
            with open(os.path.join(cls.folder, name), encoding="ascii") as f:
                return float(f.read() or 1)
        except OSError:
            return 0

    def answer(self, status, body=None, headers=()):
        text = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        if text:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(text)

    def authorize(self, raw):
        token, path = self.token, os.path.join(self.folder, "token")
        if os.path.exists(path):
            with open(path, encoding="ascii") as f:
                token = f.read().strip()
        if self.headers.get("Authorization") != f"Bearer {token}":
            raise Refused(401, "unauthorized", "Unable to authenticate you")

    def is_throttled(self):
        left = self.control("throttle")
        path = os.path.join(self.folder, "throttle")
        if left > 1:
            with open(path, "w", encoding="ascii") as f:
                f.write(str(left - 1))
        elif left:
            os.unlink(path)
        return left > 1

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        with open(os.path.join(self.folder, "requests"), "a", encoding="utf-8") as f:
            f.write(f"{self.command} {self.path} {raw.decode()}\n")
        try:
            self.authorize(raw)
            if self.is_throttled():
                raise Refused(429, "too_many_requests", "API rate limit exceeded.")
            with self.one_at_a_time:
                self.route(self.command, raw)
        except Refused as e:
            self.answer(e.status, self.refusal(e), [("Retry-After", "1")] if e.status == 429 else [])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    def log_message(self, *_):
        pass


def serve(port, api, folder, token, told=None):
    """For ever; the port goes into the file ${told}, if there is one."""
    api.folder, api.token = folder, token
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), api)
    if told:
        with open(told + ".new", "w", encoding="ascii") as f:
            f.write(f"{server.server_address[1]}\n")
        os.rename(told + ".new", told)
    server.serve_forever()
