"""Which YAML texts a JSON schema takes: {"schema": …, "texts": {name: text}} in, {name: None or mistake} out."""

import json
import sys

import jsonschema
import yaml

given = json.load(sys.stdin)
jsonschema.Draft7Validator.check_schema(given["schema"])
validator = jsonschema.Draft7Validator(given["schema"])


def mistake(text):
    error = jsonschema.exceptions.best_match(validator.iter_errors(yaml.safe_load(text)))
    return error and f"{error.json_path}: {error.message}"


json.dump({name: mistake(text) for name, text in given["texts"].items()}, sys.stdout)
