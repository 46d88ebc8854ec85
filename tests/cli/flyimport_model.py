"""A model of how `fly secrets import` reads its standard input, written from a
description of its grammar: a line reader with a bounded buffer, then two
states. Usage:

  flyimport_model.py TEXT              print what arrives as a JSON object
  flyimport_model.py check TEXT JSON   compare with {"NAME": "value"} in JSON
  flyimport_model.py random SEED N     print N random awkward values as JSON
"""
import json
import random
import sys

MAX_TOKEN = 64 * 1024
TRIPLE = b'"""'


class ImportFails(Exception):
    """The command ends with an error; nothing is set."""


class Panics(Exception):
    """The command crashes."""


def lines(text):
    """The lines that the scanner yields, and whether it reached the end."""
    while text:
        line, lf, rest = text.partition(b"\n")
        if len(line) + len(lf) > MAX_TOKEN or len(line) >= MAX_TOKEN:
            yield None
            return
        if line.endswith(b"\r"):
            line = line[:-1]
        yield line
        text = rest


def without_comment(value):
    at = value.find(b"#")
    if at < 0 or value[:at].count(b'"') % 2 == 1:
        return value
    return value[:at].rstrip(b" ")


def go_trim(raw):
    return raw.decode("utf-8", "surrogateescape").strip(
        "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
        "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    )


def parse(text):
    """(name -> value, names that silently disappeared, stopped early)."""
    secrets, key, content, stopped = {}, None, b"", False
    for line in lines(text):
        if line is None:
            stopped = True
            break
        if key is not None:
            if line.endswith(TRIPLE):
                secrets[key] = content + line[:-3]
                key = None
            else:
                content += line + b"\n"
            continue
        if line.startswith(b"#") or not go_trim(line):
            continue
        name, equals, value = line.partition(b"=")
        if not equals:
            raise ImportFails(line)
        name = go_trim(name)
        value = without_comment(value.lstrip(b" "))
        if value.startswith(TRIPLE):
            if value.endswith(TRIPLE) and len(value) >= 6:
                secrets[name] = value[3:-3]
            else:
                key, content = name, value[3:] + b"\n"
            continue
        for quote in (b'"', b"'"):
            if value.startswith(quote) and value.endswith(quote):
                if len(value) == 1:
                    raise Panics(name)
                value = value[1:-1]
                break
        secrets[name] = value
    if not secrets:
        raise ImportFails("no secrets")
    return secrets, [key] if key is not None else [], stopped


def can_arrive(value):
    """Whether the grammar has any encoding of this text."""
    raw = value.encode("utf-8")
    first, lf, _ = raw.partition(b"\n")
    if not lf:
        return len(raw) < 60000
    at = first.find(b"#")
    if at >= 0 and first[:at].count(b'"') % 2 == 1:
        return False
    if any(part.endswith(TRIPLE) for part in raw.split(b"\n")[:-1]):
        return False
    return max(len(part) for part in raw.split(b"\n")) < 60000


def check(text, want):
    secrets, lost, stopped = parse(text)
    problems = []
    if lost or stopped:
        problems.append(f"lost {lost}, stopped {stopped}")
    for name, value in want.items():
        if not can_arrive(value):
            if name in secrets:
                problems.append(f"{name}: should have been refused")
        elif name not in secrets:
            problems.append(f"{name}: is missing")
        elif secrets[name] != value.encode("utf-8"):
            problems.append(f"{name}: {value!r} arrives as {secrets[name]!r}")
    extra = set(secrets) - set(want)
    if extra:
        problems.append(f"from nowhere: {sorted(extra)}")
    return problems


def awkward(rng):
    pieces = ['"', "'", "#", "\n", "\r", " ", "\t", "\\", "=", "$", "a", "\u00e9",
              '"""', "'''", "\r\n", "#\n", '"#', "${A}", "$(b)", "`", "!", "%",
              "\u2028", "\u00a0", "\U0001f512", "-----BEGIN KEY-----\n", "K=v",
              "\nK=v\n", "\\n", "export ", "\x01", "\x7f", "\ufeff", "{", "}"]
    n = rng.choice([0, 1, 2, 3, 5, 8, 13, 40])
    return "".join(rng.choice(pieces) for _ in range(n))


def main():
    args = sys.argv[1:]
    if args[0] == "random":
        rng = random.Random(int(args[1]))
        values = {f"V{i}": awkward(rng) for i in range(int(args[2]))}
        json.dump(values, sys.stdout, ensure_ascii=rng.random() < 0.5)
        return 0
    with open(args[1 if args[0] == "check" else 0], "rb") as f:
        text = f.read()
    if args[0] != "check":
        secrets, lost, stopped = parse(text)
        if lost or stopped:
            print(f"lost {lost}, stopped {stopped}", file=sys.stderr)
            return 1
        json.dump({k: v.decode("utf-8") for k, v in secrets.items()}, sys.stdout)
        return 0
    with open(args[2], encoding="utf-8") as f:
        problems = check(text, json.load(f))
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
