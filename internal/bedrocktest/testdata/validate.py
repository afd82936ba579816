"""Checks raw answers against the service models that botocore ships.

Reads from standard input a JSON list of {"service", "operation", "status",
"headers", "body"} and prints one line for each violation, empty when there is
none: what botocore's parser cannot read; members that the model does not know;
required ones that are missing; values of the wrong type, length, range,
pattern or enum.
"""

import json
import re
import sys
import xml.etree.ElementTree as ET
from datetime import datetime

import botocore.parsers
import botocore.session

# Where AWS's own answers break its published model, by shape and constraint.
# Recorded answers do (TestRecordedAnswersHoldToTheModel).
LENIENT = {
    ("BrandedName", "length"),  # "NVIDIA Nemotron Nano 12B v2 VL BF16"
    ("ModelModality", "enum"),  # VIDEO, SPEECH
    ("InferenceType", "enum"),  # INFERENCE_PROFILE
    ("FoundationModelArn", "pattern"),  # a global profile's has no region
    ("InferenceProfileName", "pattern"),  # "US Claude 3.5 Haiku"
    ("InferenceProfileDescription", "pattern"),  # commas
    ("InferenceProfileModels", "length"),  # six destinations and more
}

# What a lenient shape has to look like all the same.
INSTEAD = {
    "ModelModality": r"[A-Z]+",
    "InferenceType": r"[A-Z_]+",
    "FoundationModelArn": r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{0,20}::foundation-model/[a-z0-9.:-]+",
    "InferenceProfileName": r"[0-9A-Za-z ._()-]+",
}

TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "list": list,
    "structure": dict,
}


def check(shape, value, path, wrong):
    """Walks a JSON value and its shape together."""
    if shape.type_name == "timestamp":
        return check_timestamp(shape, value, path, wrong)
    wanted = TYPES[shape.type_name]
    if not isinstance(value, wanted) or isinstance(value, bool) is not (wanted is bool):
        return wrong(path, f"{value!r} is no {shape.type_name}")
    if shape.type_name == "structure":
        for name in value.keys() - shape.members.keys():
            wrong(path, f"unknown member {name}")
        for name in shape.required_members:
            if value.get(name) is None:
                wrong(path, f"lacks {name}")
        for name in value.keys() & shape.members.keys():
            if value[name] is not None:
                check(shape.members[name], value[name], f"{path}.{name}", wrong)
    elif shape.type_name == "list":
        check_bounds(shape, "length", len(value), path, wrong)
        for n, element in enumerate(value):
            check(shape.member, element, f"{path}[{n}]", wrong)
    elif shape.type_name == "string":
        check_string(shape, value, path, wrong)
    elif shape.type_name in ("integer", "long"):
        check_bounds(shape, "range", value, path, wrong)


def check_string(shape, value, path, wrong):
    check_bounds(shape, "length", len(value), path, wrong)
    pattern = shape.metadata.get("pattern")
    if pattern and (shape.name, "pattern") not in LENIENT and not re.fullmatch(pattern, value):
        wrong(path, f"{value!r} does not match {pattern}")
    if shape.enum and (shape.name, "enum") not in LENIENT and value not in shape.enum:
        wrong(path, f"{value!r} is none of {shape.enum}")
    if shape.name in INSTEAD and not re.fullmatch(INSTEAD[shape.name], value):
        wrong(path, f"{value!r} does not even match {INSTEAD[shape.name]}")


def check_bounds(shape, what, size, path, wrong):
    if (shape.name, what) in LENIENT:
        return
    if not shape.metadata.get("min", size) <= size <= shape.metadata.get("max", size):
        wrong(path, f"{what} {size} is out of bounds")


def check_timestamp(shape, value, path, wrong):
    form = shape.serialization.get("timestampFormat", "unixTimestamp")
    if form == "unixTimestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            wrong(path, f"{value!r} is no Unix time")
        return
    try:
        if datetime.fromisoformat(value).tzinfo is None:
            wrong(path, f"{value!r} has no time zone")
    except (TypeError, ValueError):
        wrong(path, f"{value!r} is no ISO 8601 time")


def from_xml(shape, element, path, wrong):
    """Turns XML of the query protocols into what its JSON would be."""
    if shape.type_name == "list":
        return [from_xml(shape.member, e, f"{path}[{n}]", wrong) for n, e in enumerate(element)]
    if shape.type_name != "structure":
        return element.text or ""
    names = {m.serialization.get("name", name): name for name, m in shape.members.items()}
    value = {}
    for child in element:
        tag = child.tag.partition("}")[2]
        name = names.get(tag, tag)
        value[name] = from_xml(shape.members[name], child, f"{path}.{name}", wrong) if tag in names else child.text
    return value


def raw_value(model, operation, body, wrong):
    """The answer's content, for the shape of the operation's output."""
    if model.metadata["protocol"] not in ("ec2", "query"):
        return json.loads(body)
    root = ET.fromstring(body)
    wanted = f"{{{model.metadata['xmlNamespace'].rstrip('/')}/}}{operation.name}Response"
    if root.tag != wanted:
        wrong("", f"the root is {root.tag}, not {wanted}")
    if model.metadata["protocol"] == "ec2":
        root.remove(next(e for e in root if e.tag.endswith("}requestId")))
    else:
        next(e for e in root if e.tag.endswith("}ResponseMetadata"))
        root = next(e for e in root if e.tag.endswith(f"}}{operation.name}Result"))
    return from_xml(operation.output_shape, root, "", wrong)


def check_error(model, operation, parsed, status, wrong):
    code = parsed["Error"].get("Code")
    if not code or code == str(status) or not parsed["Error"].get("Message"):
        wrong("", f"an error without code or message: {parsed['Error']}")
    for shape in operation.error_shapes:
        error = shape.metadata.get("error", {})
        if code in (shape.name, error.get("code")) and error.get("httpStatusCode", status) != status:
            wrong("", f"{code} has status {status}, not {error['httpStatusCode']}")


def validate(session, answer, wrong):
    model = session.get_service_model(answer["service"])
    operation = model.operation_model(answer["operation"])
    body = answer["body"].encode()
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    parsed = parser.parse({"status_code": answer["status"], "headers": answer["headers"], "body": body}, operation.output_shape)
    if not parsed["ResponseMetadata"].get("RequestId"):
        wrong("", "no request id")
    if answer["status"] >= 300:
        return check_error(model, operation, parsed, answer["status"], wrong)
    check(operation.output_shape, raw_value(model, operation, body, wrong), "", wrong)


def main():
    session = botocore.session.get_session()
    for n, answer in enumerate(json.load(sys.stdin)):

        def wrong(path, what):
            print(f"{n} {answer['operation']}{path}: {what}")

        try:
            validate(session, answer, wrong)
        except (botocore.parsers.ResponseParserError, ET.ParseError, ValueError, StopIteration) as error:
            wrong("", f"cannot be read: {type(error).__name__} {error}")


main()
