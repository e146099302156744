"""Each call to AWS in a notebook is one of AWS's own model, and reads what that says it answers.

So the same cell works at AWS by its environment alone: boto3 checks, writes and signs the request
by this model, and takes the address from the environment. The sandbox refuses what the model
refuses; that its answers are of the model's shapes is tested beside each of them.
"""

import ast

import nbformat
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from workshop import course

CLIENTS = ("xray", "logs")
MODELS = {name: ServiceModel(Loader().load_service_model(name, "service-2")) for name in CLIENTS}
OPERATIONS = {
    name: {xform_name(each): model.operation_model(each) for each in model.operation_names}
    for name, model in MODELS.items()
}
# What a client has besides its operations.
NO_OPERATIONS = {"exceptions", "get_paginator", "meta"}


def read_code(step):
    cells = nbformat.read(step.notebook, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    # Lines of the shell and of IPython are no Python.
    kept = [text for text in code if not text.startswith(("%%", "!"))]
    lines = [line for text in kept for line in text.splitlines()]
    return ast.parse("\n".join(line for line in lines if not line.startswith(("!", "%"))))


def list_calls(tree):
    """Yield client, operation and call of each that is made, by a paginator as well."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call.func:
            case ast.Attribute(value=ast.Name(id=client), attr=name) if client in CLIENTS:
                if name not in NO_OPERATIONS:
                    yield client, name, call
            case ast.Attribute(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=client), attr="get_paginator"),
                    args=[ast.Constant(value=name)],
                ),
                attr="paginate",
            ):
                yield client, name, call


def list_reads(tree):
    """Yield client, operation and key where an answer is read at once: `xray.get_…()["Groups"]`."""
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.Subscript)):
        match node:
            case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=str(key))):
                for client, name, made in list_calls(call):
                    if made is call:
                        yield client, name, key


STEPS = [each for each in course.notebooks() if any(list_calls(read_code(each)))]


def test_the_notebooks_that_call_aws_are_seen():
    assert [each.number for each in STEPS] == [2, 3, 4, 8, 9, 10]


@pytest.mark.parametrize("step", STEPS, ids=[step.slug for step in STEPS])
def test_each_call_is_one_of_the_model(step):
    for client, name, call in list_calls(read_code(step)):
        operation = OPERATIONS[client].get(name)
        assert operation, f"{client}.{name}: there is no such operation"
        given = {keyword.arg for keyword in call.keywords}
        members = set(operation.input_shape.members)
        assert given - {None} <= members, f"{client}.{name}: {given - members}"
        if None not in given:
            lacking = set(operation.input_shape.required_members) - given
            assert not lacking, f"{client}.{name} lacks {lacking}"


@pytest.mark.parametrize("step", STEPS, ids=[step.slug for step in STEPS])
def test_each_answer_is_read_by_names_that_the_model_has(step):
    for client, name, key in list_reads(read_code(step)):
        assert key in OPERATIONS[client][name].output_shape.members, f"{client}.{name}: {key}"


def test_reads_are_seen():
    reads = {
        (client, name, key) for step in STEPS for client, name, key in list_reads(read_code(step))
    }
    assert {
        ("logs", "describe_log_groups", "logGroups"),
        ("logs", "get_query_results", "status"),
        ("xray", "batch_get_traces", "Traces"),
    } <= reads


def test_no_call_is_told_where_to_go():
    for step in course.notebooks():
        for node in ast.walk(read_code(step)):
            assert not (isinstance(node, ast.keyword) and node.arg == "endpoint_url")
        for file in (step.folder / "app").rglob("*.py") if step.folder.is_dir() else ():
            assert "endpoint_url=" not in file.read_text("utf-8"), file
