#!/usr/bin/env python3
"""Scores `orch serve` against the recorded behaviour of the real service.

    conformance.py --orch build/dev/orch --corpus ../shared/conformance/asl

The scores in conformance.json may only grow: fewer is a failure, more asks for a new minimum."""
import argparse
import json
import pathlib
import re
import socket
import subprocess
import sys

from server import serving

HERE = pathlib.Path(__file__).resolve().parent
MEASURES = ("status+output", "event sequence", "event details")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scores(text):
    """The runner's last words: {"status+output": [passed, of], …, "lint": …}."""
    found = {}
    for measure in MEASURES:
        match = re.search(r"(\d+)/(\d+) " + re.escape(measure), text)
        found[measure] = int(match[1]) if match else 0
    match = re.search(r"lint: (\d+)/(\d+)", text)
    found["lint"] = int(match[1]) if match else 0
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True)
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--longest", default="15", help="seconds of waiting that a case may consist of")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    least = json.loads((HERE / "conformance.json").read_text())
    # The runner plays the services that recorded definitions call.
    port = free_port()
    played = {f"ORCH_{name}_ENDPOINT": f"http://127.0.0.1:{port}" for name in ("LAMBDA", "S3", "SQS")}
    with serving(options.orch, environment=played) as server:
        command = [sys.executable, options.corpus / "run_asl.py", "--endpoint", server.url, "--jobs", "8",
                   "--timeout", "60", "--max-est", options.longest, "--fake-aws", str(port), "--lint",
                   options.corpus / "lint"] + (["-v"] if options.v else [])
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=900)
    print(ran.stdout)
    got = scores(ran.stdout)
    worse = {name: (got[name], count) for name, count in least.items() if got[name] < count}
    for name, (found, expected) in worse.items():
        print(f"conformance: {name}: found {found}, expected at least {expected}")
    better = {name: got[name] for name, count in least.items() if got[name] > count}
    if better:
        print(f"conformance: more than the committed minimum, raise it in {HERE.name}/conformance.json: {better}")
    return 1 if worse or ran.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
