"""That a converter loses nothing: every key and every plain value of a JSON,
TOML or YAML source is in the file, a need or a finding that came out of it.
Usage: covers.py KIND SOURCE RECORDS [TOML]
KIND is one of the tables below; they name the keys that are the format's own
structure, and the values whose meaning, and not whose text, arrives."""
import json
import re
import sys
import tomllib

# The keys that say nothing by themselves: what they hold must arrive.
STRUCTURE = {
    "appjson": {"value", "description", "required", "generator", "plan", "as",
                "url", "command", "quantity", "size", "env", "addons",
                "formation", "scripts", "buildpacks", "name", "process",
                "options", "default"},
    "herokuyml": {"setup", "addons", "config", "build", "docker", "release",
                  "run", "command", "image", "dockerfile", "target", "plan",
                  "as"},
    "railway": {"$schema", "build", "deploy", "environments", "builder",
                "buildCommand", "dockerfilePath", "startCommand",
                "preDeployCommand", "healthcheckPath", "restartPolicyType",
                "restartPolicyMaxRetries", "requiredMountPath",
                "numReplicas", "sleepApplication", "drainingSeconds",
                "cronSchedule", "region"},
    "variables": set(),
    "vercel": {"source", "destination", "key", "value", "headers", "has",
               "missing", "type", "src", "dest", "use", "path", "schedule",
               "build", "env", "functions", "$schema"},
}
# Paths whose values need not stand anywhere as they are.
MEANT = {
    "appjson": r"(^|\.)(required|generator|quantity|size)$|^environments\..*"
               r"env\.|^(name|description|website|repository|logo|keywords"
               r"|success_url|image|\$schema)",
    "herokuyml": r"^(release|run)\..*image$|\.dockerfile$",
    "railway": r"^\$schema$|\.restartPolicyType$|sleepApplication$"
               r"|(^|\.)(env|envVars|variables|environmentVariables)\.",
    # what each becomes is for the cases to say; its name must be there
    "variables": r"",
    "vercel": r"^\$schema$",
}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, path + (str(key),))
        if not value:
            yield path, None
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path + ("[]",))
        if not value:
            yield path, None
    else:
        yield path, value


def load(path):
    if path.endswith((".yml", ".yaml")):
        import yaml
        with open(path, encoding="utf-8") as f:
            return yaml.load(f, Loader=yaml.BaseLoader)
    if path.endswith(".toml"):
        with open(path, "rb") as f:
            return tomllib.load(f)
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def texts(value):
    """Every string and number in a record, keys too."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    else:
        yield str(value)


def squeeze(text):
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text)


def lost(kind, doc, records, toml=""):
    comments = re.sub(r"^ *#", "", toml, flags=re.M)
    said = squeeze("\n".join([t for r in records for t in texts(r)]
                             + [comments]))
    secret = {v for r in records if r["type"] == "need"
              and r["kind"] == "secret" for v in r.get("variables", [])}
    for path, value in leaves(doc):
        names = [p for p in path if p != "[]"]
        for name in names:
            if name not in STRUCTURE[kind] and squeeze(name) not in said:
                yield f"the key {'.'.join(path)}"
                break
        dotted = ".".join(path)
        if value is None or isinstance(value, bool) or value == "" \
                or secret & set(names) or re.search(MEANT[kind], dotted):
            continue
        text = squeeze(str(value)).strip()
        if text.replace("exec ", "") not in said.replace("exec ", "") \
                and text.lower() not in said.lower() \
                and text.lstrip("./") not in said:
            yield f"the value of {dotted}: {text!r}"


def main():
    kind, source, records = sys.argv[1:4]
    toml = ""
    for path in sys.argv[4:]:
        with open(path, encoding="utf-8") as f:
            toml += f.read()
    with open(records, encoding="utf-8") as f:
        recs = [json.loads(line) for line in f]
    bad = list(lost(kind, load(source), recs, toml))
    for what in bad:
        print(f"{source}: {what} is lost", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
