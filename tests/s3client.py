"""A small S3 client for the tests, with a signer of its own: it fills buckets
and tells what is in them independently of the programs under test.
Usage: s3client.py ENDPOINT ACCOUNT VERB ARGUMENT...  (ACCOUNT: source, target)
  mb BUCKET | rb BUCKET         make; empty and remove
  put BUCKET KEY FILE [Name:Value ...]
  multi BUCKET KEY FILE PARTSIZE [Name:Value ...]
  get BUCKET KEY | head BUCKET KEY | rm BUCKET KEY
  presign BUCKET KEY SECONDS    a URL
  keys BUCKET [PREFIX]          one JSON line a key: key, size, etag
  dump BUCKET [PREFIX]          and sha256 of what is read, headers, metadata
  uploads BUCKET                unfinished multipart uploads
  odd BUCKET                    objects with every kind of awkward key
  many BUCKET N SIZE [PREFIX]   N objects of about SIZE random bytes
  tree DIR                      a folder's files as dump tells objects
  raw METHOD TARGET [Name:Value ...] [@FILE]   status, headers, body as JSON
In raw, Name:Value is signed if it is x-amz-*, host or content-type; S3_SECRET,
S3_REGION, S3_SKEW (seconds), S3_UNSIGNED=1 spoil the signature."""
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET

KEPT = ("content-type", "cache-control", "content-disposition", "content-encoding",
        "content-language", "expires")
local = threading.local()


def quote(s, safe="~"):
    return urllib.parse.quote(s, safe=safe)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Client:
    def __init__(self, endpoint, account):
        self.url = urllib.parse.urlsplit(endpoint)
        self.key = f"{account}:app"
        self.secret = os.environ.get("S3_SECRET", f"{account}-secret")
        self.region = os.environ.get("S3_REGION", "auto")

    def sign(self, method, target, headers, payload):
        path, _, query = target.partition("?")
        now = time.time() + float(os.environ.get("S3_SKEW", "0"))
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        headers.update({"host": self.url.netloc, "x-amz-date": at})
        headers.setdefault("x-amz-content-sha256", payload)
        if os.environ.get("S3_UNSIGNED"):
            return
        pairs = [p.partition("=")[::2] for p in query.split("&") if p]
        pairs = sorted((quote(urllib.parse.unquote(k)), quote(urllib.parse.unquote(v)))
                       for k, v in pairs)
        names = sorted(n for n in headers if n.startswith("x-amz-") or n in
                       ("host", "content-type", "content-md5"))
        canonical = "\n".join(
            [method, quote(urllib.parse.unquote(path), "/~"),
             "&".join(f"{k}={v}" for k, v in pairs)]
            + [f"{n}:{' '.join(headers[n].split())}" for n in names]
            + ["", ";".join(names), headers["x-amz-content-sha256"]])
        scope = f"{at[:8]}/{self.region}/s3/aws4_request"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={self.seal(at, scope, canonical)}")

    def presign(self, path, expires):
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = f"{at[:8]}/{self.region}/s3/aws4_request"
        query = "&".join(f"X-Amz-{k}={quote(v)}" for k, v in (
            ("Algorithm", "AWS4-HMAC-SHA256"), ("Credential", f"{self.key}/{scope}"),
            ("Date", at), ("Expires", expires), ("SignedHeaders", "host")))
        canonical = f"GET\n{path}\n{query}\nhost:{self.url.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        return f"{self.url.geturl()}{path}?{query}&X-Amz-Signature={self.seal(at, scope, canonical)}"

    def seal(self, at, scope, canonical):
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{sha256(canonical.encode())}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def request(self, method, target, body=b"", headers=()):
        headers = {k.lower(): v for k, v in dict(headers).items()}
        self.sign(method, target, headers, sha256(body))
        for attempt in (1, 2):
            if getattr(local, "conn", None) is None:
                local.conn = http.client.HTTPConnection(self.url.netloc, timeout=60)
            try:
                local.conn.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for k, v in headers.items():
                    local.conn.putheader(k, v.encode())
                if body or method in ("PUT", "POST"):
                    local.conn.putheader("content-length", str(len(body)))
                local.conn.endheaders(body)
                reply = local.conn.getresponse()
                return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
            except (http.client.HTTPException, OSError):
                local.conn.close()
                local.conn = None
                if attempt == 2:
                    raise

    def good(self, method, target, body=b"", headers=(), ok=(200, 204)):
        status, got, data = self.request(method, target, body, headers)
        if status not in ok:
            sys.exit(f"s3client: {method} {target}: {status} {data[:300]!r}")
        return got, data


def target(bucket, key="", **query):
    words = "&".join(f"{quote(k)}={quote(str(v))}" for k, v in query.items())
    return f"/{bucket}" + (f"/{quote(key, '/~')}" if key else "") + (f"?{words}" if words else "")


def elements(data, name):
    root = ET.fromstring(data)
    for e in root.iter():
        e.tag = e.tag.rpartition("}")[2]
    return root, list(root.iter(name))


def keys(s3, bucket, prefix=""):
    query = {"list-type": 2, "encoding-type": "url", "prefix": prefix}
    while True:
        _, data = s3.good("GET", target(bucket, **query))
        root, found = elements(data, "Contents")
        for e in found:
            yield {"key": urllib.parse.unquote_plus(e.findtext("Key")),
                   "size": int(e.findtext("Size")), "etag": e.findtext("ETag").strip('"')}
        if root.findtext("IsTruncated") != "true":
            return
        query["continuation-token"] = root.findtext("NextContinuationToken")


def describe(s3, bucket, item):
    """What of an object must arrive: its bytes and its metadata."""
    headers, data = s3.good("GET", target(bucket, item["key"]))
    return {"key": item["key"], "size": len(data), "sha256": sha256(data),
            "headers": {k: headers[k] for k in KEPT if k in headers},
            "meta": {k[11:]: v.encode("latin-1").decode() for k, v in headers.items()
                     if k.startswith("x-amz-meta-")}}


def each(work, items):
    """The results of work in the items' order, a few at a time."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield from pool.map(work, items)


def header_words(words):
    return dict(w.split(":", 1) for w in words)


def multi(s3, bucket, key, path, size, headers):
    _, data = s3.good("POST", target(bucket, key) + "?uploads=", headers=headers)
    upload = elements(data, "UploadId")[1][0].text
    parts = ""
    with open(path, "rb") as f:
        for n, part in enumerate(iter(lambda: f.read(size), b""), 1):
            got, _ = s3.good("PUT", target(bucket, key, partNumber=n, uploadId=upload), part)
            parts += f"<Part><PartNumber>{n}</PartNumber><ETag>{got['etag']}</ETag></Part>"
    s3.good("POST", target(bucket, key, uploadId=upload),
            f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode())


# Names that have been lost by one tool or another.
ODD = [
    "a b", "a+b", "a=b", "a%2Fb", "%", "%41", "100%", "é", "日本", "📦/box", "//lead", "a//b", "trail/",
    "dir/", "dir//", "../up", "a/../b", "./dot", "a/./b", ".", "..", "?#&", "q?x=1&y=2", "a:b", "a@b",
    "a;b", "a!b'(c)*d", "~tilde", "tab\there", "new\nline", 'quote"d', "back\\slash", "ctl\x01\x1f\x7f",
    "<xml>&amp;", "a,b", "$HOME", "`id`", "-rf", "--", " lead", "trail ", "e\u0301", "z" * 1000,
    "Case", "case", "a", "a/b/c", "a.b", "a-b", "a/", "\u200bzero", "{}[]|^",
]


def odd(s3, bucket):
    for n, key in enumerate(ODD):
        s3.good("PUT", target(bucket, key), f"{n}:{key}".encode() if n % 7 else b"",
                {"content-type": "text/x-odd", "x-amz-meta-n": str(n), "x-amz-meta-n-more": "a  b"})


def many(s3, bucket, n, size, prefix):
    rng = random.Random(f"{bucket}{n}{size}{prefix}")
    work = [(f"{prefix}{rng.choice('abcdef')}/{i:06d}", rng.randbytes(rng.randint(size // 2, size)))
            for i in range(n)]
    for _ in each(lambda w: s3.good("PUT", target(bucket, w[0]), w[1]), work):
        pass


def tree(top):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            yield {"key": os.path.relpath(path, top), "size": len(data), "sha256": sha256(data)}


def raw(s3, method, to, words):
    body = b""
    if words and words[-1].startswith("@"):
        with open(words.pop()[1:], "rb") as f:
            body = f.read()
    try:
        status, headers, data = s3.request(method, to, body, header_words(words))
    except (http.client.HTTPException, OSError) as e:
        return {"broken": type(e).__name__}
    return {"status": status, "headers": headers, "body": data.decode("utf-8", "replace")}


def put_lines(items):
    for item in items:
        print(json.dumps(item, ensure_ascii=False, sort_keys=True))


def main(argv):
    s3, verb, args = Client(argv[1], argv[2]), argv[3], argv[4:]
    bucket, key = (args + ["", ""])[:2]
    by_key = lambda item: item["key"].encode("utf-8", "surrogateescape")
    if verb == "mb":
        s3.good("PUT", target(bucket))
    elif verb == "rb":
        for _ in each(lambda i: s3.good("DELETE", target(bucket, i["key"])), list(keys(s3, bucket))):
            pass
        s3.good("DELETE", target(bucket))
    elif verb == "put":
        with open(args[2], "rb") as f:
            s3.good("PUT", target(bucket, key), f.read(), header_words(args[3:]))
    elif verb == "multi":
        multi(s3, bucket, key, args[2], int(args[3]), header_words(args[4:]))
    elif verb == "get":
        sys.stdout.buffer.write(s3.good("GET", target(bucket, key))[1])
    elif verb == "head":
        put_lines([s3.good("HEAD", target(bucket, key))[0]])
    elif verb == "rm":
        s3.good("DELETE", target(bucket, key))
    elif verb == "keys":
        put_lines(keys(s3, bucket, key))
    elif verb == "dump":
        items = sorted(keys(s3, bucket, key), key=by_key)
        put_lines(each(lambda i: describe(s3, bucket, i), items))
    elif verb == "presign":
        print(s3.presign(target(bucket, key), args[2]))
    elif verb == "uploads":
        put_lines({"key": e.findtext("Key"), "id": e.findtext("UploadId")} for e in elements(
            s3.good("GET", target(bucket, uploads=""))[1], "Upload")[1])
    elif verb == "odd":
        odd(s3, bucket)
    elif verb == "many":
        many(s3, bucket, int(args[1]), int(args[2]), (args + [""])[3])
    elif verb == "tree":
        put_lines(sorted(tree(bucket), key=by_key))
    elif verb == "raw":
        put_lines([raw(s3, bucket, key, args[2:])])
    else:
        sys.exit(f"s3client: no verb {verb}")


if __name__ == "__main__":
    main(sys.argv)
