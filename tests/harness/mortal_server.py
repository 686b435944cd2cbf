"""`orch serve` that dies as it is told, is started again each time, and keeps answering its clients.

A death is "POINT:N" (SIGKILL at the N-th pass of a fault point), or a number: SIGKILL after so many
seconds. Each life has one; the lives after the last death have none.
"""
import http.client
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))

from server import ApiError, Server  # noqa: E402

__all__ = ["ApiError", "MortalServer"]


class MortalServer(threading.Thread):
    def __init__(self, orch, folder, deaths, environment):
        super().__init__(daemon=True)
        self.deaths, self.environment = list(deaths), environment
        self.server = Server(orch, folder, environment=environment, listen=False)
        self.lives = 0
        self.killed = 0
        self.wrong = []
        self._ending = threading.Event()

    @property
    def store(self):
        return self.server.store

    def run(self):
        while not self._ending.is_set() and not self.wrong:
            self.live(self.deaths[self.lives] if self.lives < len(self.deaths) else None)

    def live(self, death):
        server = self.server
        point = isinstance(death, str)
        server.extra = dict(self.environment, **({"ORCH_FAULT": death + ":kill"} if point else {}))
        timer = threading.Timer(death, server.kill) if death is not None and not point else None
        try:
            server.start(before_reading=timer.start if timer else None)
        except RuntimeError:
            pass  # it may die before it listens; its end is judged below
        self.lives += 1
        code = server.process.wait()
        server.forget()
        if timer:
            timer.cancel()
        self.killed += code == -signal.SIGKILL
        if code != -signal.SIGKILL and not (self._ending.is_set() and code == 0):
            self.wrong.append(f"orch serve ended with {code}:\n{server.log_text()[-2000:]}")

    def end(self):
        """Ends the present life gently, and there is no other."""
        self._ending.set()
        self.deaths = []
        give_up = time.monotonic() + 60
        told = None
        while self.is_alive() and time.monotonic() < give_up:
            if self.server.process is not told:  # a second signal would end it at once
                told = self.server.process
                self.server.kill(signal.SIGTERM)
            self.join(1)
        if self.is_alive():
            self.server.kill()
            self.join()
            self.wrong.append("orch serve did not end on SIGTERM")

    def call(self, operation, patience=60, timeout=20, **members):
        """Asks until some life answers. An operation may so be asked twice, as with real clients."""
        give_up = time.monotonic() + patience
        while True:
            try:
                return self.server.call(operation, timeout=timeout, **members)
            except (OSError, http.client.HTTPException, ValueError):
                if self.wrong or time.monotonic() > give_up:
                    raise
                time.sleep(0.01)
