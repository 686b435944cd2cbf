#!/usr/bin/env python3
"""`orch doctor`: what it finds, and that each finding says what to do.

  doctor.py --orch BINARY
"""
import argparse
import pathlib
import tempfile

from store_folder import RUN_FAILED, StoreFolder, expect


def findings(folder, subject, code=0):
    """(state, what was found) of a subject; what is not well has a hint."""
    found = folder.lines("doctor", code=code)
    for each in found:
        expect("hint" in each, each["state"] != "ok", f"a hint: {each}")
    return [(each["state"], each["found"]) for each in found if each["subject"] == subject]


def a_sound_store(folder):
    folder.submit("plain", "one")
    for subject in ("orch", "store", "owner", "runs", "clock", "disk", "files"):
        (state, _), = findings(folder, subject)
        expect(state if subject != "disk" else "ok", "ok", subject)
    expect("every checksum is right" in findings(folder, "store")[0][1], True, "the store")


def changed_rows(folder):
    changes = ("UPDATE execution SET workflow = 'other'",
               "UPDATE history SET events = replace(events, 'Say', 'Sad') WHERE id = (SELECT min(id) FROM history)",
               "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
               "UPDATE definition SET text = text || ' '", "DELETE FROM definition")
    for change in changes:
        for file in folder.folder.glob("runs.db*"):
            file.unlink()
        folder.submit("plain", "one")
        folder.change(change)
        found = findings(folder, "store", code=RUN_FAILED)
        expect({state for state, _ in found}, {"error"}, change)


def what_lies_about(folder):
    folder.submit("plain", "one")
    (folder.folder / "runs.db.replaced-20200101T000000Z").write_text("an old one")
    folder.store.file.chmod(0o644)
    expect([state for state, _ in findings(folder, "files")], ["warning", "warning"], "files")
    folder.change("UPDATE execution SET started_ms = started_ms + 86400000, made_checksum = NULL")
    (state, what), = findings(folder, "clock", code=RUN_FAILED)
    expect(state, "error", what)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (a_sound_store, changed_rows, what_lies_about):
        with tempfile.TemporaryDirectory(prefix="orch-doctor-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)


if __name__ == "__main__":
    main()
