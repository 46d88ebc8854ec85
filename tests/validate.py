"""Validates JSON lines against share/schema: one schema a record type, and a
type without schema is an error. Usage: validate.py FILE..."""
import json
import os
import sys

import jsonschema

SCHEMAS = os.path.join(os.path.dirname(__file__), "..", "share", "schema")


def load():
    validators = {}
    for name in sorted(os.listdir(SCHEMAS)):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(SCHEMAS, name), encoding="utf-8") as f:
            schema = json.load(f)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name[: -len(".json")]] = jsonschema.Draft202012Validator(schema)
    return validators


def check(validators, line):
    record = json.loads(line)
    if not isinstance(record, dict):
        return "not an object"
    kind = record.get("type")
    if next(iter(record), None) != "type":
        return '"type" is not the first member'
    if kind not in validators:
        return f"no schema for type {kind!r}"
    error = jsonschema.exceptions.best_match(validators[kind].iter_errors(record))
    if error is None:
        return None
    where = "/".join(str(p) for p in error.absolute_path)
    return f"{kind}: {where or '(record)'}: {error.message}"


def main():
    validators = load()
    seen = bad = 0
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            for number, raw in enumerate(f, 1):
                seen += 1
                try:
                    if not raw.endswith(b"\n"):
                        raise ValueError("line without LF")
                    why = check(validators, raw.decode("utf-8"))
                except ValueError as e:
                    why = str(e)
                if why:
                    bad += 1
                    print(f"{path}:{number}: {why}: {raw[:300]!r}")
    if seen == 0:
        print("no records to validate")
    return 1 if bad or seen == 0 else 0


sys.exit(main())
