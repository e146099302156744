"""JupyterLab where a hosted service forwards its port: Gitpod, Codespaces, Binder, JupyterHub.

Jupyter reads this file where JUPYTER_CONFIG_PATH names its folder; on your own machine nobody does.
The port stays private and the token stays needed: what is allowed here is the address by which the
service calls this server, and no other.

Sources: https://jupyter-server.readthedocs.io (allow_remote_access, allow_origin_pat),
https://jupyter-server-proxy.readthedocs.io (ServerProxy.servers)
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_PORT = 4318
ROOT = Path(__file__).resolve().parents[2]


def find_sandbox_port() -> int:
    """Return the port of the sandbox that runs, or the one that it takes by default."""
    try:
        said = json.loads((ROOT / ".workshop" / "sandbox" / "sandbox.json").read_text("utf-8"))
        return int(said["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_PORT


def own_origins() -> str:
    """Return a pattern of the addresses at which this workspace's ports are seen from outside.

    Sources: GitHub's and Gitpod's default environment variables.
    """
    codespace = os.environ.get("CODESPACE_NAME", "")
    if codespace:
        domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
        return rf"https://{re.escape(codespace)}-\d+\.{re.escape(domain)}$"
    gitpod = urlsplit(os.environ.get("GITPOD_WORKSPACE_URL", "")).hostname
    return rf"https://\d+-{re.escape(gitpod)}$" if gitpod else ""


c = get_config()  # noqa: F821 - Jupyter gives it to its configuration files
c.ServerApp.allow_remote_access = True
c.ServerApp.allow_origin_pat = own_origins()

# The sandbox answers to this machine's own names only, so the proxy asks by one of them.
port = find_sandbox_port()
c.ServerProxy.servers = {
    "sandbox": {
        "command": [],
        "port": port,
        "request_headers_override": {"Host": f"127.0.0.1:{port}"},
        "launcher_entry": {"title": "What arrived"},
    }
}

# Where the links in notebooks find the sandbox's pages: below this server's own address, which a
# JupyterHub chooses. Its kernels inherit the variable.
os.environ["WORKSHOP_PAGES"] = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/") + "sandbox/"
