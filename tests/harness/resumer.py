"""Resumes the executions that a server sets aside, as the person on call would with `orch resume`.

An execution is set aside when two processes in a row died while it was being decided. Before the second
death no execution may be.
"""
import http.client
import json
import threading

from run_store import RunStore
from server import ask

DEATHS_BEFORE = 2


class Resumer(threading.Thread):
    """Looks into the store of a MortalServer; `resumed` are the ids of runs, `wrong` is what may not be."""

    def __init__(self, mortal):
        super().__init__(daemon=True)
        self.mortal, self.store = mortal, RunStore(mortal.store)
        self.resumed, self.wrong = set(), []
        self._ending = threading.Event()

    def run(self):
        while not self._ending.wait(0.1):
            for run, why in self.store.set_aside():
                if self.mortal.killed < DEATHS_BEFORE:
                    self.wrong.append(f"run {run} was set aside after {self.mortal.killed} deaths: {why}")
                    return
                self.resume(run)

    def resume(self, run):
        """The next look asks again when no server answers, or the execution is still set aside."""
        try:
            secret = json.loads(ask(self.mortal.server, "GET", "/v1/session")[2])["csrf"]
            status, _, text = ask(self.mortal.server, "POST", f"/v1/runs/{run}/resume", "{}", {"X-Orch-CSRF": secret})
        except (OSError, http.client.HTTPException, ValueError):
            return
        if status == 200:
            self.resumed.add(run)
        elif any(run == found for found, _ in self.store.set_aside()):
            self.wrong.append(f"run {run} cannot be resumed: {status} {text}")

    def end(self):
        self._ending.set()
        self.join()
