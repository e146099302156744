"""Apps that are not the course's are judged on what they send to X-Ray, and on nothing else."""

import pytest
from apps import ids, write

IMPORTS = """
import os
from aws_xray_sdk.core import patch_all, xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask
"""
ROUTES = """
@app.get("/api/activities/home")
def home():
    return []

@app.get("/api/activities/search")
def search():
    return [], 422
"""
APP = "app = Flask(__name__)\n"
RECORDER = "xray_recorder.configure(service='backend-flask')\n"
MIDDLEWARE = "XRayMiddleware(app, xray_recorder)\n"
COMPOSE = """
services:
  backend-flask:
    build: .
  xray-daemon:
    image: amazon/aws-xray-daemon
    ports:
      - "PORTS"
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (IMPORTS + APP + RECORDER + MIDDLEWARE + ROUTES, []),
        (IMPORTS + RECORDER + APP + MIDDLEWARE + "patch_all()\n" + ROUTES, []),
        (
            IMPORTS
            + APP
            + "xray_recorder.configure(service='app', dynamic_naming=os.getenv('AWS_XRAY_URL'))\n"
            + MIDDLEWARE
            + ROUTES,
            [],
        ),
        (IMPORTS + RECORDER + MIDDLEWARE + APP + ROUTES, ["xray/middleware-before-app"]),
        (IMPORTS + APP + RECORDER + ROUTES, ["xray/middleware-missing"]),
        (IMPORTS + APP + RECORDER + "# " + MIDDLEWARE + ROUTES, ["xray/commented-out"]),
        (IMPORTS + APP + MIDDLEWARE + ROUTES, ["xray/no-name"]),
        (IMPORTS + APP + RECORDER + MIDDLEWARE + APP + ROUTES, ["xray/other-app"]),
        ("from flask import Flask\n" + APP + ROUTES, ["xray/absent"]),
    ],
    ids=[
        "configured above the middleware",
        "configured above the app",
        "dynamic naming from a variable that is not set",
        "middleware above the app",
        "no middleware",
        "middleware commented out",
        "no name",
        "app replaced after the middleware",
        "no X-Ray",
    ],
)
def test_app_of_one_file(bench, folder, text, found):
    checked = bench.check(write(folder, app=text), number=2)
    assert ids(checked) == found
    assert (checked.exit_code == 0) == (not found)


@pytest.mark.parametrize(
    ("ports", "found"),
    [("2000:2000/udp", ["xray/daemon-published"]), ("127.0.0.1:2000:2000/udp", [])],
)
def test_daemon_of_another_app_must_not_be_open_to_all(bench, folder, ports, found):
    write(folder, app=IMPORTS + APP + RECORDER + MIDDLEWARE + ROUTES)
    (folder / "docker-compose.yml").write_text(COMPOSE.replace("PORTS", ports), "utf-8")
    checked = bench.check(folder, number=2)
    assert ids(checked) == found
