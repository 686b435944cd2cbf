"""Small servers that take what orch sends: webhooks, traces, mail."""
import http.server
import json
import socketserver
import threading
import time


def until(condition, patience=60):
    """Asks again until it is so."""
    give_up = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.05)
    return found


class HttpReceiver:
    """Keeps each request as (path, headers, body). `status` is what it answers; None: it hangs up after it has
    read the request."""

    def __init__(self, port=0):
        self.requests, self.status = [], 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append((self.path, dict(self.headers), json.loads(body) if body else None))
                if outer.status is None:
                    self.close_connection = True
                    return
                self.send_response(outer.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self, path):
        return [body for where, _, body in list(self.requests) if where == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MailReceiver:
    """Speaks as much SMTP as is needed to take a mail without encryption."""

    def __init__(self):
        self.mails = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 test")
                envelope = []
                while line := self.rfile.readline().decode().strip():
                    word = line.split(" ")[0].upper()
                    if word == "QUIT":
                        return self.say("221 bye")
                    if word == "DATA":
                        self.say("354 go on")
                        lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                        outer.mails.append((envelope, "\n".join(lines)))
                    elif word in ("MAIL", "RCPT"):
                        envelope.append(line)
                    self.say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
