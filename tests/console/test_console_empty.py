"""The commands that an empty page shows run as they are printed, and fill it."""

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
import requests
from console_client import HTML

from workshop.sandbox.server import running_sandbox


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("/honeycomb", "No traces yet.", "1 trace, 1 event."),
        ("/xray", "No segments yet.", "1 trace, 1 document"),
        ("/cloudwatch", "No log groups yet.", "/cloudwatch/group?name=first"),
        ("/rollbar", "No items yet.", "#1 hello"),
    ],
)
def test_what_an_empty_page_says_fills_it(tmp_path, address, before, after):
    with running_sandbox(tmp_path / "sandbox") as sandbox:

        def read():
            return requests.get(sandbox.url + address, headers=HTML, timeout=10).text

        page = read()
        assert before in page
        # First what an app needs, then what needs no app.
        _, commands = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", unescape(commands)],
            env={"PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        page = read()
        assert before not in page
        assert after in page
