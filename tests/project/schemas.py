#!/usr/bin/env python3
"""The schemas for editors accept and refuse what `orch project check` does (schema_cases.json).

    schemas.py --orch build/dev/orch"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}
SAYS_NOTHING = {"$schema", "$id", "$defs", "title", "description", "default", "format"}


def is_of(value, kind):
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def follow(whole, pointer):
    for part in pointer.removeprefix("#/").split("/"):
        whole = whole[part]
    return whole


class Words:
    """What each word of a schema asks of a value."""

    def __init__(self, whole):
        self.whole = whole
        self.words = {
            "$ref": lambda of, value, schema: self.fits(follow(whole, of), value),
            "type": lambda of, value, schema: any(is_of(value, kind) for kind in ([of] if isinstance(of, str) else of)),
            "enum": lambda of, value, schema: value in of,
            "oneOf": lambda of, value, schema: sum(self.fits(each, value) for each in of) == 1,
            "not": lambda of, value, schema: not self.fits(of, value),
            "pattern": lambda of, value, schema: not isinstance(value, str) or re.search(of, value) is not None,
            "minLength": lambda of, value, schema: not isinstance(value, str) or len(value) >= of,
            "minItems": lambda of, value, schema: not isinstance(value, list) or len(value) >= of,
            "maxItems": lambda of, value, schema: not isinstance(value, list) or len(value) <= of,
            "minProperties": lambda of, value, schema: not isinstance(value, dict) or len(value) >= of,
            "minimum": lambda of, value, schema: not is_of(value, "number") or value >= of,
            "maximum": lambda of, value, schema: not is_of(value, "number") or value <= of,
            "items": lambda of, value, schema: not isinstance(value, list) or all(self.fits(of, each) for each in value),
            "required": lambda of, value, schema: not isinstance(value, dict) or all(name in value for name in of),
            "properties": lambda of, value, schema: not isinstance(value, dict) or all(
                self.fits(each, value[name]) for name, each in of.items() if name in value),
            "propertyNames": lambda of, value, schema: not isinstance(value, dict) or all(self.fits(of, name) for name in value),
            "additionalProperties": lambda of, value, schema: not isinstance(value, dict) or all(
                of is not False and self.fits(of, each) for name, each in value.items() if name not in schema.get("properties", {})),
        }

    def fits(self, schema, value):
        for word, of in schema.items():
            if word not in SAYS_NOTHING and not self.words[word](of, value, schema):
                return False
        return True


def is_accepted(orch, kind, document):
    """By orch itself."""
    files = {"project.json": {"name": "p"}, "pipelines/p.json": {"workflow": "replicate"}}
    files["project.json" if kind == "project" else "pipelines/p.json"] = document
    with tempfile.TemporaryDirectory() as name:
        for file, content in files.items():
            path = pathlib.Path(name) / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(content))
        environment = {"PATH": os.environ["PATH"], "HOME": name, "ORCH_STORE": str(pathlib.Path(name) / "runs.db")}
        done = subprocess.run([orch, "project", "check"], cwd=name, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1, 2):
            raise AssertionError(f"{document}: {done.returncode} {done.stderr}")
        return done.returncode == 0, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    wrong = []
    for kind, cases in json.loads((HERE / "schema_cases.json").read_text()).items():
        schema = json.loads((ROOT / "schema" / f"{kind}.schema.json").read_text())
        words = Words(schema)
        for expected, document in cases:
            if words.fits(schema, document) != expected:
                wrong.append(f"schema/{kind}.schema.json: expected {expected}: {json.dumps(document)}")
            accepted, text = is_accepted(orch, kind, document)
            if accepted != expected:
                wrong.append(f"orch project check: expected {expected}: {json.dumps(document)}: {text}")
    print(*wrong, sep="\n")
    print(f"{len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
