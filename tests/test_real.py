import os

import pytest

from workshop import place, real
from workshop.errors import WorkshopError

SANDBOX = "http://127.0.0.1:4318"
DOORS = {
    "honeycomb": "OTEL_EXPORTER_OTLP_ENDPOINT",
    "cloudwatch": "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "rollbar": "ROLLBAR_ENDPOINT",
    "xray": "AWS_ENDPOINT_URL_XRAY",
}


def test_without_a_key_everything_goes_to_the_sandbox():
    for variables in ({}, {"HONEYCOMB_API_KEY": ""}, {"HONEYCOMB_API_KEY": "sandbox"}):
        assert not real.honeycomb_is_real(variables)
        pointers = real.app_variables(variables, SANDBOX, 2000)
        assert pointers["OTEL_EXPORTER_OTLP_ENDPOINT"] == SANDBOX
        assert pointers["OTEL_EXPORTER_OTLP_HEADERS"] == "x-honeycomb-team=sandbox"


def test_with_a_key_spans_go_to_honeycomb_in_the_region_that_is_named():
    variables = {"HONEYCOMB_API_KEY": "  some-key \n"}
    assert real.honeycomb_is_real(variables)
    pointers = real.app_variables(variables, SANDBOX, 2000)
    assert pointers["OTEL_EXPORTER_OTLP_ENDPOINT"] == "https://api.honeycomb.io"
    assert pointers["OTEL_EXPORTER_OTLP_HEADERS"] == "x-honeycomb-team=some-key"
    eu = {**variables, "HONEYCOMB_API_ENDPOINT": "https://api.eu1.honeycomb.io"}
    assert real.app_variables(eu, SANDBOX, 2000)["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith(
        "eu1.honeycomb.io"
    )


def test_aws_is_the_sandbox_without_a_key_and_nothing_leads_elsewhere():
    for variables in ({}, {"AWS_ACCESS_KEY_ID": " "}, {"AWS_ACCESS_KEY_ID": "sandbox"}):
        assert not real.aws_is_real(variables)
        pointers = real.aws_variables({**variables, "AWS_PROFILE": "work"}, SANDBOX)
        assert pointers["AWS_ENDPOINT_URL"] == SANDBOX
        assert pointers["AWS_ACCESS_KEY_ID"] == pointers["AWS_SECRET_ACCESS_KEY"] == "sandbox"
        assert pointers["AWS_CONFIG_FILE"] == os.devnull
        assert "AWS_PROFILE" not in pointers


def test_with_keys_aws_is_asked_itself_in_the_region_that_is_named():
    variables = {
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "its-secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    pointers = real.app_variables(variables, SANDBOX, 2001)
    assert pointers["AWS_SECRET_ACCESS_KEY"] == "its-secret"
    assert pointers["AWS_REGION"] == "eu-central-1"
    assert "AWS_ENDPOINT_URL" not in pointers
    assert pointers["AWS_XRAY_DAEMON_ADDRESS"] == "127.0.0.1:2001"
    named = {**variables, "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2999"}
    assert real.app_variables(named, SANDBOX, 2001)["AWS_XRAY_DAEMON_ADDRESS"].endswith(":2999")


def test_each_vendor_is_met_at_the_door_that_can_be_broken():
    doors = {name: f"http://127.0.0.1:{port}" for port, name in enumerate(DOORS, 4319)}
    pointers = real.app_variables({}, SANDBOX, 2000, doors)
    assert {name: pointers[name] for name in DOORS.values()} == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": doors["honeycomb"],
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": doors["cloudwatch"],
        "AWS_ENDPOINT_URL_XRAY": doors["xray"],
        "ROLLBAR_ENDPOINT": f"{doors['rollbar']}/api/1/",
    }
    keys = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "its-secret"}
    assert not set(real.AWS_DOORS) & set(real.app_variables(keys, SANDBOX, 2000, doors))
    assert not set(real.AWS_DOORS) & set(real.app_variables({}, SANDBOX, 2000))


def test_rollbar_is_the_sandbox_without_a_token():
    assert real.app_variables({}, SANDBOX, 2000)["ROLLBAR_ENDPOINT"] == f"{SANDBOX}/api/1/"
    pointers = real.app_variables({"ROLLBAR_ACCESS_TOKEN": "a-token "}, SANDBOX, 2000)
    assert pointers["ROLLBAR_ENDPOINT"] == "https://api.rollbar.com/api/1/"
    assert pointers["ROLLBAR_ACCESS_TOKEN"] == "a-token"


def test_the_shell_wins_over_the_file_and_an_empty_line_counts_as_absent(tmp_path, monkeypatch):
    (tmp_path / "workshop").mkdir()
    (tmp_path / place.MARK).touch()
    (tmp_path / ".env").write_text("HONEYCOMB_API_KEY=from-file\nOTHER=\n")
    monkeypatch.setenv("WORKSHOP_ROOT", str(tmp_path))
    monkeypatch.delenv("HONEYCOMB_API_KEY", raising=False)
    assert real.read_variables()["HONEYCOMB_API_KEY"] == "from-file"
    assert "OTHER" not in real.read_variables()
    monkeypatch.setenv("HONEYCOMB_API_KEY", "from-shell")
    assert real.read_variables()["HONEYCOMB_API_KEY"] == "from-shell"


def test_a_file_that_is_not_utf_8_is_a_plain_error(tmp_path, monkeypatch):
    (tmp_path / "workshop").mkdir()
    (tmp_path / place.MARK).touch()
    (tmp_path / ".env").write_bytes("HONEYCOMB_API_KEY=sandbox\n".encode("utf-16"))
    monkeypatch.setenv("WORKSHOP_ROOT", str(tmp_path))
    with pytest.raises(WorkshopError, match="not UTF-8"):
        real.read_variables()


def test_what_some_shell_has_set_does_not_reach_the_app(tmp_path, monkeypatch):
    for name in ("OTEL_SDK_DISABLED", "FLASK_DEBUG", "AWS_PROFILE", "HONEYCOMB_API_KEY"):
        monkeypatch.setenv(name, "1")
    env = real.clean_environment(tmp_path)
    assert not [name for name in env if name.startswith(("OTEL_", "FLASK_", "AWS_", "HONEYCOMB_"))]
    assert env["DATABASE"].startswith(str(tmp_path))
    assert "PATH" in env
