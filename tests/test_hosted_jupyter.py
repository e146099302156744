"""Behind a hosted service's address JupyterLab answers, to that address alone, and proxies."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time

import pytest
import requests
from hosted import JUPYTER, ROOT
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from workshop import page_links
from workshop.processes import free_port
from workshop.sandbox import running

CODESPACE = {"CODESPACE_NAME": "merry-name-abc123"}
GITPOD = {"GITPOD_WORKSPACE_URL": "https://some-name-abc.ws-eu1.gitpod.io"}


def load(monkeypatch, variables, root=ROOT):
    for name in ("CODESPACE_NAME", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GITPOD_WORKSPACE_URL", raising=False)
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    # The file sets it; so it is put back after the test.
    monkeypatch.setenv("WORKSHOP_PAGES", "")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    folder = root / "deploy" / "jupyter"
    return PyFileConfigLoader("jupyter_server_config.py", path=str(folder)).load_config()


@pytest.mark.parametrize(
    ("variables", "own", "others"),
    [
        (
            CODESPACE,
            "https://merry-name-abc123-8888.app.github.dev",
            [
                "https://evil-name-xyz-8888.app.github.dev",
                "https://merry-name-abc123-8888.app.github.dev.evil.example",
                "http://merry-name-abc123-8888.app.github.dev",
            ],
        ),
        (
            {**CODESPACE, "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "preview.example"},
            "https://merry-name-abc123-8888.preview.example",
            ["https://merry-name-abc123-8888.app.github.dev"],
        ),
        (
            GITPOD,
            "https://8888-some-name-abc.ws-eu1.gitpod.io",
            ["https://8888-other.ws-eu1.gitpod.io", "https://8888-some-name-abcxws-eu1.gitpod.io"],
        ),
    ],
)
def test_only_this_workspaces_own_address_may_ask(monkeypatch, variables, own, others):
    pattern = load(monkeypatch, variables).ServerApp.allow_origin_pat
    # As Jupyter matches it.
    assert re.match(pattern, own)
    assert not any(re.match(pattern, other) for other in others)


def test_elsewhere_no_foreign_origin_is_allowed(monkeypatch):
    assert load(monkeypatch, {}).ServerApp.allow_origin_pat == ""


def test_the_proxy_asks_the_sandbox_that_runs_by_a_name_that_it_answers(monkeypatch, checkout):
    config = load(monkeypatch, {}, checkout)
    assert isinstance(config, Config)
    assert config.ServerProxy.servers["sandbox"]["port"] == 4318
    said = checkout / ".workshop" / "sandbox" / "sandbox.json"
    said.parent.mkdir(parents=True, exist_ok=True)
    said.write_text(json.dumps({"port": 4444}))
    server = load(monkeypatch, {}, checkout).ServerProxy.servers["sandbox"]
    assert server["port"] == 4444
    assert server["request_headers_override"] == {"Host": "127.0.0.1:4444"}
    assert server["command"] == []
    said.write_text("{}")
    assert load(monkeypatch, {}, checkout).ServerProxy.servers["sandbox"]["port"] == 4318


@pytest.mark.parametrize(
    ("variables", "pages"),
    [
        (CODESPACE, "/sandbox/"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/noor/"}, "/user/noor/sandbox/"),
    ],
)
def test_links_in_notebooks_lead_through_the_proxy(monkeypatch, variables, pages):
    load(monkeypatch, variables)
    assert os.environ["WORKSHOP_PAGES"] == pages
    found = page_links.link(os.environ, "http://127.0.0.1:4318", "rollbar", {"item": 1})
    assert found.href == f"{pages}rollbar/item/1"


def test_jupyter_reads_it_where_the_variable_names_its_folder():
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_server", "--show-config-json"],
        env={**os.environ, "JUPYTER_CONFIG_PATH": str(JUPYTER)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["ServerApp"]["allow_remote_access"] is True


DEADLINE = 60.0
TOKEN = "t" * 20


@pytest.fixture
def hosted_server(checkout):
    """A real Jupyter server of a codespace, with the sandbox of its checkout behind its proxy."""
    running.ensure(checkout / ".workshop" / "sandbox", 0, 0)
    port = free_port()
    words = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    process = subprocess.Popen(
        [*words, f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"],
        cwd=checkout,
        env={
            **os.environ,
            **CODESPACE,
            "JUPYTER_TOKEN": TOKEN,
            "JUPYTER_CONFIG_PATH": str(checkout / "deploy" / "jupyter"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + DEADLINE
        while True:
            assert process.poll() is None, "Jupyter ended"
            assert time.monotonic() < deadline, "Jupyter was not ready"
            with contextlib.suppress(requests.RequestException):
                requests.get(url, timeout=1, allow_redirects=False)
                break
        yield url
    finally:
        process.terminate()
        process.wait()


def test_one_port_is_enough_to_see_what_arrived(hosted_server):
    outside = {"Host": "merry-name-abc123-8888.app.github.dev"}
    known = {**outside, "Authorization": f"token {TOKEN}"}
    health = requests.get(f"{hosted_server}/sandbox/health", headers=known, timeout=10)
    assert health.json()["sandbox"] is True
    stranger = requests.get(
        f"{hosted_server}/sandbox/health", headers=outside, timeout=10, allow_redirects=False
    )
    assert stranger.status_code in (302, 403)
