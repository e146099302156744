"""`.env.example` names every variable that is read, and copying it changes nothing."""

import re
from pathlib import Path

from dotenv import dotenv_values

from workshop import place, real

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / ".env.example"
SANDBOX = "http://127.0.0.1:4318"


def test_as_it_is_everything_goes_to_the_sandbox(tmp_path, monkeypatch):
    (tmp_path / "workshop").mkdir()
    (tmp_path / place.MARK).touch()
    (tmp_path / ".env").write_text(EXAMPLE.read_text("utf-8"))
    monkeypatch.setenv("WORKSHOP_ROOT", str(tmp_path))
    for name in dotenv_values(EXAMPLE):
        monkeypatch.delenv(name, raising=False)
    variables = real.read_variables()
    assert not real.honeycomb_is_real(variables)
    assert not real.aws_is_real(variables)
    assert not real.rollbar_is_real(variables)


def test_every_variable_that_is_read_is_there():
    named = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    # The region's second name is for those who have it set already.
    by_us = {*real.AWS_VARIABLES, "HONEYCOMB_API_KEY", "ROLLBAR_ACCESS_TOKEN"}
    by_notebooks = {"ROLLBAR_READ_TOKEN", "ROLLBAR_WRITE_TOKEN"}
    by_compose = {
        name
        for file in (ROOT / "docker-compose.yml", *ROOT.glob("steps/*/docker-compose.yml"))
        for name in re.findall(r"\$\{([A-Z_]+)", file.read_text("utf-8"))
        # The SDK's own are for those who know it.
        if not name.startswith("OTEL_")
    }
    assert named == (by_us | by_notebooks | by_compose | {"HONEYCOMB_API_ENDPOINT"}) - {
        "AWS_DEFAULT_REGION"
    }


def test_it_holds_no_values_and_git_ignores_the_copy():
    assert set(dotenv_values(EXAMPLE).values()) == {""}
    assert ".env\n" in (ROOT / ".gitignore").read_text("utf-8")
