"""Reads metrics as Prometheus does, and complains where it would. Sources: Prometheus, "Exposition formats",
text format 0.0.4; OpenMetrics 1.0.0."""
import re
import shutil
import subprocess

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)$")
SUFFIXES = {"counter": {""}, "gauge": {""}, "histogram": {"_bucket", "_sum", "_count"}}


class Family:
    def __init__(self, name, kind, help_text):
        self.name, self.kind, self.help, self.samples = name, kind, help_text, {}

    def value(self, **labels):
        return self.samples[self.name, frozenset(labels.items())]

    def total(self, **labels):
        """Of all series with these labels, of a histogram the count."""
        name = self.name + ("_count" if self.kind == "histogram" else "")
        return sum(value for (sample, pairs), value in self.samples.items()
                   if sample == name and frozenset(labels.items()) <= pairs)


def labels_of(text):
    pairs = re.findall(LABEL, text or "")
    split = [pair.split("=", 1) for pair in pairs]
    unescaped = [(key, re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value[1:-1])) for key, value in split]
    assert len({key for key, _ in unescaped}) == len(unescaped), f"a label twice: {text}"
    return frozenset(unescaped)


def check_histogram(family):
    series = {}
    for (name, pairs), value in family.samples.items():
        others = frozenset(pair for pair in pairs if pair[0] != "le")
        series.setdefault(others, {}).setdefault(name[len(family.name):], []).append((dict(pairs).get("le"), value))
    for pairs, parts in series.items():
        bounds = [(float(bound), value) for bound, value in parts["_bucket"]]
        assert bounds == sorted(bounds), f"{family.name}{set(pairs)}: not ascending"
        assert bounds[-1][0] == float("inf"), f"{family.name}: no +Inf"
        assert parts["_count"][0][1] == bounds[-1][1], f"{family.name}: count differs"
        assert len(parts["_sum"]) == 1


def parse(text, open_metrics=False):
    """Families by the name of their samples."""
    assert text.endswith("# EOF\n" if open_metrics else "\n"), "no end"
    families, current, help_text = {}, None, {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, said = line.split(" ", 3)
            assert name not in help_text, f"HELP twice: {name}"
            help_text[name] = said
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name in help_text, f"no HELP: {name}"
            sampled = name + "_total" if open_metrics and kind == "counter" else name
            assert sampled not in families, f"TYPE twice: {name}"
            current = families[sampled] = Family(sampled, kind, help_text[name])
        elif line.startswith("# UNIT "):
            assert open_metrics and line.split(" ")[2].endswith("_" + line.split(" ")[3]), line
        elif line != "# EOF":
            found = SAMPLE.match(line)
            assert found, f"not a sample: {line!r}"
            name, pairs, value = found.groups()
            assert name[:len(current.name)] == current.name, f"{name} within {current.name}"
            assert name[len(current.name):] in SUFFIXES[current.kind], line
            key = name, labels_of(pairs)
            assert key not in current.samples, f"twice: {line}"
            current.samples[key] = float(value)
    for family in families.values():
        assert family.help and (family.kind == "counter") == family.name.endswith("_total"), family.name
        if family.kind == "histogram":
            check_histogram(family)
    return families


def ask_promtool(*arguments, text=None):
    """What Prometheus' own tool complains of; nothing where it is not installed."""
    promtool = shutil.which("promtool")
    if not promtool:
        return ""
    done = subprocess.run([promtool, *arguments], input=text, capture_output=True, text=True, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr
