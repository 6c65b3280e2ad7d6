"""schema_check.py - an independent judge of our JSON Schemas: python's jsonschema, draft 2020-12.

    schema_check.py available             exit 0 when the validator is there
    schema_check.py schema FILE           the schema itself is valid
    schema_check.py accepts SCHEMA FILE.. every document is valid
    schema_check.py agrees SCHEMA LINES   each line {"verdict", "document"}: "accept" must be valid,
                                          "reject" must be invalid, "unsaid" may be either
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator as Validator
except ImportError:
    sys.exit(3)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def first_error(validator, document):
    for error in validator.iter_errors(document):
        return "/".join(str(step) for step in error.absolute_path) + ": " + error.message[:300]
    return None


def main(arguments):
    action = arguments[0]
    if action == "available":
        return 0
    schema = load(arguments[1])
    Validator.check_schema(schema)
    validator = Validator(schema)
    wrong = 0
    if action == "accepts":
        for path in arguments[2:]:
            error = first_error(validator, load(path))
            if error:
                print(f"{path}: {error}")
                wrong += 1
    elif action == "agrees":
        with open(arguments[2], encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                error = first_error(validator, case["document"])
                if case["verdict"] == "accept" and error:
                    print(f"the schema refuses what we accept: {error}")
                    wrong += 1
                if case["verdict"] == "reject" and not error:
                    print(f"the schema accepts what we refuse: {case['why']}")
                    wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
