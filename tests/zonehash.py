"""The checksum of a snapshot of dnscut, computed from its records alone:
SHA-256 over the records in the canonical form and order of RFC 4034, for the
types that the lab's zones have. Prints it."""
import hashlib
import ipaddress
import json
import re
import struct
import sys

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28,
         "SRV": 33, "CAA": 257}


def name(text):
    out = b""
    for label in text.lower().rstrip(".").split("."):
        if label:
            out += bytes([len(label)]) + label.encode()
    return out + b"\0"


def strings(text):
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", s).encode() for s in found]


def data(kind, text):
    word = text.split()
    if kind == "A" or kind == "AAAA":
        return ipaddress.ip_address(text).packed
    if kind in ("NS", "CNAME"):
        return name(text)
    if kind == "MX":
        return struct.pack(">H", int(word[0])) + name(word[1])
    if kind == "SRV":
        return struct.pack(">HHH", *map(int, word[:3])) + name(word[3])
    if kind == "SOA":
        return name(word[0]) + name(word[1]) + struct.pack(">IIIII", *map(int, word[2:]))
    if kind == "TXT":
        return b"".join(bytes([len(s)]) + s for s in strings(text))
    if kind == "CAA":
        return bytes([int(word[0]), len(word[1])]) + word[1].encode() + strings(text)[0]
    raise SystemExit(f"no such type here: {kind}")


def main():
    records = []
    for line in sys.stdin:
        r = json.loads(line)
        if r["type"] != "rrset.saved":
            continue
        order = [label.encode() for label in reversed(r["name"].rstrip(".").split("."))]
        for text in r["data"]:
            rdata = data(r["rrtype"], text)
            fixed = struct.pack(">HHIH", TYPES[r["rrtype"]], 1, r["ttl"], len(rdata))
            records.append((order, TYPES[r["rrtype"]], rdata, name(r["name"]) + fixed + rdata))
    records.sort(key=lambda r: r[:3])
    print(hashlib.sha256(b"".join(r[3] for r in records)).hexdigest())


main()
