#!/usr/bin/env python3
"""`orch serve` takes over a socket that listens, as systemd passes one on.

    socket_activation.py --orch build/dev/orch"""
import argparse
import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

from server import PATIENCE, Server

ORCH = None


class SocketActivation(unittest.TestCase):
    """What systemd does: it listens, and starts the service with the socket as descriptor 3."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="orch-socket-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server(ORCH, self.folder, listen=False)
        self.socket = socket.socket()
        self.addCleanup(self.socket.close)

    def start(self, *arguments, listening=None, count="1"):
        listening = listening or self.socket
        passed_on = os.dup(listening.fileno())

        def in_child():  # the copy stays open
            os.dup2(passed_on, 3)

        # A shell learns the id that the program will have.
        command = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *self.server.command("serve", *arguments)]
        with open(pathlib.Path(self.folder) / "serve.log", "a") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=self.folder,
                                       env=dict(self.server.environment(), LISTEN_FDS=count), preexec_fn=in_child,
                                       pass_fds=(3,))
        os.close(passed_on)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_socket_is_taken_over_and_outlives_the_service(self):
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(16)
        port = self.socket.getsockname()[1]
        # Who comes before the service waits, and is not refused.
        early = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        early.connect()
        for _ in range(2):  # the same socket again, as after a restart
            process = self.start()
            self.assertEqual(process.stdout.readline().strip(), f"http://127.0.0.1:{port}")
            with contextlib.closing(early):
                early.request("GET", "/healthz")
                self.assertEqual(early.getresponse().status, 200)
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)
            early = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            early.connect()
        early.close()

    def test_what_cannot_be_taken_over_is_refused(self):
        self.socket.bind(("127.0.0.1", 0))
        other = socket.socket(socket.AF_UNIX)
        self.addCleanup(other.close)
        for options, message in [({}, "not a TCP socket that listens"), ({"count": "2"}, "2 sockets"),
                                 ({"listening": other}, "not a TCP socket")]:
            process = self.start(**options)
            self.assertEqual(process.wait(PATIENCE), 1)
            self.assertIn(message, self.server.log_text())
        self.socket.listen()
        process = self.start("--listen", "127.0.0.1:0")
        self.assertEqual(process.wait(PATIENCE), 2)
        self.assertIn("--listen is 127.0.0.1:0", self.server.log_text())

    def test_an_address_that_others_reach_needs_keys(self):
        self.socket.bind(("0.0.0.0", 0))
        self.socket.listen()
        process = self.start()
        self.assertEqual(process.wait(PATIENCE), 1)
        self.assertIn("there are no keys", self.server.log_text())


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
