"""The JSON Schemas in schema/ accept and refuse what the readers accept and refuse.

Usage: schema_agreement.py SOURCE_DIR. The cases are those of the readers' own tests; one marked
"beyond_schema" breaks a rule that a schema cannot express. Without the package jsonschema only the
schemas' references are checked.
"""
import json
import pathlib
import sys


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def document_of(case):
    if "document" in case:
        return case["document"]
    if "connections" in case:
        return {"version": 1, "connections": case["connections"]}
    ends = {"source": {"connection": "a"}, "target": {"connection": "b"}}
    return {"version": 1, "defaults": ends, "tables": case["tables"]}


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def main(root):
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    failures = []
    checked = 0
    schemas = {name: load(root / "schema" / f"{name}.schema.json")
               for name in ("catalog", "connections", "workflow")}
    for name, schema in schemas.items():
        for reference in references(schema):
            checked += 1
            if reference.removeprefix("#/$defs/") not in schema["$defs"]:
                failures.append(f"{name}: no {reference}")
    if jsonschema:
        validators = {}
        for name, schema in schemas.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            validators[name] = jsonschema.Draft202012Validator(schema)
        for name, file in (("catalog", "catalogs"), ("connections", "connections")):
            for case in load(root / "tests" / "cases" / f"{file}.json"):
                checked += 1
                wanted = not case["problems"] or case.get("beyond_schema", False)
                if validators[name].is_valid(document_of(case)) != wanted:
                    failures.append(f"{name}: {case['name']}: the schema says {not wanted}")
        for file in sorted((root / "workflows").glob("*.json")):
            checked += 1
            for error in validators["workflow"].iter_errors(load(file)):
                failures.append(f"{file.name}: {list(error.path)}: {error.message[:200]}")
    print(f"{checked} checks" + ("" if jsonschema else "; python3-jsonschema is not installed"))
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
