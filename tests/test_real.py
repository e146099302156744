from workshop import place, real

SANDBOX = "http://127.0.0.1:4318"


def test_without_a_key_everything_goes_to_the_sandbox():
    for variables in ({}, {"HONEYCOMB_API_KEY": ""}, {"HONEYCOMB_API_KEY": "sandbox"}):
        assert not real.honeycomb_is_real(variables)
        pointers = real.app_variables(variables, SANDBOX)
        assert pointers["OTEL_EXPORTER_OTLP_ENDPOINT"] == SANDBOX
        assert pointers["OTEL_EXPORTER_OTLP_HEADERS"] == "x-honeycomb-team=sandbox"


def test_with_a_key_spans_go_to_honeycomb_in_the_region_that_is_named():
    variables = {"HONEYCOMB_API_KEY": "  some-key \n"}
    assert real.honeycomb_is_real(variables)
    pointers = real.app_variables(variables, SANDBOX)
    assert pointers["OTEL_EXPORTER_OTLP_ENDPOINT"] == "https://api.honeycomb.io"
    assert pointers["OTEL_EXPORTER_OTLP_HEADERS"] == "x-honeycomb-team=some-key"
    eu = {**variables, "HONEYCOMB_API_ENDPOINT": "https://api.eu1.honeycomb.io"}
    assert real.app_variables(eu, SANDBOX)["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith(
        "eu1.honeycomb.io"
    )


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


def test_what_some_shell_has_set_does_not_reach_the_app(tmp_path, monkeypatch):
    for name in ("OTEL_SDK_DISABLED", "FLASK_DEBUG", "AWS_PROFILE", "HONEYCOMB_API_KEY"):
        monkeypatch.setenv(name, "1")
    env = real.clean_environment(tmp_path)
    assert not [name for name in env if name.startswith(("OTEL_", "FLASK_", "AWS_", "HONEYCOMB_"))]
    assert env["DATABASE"].startswith(str(tmp_path))
    assert "PATH" in env
