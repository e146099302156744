"""The report's form: its order, its width, and what each finding shows."""

import re

import pytest
from wrong_apps import FOLDER, NAMES

from workshop.checks import report
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.findings import Finding, Verdict
from workshop.checks.target import Target
from workshop.checks.traffic import Asked
from workshop.learner_app import BACKEND, PROFILES

ORDER = ["expected", "got", "nearest", "where", "so", "hint"]


@pytest.fixture
def evidence(tmp_path):
    found = Evidence(Target(tmp_path, (BACKEND, PROFILES), None, ours=True), "http://127.0.0.1:1")
    found.services = {"profiles": Ran("profiles"), "backend": Ran("backend")}
    found.asked = [Asked("GET", "/api/health-check", 200)]
    return found


@pytest.fixture(params=NAMES)
def transcript(request):
    return (FOLDER / f"{request.param}.txt").read_text("utf-8")


def test_fields_come_in_one_order(transcript):
    for finding in re.split(r"^  [✗•] ", transcript, flags=re.MULTILINE)[1:]:
        fields = re.findall(r"^      ([a-z]+) ", finding, re.MULTILINE)
        assert fields == [each for each in ORDER if each in fields]
        assert {"expected", "got", "hint"} <= set(fields)


def test_what_holds_comes_before_what_does_not(transcript):
    for part in re.split(r"^step ", transcript, flags=re.MULTILINE)[1:]:
        marks = re.findall(r"^  ([✓✗•]) ", part, re.MULTILINE)
        assert marks == sorted(marks, key="✓✗•".index)


def test_lines_are_short(transcript):
    for line in transcript.splitlines():
        assert len(line) <= 110, line


def test_nothing_differs_from_run_to_run(transcript):
    """No port, no id, no time, no temporary folder."""
    varying = r"127\.0\.0\.1:(?!4318|2000|9\b)\d+|[0-9a-f]{32}|\d\d:\d\d:\d\d|/tmp|\d\.\d s\b"
    assert not re.search(varying, transcript)


def test_where_is_a_line_of_the_learners(transcript):
    for where in re.findall(r"^      where     (.*)$", transcript, re.MULTILINE):
        assert re.fullmatch(r"(app/[\w/]+\.(py|txt)|docker-compose\.yml):\d+", where)


def test_first_finding_leads_to_hint_and_story(evidence):
    verdict = Verdict(1, "honeycomb", "broken", arrived="1 trace: 1 span from backend")
    verdict.good = ["the traces arrive"]
    verdict.findings = [
        Finding("honeycomb/no-own-span", "one", "none", where="app/a.py:1", nearest="a span"),
        Finding("honeycomb/sent-twice", "once", "twice"),
    ]
    text = report.render(evidence, [], [verdict]).replace(".venv/bin/", "")
    assert text.splitlines() == [
        "step 01 · honeycomb            your app/ · 1 request",
        "arrived   1 trace: 1 span from backend",
        "",
        "  ✓ the traces arrive",
        "  ✗ no span of yours shows where the time of a page goes",
        "      expected  one",
        "      got       none",
        "      nearest   a span",
        "      where     app/a.py:1",
        "      hint      Which part of this page would you want to see the time of?",
        "                `workshop hint` for the next one",
        "                `workshop explain honeycomb/no-own-span` for the whole story",
        "  ✗ each span arrives twice",
        "      expected  once",
        "      got       twice",
        "      hint      How many processors with an exporter does your provider have?",
        "                `workshop hint honeycomb/sent-twice` for the next one",
        "",
        "1 of 3 hold. Mend the first, then `workshop check 1` again.",
    ]


def test_with_a_broken_app_the_app_comes_first(evidence):
    app = [Finding("app/answers-500", "a page", "500", where="app/a.py:1")]
    verdict = Verdict(1, "honeycomb", "works", good=["the traces arrive"])
    text = report.render(evidence, app, [verdict]).replace(".venv/bin/", "")
    assert text.index("the app itself") < text.index("step 01")
    assert text.splitlines()[-1] == (
        "All 1 hold here. Mend the app itself first, then `workshop check 1` again."
    )


def test_output_of_a_broken_service_stands_apart(evidence):
    evidence.backend.failure = "ended"
    evidence.backend.output = "one line\nanother\n"
    evidence.asked = []
    app = [Finding("app/does-not-start", "an app that answers", "nothing")]
    lines = report.render(evidence, app, []).splitlines()
    assert lines[0] == "the app itself                 your app did not start"
    assert "  backend │ one line" in lines
    assert lines[-1].startswith("No step could be judged.")
