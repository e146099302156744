"""Whatever docker-compose.yml looks like, a check judges it, and never ends in a traceback."""

import re

import pytest
import wrong_apps

from workshop import course
from workshop.checks import cloudwatch, honeycomb, opentelemetry_only, rollbar, security, xray
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.target import learner_app

JUDGES = (cloudwatch, honeycomb, opentelemetry_only, rollbar, security, xray)
TRIAL = {"endpoint": "http://sandbox:4318/v1/traces", "url": "", "answer": "", "output": ""}


def list_of_mappings(text):
    """Write an environment as learners do who mix its two forms: `- NAME: value`."""
    return re.sub(r"(?m)^( {6})([A-Z_]+: )", r"\1- \2", text)


SHAPES = {
    "as it is": lambda text: text,
    "no profiles": lambda text: re.sub(r"(?ms)^  profiles:\n(    .*\n|\n)*", "", text),
    "empty profiles": lambda text: re.sub(
        r"(?m)^  profiles:\n(    .*\n|\n)*", "  profiles:\n", text
    ),
    "another name": lambda text: text.replace("  backend:\n", "  web:\n"),
    "a list of mappings": list_of_mappings,
    "a text": lambda text: re.sub(
        r"(?m)^    environment:\n( {6}.*\n)*", '    environment: "X=1"\n', text
    ),
    "no date": lambda text: f"{text}\nx-since: 2024-99-99\n",
    "a control character": lambda text: f"{text}\nx-a: \x07\n",
    "a list": lambda text: "- a\n- b\n",
    "services are a list": lambda text: "services:\n  - backend\n",
    "empty": lambda text: "",
    "cut off": lambda text: text[: len(text) // 2] + '"',
}


@pytest.mark.parametrize("judges", JUDGES, ids=lambda each: each.NAME)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_judged(tmp_path, judges, shape):
    app = wrong_apps.copy_checkpoint(course.step(9), tmp_path / "checkpoint")
    file = app / "docker-compose.yml"
    changed = SHAPES[shape](file.read_text("utf-8"))
    assert (changed == file.read_text("utf-8")) == (shape == "as it is")
    file.write_text(changed, "utf-8")
    target = learner_app(app)
    evidence = Evidence(target, "http://127.0.0.1:1")
    evidence.services = {each.name: Ran(each.name) for each in target.programs}
    evidence.trials = {each.service: TRIAL for each in target.programs}
    for finding in judges.settings.judge(evidence) or []:
        assert finding.expected, finding
        assert finding.where, finding


def test_utf_16_is_judged(tmp_path):
    app = wrong_apps.copy_checkpoint(course.step(9), tmp_path / "checkpoint")
    file = app / "docker-compose.yml"
    file.write_bytes(file.read_text("utf-8").encode("utf-16"))
    evidence = Evidence(learner_app(app), "http://127.0.0.1:1")
    evidence.trials = {"backend": TRIAL}
    (found,) = honeycomb.settings.judge(evidence)
    assert found.id == "honeycomb/compose-unreadable"
