"""A bucket server for tests: what S3 answers to ListObjectsV2, GET (with Range and If-Match), HEAD, PUT, copy and DELETE.

Buckets are folders of one folder, objects their files. A listing has at most three entries a page.
"""
import hashlib
import http.server
import pathlib
import threading
import time
import urllib.parse
import xml.sax.saxutils

PAGE = 3


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    @property
    def root(self):
        return self.server.root

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def place(self):
        url = urllib.parse.urlsplit(self.path)
        bucket, _, key = urllib.parse.unquote(url.path[1:]).partition("/")
        return self.root / bucket, key, dict(urllib.parse.parse_qsl(url.query))

    @staticmethod
    def etag(file):
        return f'"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}"'

    def do_GET(self):
        bucket, key, query = self.place()
        if not key:
            return self.list(bucket, query)
        file = bucket / key
        if not file.is_file():
            return self.refuse(404, "NoSuchKey")
        body, etag = file.read_bytes(), self.etag(file)
        if self.headers.get("If-Match", etag) != etag:
            return self.refuse(412, "PreconditionFailed")
        asked = self.headers.get("Range")
        if self.command == "HEAD" or not asked:
            return self.answer(200, body, ETag=etag, Content_Length=str(len(body)))
        first, last = (int(part) for part in asked.removeprefix("bytes=").split("-"))
        if first >= len(body):
            return self.answer(416)
        part = body[first:last + 1]
        return self.answer(206, part, ETag=etag,
                           Content_Range=f"bytes {first}-{first + len(part) - 1}/{len(body)}")

    do_HEAD = do_GET

    def list(self, bucket, query):
        keys = sorted(str(file.relative_to(bucket)) for file in bucket.rglob("*") if file.is_file())
        after = query.get("continuation-token", query.get("start-after", ""))
        keys = [key for key in keys if key.startswith(query.get("prefix", "")) and key > after]
        page, entries = keys[:PAGE], ""
        for key in page:
            status = (bucket / key).stat()
            when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(status.st_mtime))
            entries += (f"<Contents><Key>{xml.sax.saxutils.escape(key)}</Key><LastModified>{when}.000Z</LastModified>"
                        f"<ETag>{xml.sax.saxutils.escape(self.etag(bucket / key))}</ETag><Size>{status.st_size}</Size>"
                        "</Contents>")
        more = len(keys) > PAGE
        token = f"<NextContinuationToken>{xml.sax.saxutils.escape(page[-1])}</NextContinuationToken>" if more else ""
        self.answer(200, f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}"
                         "</ListBucketResult>".encode())

    def do_PUT(self):
        bucket, key, _ = self.place()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if copied := self.headers.get("x-amz-copy-source"):
            source = self.root / urllib.parse.unquote(copied)
            if not source.is_file():
                return self.refuse(404, "NoSuchKey")
            body = source.read_bytes()
        (bucket / key).parent.mkdir(parents=True, exist_ok=True)
        (bucket / key).write_bytes(body)
        etag = self.etag(bucket / key)
        result = f"<CopyObjectResult><ETag>{etag}</ETag><LastModified>2026-11-30T00:00:00Z</LastModified></CopyObjectResult>"
        return self.answer(200, result.encode() if copied else b"", ETag=etag)

    def do_DELETE(self):
        bucket, key, _ = self.place()
        (bucket / key).unlink(missing_ok=True)
        self.answer(204)


class BucketServer:
    """Serves `root` on a free port of the loopback until it is closed."""

    def __init__(self, root):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.root = pathlib.Path(root)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
