"""Tries what docker-compose.yml tells each service to do with its spans.

The notebooks set the variables for the learner, so a mistake in docker-compose.yml would only be
met in a container. Here the real exporter is given the variables that stand there.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import yaml

from workshop import process_tree
from workshop.checks import compose
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import address, exporters, key
from workshop.checks.notes import Note
from workshop.checks.target import Target, compose_variables
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.server import running_sandbox

TRIAL_DEADLINE = 10
ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
NO_ENDPOINT = "http://localhost:4318/"
# What a trial runs: the SDK's own exporter says where it would post to. The key is then tried at
# the check's sandbox, so that a wrong address hides no wrong key, and no stranger is sent anything.
SEND = """
import json, logging, sys
logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
endpoint = OTLPSpanExporter()._endpoint
OTLPSpanExporter(endpoint=sys.argv[1] + "/v1/traces", timeout=5).export([])
print(json.dumps({"endpoint": endpoint}))
"""


def try_each(target: Target, mark: str, scratch: Path) -> dict[str, Note]:
    """Try each service's variables of docker-compose.yml; return what came of it.

    Args:
        target: the app.
        mark: the value of `process_tree.MARK` for what is started.
        scratch: a folder for its files, which the caller removes.

    Returns:
        For each service that compose gives any OTEL_ variable: `endpoint`, where its exporter would
        post to, empty where the trial came to no end; `answer`, what its key was refused with;
        `output`, what the SDK warned of; `url`, the address of the trial's sandbox.
    """
    trials: dict[str, Note] = {}
    with (
        tempfile.TemporaryDirectory(prefix="trial-", dir=scratch) as folder,
        running_sandbox(Path(folder)) as sandbox,
    ):
        done: dict[str, Note] = {}
        for program in target.programs:
            variables = compose_variables(target, program, sandbox.url)
            wanted = {name: text for name, text in variables.items() if name.startswith("OTEL_")}
            if not wanted:
                continue
            # Services mostly say the same, and each trial costs an import of the SDK.
            alike = json.dumps(wanted, sort_keys=True)
            if alike not in done:
                with sandbox.reader() as reader:
                    before = len(read_refusals(reader))
                trial = _send({**wanted, process_tree.MARK: mark}, sandbox.url)
                with sandbox.reader() as reader:
                    refused = read_refusals(reader)[before:]
                answer = f"{refused[-1].status}, {refused[-1].reason}" if refused else ""
                done[alike] = {**trial, "answer": answer, "url": sandbox.url}
            trials[program.service] = done[alike]
    return trials


def _send(variables: dict[str, str], sandbox_url: str) -> Note:
    env = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", SEND, sandbox_url],
            env={**env, **variables},
            capture_output=True,
            text=True,
            timeout=TRIAL_DEADLINE,
        )
        said = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return {"endpoint": "", "output": ""}
    return {**said, "output": done.stderr}


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what is wrong with docker-compose.yml's settings, the same mistake once.

    Args:
        evidence: what one run left behind, its trials included.

    Returns:
        The findings; None where there is no such file, the app is not the course's, or a trial
        came to no end.
    """
    file = evidence.target.compose
    if file is None or not evidence.target.ours:
        return None
    unreadable = _explain_unreadable(file)
    if unreadable:
        return [unreadable]
    if not all(trial["endpoint"] for trial in evidence.trials.values()):
        return None
    found: dict[str, Finding] = {}
    for program in evidence.target.programs:
        for finding in _judge_service(evidence, program.service):
            first = found.get(finding.id)
            if first is None:
                found[finding.id] = finding
            else:
                found[finding.id] = replace(
                    first, got=f"{first.got}; the same for {program.service}"
                )
    return list(found.values())


def _explain_unreadable(file: Path) -> Finding | None:
    try:
        compose.load(file)
    except yaml.YAMLError as error:
        return compose.explain_unreadable("honeycomb/compose-unreadable", file, error)
    return None


def _judge_service(evidence: Evidence, service: str) -> list[Finding]:
    """Judge one service's settings, but for what its code gives the exporter itself."""
    exporter = next(iter(exporters.find(evidence, service)), {})
    in_code = {what for what in ("endpoint", "headers") if exporter.get(f"{what}_in_code")}
    trial = evidence.trials.get(service)
    if trial is None:
        wanted = [
            name
            for name, what in ((ENDPOINT, "endpoint"), (HEADERS, "headers"))
            if what not in in_code
        ]
        return [_explain_lacking(evidence, service, wanted)] if wanted else []
    found: list[Finding | None] = []
    if "endpoint" not in in_code:
        where = _where(evidence, service, ENDPOINT)
        lacking = trial["endpoint"].startswith(NO_ENDPOINT) and not where_set(
            evidence, service, ENDPOINT
        )
        found.append(
            _explain_lacking(evidence, service, [ENDPOINT])
            if lacking
            else address.explain(trial["endpoint"], where, trial["url"])
        )
    if "headers" not in in_code:
        where = _where(evidence, service, HEADERS)
        found.append(key.explain(trial["answer"], trial["output"], where))
    return [each for each in found if each]


def _explain_lacking(evidence: Evidence, service: str, wanted: list[str]) -> Finding:
    return Finding(
        "honeycomb/compose-settings",
        expected=f"{' and '.join(wanted)} in the environment of {service}",
        got="neither" if len(wanted) > 1 else "not there",
        where=where_service(evidence, service),
    )


def _where(evidence: Evidence, service: str, variable: str) -> str:
    """Return where a variable stands, its form for traces only included, or its service."""
    return (
        where_set(evidence, service, variable.replace("OTLP_", "OTLP_TRACES_"))
        or where_set(evidence, service, variable)
        or where_service(evidence, service)
    )


def where_set(evidence: Evidence, service: str, variable: str) -> str:
    """Return where docker-compose.yml sets a variable for a service, as `file:line`, or nothing.

    Args:
        evidence: what one run left behind.
        service: the service's name there.
        variable: the variable's name.
    """
    environment = _node(evidence, "services", service, "environment")
    if isinstance(environment, yaml.MappingNode):
        keys = [name for name, _ in environment.value]
    else:
        keys = environment.value if isinstance(environment, yaml.SequenceNode) else []
    for name in keys:
        # Compose itself refuses an entry that is neither: the mapping of `- NAME: value`.
        if isinstance(name, yaml.ScalarNode) and name.value.partition("=")[0] == variable:
            return _place(evidence, name)
    return ""


def where_service(evidence: Evidence, service: str) -> str:
    """Return where docker-compose.yml describes a service, as `file:line`, or nothing.

    Args:
        evidence: what one run left behind.
        service: the service's name there.
    """
    services = _node(evidence, "services")
    if isinstance(services, yaml.MappingNode):
        for name, _ in services.value:
            if name.value == service:
                return _place(evidence, name)
    return evidence.target.compose.name if evidence.target.compose else ""


def _node(evidence: Evidence, *path: str) -> yaml.Node | None:
    """Return a part of docker-compose.yml as a node, which knows its line."""
    if evidence.target.compose is None:
        return None
    node = _parse(evidence.target.compose.read_text("utf-8", errors="replace"))
    for step in path:
        inside = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in inside if name.value == step), None)
    return node


@functools.cache
def _parse(text: str) -> yaml.Node | None:
    """Return a file's nodes, which a report asks for again and again."""
    try:
        return yaml.compose(text, compose.LOADER)
    except yaml.YAMLError:
        return None


def _place(evidence: Evidence, node: yaml.Node) -> str:
    file = evidence.target.compose
    return f"{file.name}:{node.start_mark.line + 1}" if file else ""
