"""`workshop cost` in a terminal, and `lab.cost()` in a notebook."""

import json
import subprocess
import sys

import pytest

from workshop.steps import apply

NOTEBOOK = """
import requests
from workshop import lab
app = lab.start_app()
for path in ("activities/notifications", "health-check", "health-check"):
    requests.get(f"{app.url}/api/{path}")
cost = lab.cost()
print(cost.as_json())
"""


def test_an_app_that_sends_nothing_costs_nothing(workshop):
    done = workshop("cost", "--rounds", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sum(each["requests"] for each in told["kinds"]) == 14
    assert set(told["total"].values()) == {0}
    assert {each["dollars"] for each in told["month"]["vendors"]} == {0.0}


def test_an_app_that_does_not_start_is_sent_to_the_check(workshop, checkout):
    (checkout / "app" / "backend.py").write_text("raise RuntimeError\n", "utf-8")
    done = workshop("cost")
    assert done.returncode == 2
    assert "did not start" in done.stderr
    assert "workshop check" in done.stderr


@pytest.mark.parametrize("words", [["--failing", "101"], ["--rounds", "0"], ["--run", "x"]])
def test_what_cannot_be_meant_is_refused(workshop, words):
    assert workshop("cost", *words).returncode == 2


def test_a_notebook_measures_what_the_app_has_sent_since_it_was_started(checkout):
    for number in (1, 2, 3, 4, 5):
        apply.apply(number)
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        cwd=checkout / "notebooks",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.partition("\n")[2])
    kinds = {each["route"]: each for each in told["kinds"]}
    assert kinds["/api/health-check"]["requests"] == 2
    assert kinds["/api/health-check"]["sent"]["events"] == 2
    notifications = kinds["/api/activities/notifications"]
    assert notifications["requests"] == 1
    # A person without an avatar fails in profiles, and is reported by profiles.
    assert notifications["sent"]["occurrences"] == 1
    assert notifications["sent"]["events"] > 10
    assert kinds["/api/activities/notifications"]["sent"]["log_events"] > 5


def test_a_notebook_that_has_sent_nothing_is_told(checkout):
    done = subprocess.run(
        [sys.executable, "-c", "from workshop import lab; lab.cost()"],
        cwd=checkout / "notebooks",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "has answered no request since you started it here" in done.stderr
