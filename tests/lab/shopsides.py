"""The two sides of the lab's application: whether the platform runs it there,
the variables that it has there, and the database, Redis and bucket that these
name. Each store is reached by means of its own, not by the programs under test."""
import contextlib
import fcntl
import os
import socket
import ssl
import subprocess
import sys
import urllib.parse

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import double  # noqa: E402
import s3client  # noqa: E402
from redisdata import Server  # noqa: E402


class Away(Exception):
    """The platform does not run the app now, or a store does not answer."""


def heroku(data):
    app = data["apps"]["shop"]
    return not app["maintenance"] and app["formation"]["web"]["quantity"] > 0, app["config"]


def render(data):
    s = next(s for s in data["services"].values() if s["name"] == "shop-web")
    return not s["suspenders"], s["env"]


def railway(data):
    s = next(s for s in data["services"].values() if s["name"] == "Web")["in"]["env-prod"]
    return any(d["status"] == "SUCCESS" for d in s["deployments"]), s["vars"]


def fly(data):
    """The app that the name belongs to."""
    for app in data.get("apps", {}).values():
        if any(c["hostname"] == "www.example.test" for c in app["certs"]) and app["releases"]:
            groups = app["web"] or list(app["counts"])
            return any(app["counts"].get(g, 0) > 0 for g in groups), app["secrets"]
    return False, {}


PLATFORMS = {"heroku": heroku, "render": render, "railway": railway, "fly": fly}


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read().strip()


def reachable(url, lab_url):
    """A platform's inner name of a server is the lab's server; user, password
    and database are those of the variable."""
    u, lab = urllib.parse.urlsplit(url), urllib.parse.urlsplit(lab_url)
    if u.hostname in ("127.0.0.1", "localhost"):
        return url
    user = u.netloc.rpartition("@")[0] or lab.netloc.rpartition("@")[0]
    return u._replace(netloc=f"{user}@{lab.hostname}:{lab.port}", scheme=lab.scheme).geturl()


class Database:
    """A psql that is kept open."""

    def __init__(self, url):
        self.child = subprocess.Popen(
            ["psql", "-qXAt", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, bufsize=1)

    def ask(self, *statements):
        """The rows of them, in one transaction."""
        try:
            self.child.stdin.write("BEGIN;\n" + ";\n".join(statements) + ";\nCOMMIT;\n\\echo .end\n")
            self.child.stdin.flush()
            rows = [line.rstrip("\n") for line in iter(self.child.stdout.readline, ".end\n") if line or self.gone()]
        except (OSError, ValueError) as e:
            raise Away("the database is away") from e
        if any("ERROR:" in r or "FATAL:" in r for r in rows):
            raise Away("; ".join(rows))
        return rows

    def gone(self):
        raise Away("the database is away")

    def close(self):
        with contextlib.suppress(OSError):
            self.child.stdin.close()
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


class Redis(Server):
    def __init__(self, url):
        u = urllib.parse.urlsplit(url)
        self.sock = socket.create_connection((u.hostname, u.port), timeout=5)
        if u.scheme == "rediss":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock)
        self.file = self.sock.makefile("rb")
        if u.password:
            self.many([["AUTH", u.username or "default", urllib.parse.unquote(u.password)]])

    def close(self):
        self.sock.close()


class Bucket(s3client.Client):
    def __init__(self, variables, prefix):
        super().__init__(variables[prefix + "AWS_ENDPOINT_URL_S3"], "")
        self.key, self.secret = variables[prefix + "AWS_ACCESS_KEY_ID"], variables[prefix + "AWS_SECRET_ACCESS_KEY"]
        self.region, self.name = variables[prefix + "AWS_REGION"], variables[prefix + "BUCKET_NAME"]


class Stores:
    """What a set of variables names."""

    def __init__(self, lab, side, variables):
        self.database = Database(reachable(variables["DATABASE_URL"], text_of(f"{lab}/{side}.url")))
        self.redis = Redis(reachable(variables["REDIS_URL"], text_of(f"{lab}/redis-{side}.url")))
        self.bucket = Bucket(variables, "BUCKETEER_" if "BUCKETEER_BUCKET_NAME" in variables else "")

    def close(self):
        self.database.close()
        self.redis.close()


class Side:
    def __init__(self, lab, platform):
        self.lab, self.platform = lab, platform
        self.state = PLATFORMS[platform]
        self.end = "target" if platform == "fly" else "source"
        self.variables, self.stores = None, None

    @contextlib.contextmanager
    def working(self):
        """The stores, while a request is worked on: the platform's program does
        not say that the app has ended before the request has."""
        with open(f"{self.lab}/{self.platform}.working", "a", encoding="ascii") as f:
            fcntl.flock(f, fcntl.LOCK_SH)
            with double.state(self.platform) as data:
                runs, variables = self.state(data)
            if not runs:
                raise Away(f"{self.platform} does not run the app")
            try:
                yield self.open(variables)
            except (Away, OSError, RuntimeError, EOFError, KeyError, SystemExit) as e:
                self.close()
                raise Away(f"{type(e).__name__}: {e}") from e

    def open(self, variables):
        if self.stores is None or variables != self.variables:
            self.close()
            self.stores = Stores(self.lab, self.end, variables)
            self.variables = variables
        return self.stores

    def close(self):
        if self.stores is not None:
            self.stores.close()
        self.stores = None
