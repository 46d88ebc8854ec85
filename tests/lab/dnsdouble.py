"""What the doubles of DNS providers' APIs share: records that the PowerDNS
behind them serves, and a server of HTTP that can be slow and ask for patience.
Controls in the double's folder: `requests` is its log; `throttle` holds how many
requests get 429 next; `slow` how many seconds a change takes before it is
answered."""
import http.server
import ipaddress
import json
import os
import urllib.request


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def strings(content):
    """what the strings of a TXT record say, joined"""
    out, i, inside = "", 0, False
    while i < len(content):
        if content[i] == '"':
            inside = not inside
        elif content[i] == "\\":
            i += 1
            out += content[i]
        elif inside:
            out += content[i]
        i += 1
    return out


def quoted(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def check_address(kind, data):
    """ValueError: none of this type"""
    if kind == "A":
        ipaddress.IPv4Address(data)
    if kind == "AAAA":
        ipaddress.IPv6Address(data)


class Behind:
    """The zone at the PowerDNS; what it serves of the double's records."""

    def __init__(self, url, zone):
        self.url, self.zone, self.served = url, zone, {}

    def call(self, method, body=None):
        request = urllib.request.Request(f"{self.url}/zones/{self.zone}.", method=method,
                                         headers={"X-API-Key": "changeme-test"},
                                         data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def publish(self, now):
        """now: (name, type) -> (ttl, sorted contents)"""
        changes = [{"name": n, "type": t, "changetype": "DELETE"} for n, t in self.served if (n, t) not in now]
        changes += [{"name": n, "type": t, "ttl": v[0], "changetype": "REPLACE",
                     "records": [{"content": c, "disabled": False} for c in v[1]]}
                    for (n, t), v in now.items() if self.served.get((n, t)) != v]
        if changes:
            self.call("PATCH", {"rrsets": changes})
        self.served = now


class Api(http.server.BaseHTTPRequestHandler):
    """route(method, raw) and refusal(e) are the double's own; so may be
    authorize(raw), which is the token of a bearer here."""
    protocol_version = "HTTP/1.1"
    folder = token = ""

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
        if self.headers.get("Authorization") != f"Bearer {self.token}":
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
            self.route(self.command, raw)
        except Refused as e:
            self.answer(e.status, self.refusal(e), [("Retry-After", "1")] if e.status == 429 else [])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    def log_message(self, *_):
        pass


def serve(port, api, folder, token):
    api.folder, api.token = folder, token
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), api).serve_forever()
