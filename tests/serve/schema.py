"""Checks a JSON value against a schema of the document of the REST API: the words that it uses."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def is_of(value, kind):
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return value is None if kind == "null" else isinstance(value, TYPES[kind])


def problems(schemas, schema, value, place="answer"):
    """What differs, each with its place."""
    known = {"$ref", "type", "description", "required", "properties", "additionalProperties", "items", "enum",
             "format", "minimum"}
    if unknown := set(schema) - known:
        return [f"{place}: the schema says {unknown}"]
    if "$ref" in schema:
        return problems(schemas, schemas[schema["$ref"].rpartition("/")[2]], value, place)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_of(value, kind) for kind in kinds):
        return [f"{place}: {value!r} is no {kinds}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(value):
        found.append(f"{place}: {value!r} is no time")
    if isinstance(value, dict):
        members = schema.get("properties", {})
        found += [f"{place}: no {name}" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{place}: {name} is not in the schema" for name in value if name not in members]
        for name in members.keys() & value.keys():
            found += problems(schemas, members[name], value[name], f"{place}.{name}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += problems(schemas, schema["items"], item, f"{place}[{index}]")
    return found
