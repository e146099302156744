"""Vendor by vendor: which is real and why, and whether the key's form can be right."""

import pytest

from workshop.doctor import dotenv_file, vendors
from workshop.doctor.remarks import FINE, NOTE, PROBLEM

# Built from parts: nothing in this repository should look like a key.
INGEST = "hcaik_" + "a1" * 29
AWS_ID = "AKIA" + "Q" * 16
AWS_TEMPORARY_ID = "ASIA" + "Q" * 16
AWS = {"AWS_ACCESS_KEY_ID": AWS_ID, "AWS_SECRET_ACCESS_KEY": "s" * 40, "AWS_REGION": "eu-west-1"}


def look(vendor, **variables):
    (remark,) = [each for each in vendors.examine(variables) if each.subject == vendor]
    return remark


@pytest.mark.parametrize("vendor", ["Honeycomb", "X-Ray", "CloudWatch Logs", "Rollbar"])
def test_without_a_key_it_is_the_sandbox(vendor):
    remark = look(vendor)
    assert remark.state == FINE
    assert remark.what.startswith("the sandbox: ")
    assert remark.what.endswith(" is not set")


@pytest.mark.parametrize(
    ("vendor", "name"),
    [
        ("Honeycomb", "HONEYCOMB_API_KEY"),
        ("X-Ray", "AWS_ACCESS_KEY_ID"),
        ("Rollbar", "ROLLBAR_ACCESS_TOKEN"),
    ],
)
def test_the_sandboxes_own_key_is_named_with_its_source(vendor, name, monkeypatch):
    assert look(vendor, **{name: "sandbox"}).what.endswith("is the word 'sandbox', in .env")
    monkeypatch.setenv(name, "sandbox")
    assert look(vendor, **{name: "sandbox"}).what.endswith("is the word 'sandbox', in this shell")


@pytest.mark.parametrize(
    ("vendor", "variables", "state", "words"),
    [
        ("Honeycomb", {"HONEYCOMB_API_KEY": INGEST}, FINE, "HONEYCOMB_API_KEY is set in .env"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": f"'{INGEST}'"}, PROBLEM, "quotes or blanks"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": f"x-honeycomb-team={INGEST}"}, PROBLEM, "not a key"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": "<your key>"}, PROBLEM, "quotes or blanks"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": "your-key"}, PROBLEM, "not a key"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": "hcalk_abc"}, NOTE, "may do more than send"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": "hcamk_abc"}, PROBLEM, "cannot send"),
        ("Honeycomb", {"HONEYCOMB_API_KEY": "0a" * 16}, PROBLEM, "Classic"),
        (
            "Honeycomb",
            {
                "HONEYCOMB_API_KEY": INGEST,
                "HONEYCOMB_API_ENDPOINT": "https://api.honeycomb.io/v1/traces",
            },
            PROBLEM,
            "an address without a path",
        ),
        (
            "Honeycomb",
            {"HONEYCOMB_API_KEY": INGEST, "HONEYCOMB_API_ENDPOINT": "api.eu1.honeycomb.io"},
            PROBLEM,
            "an address without a path",
        ),
        ("X-Ray", AWS, FINE, "AWS_ACCESS_KEY_ID is set in .env"),
        ("CloudWatch Logs", AWS, FINE, "AWS_ACCESS_KEY_ID is set in .env"),
        ("X-Ray", {**AWS, "AWS_SECRET_ACCESS_KEY": ""}, PROBLEM, "AWS_SECRET_ACCESS_KEY is not"),
        ("X-Ray", {**AWS, "AWS_SECRET_ACCESS_KEY": '"abc"'}, PROBLEM, "quotes or blanks"),
        ("X-Ray", {**AWS, "AWS_ACCESS_KEY_ID": AWS_TEMPORARY_ID}, PROBLEM, "AWS_SESSION_TOKEN"),
        ("X-Ray", {**AWS, "AWS_ACCESS_KEY_ID": "something"}, NOTE, "does not have the form"),
        ("X-Ray", {**AWS, "AWS_REGION": ""}, NOTE, "us-east-1"),
        ("Rollbar", {"ROLLBAR_ACCESS_TOKEN": "0a" * 16}, FINE, "ROLLBAR_ACCESS_TOKEN is set"),
        ("Rollbar", {"ROLLBAR_ACCESS_TOKEN": "a b"}, PROBLEM, "quotes or blanks"),
        ("Rollbar", {"ROLLBAR_ACCESS_TOKEN": "“0a0a”"}, PROBLEM, "curly quotes"),
    ],
)
def test_the_form_of_a_key_tells_much(vendor, variables, state, words):
    remark = look(vendor, **variables)
    assert remark.state == state
    assert remark.what.startswith("the real service: ")
    assert words in remark.what
    assert bool(remark.mend) == (state != FINE)
    for value in variables.values():
        assert len(value) < 12 or value not in remark.what + remark.mend


def test_a_profile_is_not_taken_silently():
    assert look("AWS_PROFILE", AWS_PROFILE="work").state == NOTE
    assert not [
        each
        for each in vendors.examine({**AWS, "AWS_PROFILE": "work"})
        if each.subject == "AWS_PROFILE"
    ]


def test_a_file_with_keys_is_looked_after(tmp_path, git):
    import subprocess

    def state():
        (remark,) = dotenv_file.examine(tmp_path)
        return remark.state, remark.mend

    assert state() == (FINE, "")
    file = tmp_path / ".env"
    file.write_text("A=b\n")
    file.chmod(0o644)
    assert state() == (NOTE, "chmod 600 .env")
    file.chmod(0o600)
    assert state() == (FINE, "")
    for words in (["init", "--quiet"], ["add", ".env"]):
        subprocess.run([git, *words], cwd=tmp_path, check=True)
    assert state()[0] == PROBLEM
    assert "git rm --cached .env" in state()[1]
