"""What the doubles of DNS providers' APIs share: records that the PowerDNS
behind them serves. The server of HTTP and its controls are apidouble's."""
import ipaddress
import json
import threading
import urllib.request

import apidouble
from apidouble import Refused, serve  # noqa: F401


class Api(apidouble.Api):
    """what PowerDNS serves changes once for each change here"""
    one_at_a_time = threading.Lock()


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
