#!/usr/bin/env python3
"""Writes seeds for the fuzz targets: what the tables of tests/cases have of the same kind.

    seeds.py CASES OUTPUT      OUTPUT/TARGET/NUMBER, the same for the same tables
"""
import json
import pathlib
import shutil
import sys

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/states/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)
BODY = '{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m"}'
LONGEST = 4096


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(*parts):
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def request(head, body=BODY):
    return (head + f"Host: localhost\r\nContent-Length: {len(body)}\r\n\r\n" + body).encode()


def http_seeds():
    target = "X-Amz-Target: AWSStepFunctions.StartExecution\r\n"
    post = "POST / HTTP/1.1\r\n" + target
    yield request(post)
    yield request(post) + request(post)
    yield request(post + f"Authorization: {AUTHORIZATION}\r\nX-Amz-Date: 20150830T123600Z\r\n")
    yield request("POST http://sync-states.localhost:1/?a=b HTTP/1.1\r\n" + target)
    yield request(post + "Expect: 100-continue\r\nConnection: close\r\n")
    yield request(post, '{"a":')
    yield request("POST / HTTP/1.0\r\n" + target)
    yield b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n"
    yield (post + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3;x=y\r\n:1}\r\n0\r\nT: r\r\n\r\n").encode()


def sigv4_seeds():
    for target in ("/", "/a%20b/../c?x=1&a", "/?b=2&a=1&a=0", "//"):
        yield lines(AUTHORIZATION, "20150830T123600Z", target, BODY)
    yield lines(AUTHORIZATION.replace("host;", ""), "20150830T123600Z", "/", "")
    yield lines(AUTHORIZATION, "20150830T999999Z", "/", "")
    yield lines("AWS4-HMAC-SHA256 Credential=a/b/c/d/e", "", "", "")
    yield lines("Basic YTpi", "20150830T123600Z", "/", "")


def jsonata_seeds(folder):
    for file in sorted((folder / "jsonata").glob("*.json")):
        table = json.loads(file.read_text())
        for case in table["cases"]:
            given = case.get("input", table.get("document"))
            yield lines(case["expression"], *([] if given is None else [text(given)]))


def csv_seeds(table):
    for case in table:
        options = case.get("options", {})
        line = options.get("delimiter", ",") + options.get("quote", '"')
        line += {"ISO-8859-1": "latin1", "UTF-16LE": "utf16"}.get(options.get("encoding"), "")
        content = case["file"].encode() if "file" in case else bytes.fromhex(case["hex"])
        yield line.encode() + b"\n" + content


def s3_seeds():
    contents = ("<Contents><Key>a&#x26;b&lt;</Key><ETag>&quot;1&quot;</ETag><Size>3</Size>"
                "<LastModified>2024-01-01T00:00:00.000Z</LastModified></Contents>")
    listing = ('<?xml version="1.0"?><!-- c --><s3:ListBucketResult xmlns:s3="http://s3/">' + contents +
               "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><IsTruncated>true</IsTruncated>"
               "<NextContinuationToken><![CDATA[t]]></NextContinuationToken></s3:ListBucketResult>")
    yield lines("bytes 0-5/12", listing)
    yield lines("bytes 0-0/*", "<ListBucketResult/>")
    yield lines("", "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>")
    yield lines("", '<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>')


def answer_seeds():
    def answer(status, body="", *headers):
        head = "".join(f"{each}\r\n" for each in headers)
        return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body.encode())}\r\n\r\n{body}"

    listing = "<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>"
    yield lines("list", answer("200 OK", listing))
    yield lines("open", answer("206 Partial Content", "[1,2]", 'ETag: "1"', "Content-Range: bytes 0-4/5"))
    yield lines("open", answer("200 OK", "[1,2]"))
    yield lines("open", answer("416 Range"))
    yield lines("get", answer("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"))
    yield lines("get", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
    yield lines("head", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nx-amz-meta-a: b\r\n\r\n")
    yield lines("put", answer("200 OK", "", 'ETag: "1"'))
    yield lines("copy", answer("200 OK", "<CopyObjectResult><ETag>1</ETag></CopyObjectResult>"))
    yield lines("get", "HTTP/1.1 100 Continue\r\n\r\n" + answer("200 OK", "x"))


def catalog_document(case):
    defaults = {"source": {"connection": "a"}, "target": {"connection": "b"}}
    return case.get("document", {"version": 1, "defaults": defaults, "tables": case.get("tables")})


def seeds(folder):
    def table(name):
        return json.loads((folder / name).read_text())

    def given(case):
        return [text(case["given"])] if "given" in case else []

    definitions = [
        case["text"] if "text" in case else text(case["definition"])
        for case in table("definitions.json")
    ]
    catalogs = [text(catalog_document(case)) for case in table("catalogs.json")]
    yield "definition", [lines(each) for each in definitions]
    yield "path", [lines(case["path"], *given(case)) for case in table("paths.json")]
    yield "template", [
        lines(case["call"], *given(case)) for case in table("intrinsics.json")
    ] + [lines(text(case["template"]), *given(case)) for case in table("payload_templates.json")]
    yield "jsonata", jsonata_seeds(folder)
    yield "json", [lines(each) for each in definitions + catalogs]
    yield "catalog", [lines(each) for each in catalogs]
    yield "csv", csv_seeds(table("csv.json"))
    yield "http", http_seeds()
    yield "s3", s3_seeds()
    yield "answer", answer_seeds()
    yield "yaml", [lines(case["yaml"]) for case in table("yaml.json")] + [lines(each) for each in definitions]
    yield "sigv4", sigv4_seeds()


def main(cases, output):
    shutil.rmtree(output, ignore_errors=True)
    for target, inputs in seeds(pathlib.Path(cases)):
        folder = pathlib.Path(output) / target
        folder.mkdir(parents=True)
        kept = sorted({each for each in inputs if len(each) <= LONGEST})
        for number, each in enumerate(kept):
            (folder / f"{number:04}").write_bytes(each)


if __name__ == "__main__":
    main(*sys.argv[1:])
