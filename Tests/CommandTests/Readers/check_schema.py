"""Which experiments a JSON Schema takes: `check_schema.py SCHEMA FILE…`, a file one experiment or, ending in .txt, one line
for each change to the smallest one. Prints JSON: what each was found to be, by its path or its line."""

import json
import pathlib
import sys

import jsonschema
from ruamel.yaml import YAML

MINIMAL = {
    "name": "name: a",
    "data": "data: {source: {two_gaussians: {samples: 10}}}",
    "network": "network: {hidden: [2]}",
    "loss": "loss: squared_error",
    "training": "training: {epochs: 1}",
    "grid": "grid: {optimizer: {name: adam, learning_rate: 0.1}, batch_size: 2}",
}


def experiments(path):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    if not path.endswith(".txt"):
        return {path: text}
    changes = [line for line in text.splitlines() if line]
    return {line: "\n".join((MINIMAL | {line.split(":")[0]: line}).values()) + "\n" for line in changes}


schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
found = {}
for path in sys.argv[2:]:
    for name, text in experiments(path).items():
        document = YAML(typ="safe", pure=True).load(text)
        found[name] = {"text": text, "errors": [error.message[:200] for error in validator.iter_errors(document)]}
print(json.dumps(found))
