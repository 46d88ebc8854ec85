"""What the doubles of vendors' programs share: state in a JSON file under
$AIRLIFT_LAB_STATE, strict options, errors as the real programs print them."""
import contextlib
import fcntl
import json
import os
import sys


def state_dir():
    path = os.environ.get("AIRLIFT_LAB_STATE")
    if not path:
        sys.exit("AIRLIFT_LAB_STATE is not set: this is a double for tests")
    return path


@contextlib.contextmanager
def state(name, write=False):
    """The state of one program, locked; stored again when ${write}."""
    path = os.path.join(state_dir(), name + ".json")
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(fd, "r+", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        text = f.read()
        data = json.loads(text) if text else {}
        yield data
        if write:
            new = json.dumps(data, indent=1)
            f.seek(0)
            f.truncate()
            f.write(new)


def is_working(name):
    """The lab's application works on a request on that platform."""
    try:
        fd = os.open(os.path.join(state_dir(), name + ".working"), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def lab_dns():
    """The variables of the lab's DNS, or {} where there is none."""
    try:
        with open(os.path.join(state_dir(), "dns", "env"), encoding="utf-8") as f:
            return dict(w.split("=", 1) for w in f.read().split())
    except FileNotFoundError:
        return {}


class Usage(Exception):
    """A command line that the real program refuses."""


def options(args, flags, values, many=()):
    """Splits args into operands and options. ${flags} and ${values} map each
    spelling to a name, ${many} those that gather a list of values; anything else
    that begins with '-' is refused."""
    values = {**values, **dict(many)}
    got, operands, i = {}, [], 0
    while i < len(args):
        a = args[i]
        name, eq, value = a.partition("=")
        if name in values:
            if not eq:
                i += 1
                if i == len(args):
                    raise Usage(f"flag needs an argument: {a}")
                value = args[i]
            if name in many:
                got.setdefault(many[name], []).append(value)
            else:
                got[values[name]] = value
        elif name in flags:
            got[flags[name]] = value != "false" if eq else True
        elif a.startswith("-") and a != "-":
            raise Usage(f"unknown flag: {name}")
        else:
            operands.append(a)
        i += 1
    return operands, got


def put(doc, indent, end="\n"):
    json.dump(doc, sys.stdout, indent=indent, ensure_ascii=False)
    sys.stdout.write(end)


def log(program, args):
    """What was called, for tests that look at it (no standard input)."""
    path = os.path.join(state_dir(), "calls.log")
    with open(path, "a", encoding="utf-8") as f:
        f.write(json.dumps([program] + args) + "\n")
