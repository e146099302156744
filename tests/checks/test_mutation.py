"""Each line that step 01 adds is missed if it is gone: the check fails, and says why.

A mutant is the checkpoint without one thing that step.patch adds: a statement of Python, a
decorator, the `with` around a block, a line of docker-compose.yml or of requirements.txt. Left out
are docstrings, and what is only the frame of other mutants (`def`). Of the imports of a file the
first stands for all: a missing name is met at the latest where it is used.
"""

import ast
import re

import pytest
import wrong_apps
from wrong_apps import CHECKPOINT

from workshop.course import step
from workshop.steps import patch

NO_START = "app/does-not-start"
FAILS = "app/answers-500"
UNNAMED = "honeycomb/not-in-requirements"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT: ${OTEL_EXPORTER_OTLP_ENDPOINT:-https://api.honeycomb.io}"
HEADERS = (
    "OTEL_EXPORTER_OTLP_HEADERS: x-honeycomb-team=${HONEYCOMB_API_KEY:?put your key into .env}"
)
OPT_IN = "OTEL_SEMCONV_STABILITY_OPT_IN: http"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import honeycomb": NO_START,
        'honeycomb.start(app, service_name="backend")': "honeycomb/never-called",
    },
    "app/profiles.py": {
        "from app.telemetry import honeycomb": "app/profiles-does-not-start",
        'honeycomb.start(app, service_name="profiles")': "honeycomb/profiles-silent",
    },
    "app/requirements.txt": {
        "opentelemetry-exporter-otlp-proto-http>=1.45,<2": UNNAMED,
        "opentelemetry-instrumentation-flask>=0.66b1,<1": UNNAMED,
        "opentelemetry-instrumentation-requests>=0.66b1,<1": UNNAMED,
    },
    "app/services/home_activities.py": {
        "from opentelemetry import trace": NO_START,
        "tracer = trace.get_tracer(__name__)": FAILS,
        'with tracer.start_as_current_span("home-feed.add-authors") as span:': FAILS,
        'span.set_attribute("app.posts.count", len(posts))': "honeycomb/no-attributes",
        "return add_authors(posts)": FAILS,
    },
    "app/services/search_activities.py": {
        "from opentelemetry import trace": NO_START,
        "tracer = trace.get_tracer(__name__)": NO_START,
        '@tracer.start_as_current_span("search.find-and-rank")': "honeycomb/no-own-span",
        'trace.get_current_span().set_attribute("app.search.hits", len(hits))': (
            "honeycomb/no-attributes"
        ),
    },
    "app/telemetry/honeycomb.py": {
        "from flask import Flask": NO_START,
        'resource = Resource.create({"service.name": service_name})': NO_START,
        "provider = TracerProvider(resource=resource)": NO_START,
        "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))": (
            "honeycomb/no-processor"
        ),
        "trace.set_tracer_provider(provider)": "honeycomb/provider-not-set",
        "FlaskInstrumentor().instrument_app(app)": "honeycomb/flask-not-instrumented",
        "RequestsInstrumentor().instrument()": "honeycomb/requests-not-instrumented",
    },
    "docker-compose.yml": {
        ENDPOINT: "honeycomb/compose-settings",
        HEADERS: "honeycomb/key-missing",
        OPT_IN: "honeycomb/mixed-conventions",
        "environment:": "honeycomb/compose-unreadable",
        f"{ENDPOINT} #2": "honeycomb/compose-settings",
        f"{HEADERS} #2": "honeycomb/key-missing",
        f"{OPT_IN} #2": "honeycomb/mixed-conventions",
    },
}
EXPECTED = {f"{file}: {what}": id_ for file, each in CAUGHT.items() for what, id_ in each.items()}
SURVIVORS = {
    "app/requirements.txt: opentelemetry-sdk>=1.45,<2": (
        "the exporter's package requires the SDK, so that it is installed all the same"
    ),
}


def mutants():
    """Return each mutant's label with its file and that file's mutated text."""
    found = {}
    for path, hunks in patch.hunks(step(1)).items():
        text = (CHECKPOINT / path).read_text("utf-8")
        cut = cut_python if path.endswith(".py") else cut_lines
        for what, mutated in cut(text, added_lines(hunks)):
            label = f"{path}: {what}"
            if label in found:
                label += " #2"
            assert label not in found
            found[label] = (path, mutated)
    return found


def added_lines(hunks):
    """Return the numbers of the lines that a file's hunks add, as the new file counts them."""
    found, number = set(), 0
    for line in hunks.splitlines():
        head = re.match(r"@@ -\S+ \+(\d+)", line)
        if head:
            number = int(head.group(1))
        elif not line.startswith(("-", "\\")):
            if line.startswith("+"):
                found.add(number)
            number += 1
    return found


def cut_lines(text, added):
    lines = text.splitlines(keepends=True)
    for number in sorted(added):
        yield lines[number - 1].strip(), "".join(lines[: number - 1] + lines[number:])


def cut_python(text, added):
    """Yield each statement or decorator that begins on an added line, with the text without it."""
    lines = text.splitlines(keepends=True)
    imports = 0
    for node in walk_in_order(ast.parse(text)):
        if node.lineno not in added or is_docstring(node) or isinstance(node, ast.FunctionDef):
            continue
        first = lines[node.lineno - 1]
        indent = first[: len(first) - len(first.lstrip())]
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += 1
            if imports > 1:
                continue
        if isinstance(node, ast.expr):
            put, end = "", node.end_lineno
        elif isinstance(node, ast.With):
            put, end = f"{indent}if True:\n", node.lineno
        else:
            put, end = f"{indent}pass\n", node.end_lineno
        yield first.strip(), "".join([*lines[: node.lineno - 1], put, *lines[end:]])


def walk_in_order(tree):
    """Return all statements and all decorators, by line."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    found += [each for node in found for each in getattr(node, "decorator_list", [])]
    return sorted(found, key=lambda node: node.lineno)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


MUTANTS = mutants()


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    """The ids of what the check finds in each mutant, the first first."""
    folder = tmp_path_factory.mktemp("mutants")

    def check(label):
        path, text = MUTANTS[label]
        app = wrong_apps.copy_checkpoint(folder / str(list(MUTANTS).index(label)))
        (app / path).write_text(text, "utf-8")
        wrong_apps.hurry(app)
        done = wrong_apps.check_app(app)
        of_steps = [each.id for verdict in done.verdicts for each in verdict.findings]
        return done.exit_code, [each.id for each in done.app] + of_steps

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wrong_apps.settings, "try_each", wrong_apps.try_each_once())
        labels = wrong_apps.parameters_that_run_here(request, "test_mutant")
        results = wrong_apps.InAdvance(check, labels)
        yield results
        results.close()


def test_each_mutant_is_listed_once():
    assert set(MUTANTS) == set(EXPECTED) | set(SURVIVORS)
    assert not set(EXPECTED) & set(SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    exit_code, ids = found.result(label)
    if label in SURVIVORS:
        assert (exit_code, ids) == (0, []), "it is caught, and listed as a survivor"
    else:
        assert exit_code != 0
        assert ids[0] == EXPECTED[label]
