"""An independent reader of fly.toml, as strict as a deploy: TOML syntax, types,
unknown keys, process groups, durations, sizes, and commands that split.
Usage: flytoml.py FILE...
       flytoml.py --covers PROCFILE FILE RECORDS [APPJSON]
The second form demands that nothing of the source is lost: each process and
command, and each key of app.json, is in the file, a need or a finding."""
import json
import re
import sys
import tomllib

STR, INT, BOOL, NUM, STRS, MAP = "str", "int", "bool", "num", "strs", "map"
STOP = "autostop"
VM = dict(size=STR, memory=STR, cpu_kind=STR, cpus=INT, memory_mb=INT,
          max_memory_mb=INT,
          gpus=INT, gpu_kind=STR, host_dedication_id=STR, persist_rootfs=STR,
          kernel_args=STRS, processes=STRS)
CHECK = dict(grace_period=STR, interval=STR, timeout=STR, method=STR,
             path=STR, protocol=STR, tls_server_name=STR, tls_skip_verify=BOOL,
             headers=MAP)
MACHINE_CHECK = dict(command=STRS, image=STR, entrypoint=STRS, kill_signal=STR,
                     kill_timeout=STR)
CONCURRENCY = dict(type=STR, soft_limit=INT, hard_limit=INT)
TLS = dict(alpn=STRS, versions=STRS, default_self_signed=BOOL)
HTTP = dict(compress=BOOL, h2_backend=BOOL, idle_timeout=INT,
            headers_read_timeout=INT,
            replay_cache=[dict(path_prefix=STR, ttl_seconds=INT, type=STR,
                               name=STR, allow_bypass=BOOL)],
            response=dict(pristine=BOOL, headers=MAP))
ROOT = dict(
    app=STR, primary_region=STR, kill_signal=STR, kill_timeout=STR,
    swap_size_mb=INT, console_command=STR, host_dedication_id=STR,
    machine_config=STR, container=STR,
    experimental=dict(cmd=STRS, entrypoint=STRS, exec=STRS, auto_rollback=BOOL,
                      enable_consul=BOOL, enable_etcd=BOOL,
                      lazy_load_images=BOOL, machine_config=STR,
                      attached=dict(secrets=dict(export=MAP))),
    build={"builder": STR, "buildpacks": STRS, "image": STR, "builtin": STR,
           "dockerfile": STR, "ignorefile": STR, "build-target": STR,
           "compression": STR, "compression_level": INT, "args": MAP,
           "settings": MAP, "compose": dict(file=STR)},
    deploy=dict(strategy=STR, max_unavailable=NUM, wait_timeout=STR,
                release_command=STR, release_command_timeout=STR,
                seed_command=STR, release_command_vm=VM),
    env=MAP, processes=MAP,
    mounts=[dict(source=STR, destination=STR, initial_size=STR,
                 snapshot_retention=INT, scheduled_snapshots=BOOL,
                 auto_extend_size_threshold=INT,
                 auto_extend_size_increment=STR, auto_extend_size_limit=STR,
                 processes=STRS)],
    http_service=dict(internal_port=INT, force_https=BOOL,
                      auto_stop_machines=STOP, auto_start_machines=BOOL,
                      min_machines_running=INT, processes=STRS,
                      concurrency=CONCURRENCY, tls_options=TLS,
                      http_options=HTTP, checks=[CHECK],
                      machine_checks=[MACHINE_CHECK]),
    services=[dict(protocol=STR, internal_port=INT, auto_stop_machines=STOP,
                   auto_start_machines=BOOL, min_machines_running=INT,
                   processes=STRS, concurrency=CONCURRENCY,
                   ports=[dict(port=INT, start_port=INT, end_port=INT,
                               handlers=STRS, force_https=BOOL,
                               tls_options=TLS, http_options=HTTP,
                               proxy_proto_options=dict(version=STR))],
                   tcp_checks=[CHECK], http_checks=[CHECK],
                   machine_checks=[MACHINE_CHECK])],
    checks={"*": dict(CHECK, type=STR, port=INT, processes=STRS)},
    machine_checks=[MACHINE_CHECK],
    vm=[VM], restart=[dict(policy=STR, retries=INT, processes=STRS)],
    files=[dict(guest_path=STR, local_path=STR, secret_name=STR,
                raw_value=STR, processes=STRS)],
    statics=[dict(guest_path=STR, url_prefix=STR, tigris_bucket=STR,
                  index_document=STR)],
    metrics=[dict(port=INT, path=STR, https=BOOL, processes=STRS)],
)
DURATION = re.compile(r"([-+]?)((\d+(\.\d*)?|\.\d+)(ns|us|ms|s|m|h))+|0")
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
REGIONS = set("ams arn bom cdg dfw ewr fra gru iad jnb lax lhr nrt ord sin sjc"
              " syd yyz".split())


class Bad(Exception):
    pass


def split(text):
    """Words as google/shlex reads them; its error is a Bad."""
    words, word, i = [], None, 0
    while i < len(text):
        c = text[i]
        if c in " \t\r\n":
            if word is not None:
                words.append(word)
            word = None
        elif c == "#" and word is None:
            while i < len(text) and text[i] != "\n":
                i += 1
        elif c == "'":
            end = text.find("'", i + 1)
            if end < 0:
                raise Bad(f"open quote in {text!r}")
            word = (word or "") + text[i + 1:end]
            i = end
        elif c == '"':
            word = word or ""
            i += 1
            while i < len(text) and text[i] != '"':
                if text[i] == "\\":
                    i += 1
                    if i == len(text):
                        raise Bad(f"open escape in {text!r}")
                word += text[i]
                i += 1
            if i >= len(text):
                raise Bad(f"open quote in {text!r}")
        elif c == "\\":
            i += 1
            if i == len(text):
                raise Bad(f"open escape in {text!r}")
            word = (word or "") + text[i]
        else:
            word = (word or "") + c
        i += 1
    if word is not None:
        words.append(word)
    return words


def is_int(v):
    return isinstance(v, int) and not isinstance(v, bool)


def is_type(v, kind):
    if kind == STR:
        return isinstance(v, str)
    if kind == INT:
        return is_int(v)
    if kind == BOOL:
        return isinstance(v, bool)
    if kind == NUM:
        return isinstance(v, float) or is_int(v)
    if kind == STRS:
        return isinstance(v, list) and all(isinstance(x, str) for x in v)
    if kind == MAP:
        return isinstance(v, dict) and all(
            isinstance(x, str) for x in v.values())
    return v in ("off", "stop", "suspend") or isinstance(v, bool)


def types(v, spec, path):
    if isinstance(spec, list):
        if not isinstance(v, list):
            raise Bad(f"{path}: not an array of tables")
        for n, item in enumerate(v):
            types(item, spec[0], f"{path}[{n}]")
    elif isinstance(spec, dict):
        if not isinstance(v, dict):
            raise Bad(f"{path}: not a table")
        for key, item in v.items():
            sub = spec.get(key, spec.get("*"))
            if sub is None:
                raise Bad(f"{path}.{key}: unknown key")
            types(item, sub, f"{path}.{key}")
    elif not is_type(v, spec):
        raise Bad(f"{path}: {v!r} is not a {spec}")


def seconds(text, path):
    if not DURATION.fullmatch(text):
        raise Bad(f"{path}: {text!r} is no duration")
    return sum(float(n) * UNITS[u] for n, _, u in re.findall(
        r"(\d+(\.\d*)?|\.\d+)(ns|us|ms|s|m|h)", text))


def durations(v, path):
    for key, item in v.items() if isinstance(v, dict) else enumerate(v):
        where = f"{path}.{key}"
        if isinstance(item, (dict, list)):
            if key not in ("env", "processes", "headers"):
                durations(item, where)
        elif key in ("interval", "timeout", "grace_period", "kill_timeout",
                     "wait_timeout", "release_command_timeout"):
            seconds(item, where)


def megabytes(text):
    m = re.fullmatch(r"(\d+(?:\.\d+)?) ?(k|m|g|t|)i?b?", text, re.I)
    if not m:
        raise Bad(f"memory {text!r}")
    scale = {"": 1, "k": 1 / 1024, "m": 1, "g": 1024, "t": 1 << 20}
    return int(float(m[1]) * scale[m[2].lower()])


def vm_rules(vm):
    size = vm.get("size", "shared-cpu-1x")
    m = re.fullmatch(r"(shared-cpu|performance)-(\d+)x", size)
    if not m or int(m[2]) not in (1, 2, 4, 6, 8) + (
            (10, 12, 14, 16) if m[1] == "performance" else ()):
        raise Bad(f"vm.size {size!r}")
    low, high = (256, 2048) if m[1] == "shared-cpu" else (2048, 8192)
    if "memory" in vm:
        mb = megabytes(vm["memory"])
        if mb % 256 or not low * int(m[2]) <= mb <= high * int(m[2]):
            raise Bad(f"vm.memory {vm['memory']!r} with {size}")


def check_rules(conf, groups):
    for name, c in conf.get("checks", {}).items():
        if c.get("type") not in ("http", "tcp"):
            raise Bad(f"checks.{name}.type")
        if seconds(c.get("interval", "15s"), name) < 2:
            raise Bad(f"checks.{name}.interval")
        if seconds(c.get("timeout", "10s"), name) > 60:
            raise Bad(f"checks.{name}.timeout")
        if "port" not in c and "http_service" not in conf:
            raise Bad(f"checks.{name}.port")


def rules(conf):
    groups = list(conf.get("processes", {})) or ["app"]
    services = conf.get("services", []) + (
        [conf["http_service"]] if "http_service" in conf else [])
    for command in [*conf.get("processes", {}).values(),
                    conf.get("deploy", {}).get("release_command", ""),
                    conf.get("console_command", "")]:
        split(command)
    for command in conf.get("processes", {}).values():
        # "" is the image's own command
        if command and not split(command):
            raise Bad("an empty command")
    for s in services:
        if not 1 <= s.get("internal_port", 0) <= 65535:
            raise Bad("internal_port")
        if conf.get("processes") and not s.get("processes"):
            raise Bad("a service without processes")
        c = s.get("concurrency", {})
        if c.get("hard_limit", 1 << 30) < c.get("soft_limit", 20):
            raise Bad("hard_limit below soft_limit")
        if s.get("auto_stop_machines", "off") == "off" and s.get(
                "min_machines_running"):
            raise Bad("min_machines_running without auto_stop_machines")
    for section in services + [
            x for k in ("vm", "restart", "mounts", "files", "metrics")
            for x in conf.get(k, [])] + list(conf.get("checks", {}).values()):
        for name in section.get("processes", []):
            if name not in groups:
                raise Bad(f"no process group {name!r}")
    check_rules(conf, groups)
    for vm in conf.get("vm", []):
        vm_rules(vm)
    for r in conf.get("restart", []):
        if r.get("policy") not in ("always", "never", "on-failure"):
            raise Bad("restart.policy")
    strategy = conf.get("deploy", {}).get("strategy", "rolling")
    if strategy not in ("rolling", "immediate", "canary", "bluegreen"):
        raise Bad("deploy.strategy")
    if seconds(conf.get("kill_timeout", "5s"), "kill_timeout") > 300:
        raise Bad("kill_timeout")
    if conf.get("primary_region", "iad") not in REGIONS:
        raise Bad("primary_region")
    for name in conf.get("env", {}):
        if name.startswith("FLY_"):
            raise Bad(f"env {name}")


def agreement(conf):
    """What no program demands, but every file of ours has."""
    port = conf.get("env", {}).get("PORT")
    if "http_service" in conf and port != str(
            conf["http_service"]["internal_port"]):
        raise Bad(f"PORT {port} and internal_port differ")


def load(path, ours=True):
    with open(path, "rb") as f:
        conf = tomllib.load(f)
    types(conf, ROOT, "")
    durations(conf, "")
    rules(conf)
    if ours:
        agreement(conf)
    return conf


def carries(emitted, source):
    """Whether the emitted command is the source one, or that in a shell."""
    if emitted == source or "exec " + emitted == source:
        return True
    words = split(emitted)
    if len(words) != 3 or words[0] not in ("/bin/sh", "bash") \
            or words[1] != "-c":
        return False
    return words[2].replace("exec ", "") == source.replace("exec ", "")


def procfile_entries(text):
    out = {}
    for line in text.removeprefix("\ufeff").splitlines():
        m = re.match(r"[ \t]*([A-Za-z0-9_-]+):[ \t]*(.*?)[ \t]*$", line)
        if m and m[2]:
            out[m[1]] = m[2]
    return out


def app_json_needles(doc):
    for key, value in doc.items():
        if key == "env":
            yield from value
        elif key == "addons":
            for a in value:
                yield a if isinstance(a, str) else a["plan"]
        elif key == "buildpacks":
            for b in value:
                yield b if isinstance(b, str) else b["url"]
        elif key == "formation":
            for f in value if isinstance(value, list) else [value]:
                yield from f
        elif key == "scripts":
            for name, c in value.items():
                yield name
                yield c if isinstance(c, str) else c["command"]
        elif key == "environments":
            yield from value
        elif key == "name":
            yield value if re.search("[A-Za-z0-9]", value) else "name"
        else:
            yield key


def covers(procfile, toml, records, app_json=None):
    conf = load(toml)
    with open(records, encoding="utf-8") as f:
        recs = [json.loads(line) for line in f]
    said = "\n".join(str(v) for r in recs if r["type"] in ("finding", "need")
                     for v in r.values())
    everything = said + "\n" + json.dumps(conf, ensure_ascii=False)
    assert [r["config"] for r in recs if r["type"] == "fly.config"] == [conf], \
        "the record and the file differ"
    with open(procfile, encoding="utf-8", newline="") as f:
        entries = procfile_entries(f.read())
    for name, command in entries.items():
        emitted = conf.get("processes", {}).get(name)
        if name == "release":
            emitted = conf["deploy"]["release_command"]
        if name == "console":
            emitted = conf["console_command"]
        if emitted is None:
            raise Bad(f"the process {name} is lost")
        if not carries(emitted, command) and command not in said \
                and not re.search(r"\s#|DYNO", command):
            raise Bad(f"the command of {name} is lost: {command!r} is "
                      f"{emitted!r}")
    if app_json:
        with open(app_json, encoding="utf-8") as f:
            doc = json.load(f)
        for needle in app_json_needles(doc):
            text = " ".join(needle.split())
            if text not in " ".join(everything.split()) and json.dumps(
                    needle, ensure_ascii=False)[1:-1] not in everything:
                raise Bad(f"app.json: {needle!r} is lost")


def main():
    args = sys.argv[1:]
    try:
        if args and args[0] == "--covers":
            covers(*args[1:])
        else:
            for path in args:
                load(path)
    except (Bad, tomllib.TOMLDecodeError, AssertionError, KeyError) as e:
        print(f"{' '.join(args)}: {e!r}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
