"""The quick check takes nothing that the thorough one refuses, and most of what it takes."""

import random

import pytest

from workshop.sandbox.aws import models
from workshop.sandbox.aws.dispatch import SERVICES
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.models import check_params, load_model
from workshop.sandbox.aws.quick_check import compile_check

ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    "",
    "a",
    "x" * 2000,
    "a b",
    b"a",
    [],
    {},
    [1],
    {"a": 1},
]
OPERATIONS = [
    (service.name, name) for service in SERVICES.values() for name in sorted(service.operations)
]
TRIES = 200


def make(shape, chance, depth=0):
    """A value that is one of a shape's, or now and then something odd."""
    if chance.random() < 0.04:
        return chance.choice(ODD)
    kind, rules = shape.type_name, shape.metadata
    if kind == "structure":
        wanted = [
            name
            for name in shape.members
            if (name in shape.required_members and chance.random() < 0.98) or chance.random() < 0.3
        ]
        made = {name: make(shape.members[name], chance, depth + 1) for name in wanted if depth < 6}
        return {**made, "unknown": 1} if chance.random() < 0.02 else made
    if kind == "list":
        return [make(shape.member, chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind == "map":
        return {"a": make(shape.value, chance, depth + 1)}
    if kind == "string":
        if "enum" in rules:
            return chance.choice(rules["enum"])
        return "a" * chance.choice([1, 5, 36, int(rules.get("min", 1)), int(rules.get("max", 1))])
    return {"boolean": True, "timestamp": 1.0, "float": 0.5, "double": 0.5, "blob": b"a"}.get(
        kind, chance.choice([1, 5, rules.get("min", 1), rules.get("max", 1)])
    )


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_what_it_takes_the_thorough_check_takes_too(service, name, monkeypatch):
    operation = load_model(service).operation_model(name)
    quick = compile_check(operation.input_shape)
    monkeypatch.setattr(models, "compile_check", lambda shape: lambda value: False)
    chance = random.Random(f"{service} {name}")
    for _ in range(TRIES):
        params = make(operation.input_shape, chance)
        if isinstance(params, dict) and quick(params):
            check_params(operation, params, "Invalid")


VALID = [
    (
        "logs",
        "PutLogEvents",
        {
            "logGroupName": "a/b",
            "logStreamName": "s",
            "logEvents": [{"timestamp": 1, "message": "x"}],
        },
    ),
    ("xray", "PutTraceSegments", {"TraceSegmentDocuments": ["{}", "{}"]}),
    ("logs", "FilterLogEvents", {"logGroupName": "g", "limit": 10}),
]


@pytest.mark.parametrize(("service", "name", "params"), VALID)
def test_what_arrives_most_is_taken_quickly(service, name, params):
    assert compile_check(load_model(service).operation_model(name).input_shape)(params)


@pytest.mark.parametrize(
    "broken",
    [
        {"timestamp": True, "message": "x"},
        {"timestamp": -1, "message": "x"},
        {"timestamp": 2**63, "message": "x"},
        {"timestamp": 1, "message": ""},
        {"timestamp": 1},
        {"timestamp": 1, "message": "x", "more": 1},
        {"timestamp": 1, "message": 5},
        None,
    ],
)
def test_one_broken_event_in_many_is_found(broken):
    operation = load_model("logs").operation_model("PutLogEvents")
    events = [{"timestamp": 1, "message": "x"}] * 50
    params = {"logGroupName": "g", "logStreamName": "s", "logEvents": [*events, broken]}
    assert not compile_check(operation.input_shape)(params)
    with pytest.raises(ApiError):
        check_params(operation, params, "Invalid")
