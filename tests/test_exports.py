import subprocess

from workshop import exports, place, real
from workshop.sandbox import running


def test_the_lines_point_a_shell_at_the_sandbox_that_runs(checkout):
    sandbox = running.ensure(place.state() / "sandbox", port=0, daemon_port=0)
    shell = ["sh", "-c", f"{exports.render()}\necho $OTEL_EXPORTER_OTLP_ENDPOINT"]
    said = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    assert said.strip() == sandbox.url


def test_a_real_key_is_not_printed_and_still_reaches_the_shell(checkout, monkeypatch):
    (checkout / ".env").write_text("HONEYCOMB_API_KEY=a-secret\n")
    lines = exports.render()
    assert "a-secret" not in lines
    shell = ["sh", "-c", f"{lines}\necho $OTEL_EXPORTER_OTLP_HEADERS"]
    said = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "x-honeycomb-team=a-secret"
    assert real.HONEYCOMB in lines
