#!/usr/bin/env python3
"""Runs cases, such as those of tests/cases/cli.json, against the real program.

A case is a folder of its own with "files" in it, and "steps" that run there one after the other:
{"run": [arguments], "exit": code, "out": [regexes], "err": [regexes], "not": [regexes], "json": value}.
"out", "err" and "not" are searched in standard output, standard error and both; "json" is compared
with standard output, read as JSON: objects may hold more than is asked for. "{run}" in a later
argument stands for the run id that an earlier step printed. Other steps: {"files": {name: content}}
writes files, {"sqlite": {file: script}} runs SQL, {"rows": [file, query, [[value]]]} compares rows,
{"document": [file, value]} compares a JSON file, {"absent": [files]} expects that they do not exist.
"""
import argparse
import contextlib
import json
import os
import re
import sqlite3
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


def write_files(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))


def sql(path, script):
    with contextlib.closing(sqlite3.connect(path)) as database:
        if isinstance(script, str) and script.lstrip().upper().startswith("SELECT"):
            return [list(row) for row in database.execute(script)]
        return database.executescript(script)


def wrong_in_folder(folder, step):
    """What a step that runs nothing finds wrong; None for one that runs orch."""
    if "run" in step:
        return None
    write_files(folder, step.get("files", {}))
    for name, script in step.get("sqlite", {}).items():
        sql(os.path.join(folder, name), script)
    wrong = []
    if "rows" in step:
        name, query, expected = step["rows"]
        found = sql(os.path.join(folder, name), query)
        if found != expected:
            wrong.append(f"{name}: {query}: found {found}, expected {expected}")
    if "document" in step:
        name, expected = step["document"]
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        if not contains(json.loads(text), expected):
            wrong.append(f"{name} does not hold {json.dumps(expected)}:\n{text}")
    wrong += [f"{name} exists" for name in step.get("absent", []) if os.path.exists(os.path.join(folder, name))]
    return wrong


def run_case(orch, case):
    with tempfile.TemporaryDirectory(prefix="orch_cli_") as folder:
        write_files(folder, case.get("files", {}))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "ORCH_STORE": "runs.db"}
        environment.update(case.get("environment", {}))
        run_id = ""
        for number, step in enumerate(case["steps"], 1):
            wrong = wrong_in_folder(folder, step)
            if wrong:
                return [f"step {number}", *wrong]
            if wrong is not None:
                continue
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
