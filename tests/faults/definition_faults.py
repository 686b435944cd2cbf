"""Workflow documents that are broken, too deep or too large."""
import subprocess

from project import ERROR
from world import expect, expect_words, fault


def refused(world, text, *words):
    """validate and submit refuse the definition; no run is made."""
    folder = world.folder / "definition"
    folder.mkdir(exist_ok=True)
    file = folder / "bad.json"
    file.write_bytes(text)
    for arguments in (("validate", str(file)), ("--store", str(folder / "runs.db"), "submit", str(file))):
        done = subprocess.run([world.options.orch, *arguments], capture_output=True, text=True,
                              errors="replace", timeout=60, cwd=folder)
        expect(done.returncode == ERROR, f"{arguments[0]} ended with {done.returncode}:\n{done.stderr[-500:]}")
        expect_words(done.stderr + done.stdout, "bad.json", *words)
        expect(len(done.stderr) < 20_000, f"{len(done.stderr)} bytes of error for one document")


@fault
def truncated_definition(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pa', "line|1:")


@fault
def deep_definition(world):
    refused(world, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deep|nest")


@fault
def huge_definition(world):
    states = ",".join(f'"S{i}": {{"Type": "Pass", "Next": "Nowhere{i}"}}' for i in range(200_000))
    refused(world, b'{"StartAt": "S0", "States": {' + states.encode() + b"}}", "Nowhere|large|states")


@fault
def duplicate_keys(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true, "End": true}}}', "duplicate|twice",
            "End")


@fault
def definition_with_bad_utf8(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "\xff\xfe", "End": true}}}', "UTF-8")


@fault
def empty_definition(world):
    refused(world, b"", "empty|incomplete|end")
