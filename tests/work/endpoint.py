"""An endpoint of the Step Functions API that answers what a test says, over TLS, and checks every
signature as the specification of Signature Version 4 has it."""
import hashlib
import hmac
import http.server
import json
import ssl
import subprocess
import threading

KEY_ID, SECRET, SESSION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token+="


def certificate(folder):
    """Makes a key and a certificate for localhost that signs itself; returns both files."""
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return cert, key


def _sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_problem(headers, body, path):
    """What is wrong with the signature of a POST; None when it holds."""
    algorithm, _, rest = headers.get("Authorization", "").partition(" ")
    if algorithm != "AWS4-HMAC-SHA256":
        return f"algorithm {algorithm!r}"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key_id, date, region, service, end = parts["Credential"].split("/")
    if (key_id, region, service, end) != (KEY_ID, "eu-west-1", "states", "aws4_request"):
        return f"credential {parts['Credential']}"
    if headers["X-Amz-Date"][:8] != date or headers["X-Amz-Security-Token"] != SESSION:
        return "date or session token"
    names = parts["SignedHeaders"].split(";")
    if names != sorted(names) or not {"host", "x-amz-date", "x-amz-security-token"} <= set(names):
        return f"signed headers {names}"
    canonical = "\n".join(["POST", path, "", *(f"{name}:{headers[name].strip()}" for name in names), "",
                           ";".join(names), hashlib.sha256(body).hexdigest()])
    scope = f"{date}/{region}/{service}/{end}"
    to_sign = "\n".join([algorithm, headers["X-Amz-Date"], scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (date, region, service, end):
        key = _sign(key, part)
    if hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest() != parts["Signature"]:
        return "signature"
    return None


class Endpoint:
    """`answer(operation, request)` returns (status, body); a body is a dict. Calls are kept in
    `calls`, signatures that do not hold in `refused`."""

    def __init__(self, answer, folder=None):
        self.answer, self.calls, self.refused = answer, [], []
        self.changed = threading.Condition()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                problem = folder and signature_problem(self.headers, body, self.path)
                status, reply = endpoint.reply(self.headers["X-Amz-Target"], json.loads(body), problem)
                text = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that hang up are a part of the tests
        self.certificate = None
        scheme = "http"
        if folder:
            self.certificate, key = certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, target, request, problem):
        operation = target.removeprefix("AWSStepFunctions.")
        if problem:
            self.refused.append(problem)
            return 403, {"__type": "InvalidSignatureException", "message": problem}
        status, reply = self.answer(operation, request)
        with self.changed:
            self.calls.append((operation, request))
            self.changed.notify_all()
        return status, reply

    def wait_for(self, operation, count=1, seconds=30):
        """The requests of the first `count` calls of an operation."""
        def found():
            return [request for name, request in self.calls if name == operation]
        with self.changed:
            if not self.changed.wait_for(lambda: len(found()) >= count, seconds):
                raise AssertionError(f"no {count} calls of {operation} but {[name for name, _ in self.calls]}")
            return found()[:count]

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class OneTask:
    """Hands out one task, and takes what is told about it."""

    def __init__(self, task_input, **answers):
        self.given = False
        self.lock = threading.Lock()
        self.input, self.answers = task_input, answers

    def __call__(self, operation, request):
        if operation in self.answers:
            answer = self.answers[operation]
            return answer(request) if callable(answer) else answer
        if operation != "GetActivityTask":
            return 200, {}
        with self.lock:
            given, self.given = self.given, True
        if given:
            return 200, {"taskToken": None}
        return 200, {"taskToken": "the token", "input": json.dumps(self.input)}
