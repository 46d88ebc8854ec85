"""{"NAME": "value"} as `heroku config -s` prints it, from a description of its
quoting: bare if there is nothing special in the value; double quotes if it has
a single quote or a line break; else single quotes."""
import json
import re
import sys

SPECIAL = re.compile(
    r"""["\s!#$&'()*,:;<=>?@\[\\\]^`{|}\ufeff]""")


def quote(value):
    if not SPECIAL.search(value):
        return value
    if "'" in value or "\n" in value:
        for c in '\\"$`!':
            value = value.replace(c, "\\" + c)
        return '"' + value.replace("\n", "\\n") + '"'
    return "'" + value + "'"


with open(sys.argv[1], encoding="utf-8") as f:
    for name, text in json.load(f).items():
        sys.stdout.buffer.write(f"{name}={quote(text)}\n".encode("utf-8"))
