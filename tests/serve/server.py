"""A running `orch serve` with a store of its own, and a client of its protocol."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

# Seconds that the server may take to listen, to answer and to end.
PATIENCE = 60


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.type, self.message = status, body.get("__type"), body.get("message")


class Server:
    """Starts at once unless `listen` is false; `arguments` are options of `orch serve`, `environment` is
    added to its own."""

    def __init__(self, orch, folder, *arguments, environment=None, listen=True):
        self.extra = environment or {}
        self.orch, self.folder, self.arguments = str(pathlib.Path(orch).resolve()), pathlib.Path(folder), arguments
        self.process = self.url = None
        self.host = self.port = None
        if listen:
            self.start()

    store_name = "runs.db"

    @property
    def store(self):
        return self.folder / self.store_name

    def environment(self):
        # Nothing of the user's: no settings, no keys, no proxies.
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return dict(kept, HOME=str(self.folder), TZ="UTC", **self.extra)

    def command(self, *arguments):
        return [self.orch, *arguments, "--store", str(self.store)]

    def run(self, *arguments):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, cwd=self.folder,
                              env=self.environment(), timeout=PATIENCE)

    def log_text(self):
        return (self.folder / "serve.log").read_text(errors="replace")

    def start(self, before_reading=None):
        """`before_reading` is called when the process exists, before it listens."""
        self.log = open(self.folder / "serve.log", "a")
        self.process = subprocess.Popen(
            self.command("serve", "--listen", "127.0.0.1:0", *self.arguments), stdout=subprocess.PIPE,
            stderr=self.log, text=True, cwd=self.folder, env=self.environment())
        if before_reading:
            before_reading()
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http"):
            raise RuntimeError("orch serve did not start: " + self.log_text())
        self.host, self.port = "127.0.0.1", urllib.parse.urlsplit(self.url).port

    def end(self, how=signal.SIGTERM):
        """Returns the exit code."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.forget()
        return code

    def kill(self, how=signal.SIGKILL):
        """Only sends the signal; another thread waits for the end."""
        if self.process is not None:
            self.process.send_signal(how)

    def forget(self):
        """The process has ended."""
        self.process.stdout.close()
        self.log.close()
        self.process = self.port = None

    def call(self, operation, timeout=PATIENCE, **members):
        if self.port is None:
            raise ConnectionError("orch serve is not listening")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("POST", "/", json.dumps(members), {
                "X-Amz-Target": "AWSStepFunctions." + operation,
                "Content-Type": "application/x-amz-json-1.0"})
            response = connection.getresponse()
            body = json.loads(response.read())
            if response.status != 200:
                raise ApiError(response.status, body)
            return body


def ask(server, method, target, body=None, headers=None):
    """Status, header and text of one request to a Server."""
    if server.port is None:
        raise ConnectionError("orch serve is not listening")
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


def until(condition):
    """Asks again until it is so."""
    give_up = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def serving(orch, *arguments, environment=None, files=None, prepare=None):
    """A server in a temporary folder, ended and removed afterwards. The folder has `files` (text by name)
    and what `prepare(folder)` makes."""
    folder = tempfile.mkdtemp(prefix="orch-serve-")
    server = None
    try:
        for name, text in (files or {}).items():
            path = pathlib.Path(folder) / name
            path.touch(0o600)  # some are keys
            path.write_text(text)
        if prepare:
            prepare(folder)
        server = Server(orch, folder, *arguments, environment=environment)
        yield server
    finally:
        if server:
            server.end(signal.SIGKILL)
        shutil.rmtree(folder)
