"""The commands as a learner types them."""

import json

import click
import pytest

from workshop.cli import main


def test_alone_it_says_where_you_are_and_what_is_next(workshop):
    done = workshop()
    assert done.returncode == 0
    assert "01    First traces in Honeycomb" in done.stdout
    assert "Your app is at step 0 (Meet the app)." in done.stdout
    assert "Next: open notebooks/01-honeycomb.ipynb" in done.stdout


def test_after_a_check_it_shows_what_came_of_it(workshop, checkout):
    (checkout / ".workshop").mkdir()
    known = {"steps": {"1": "broken"}, "findings": ["honeycomb/no-own-span"], "hints": {}}
    (checkout / ".workshop" / "checks.json").write_text(json.dumps(known))
    done = workshop()
    assert "✗  01" in done.stdout
    assert "hint`, mend it" in done.stdout


def test_memory_that_was_damaged_is_no_traceback(workshop, checkout):
    (checkout / ".workshop").mkdir()
    (checkout / ".workshop" / "checks.json").write_text('{"steps"')
    assert workshop().returncode == 0


def test_a_learner_goes_forward_and_back(workshop, checkout):
    assert "Your app has step 1" in workshop("apply", "1").stdout
    assert "nothing to do" in workshop("apply", "1").stdout
    assert "same" in workshop("compare", "1").stdout
    assert workshop("undo").returncode == 0
    assert not (checkout / "app" / "telemetry").exists()
    assert "step 1" in workshop("goto", "1").stdout
    assert (checkout / "app" / "telemetry" / "honeycomb.py").is_file()


def test_show_lists_files_and_prints_the_change_to_one(workshop):
    assert "app/telemetry/honeycomb.py" in workshop("show", "1").stdout
    one = workshop("show", "1", "app/backend.py").stdout
    assert '+    honeycomb.start(app, service_name="backend")' in one
    assert "diff --git" not in one
    wrong = workshop("show", "1", "app/nothing.py")
    assert wrong.returncode == 2
    assert "Step 1 does not change app/nothing.py." in wrong.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("apply", "77"), "There is no step 77"),
        (("goto", "-1"), "-1"),
        (("compare", "one"), "one"),
        (("explain", "honeycomb/no-such"), "There is no finding called honeycomb/no-such"),
        (("hint",), "There is nothing to hint at"),
        (("env",), "The sandbox is not running"),
        (("undo", "99"), "There is nothing to undo"),
        (("lab", "--port", "99999"), "99999"),
        (("notebooks", "run", "99"), "There is no notebook 99"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_input_is_answered_in_words(workshop, words, said):
    done = workshop(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_checkout_it_says_so(workshop, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKSHOP_ROOT")
    done = workshop(cwd=tmp_path)
    assert done.returncode == 2
    assert "There is no workshop in" in done.stderr


def _commands(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        yield (*path, name), command


@pytest.mark.parametrize("path", [path for path, _ in _commands(main)], ids=" ".join)
def test_every_command_explains_itself(path):
    command = dict(_commands(main))[path]
    assert command.help
    assert command.help.split("\n")[0].rstrip().endswith((".", ")"))
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option.name
