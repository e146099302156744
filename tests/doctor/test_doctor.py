"""`workshop doctor` as a terminal calls it: its text, its JSON, its exit code, and no key."""

import json
import re

import pytest

from workshop import doctor
from workshop.doctor.remarks import FINE, NOTE, PROBLEM, UNKNOWN, Remark

# Built from parts: nothing in this repository should look like a key.
SECRETS = {
    "HONEYCOMB_API_KEY": "hcaik_" + "c3" * 29,
    "AWS_ACCESS_KEY_ID": "AKIA" + "Z" * 16,
    "AWS_SECRET_ACCESS_KEY": "v" * 40,
    "AWS_SESSION_TOKEN": "w" * 40,
    "ROLLBAR_ACCESS_TOKEN": "0b" * 16,
}


def remarks(*states):
    return [Remark("Group", f"thing {state}", state, "so it is", "mend it") for state in states]


@pytest.mark.parametrize(
    ("states", "code"), [((FINE, NOTE, UNKNOWN), 0), ((FINE, PROBLEM), 1), ((), 0)]
)
def test_only_a_problem_is_one(states, code):
    assert doctor.exit_code(remarks(*states)) == code
    assert json.loads(doctor.as_json(remarks(*states)))["fine"] is (code == 0)
    end = doctor.as_text(remarks(*states)).splitlines()[-1]
    assert end == (
        "To mend first: 1, marked ✗." if code else "Nothing stands in the way: `make lab`"
    )


def test_each_remark_stands_under_its_heading_with_its_mending():
    text = doctor.as_text([Remark("A", "x", PROBLEM, "is broken", "mend x"), *remarks(FINE)])
    assert text.splitlines()[:3] == ["A", "  ✗ x               is broken", " " * 20 + "mend x"]
    assert "Group" in text


def test_real_keys_in_the_file_are_told_and_never_shown(checkout, workshop):
    file = checkout / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
    file.chmod(0o600)
    for words in (("doctor",), ("doctor", "--json")):
        done = workshop(*words)
        assert done.returncode in (0, 1), done.stderr
        assert len(re.findall("the real service: ", done.stdout)) == 4
        for secret in SECRETS.values():
            assert secret not in done.stdout + done.stderr


def test_for_machines(checkout, workshop):
    done = workshop("doctor", "--json")
    said = json.loads(done.stdout)
    assert said["fine"] is (done.returncode == 0)
    subjects = [remark["subject"] for remark in said["remarks"]]
    assert subjects[:4] == ["Honeycomb", "X-Ray", "CloudWatch Logs", "Rollbar"]
    assert {"Python", ".venv", "git", "folder", "proxy"} <= set(subjects)
    assert {tuple(remark) for remark in said["remarks"]} == {
        ("group", "subject", "state", "what", "mend")
    }


def test_elsewhere_it_says_that_there_is_no_workshop(workshop, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKSHOP_ROOT")
    done = workshop("doctor", cwd=tmp_path)
    assert done.returncode == 2
    assert "There is no workshop" in done.stderr
