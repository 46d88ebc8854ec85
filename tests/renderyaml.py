#!/usr/bin/python3
"""Whether a conversion of a render.yaml lost nothing: renderyaml.py FILE
RECORDS DIR. Every scalar of the file must appear in a fly.toml of DIR, in a
need or in a finding; a secret's value must appear in none of them. The YAML is
read by PyYAML's composer, scalars as they are written."""
import json
import pathlib
import re
import sys

import yaml

# Keys whose values choose something instead of appearing: what must be so.
CHOOSES = {"type", "runtime", "env", "sync", "generateValue", "property",
           "maxShutdownDelaySeconds"}
# Paths lose their "./" on the way.
PATHS = {"dockerfilePath", "dockerContext", "rootDir"}


def flat(text):
    return " ".join(str(text).split())


def nodes(node, key=None, path=()):
    """(key, scalar, path) of every scalar; each alias once."""
    if isinstance(node, yaml.MappingNode):
        for k, v in node.value:
            if k.tag.endswith(":merge"):
                continue
            yield from nodes(v, k.value, path + (node,))
    elif isinstance(node, yaml.SequenceNode):
        for v in node.value:
            yield from nodes(v, key, path + (node,))
    else:
        yield key, node, path


def member(node, key):
    for k, v in node.value:
        if k.value == key and isinstance(v, yaml.ScalarNode):
            return v.value
    return None


def strings(value):
    if isinstance(value, dict):
        for k, v in value.items():
            yield str(k)
            yield from strings(v)
    elif isinstance(value, list):
        yield " ".join(map(str, value))
        for v in value:
            yield from strings(v)
    else:
        yield str(value)


def keys(node):
    if isinstance(node, yaml.MappingNode):
        for k, v in node.value:
            yield k.value
            yield from keys(v)
    elif isinstance(node, yaml.SequenceNode):
        for v in node.value:
            yield from keys(v)


def main(source, records, folder):
    text = pathlib.Path(source).read_text(encoding="utf-8-sig")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    with open(records, encoding="utf-8") as f:
        recs = [json.loads(line) for line in f]
    tomls = [p.read_text() for p in pathlib.Path(folder).glob("*.toml")]
    said = flat("\n".join(s for r in recs for s in strings(r)
                          if r["type"] != "summary"))
    # comments are wrapped
    said += " " + flat(re.sub(r"\n *# ", " ", "\n".join(tomls)))
    hidden = {v for r in recs if r["type"] == "need" and r["id"].startswith(
        ("secret-in-file", "unknown-value", "secret-copy"))
              for v in r.get("variables", [])}
    left_out = [r["message"] for r in recs if r.get("rule") in (
        "environment", "group-unused")]
    lost = []
    for key, node, path in nodes(root):
        value = flat(node.value)
        if key in PATHS:
            value = re.sub(r"(^|/)\./", r"\1", value).strip("/").lstrip(".")
        table = next(
            (n for n in reversed(path) if isinstance(n, yaml.MappingNode)),
            None)
        if value == "" or key in CHOOSES or value in said:
            continue
        name = member(table, "key") if table is not None else None
        if key in ("value", "previewValue") and (
                name is None or name in hidden or key == "previewValue" and name in said):
            continue
        names = [member(n, "name") for n in path
                 if isinstance(n, yaml.MappingNode)]
        if any(n and f'"{n}"' in m for n in names for m in left_out):
            continue
        if any(n and f": {n}" in m for n in names for m in left_out):
            continue
        # a command in a shell has its quotes escaped
        words = re.findall(r"[A-Za-z0-9_./:-]{3,}", value)
        if len(words) > 1 and all(w in said for w in words):
            continue
        lost.append(f"{node.start_mark.line + 1}: {key}: {value}")
    for key, node, path in nodes(root):
        name = member(path[-1], "key") if isinstance(
            path[-1], yaml.MappingNode) else None
        if key == "value" and name in hidden and len(node.value) > 15 and \
                node.value in said and text.count(node.value) == 1:
            lost.append(f"{node.start_mark.line + 1}: a secret is printed")
    for line in lost:
        print(f"{source}:{line}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
