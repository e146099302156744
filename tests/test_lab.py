"""`lab` as notebooks use it, in a process of its own as a kernel is."""

import subprocess
import sys

import pytest

from workshop.steps import apply

START = "import requests\nfrom workshop import lab\n"


@pytest.fixture
def cell(checkout):
    """Run Python as a notebook in the scratch copy would; return what it printed."""

    def run(code):
        done = subprocess.run(
            [sys.executable, "-c", START + code],
            cwd=checkout / "notebooks",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_trace_is_waited_for_and_drawn(cell):
    apply.apply(1)
    said = cell(
        "app = lab.start_app()\n"
        "requests.get(f'{app.url}/api/activities/home')\n"
        "trace = lab.trace('/api/activities/home')\n"
        "lab.tree(trace)\n"
        "print(lab.waterfall(trace)._repr_png_()[0][:4])\n"
        "lab.attributes(lab.find(trace, 'home-feed.add-authors'), 'app.posts.count')\n"
    )
    assert "backend and profiles are running\n" in said
    assert "profiles         └─ GET /profiles/<handle>" in said
    assert r"b'\x89PNG'" in said
    assert "app.posts.count   6" in said


def test_a_trace_that_has_begun_to_arrive_is_waited_for_longer(cell, checkout):
    apply.apply(1)
    file = checkout / "app" / "telemetry" / "honeycomb.py"
    late = 'schedule_delay_millis=6000 if service_name == "profiles" else 100'
    text = file.read_text().replace("OTLPSpanExporter())", f"OTLPSpanExporter(), {late})")
    file.write_text(text)
    said = cell(
        "app = lab.start_app()\n"
        "requests.get(f'{app.url}/api/activities/home')\n"
        "lab.tree(lab.trace('/api/activities/home', seconds=4))\n"
    )
    assert "profiles         └─ GET /profiles/<handle>" in said


def test_a_key_that_is_refused_is_named(cell):
    apply.apply(1)
    said = cell(
        "app = lab.start_app(OTEL_EXPORTER_OTLP_HEADERS='x-honeycomb-team=wrong')\n"
        "print(requests.get(f'{app.url}/api/health-check').status_code)\n"
        # It is not waited for: this would take longer than the cell may.
        "assert lab.trace('/api/health-check', seconds=600) is None\n"
    )
    assert "200\n" in said
    assert "401, unknown API key" in said


def test_an_app_without_instrumentation_is_told_to_be_checked(cell):
    said = cell(
        "app = lab.start_app()\n"
        "requests.get(f'{app.url}/api/health-check')\n"
        "assert lab.trace('/api/health-check', seconds=0.1) is None\n"
    )
    assert "No trace of /api/health-check arrived" in said
    assert "check` says why" in said


def test_a_sandbox_that_has_ended_is_told_and_is_back_with_the_next_kernel(cell):
    end = (
        "import os, signal\n"
        "from workshop.sandbox import running\n"
        "app = lab.start_app()\n"
        "os.kill(running.find(lab._data).pid, signal.SIGKILL)\n"
        "lab.wait_until(lambda: running.find(lab._data) is None)\n"
        "assert lab.trace('/api/health-check', seconds=0.1) is None\n"
    )
    said = cell(end)
    assert "the sandbox has ended. Restart the notebook's kernel" in said
    # What is run in this test is each time a kernel of its own.
    said = cell("assert lab.trace('/api/health-check', seconds=0.1) is None\n")
    assert "within 0.1 s" in said


def test_an_app_that_does_not_start_is_told_in_its_own_words(cell, checkout):
    backend = checkout / "app" / "backend.py"
    backend.write_text(backend.read_text().replace("json_api.init_app(app)", "nowhere(app)"))
    said = cell("try:\n    lab.start_app()\nexcept lab.WorkshopError as error:\n    print(error)\n")
    assert "Your backend did not start (ended): NameError: name 'nowhere' is not defined" in said


def test_with_a_real_key_it_says_where_to_look(cell, checkout):
    (checkout / ".env").write_text("HONEYCOMB_API_KEY=a-secret\n")
    said = cell("assert lab.trace('/api/activities/home') is None")
    assert "ui.honeycomb.io" in said
    assert "a-secret" not in said


def test_profiles_can_be_taken_away(cell):
    said = cell(
        "app = lab.start_app()\n"
        "lab.stop_profiles()\n"
        "print(requests.get(f'{app.url}/api/activities/home').status_code)\n"
        "print(lab.log('backend')[-1])\n"
    )
    assert "profiles is stopped; backend goes on\n200\n" in said
    assert 'INFO werkzeug: 127.0.0.1 "GET /api/activities/home HTTP/1.1" 200 -' in said
