#!/usr/bin/env python3
"""Runs the cases of tests/cases/cli.json against the real program.

A case is a folder of its own with "files" in it, and "steps" that run there one after the other:
{"run": [arguments], "exit": code, "out": [regexes], "err": [regexes], "not": [regexes], "json": value}.
"out", "err" and "not" are searched in standard output, standard error and both; "json" is compared
with standard output, read as JSON: objects may hold more than is asked for. "{run}" in a later
argument stands for the run id that an earlier step printed.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile


def contains(found, wanted):
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and contains(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(contains, found, wanted))
    return found == wanted


def problems_of(step, done):
    if done.returncode != step.get("exit", 0):
        yield f"exit code {done.returncode}, expected {step.get('exit', 0)}"
    for where, text in (("out", done.stdout), ("err", done.stderr)):
        for pattern in step.get(where, []):
            if not re.search(pattern, text):
                yield f"/{pattern}/ is not in standard {where}put" if where == "out" else \
                    f"/{pattern}/ is not in standard error"
    for pattern in step.get("not", []):
        if re.search(pattern, done.stdout + done.stderr):
            yield f"/{pattern}/ must not be printed"
    if "json" in step:
        try:
            if not contains(json.loads(done.stdout), step["json"]):
                yield f"standard output does not hold {json.dumps(step['json'])}"
        except ValueError as error:
            yield f"standard output is not JSON: {error}"


def run_case(orch, case):
    with tempfile.TemporaryDirectory(prefix="orch_cli_") as folder:
        for name, content in case.get("files", {}).items():
            text = content if isinstance(content, str) else json.dumps(content)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "ORCH_STORE": "runs.db"}
        environment.update(case.get("environment", {}))
        run_id = ""
        for number, step in enumerate(case["steps"], 1):
            arguments = [argument.replace("{run}", run_id) for argument in step["run"]]
            done = subprocess.run([orch, *arguments], cwd=folder, env=environment, text=True,
                                  input=step.get("stdin", ""), capture_output=True, timeout=60,
                                  check=False)
            wrong = list(problems_of(step, done))
            if wrong:
                return [f"step {number}: orch {' '.join(arguments)}", *wrong,
                        "--- standard output", done.stdout, "--- standard error", done.stderr]
            found = re.search(r"\b(0[0-9a-z]{15})\b", done.stdout + done.stderr)
            run_id = found.group(1) if found else run_id
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--only", help="a regular expression for names")
    options = parser.parse_args()
    with open(options.cases, encoding="utf-8") as file:
        cases = json.load(file)
    chosen = [case for case in cases if re.search(options.only or "", case["name"])]
    failed = 0
    for case in chosen:
        wrong = run_case(os.path.abspath(options.orch), case)
        if wrong:
            failed += 1
            print(f"FAILED {case['name']}", *wrong, sep="\n  ")
    print(f"{len(chosen) - failed} of {len(chosen)} cases")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
