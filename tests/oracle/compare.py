"""Compares what GitHub's parser and the model make of the same files. Usage: compare.py ORACLE.jsonl MODEL.jsonl"""

import json
import sys

# Where both disagree and the file runs on GitHub: part of the oracle's message, and why it is wrong there.
KNOWN = {
    "encountered while reading 'input default'": "GitHub takes a default of any scalar type for a manual input",
    "encountered while reading 'job env'": "GitHub takes an expression for the variables of a job; its schema says so too",
}


def load(path):
    with open(path, encoding="utf-8") as lines:
        return {entry["file"]: entry for entry in map(json.loads, lines)}


def plain(value):
    """Numbers, booleans and their texts are the same to GitHub, which reads them as text where it wants one."""
    if isinstance(value, dict):
        if "expressions" in value:
            # The parser takes the text of folded and block scalars as it stands in the file, with its indentation.
            return {"expressions": [" ".join(text.split()) for text in value["expressions"]]}
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else repr(float(value))
    return value


def differences(oracle, model, path=""):
    if isinstance(oracle, dict) and isinstance(model, dict):
        for key in sorted(set(oracle) | set(model)):
            yield from differences(oracle.get(key), model.get(key), f"{path}.{key}")
    elif isinstance(oracle, list) and isinstance(model, list) and len(oracle) == len(model):
        for index, (left, right) in enumerate(zip(oracle, model)):
            yield from differences(left, right, f"{path}[{index}]")
    elif oracle != model:
        yield f"{path}: oracle {oracle!r:.90} model {model!r:.90}"


def count_steps(steps):
    return sum(1 + count_steps(step.get("parallel", [])) for step in steps)


def main():
    oracle, model = load(sys.argv[1]), load(sys.argv[2])
    numbers = dict.fromkeys(
        ("files", "jobs", "steps", "timeouts", "permissions", "refused by both", "disagreements", "known"), 0
    )
    for file, expected in oracle.items():
        found = model.get(file, {"errors": ["not read"]})
        numbers["files"] += 1
        errors = [text for text in expected["errors"] if not any(part in text for part in KNOWN)]
        numbers["known"] += len(errors) != len(expected["errors"])
        said = []
        if bool(errors) != bool(found["errors"]):
            said.append(f"errors: oracle {errors[:3]} model {found['errors'][:3]}")
        numbers["refused by both"] += bool(errors) and bool(found["errors"])
        # GitHub's parser leaves out what it refuses, so that the rest of such a file cannot be compared.
        if not errors and not found["errors"]:
            for key in ("jobs", "events"):
                said += differences(plain(expected.get(key)), plain(found.get(key)), key)
            for job in expected.get("jobs", []):
                numbers["jobs"] += 1
                numbers["steps"] += count_steps(job["steps"])
                numbers["timeouts"] += job["timeout"] is not None
                numbers["permissions"] += job["source"] != "repo-default"
        numbers["disagreements"] += bool(said)
        for line in said[:5]:
            print(f"{file}\n    {line}")
    print(", ".join(f"{name}: {number}" for name, number in numbers.items()))
    sys.exit(numbers["disagreements"] > 0)


main()
