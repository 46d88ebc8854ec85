#!/usr/bin/env bash
# The double of an S3 provider: a test against it is worth what it refuses. The
# client is not of the project: curl's signer, and one in Python.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
double_up D
printf 'hello' >"$T/f"
head -c 200000 /dev/urandom >"$T/big"

sign=(--aws-sigv4 aws:amz:auto:s3 -u source:source-secret -H "x-amz-content-sha256: UNSIGNED-PAYLOAD")
# raw FILTER METHOD TARGET [Name:Value ...]: the source's request answers so
raw() { s3 "$D" source raw "${@:2}" | tee -a "$T/.raw" | jq -e "$1" >/dev/null; }
refused() { raw ".status == $1 and (.body | contains(\"<Code>$2</Code>\"))" "${@:3}"; }

check 'curl signs, and the double agrees' '
	test "$(curl -sS -o out -w "%{http_code}" -X PUT "${sign[@]}" -H "Content-Length: 0" "$D/bucket")" = 200
	curl -sS -f -T f "${sign[@]}" "$D/bucket/a"
	test "$(curl -sS -f "${sign[@]}" "$D/bucket/a")" = hello
	test "$(curl -sS -o out -w "%{http_code}" "${sign[@]}" -u source:other "$D/bucket/a")" = 403
	grep -q SignatureDoesNotMatch out'

check 'what is not signed right is refused' '
	S3_SECRET=x refused 403 SignatureDoesNotMatch GET /bucket/a
	S3_REGION=eu refused 400 AuthorizationHeaderMalformed GET /bucket/a
	S3_SKEW=1000 refused 403 RequestTimeTooSkewed GET /bucket/a
	S3_SKEW=-1000 refused 403 RequestTimeTooSkewed GET /bucket/a
	S3_SKEW=800 raw ".status == 200" GET /bucket/a
	S3_UNSIGNED=1 refused 403 AccessDenied GET /bucket/a
	S3_UNSIGNED=1 refused 403 AccessDenied PUT /bucket/b @f
	raw ".status == 200" GET /bucket/a X-Unrelated:1
	s3 $D target raw GET /bucket/a | jq -e ".status == 403" >/dev/null
	curl -sS --aws-sigv4 aws:amz:auto:s3 -u nobody:x -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" $D/bucket/a | grep -q InvalidAccessKeyId'

check 'a body that is not the one signed, or another length, is refused' '
	refused 400 XAmzContentSHA256Mismatch PUT /bucket/b "x-amz-content-sha256:$(sha256sum big | cut -c1-64)" @f
	refused 400 BadDigest PUT /bucket/b content-md5:AAAAAAAAAAAAAAAAAAAAAA== @f
	refused 400 BadDigest PUT /bucket/b "x-amz-checksum-sha256:$(openssl dgst -sha256 -binary big | base64)" @f
	raw ".status == 200" PUT /bucket/b "x-amz-checksum-sha256:$(openssl dgst -sha256 -binary f | base64)" @f
	raw ".headers[\"x-amz-checksum-sha256\"] != null" HEAD /bucket/b x-amz-checksum-mode:ENABLED
	refused 501 NotImplemented PUT /bucket/c x-amz-content-sha256:STREAMING-AWS4-HMAC-SHA256-PAYLOAD @f
	test "$(curl -sS -o out -w "%{http_code}" -X PUT -H "Transfer-Encoding: chunked" --data-binary @f "$D/bucket/c")" = 411
	refused 404 NoSuchKey GET /bucket/c'

check 'keys come back byte for byte, from pages in their order' '
	s3 $D source mb odd-keys
	s3 $D source odd odd-keys
	order $D "set page=7"
	s3 $D source keys odd-keys | jq -r .key >listed
	order $D "set page=1000 space=percent"
	s3 $D source keys odd-keys | jq -r .key | diff listed -
	order $D "set space=plus"
	raw ".body | contains(\"<Key>a+b</Key>\") and contains(\"<Key>a%2Bb</Key>\")" GET "/odd-keys?encoding-type=url&list-type=2"
	s3 $D source dump odd-keys | jq -se "length == 52 and all(.[]; .size == 0 or .meta.n != null)" >/dev/null
	test "$(s3 $D source get odd-keys a/../b)" = 16:a/../b'

check 'prefixes, delimiters and both ways of listing' '
	raw ".body | contains(\"<Prefix>a/</Prefix>\") and (contains(\"a/b/c\") | not)" GET "/odd-keys?delimiter=%2F&list-type=2"
	raw ".body | (contains(\"a/b/c\")) and (contains(\"<Key>a.b\") | not)" GET "/odd-keys?prefix=a%2F&list-type=2"
	raw ".body | contains(\"<Key>case</Key>\") and (contains(\"<Key>a.b\") | not)" GET "/odd-keys?marker=b"
	refused 400 InvalidArgument GET "/odd-keys?continuation-token=x&list-type=2"'

check 'conditions and ranges' '
	etag=$(s3 $D source head bucket a | jq -r .etag)
	refused 412 PreconditionFailed GET /bucket/a if-match:other
	raw ".status == 200" GET /bucket/a "if-match:$etag"
	raw ".status == 304" GET /bucket/a "if-none-match:$etag"
	refused 412 PreconditionFailed PUT /bucket/a if-none-match:\* @f
	raw ".status == 200" PUT /bucket/a "if-match:$etag" @f
	raw ".status == 206 and .body == \"ell\"" GET /bucket/a range:bytes=1-3
	refused 416 InvalidRange GET /bucket/a range:bytes=5-
	order $D "set conditions=0"
	refused 501 NotImplemented PUT /bucket/a if-none-match:\* @f
	order $D "set conditions=1"'

check 'metadata, tags, access lists and storage classes' '
	raw ".status == 200" PUT /bucket/m content-type:text/x cache-control:no-store x-amz-meta-Name:v "x-amz-tagging:a=1&b=x%20y" x-amz-acl:public-read x-amz-storage-class:GLACIER @f
	raw ".headers | .[\"content-type\"] == \"text/x\" and .[\"x-amz-meta-name\"] == \"v\" and .[\"x-amz-tagging-count\"] == \"2\" and .[\"x-amz-storage-class\"] == \"GLACIER\"" HEAD /bucket/m
	raw ".body | contains(\"<Value>x y</Value>\")" GET "/bucket/m?tagging="
	raw ".body | contains(\"AllUsers\")" GET "/bucket/m?acl="
	test "$(curl -sS $D/bucket/m)" = hello
	refused 400 InvalidStorageClass PUT /bucket/n x-amz-storage-class:ROOMY @f
	refused 400 MetadataTooLarge PUT /bucket/n "x-amz-meta-x:$(head -c 2100 /dev/zero | tr "\0" x)" @f
	raw ".status == 200" PUT /bucket/copy x-amz-copy-source:bucket/m
	raw ".headers[\"x-amz-meta-name\"] == \"v\"" HEAD /bucket/copy
	refused 404 NoSuchKey PUT /bucket/copy x-amz-copy-source:bucket/nothing
	order $D "set tags=0"
	refused 501 NotImplemented PUT /bucket/n x-amz-tagging:a=1 @f
	order $D "set tags=1"'

check 'multipart: the etag of parts, and the rules' '
	order $D "set min-part=50000"
	s3 $D source multi bucket big big 80000 x-amz-meta-k:v
	s3 $D source get bucket big | cmp - big
	want=$(for n in 0 1 2; do dd if=big bs=80000 skip=$n count=1 status=none | openssl md5 -binary; done | openssl md5 -r | cut -c1-32)-3
	test "$(s3 $D source head bucket big | jq -r .etag)" = "\"$want\""
	fails s3 $D source multi bucket small big 40000
	s3 $D source uploads bucket | jq -se "length == 1 and .[0].key == \"small\"" >/dev/null
	refused 404 NoSuchUpload PUT "/bucket/big?partNumber=1&uploadId=x" @f
	id=$(s3 $D source uploads bucket | jq -r .id)
	refused 400 InvalidArgument PUT "/bucket/small?partNumber=10001&uploadId=${id//\~/%7E}" @f
	raw ".body | contains(\"<PartNumber>5</PartNumber><LastModified>\") and contains(\"<IsTruncated>false\")" GET "/bucket/small?uploadId=${id//\~/%7E}"
	raw ".status == 204" DELETE "/bucket/small?uploadId=${id//\~/%7E}"
	raw ".status == 206 and .headers[\"x-amz-mp-parts-count\"] == \"3\" and .headers[\"content-length\"] == \"80000\"" HEAD "/bucket/big?partNumber=1"'

check 'a sparse object of gigabytes takes no memory' '
	truncate -s 1G sparse
	printf x | dd of=sparse bs=1 seek=1000000000 conv=notrunc status=none
	curl -sS -f -T sparse "${sign[@]}" $D/bucket/sparse
	test "$(curl -sS -f "${sign[@]}" -H "Range: bytes=1000000000-" $D/bucket/sparse | head -c 1)" = x
	test "$(ps -o rss= -p "$(cat D.pid)")" -lt 60000
	rm sparse'

faulty() { order "$D" clear "fault $1"; }
check 'faults: each one happens' '
	faulty "op=GetObject do=status status=503 code=SlowDown retry-after=2 times=1"
	refused 503 SlowDown GET /bucket/a
	tail -n 1 .raw | jq -e ".headers[\"retry-after\"] == \"2\"" >/dev/null
	raw ".status == 200" GET /bucket/a
	faulty "op=PutObject do=error200 code=InternalError"
	raw ".status == 200 and (.body | contains(\"<Code>InternalError\"))" PUT /bucket/e @f
	refused 404 NoSuchKey GET /bucket/e
	faulty "op=PutObject do=done status=500 code=InternalError"
	refused 500 InternalError PUT /bucket/e @f
	raw ".status == 200" GET /bucket/e
	faulty "op=PutObject do=lost times=2"
	raw "has(\"broken\")" PUT /bucket/lost @f
	order $D clear
	raw ".status == 200" GET /bucket/lost
	faulty "op=GetObject key=big do=reset at=100000"
	raw "has(\"broken\")" GET /bucket/big
	raw ".status == 200" GET /bucket/a
	faulty "op=PutObject do=cut at=1000 times=2"
	raw "has(\"broken\")" PUT /bucket/cut @big
	refused 404 NoSuchKey GET /bucket/cut
	faulty "op=GetObject do=corrupt at=150000"
	curl -sS -f "${sign[@]}" $D/bucket/big >spoilt
	test "$(cmp -l spoilt big | wc -l)" = 1
	faulty "op=GetObject do=stall at=1 seconds=1"
	SECONDS=0
	raw "has(\"broken\")" GET /bucket/a
	test $SECONDS -ge 1
	counters $D | jq -e "[.[\"fault.status\"], .[\"fault.lost\"], .[\"fault.reset\"] > 0] | all" >/dev/null'

check 'faults of listings: each one happens' '
	order $D clear "set page=10"
	list() { s3 $D source keys odd-keys | jq -r .key; }
	list >all
	faulty "op=ListObjectsV2 do=short skip=1"
	list >got
	test "$(wc -l <got)" -lt 30
	faulty "op=ListObjectsV2 do=notoken"
	raw ".body | contains(\"<IsTruncated>true\") and (contains(\"Token\") | not)" GET "/odd-keys?list-type=2"
	faulty "op=ListObjectsV2 do=unordered"
	list >got
	fails cmp -s all got
	cmp <(sort all) <(sort got)
	faulty "op=ListObjectsV2 do=hide key=case"
	list >got
	test "$(diff all got)" = "$(printf "%s\n< case" "$(grep -nx case all | cut -d: -f1)d$(($(grep -nx case all | cut -d: -f1) - 1))")"
	faulty "op=ListObjectsV2 do=empty times=2 skip=1"
	list | cmp - all
	faulty "op=ListObjectsV2 do=repeat"
	token=$(s3 $D source raw GET "/odd-keys?list-type=2" | jq -r ".body | capture(\"<NextContinuationToken>(?<t>[^<]*)\").t")
	s3 $D source raw GET "/odd-keys?continuation-token=$(jq -rn --arg t "$token" "\$t | @uri")&list-type=2" | jq -r .body | grep -qF "<NextContinuationToken>$token<"
	order $D clear "set page=1000"'

check 'clock, tokens, rates' '
	order $D "set clock=3000"
	refused 403 RequestTimeTooSkewed GET /bucket/a
	S3_SKEW=3000 raw ".status == 200" GET /bucket/a
	order $D "set clock=0 session=now"
	refused 400 ExpiredToken GET /bucket/a
	refused 400 ExpiredToken GET /bucket/a x-amz-security-token:before
	raw ".status == 200" GET /bucket/a x-amz-security-token:now
	order $D "set session=" "set expired=source:app"
	refused 400 ExpiredToken GET /bucket/a
	order $D "set expired=none rate=1"
	# by one process, so that they come within a second
	curl -sS "${sign[@]}" -o "got.#1" -w "%{http_code}\n" "$D/bucket/a?x=[1-9]" | grep -qx 503
	order $D "set rate=0 path-style=0"
	refused 400 InvalidRequest GET /bucket/a
	curl -sS -f "${sign[@]}" "http://bucket.localhost:${D##*:}/a" | grep -qx hello
	order $D "set path-style=1"
	fails order $D "fault op=GetObject do=nonsense"'

check 'a signed URL is good for as long as it says, and for what it says' '
	url=$(s3 $D source presign bucket a 600)
	test "$(curl -sS -f "$url")" = hello
	test "$(curl -sS -o out -w "%{http_code}" "${url/bucket\/a/bucket\/m}")" = 403
	order $D "set clock=700"
	test "$(curl -sS -o out -w "%{http_code}" "$url")" = 403
	order $D "set clock=0"
	grep -q expired out'

check 'over TLS' '
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1 2>/dev/null
	double_up S cert.pem key.pem
	curl -sS -f --cacert cert.pem -X PUT -H "Content-Length: 0" "${sign[@]}" "$S/bucket"
	curl -sS -f --cacert cert.pem -T big "${sign[@]}" "$S/bucket/big"
	curl -sS -f --cacert cert.pem "${sign[@]}" "$S/bucket/big" | cmp - big
	fails curl -sS -f "${sign[@]}" "$S/bucket/big"'

check 'a hundred thousand objects are there at once' '
	curl -sS -f -X POST "$D/-/seed?bucket=many&n=100000&prefix=p/&size=10" -d ""
	s3 $D source keys many | tail -n 1 | jq -e ".key == \"p/00099999\" and .size == 10" >/dev/null'

finish
