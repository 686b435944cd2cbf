"""What S3 says beside an object that the runner's own S3 leaves out: the kind of the content, that it is
encrypted, the checksum that came with it."""
import contextlib
import http.client
import http.server
import threading

ENCRYPTED = ("x-amz-server-side-encryption", "AES256")


def added(method, path, status, asked):
    """Headers of AWS's own answers; `asked` are those of the request."""
    if status != 200 or path.count("/") < 2:  # of a bucket, or an error
        return []
    if method in ("GET", "HEAD"):
        return [("accept-ranges", "bytes"), ("content-type", "binary/octet-stream"), ENCRYPTED]
    checksum = asked.get("x-amz-checksum-crc32")
    if method != "PUT" or not checksum:
        return []
    return [("x-amz-checksum-crc32", checksum), ("x-amz-checksum-type", "FULL_OBJECT"), ENCRYPTED]


@contextlib.contextmanager
def s3_in_front_of(port):
    """The URL of an S3 that passes everything on to 127.0.0.1:`port`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            inner = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            inner.request(self.command, self.path, body, dict(self.headers))
            answer = inner.getresponse()
            content = answer.read()
            inner.close()
            more = added(self.command, self.path.split("?")[0], answer.status, self.headers)
            kept = [(name, value) for name, value in answer.getheaders()
                    if name.lower() not in {name for name, _ in more} | {"connection", "content-length"}]
            self.send_response(answer.status)
            for name, value in kept + more + [("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_DELETE = pass_on

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
