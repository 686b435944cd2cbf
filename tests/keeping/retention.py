#!/usr/bin/env python3
"""`orch retention` as a user meets it: what is planned, what goes, what is exported before, what stays.

  retention.py --orch BINARY
"""
import argparse
import json
import pathlib
import tempfile

from store_folder import ERROR, RUN_FAILED, USAGE, StoreFolder, expect

from run_store import unpack


def exported(folder):
    """Lines of all archives, by their kind: definitions by hash, runs by name."""
    definitions, runs = {}, {}
    for file in sorted(folder.glob("runs-*.jsonl.zst")):
        expect(file.stat().st_mode & 0o777, 0o600, f"mode of {file.name}")
        for line in unpack(file.read_bytes()).splitlines():
            line = json.loads(line)
            if "text" in line:
                definitions[line["definition"]] = json.loads(line["text"])
            else:
                runs[line["name"]] = line
    return definitions, runs


def of_workflows(folder):
    folder.submit("plain", "old")
    folder.submit("plain", "young")
    folder.submit("fails", "failed", code=RUN_FAILED)
    folder.submit("wide", "family", [1, 2, 3])
    folder.submit("plain", "newest")
    for name, days in (("old", 40), ("failed", 40), ("family", 40), ("young", 10)):
        folder.age(name, days)
    limits = ("--retention", "days:30,failure-days:90")
    plan = folder.ask("retention", "--plan", *limits)
    expect((plan["kept"], plan["expired"]), (3, 2), "kept and expired")
    expect([(each["name"], each["expired"], each["why"]) for each in plan["of"]],
           [("plain", 1, "ended more than 30 days ago"), ("wide", 1, "ended more than 30 days ago")], "the plan")
    expect(folder.names(), ["failed", "family", "newest", "old", "young"], "after the plan")
    expect(folder.ask("retention", "--plan")["expired"], 0, "expired without limits")

    history = [json.loads(line)["type"] for line in folder.call("history", "old", "-o", "jsonl").splitlines()]
    expect(folder.ask("retention", *limits + ("--retention", "export:archive")), {"removed": 2, "needed": 0}, "removed")
    expect(folder.names(), ["failed", "newest", "young"], "what is left")
    expect(folder.store.ask("SELECT count(*) FROM execution"), [(3,)], "rows, with children")
    definitions, runs = exported(folder.folder / "archive")
    expect(len(runs), 5, "exported runs")
    expect(runs["old"]["output"], "said", "the exported output")
    expect([event["type"] for event in runs["old"]["events"]], history, "the exported events")
    expect(sorted(run.get("parent") == runs["family"]["run_id"] for run in runs.values()),
           [False, False, True, True, True], "children of the exported family")
    for run in runs.values():
        expect(run["definition"] in definitions, True, f"a definition of {run['name']}")
    folder.call("resume", "failed", code=RUN_FAILED)  # as before


def an_export_that_fails_keeps_the_run(folder):
    folder.submit("plain", "old")
    folder.submit("plain", "newest")
    folder.age("old", 40)
    (folder.folder / "archive").write_text("a file, no folder")
    told = folder.call("retention", "--retention", "days:30,export:archive", code=ERROR)
    expect("ORCH-0002" in told and "are kept" in told, True, told)
    expect(folder.names(), ["newest", "old"], "what is left")


def words(folder):
    for word in ("days", "days:0", "days:x", "weeks:3", "export:"):
        told = folder.call("retention", "--retention", word, code=USAGE)
        expect(f'"{word}"' in told, True, told)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (of_workflows, an_export_that_fails_keeps_the_run, words):
        with tempfile.TemporaryDirectory(prefix="orch-retention-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)


if __name__ == "__main__":
    main()
