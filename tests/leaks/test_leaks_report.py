"""What `workshop leaks` prints, of made-up surveys."""

import json

from click.testing import CliRunner

from workshop import cli
from workshop.leaks import report
from workshop.leaks import survey as surveying
from workshop.leaks.survey import Leak, Survey

LEAK = Leak("a token", "Rollbar", ("request.url", "title of an item"))


def make(**changes):
    return Survey(**{"doors": ["a token", "a cookie"], "sinks": ["X-Ray", "Rollbar"], **changes})


def test_matrix_shows_what_leaks_and_where():
    text = report.render(make(leaks=[LEAK]))
    rows = [line.split() for line in text.splitlines()[:3]]
    assert rows == [
        ["X-Ray", "Rollbar"],
        ["a", "token", "✓", "✗", "2"],
        ["a", "cookie", "✓", "✓"],
    ]
    assert "✗ a token → Rollbar: request.url, and 1 more" in text
    assert "1 of 4 cells leak." in text


def test_sink_without_anything_is_not_said_to_be_clean():
    text = report.render(make(silent=["X-Ray"]))
    assert [line.split()[-2:] for line in text.splitlines()[1:3]] == [["–", "✓"], ["–", "✓"]]
    assert "nothing arrived there at all" in text


def test_no_line_is_wider_than_a_page():
    places = ("subsegments.metadata." + "a.long.path " * 20,)
    text = report.render(make(leaks=[Leak("a token", "Rollbar", places)]))
    assert max(len(line) for line in text.splitlines()) <= report.WIDTH


def run(monkeypatch, found, *words):
    monkeypatch.setattr(surveying, "survey", lambda *_, **__: found)
    return CliRunner().invoke(cli.main, ["leaks", *words])


def test_command_ends_with_1_where_something_leaks(monkeypatch):
    assert run(monkeypatch, make(leaks=[LEAK])).exit_code == 1
    assert run(monkeypatch, make()).exit_code == 0


def test_command_prints_json(monkeypatch):
    done = run(monkeypatch, make(leaks=[LEAK]), "--json")
    assert json.loads(done.output)["leaks"] == [
        {"door": "a token", "sink": "Rollbar", "places": list(LEAK.places)}
    ]


def test_run_without_app_is_refused(monkeypatch):
    assert run(monkeypatch, make(), "--run", "flask run").exit_code == 2
