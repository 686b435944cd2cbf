#!/usr/bin/env python3
"""Scores `orch serve` against the recorded behaviour of the real service.

    conformance.py --orch build/dev/orch --corpus ../shared/conformance/asl

Prints the scores of every group and, for each case that falls short, the reason that
known_differences.json gives. A score below the aim in conformance.json is a failure, and so is a case that
falls short without a reason there; a reason that no case needs asks to be removed."""
import argparse
import collections
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

from s3_front import s3_in_front_of
from server import serving

HERE = pathlib.Path(__file__).resolve().parent
# As the runner's report calls them.
MEASURES = {"S": "status+output", "E": "event sequence", "D": "event details"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Score:
    """Cases that pass, of those that the measure applies to."""

    def __init__(self):
        self.passed = self.of = 0

    def count(self, verdict):
        self.of += verdict is not None
        self.passed += bool(verdict)

    def percent(self):
        return 100 * self.passed / self.of if self.of else 100.0

    def __str__(self):
        return f"{self.passed}/{self.of}" if self.of else "-"


def scores_of(results):
    """{group: {measure: Score}}; the whole corpus is the group ""."""
    scores = collections.defaultdict(lambda: {name: Score() for name in MEASURES.values()})
    for result in results:
        for key, name in MEASURES.items():
            for group in ("", result["group"]):
                scores[group][name].count(result[key])
    return scores


def print_scores(scores):
    print(f"{'group':24}" + "".join(f"{name:>22}" for name in MEASURES.values()))
    for group in sorted(scores, key=lambda name: (name == "", name)):
        cells = (f"{score!s:>14}" + (f"{score.percent():7.1f}%" if score.of else " " * 8)
                 for score in scores[group].values())
        print(f"{group or 'all':24}" + "".join(cells))


def falls_short(result):
    return [name for key, name in MEASURES.items() if result[key] is False]


def explain(results, reasons):
    """Prints what falls short and why; returns the complaints."""
    complaints = []
    needed = set()
    for result in results:
        short = falls_short(result)
        if not short:
            continue
        fitting = [each for each in reasons if re.fullmatch(each["cases"], result["id"])]
        needed.update(each["cases"] for each in fitting)
        why = fitting[0]["reason"] if fitting else "no reason is known"
        print(f"  {result['id']}: {', '.join(short)}: {why}")
        if not fitting:
            complaints.append(f"{result['id']} falls short in {', '.join(short)}, and "
                              "known_differences.json does not say why")
    for known in reasons:
        if known["cases"] not in needed:
            print(f"  no case needs the reason for {known['cases']} in known_differences.json")
    return complaints


def judge(scores, lint, aims):
    got = {name: score.percent() for name, score in scores[""].items()}
    got["lint"] = lint.percent()
    return [f"{name}: found {got[name]:.2f} %, expected at least {least} %"
            for name, least in aims.items() if got[name] < least]


def run(options, report):
    # The runner plays the services that recorded definitions call.
    port = free_port()
    played = {f"ORCH_{name}_ENDPOINT": f"http://127.0.0.1:{port}" for name in ("LAMBDA", "SQS")}
    with s3_in_front_of(port) as s3, serving(options.orch, environment=played | {"ORCH_S3_ENDPOINT": s3}) as server:
        # Log groups are named by the cases and not looked into; nothing is called over HTTP.
        command = [sys.executable, options.corpus / "run_asl.py", "--endpoint", server.url, "--jobs", "8",
                   "--timeout", "90", "--max-est", options.longest, "--fake-aws", str(port), "--with",
                   "logs,http,aws-api-models,aws-sdk:s3", "--out", report, "--lint", options.corpus / "lint"]
        return subprocess.run(command + (["-v"] if options.v else []), stdout=subprocess.PIPE, text=True,
                              timeout=900)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True)
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--longest", default="20", help="seconds of waiting that a case may consist of")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orch-conformance-") as folder:
        report = pathlib.Path(folder) / "report.json"
        ran = run(options, report)
        if options.v or ran.returncode:
            print(ran.stdout)
        if ran.returncode:
            return 1
        results = json.loads(report.read_text())
    scores = scores_of(results)
    print_scores(scores)
    lint = Score()
    found = re.search(r"lint: (\d+)/(\d+)", ran.stdout)
    lint.passed, lint.of = (int(found[1]), int(found[2])) if found else (0, 1)
    print(f"{'lint':24}{lint!s:>14}{lint.percent():7.1f}%")
    print(re.search(r"^skipped: .*$", ran.stdout, re.MULTILINE)[0])
    complaints = explain(results, json.loads((HERE / "known_differences.json").read_text()))
    complaints += judge(scores, lint, json.loads((HERE / "conformance.json").read_text()))
    for complaint in complaints:
        print("conformance: " + complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
