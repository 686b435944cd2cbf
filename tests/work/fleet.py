"""Processes of `orch work` that a test starts and ends."""
import json
import os
import queue
import signal
import subprocess
import threading

PATIENCE = 60


class Worker:
    """An `orch work` with -o jsonl; its events are read as they come."""

    def __init__(self, orch, folder, *arguments, environment=None):
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.talk = []
        self.events = []
        self.news = queue.Queue()
        self.process = subprocess.Popen(
            [orch, "work", "-o", "jsonl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, cwd=folder, env=dict(kept, HOME=str(folder), TZ="UTC", **(environment or {})))
        self.threads = [threading.Thread(target=self._read, args=(self.process.stdout, True)),
                        threading.Thread(target=self._read, args=(self.process.stderr, False))]
        for thread in self.threads:
            thread.start()

    def _read(self, stream, is_data):
        for line in stream:
            if is_data:
                self.news.put(json.loads(line))
            else:
                self.talk.append(line)
        if is_data:
            self.news.put(None)

    def wait_for(self, kind, seconds=PATIENCE):
        """The next event of this kind."""
        while True:
            event = self.news.get(timeout=seconds)
            if event is None:
                raise AssertionError(f"ended without an event {kind!r}: {self.events} {self.text()}")
            self.events.append(event)
            if event["event"] == kind:
                return event

    def text(self):
        return "".join(self.talk)

    def signal(self, how=signal.SIGTERM):
        self.process.send_signal(how)

    def wait(self, seconds=PATIENCE):
        """Waits for the end; returns the exit code."""
        code = self.process.wait(seconds)
        for thread in self.threads:
            thread.join()
        while not self.news.empty():
            event = self.news.get()
            if event:
                self.events.append(event)
        return code

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self.process.stdout.close()
        self.process.stderr.close()
