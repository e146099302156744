import subprocess

from workshop import exports, place, real
from workshop.sandbox import running


def test_the_lines_point_a_shell_at_the_sandbox_that_runs(checkout):
    sandbox = running.ensure(place.state() / "sandbox", port=0, daemon_port=0)
    shell = ["sh", "-c", f"{exports.render()}\necho $OTEL_EXPORTER_OTLP_ENDPOINT"]
    said = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    # Its own port for this vendor, which can be broken alone.
    assert said.strip() == sandbox.doors["honeycomb"]


def test_a_real_key_is_not_printed_and_still_reaches_the_shell(checkout, monkeypatch):
    running.ensure(place.state() / "sandbox", port=0, daemon_port=0)
    keys = {
        "HONEYCOMB_API_KEY": "a-secret",
        "AWS_ACCESS_KEY_ID": "b-secret",
        "AWS_SECRET_ACCESS_KEY": "c-secret",
        "ROLLBAR_ACCESS_TOKEN": "d-secret",
    }
    for name in keys:
        monkeypatch.delenv(name, raising=False)
    (checkout / ".env").write_text("".join(f"{name}={key}\n" for name, key in keys.items()))
    lines = exports.render()
    assert "secret" not in lines
    shell = ["sh", "-c", f"{lines}\necho $OTEL_EXPORTER_OTLP_HEADERS; env"]
    said = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    assert said.startswith("x-honeycomb-team=a-secret\n")
    assert all(f"\n{name}={key}\n" in said for name, key in keys.items())
    assert real.HONEYCOMB in lines
