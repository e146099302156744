"""Subsegments in apps of any make: streamed, of templates, without a segment; and the probe."""

import os
import subprocess
import sys
import textwrap

import pytest
from apps import ids, write

from workshop.checks import environment, notes
from workshop.checks.subsegments import STEP
from workshop.checks.subsegments.decorators import captures_above_routes

HEAD = """
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask, render_template_string
app = Flask(__name__)
xray_recorder.configure(service="blog", context_missing="{missing}")
"""
MIDDLEWARE = "XRayMiddleware(app, xray_recorder)\n"
HEALTH = """
@app.get("/api/health-check")
def health():
    return {}
"""
HOME = """
@app.get("/api/activities/home")
def home():
"""


def app_with(lines, missing="LOG_ERROR", middleware=MIDDLEWARE, more=""):
    body = textwrap.indent(textwrap.dedent(lines).strip(), "    ")
    return HEAD.format(missing=missing) + middleware + HEALTH + more + HOME + body + "\n"


def test_a_template_is_no_part_of_ones_own(bench, folder):
    write(folder, app=app_with("return render_template_string('{{ 1 + 1 }}')"))
    checked = bench.check(folder, number=STEP)
    assert ids(checked) == ["subsegments/absent"]
    assert checked.verdicts[0].arrived == "14 segments; no part of your own"


def test_more_parts_than_fit_into_one_document(bench, folder):
    lines = """
    for number in range(40):
        with xray_recorder.in_subsegment("part") as part:
            part.put_annotation("number", number)
            sorted(range(5000), key=str)
    return {}
    """
    write(folder, app=app_with(lines))
    checked = bench.check(folder, number=STEP)
    assert ids(checked) == []
    assert checked.verdicts[0].arrived == "14 segments; parts of your own: part ×80"


def test_one_left_open_in_several_pages(bench, folder):
    more = """
@app.get("/api/activities/notifications")
def notifications():
    return read()

def read():
    for _ in range(40):
        with xray_recorder.in_subsegment("part"):
            pass
    xray_recorder.begin_subsegment("read")
    return {}
"""
    write(folder, app=app_with("return read()", more=more))
    checked = bench.check(folder, number=STEP)
    assert ids(checked) == ["subsegments/unclosed"]
    (found,) = checked.verdicts[0].findings
    assert found.got == (
        "GET /api/activities/home → 200: read is still open, and the request's segment is never "
        "sent; the same for 1 other address"
    )
    assert found.where == "app.py:20"


@pytest.mark.parametrize("missing", ["RUNTIME_ERROR", "LOG_ERROR"])
def test_no_segment_and_a_page_that_fails(bench, folder, missing):
    lines = """
    with xray_recorder.in_subsegment("feed") as part:
        part.put_annotation("posts", 3)
    return {}
    """
    write(folder, app=app_with(lines, missing=missing, middleware=""))
    checked = bench.check(folder, number=STEP)
    assert ids(checked) == ["subsegments/no-segments"]
    assert checked.verdicts[0].findings[0].where.startswith("app.py:")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ('@app.get("/")\n@xray_recorder.capture()\ndef page(): ...', []),
        ('@xray_recorder.capture()\n@app.get("/")\ndef page(): ...', [("page", "app.py:1")]),
        ('@x.capture("a")\n@app.route("/")\ndef page(): ...', [("a", "app.py:1")]),
        ('@x.capture(name="b")\n@app.post("/")\nasync def page(): ...', [("b", "app.py:1")]),
        ('@app.get("/a")\n@x.in_subsegment("c")\n@app.get("/b")\ndef page(): ...',
         [("c", "app.py:2")]),
        ("@x.capture(NAME)\n@cached\ndef work(): ...", []),
        ("@x.capture(NAME)\n@app.get(PATH)\ndef page(): ...", [("page", "app.py:1")]),
        ("def page(: ...", []),
    ],
)  # fmt: skip
def test_captures_above_routes(folder, lines, found):
    write(folder, app=lines)
    assert [(each.name, each.where) for each in captures_above_routes(folder)] == found


PROGRAM = """
import logging
from aws_xray_sdk.core import xray_recorder as recorder
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter

class Quiet(UDPEmitter):
    def send_entity(self, entity):
        print("sent", entity.name, [part.name for part in entity.subsegments], entity.annotations)

logging.basicConfig(level=logging.WARNING, format="%(message)s")
recorder.configure(service="x", sampling=False, emitter=Quiet(), context_missing="{missing}")

@recorder.capture("captured")
def work(fail=False):
    recorder.put_annotation("a-b", 1)
    recorder.put_annotation(["c"], 1)
    return 1 / 0 if fail else 7

def tried(call, *args):
    try:
        print(call(*args))
    except Exception as error:
        print(type(error).__name__, error)

tried(work)
tried(recorder.begin_subsegment)
recorder.begin_segment()
tried(work)
tried(work, True)
with recorder.in_subsegment("by-with"):
    print(type(recorder.begin_subsegment("inside")).__name__)
    print(recorder.end_subsegment(), recorder.end_subsegment(), recorder.end_subsegment())
print(recorder.end_segment())
tried(recorder.end_segment)
"""


@pytest.mark.parametrize("missing", ["LOG_ERROR", "RUNTIME_ERROR", "IGNORE_ERROR"])
def test_the_probe_changes_nothing(folder, tmp_path, missing):
    """What the SDK returns, raises, logs and sends is the same with the probe and without."""
    write(folder, program=PROGRAM.replace("{missing}", missing))
    said = []
    for path in (environment.PROBE, ""):
        base = {"WORKSHOP_PROBE": str(tmp_path / "notes"), "WORKSHOP_PROBE_FOLDER": str(folder)}
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=folder,
            env={**os.environ, **base, "PYTHONPATH": str(path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        said.append((done.returncode, done.stdout, done.stderr))
    assert said[0] == said[1]
    assert said[0][0] == 0
    assert "sent x ['captured', 'captured', 'by-with'] {}" in said[0][1]
    noted = notes.read(tmp_path / "notes")
    kinds = {note["what"] for note in noted}
    assert {"subsegment", "annotation-dropped", "nothing-to-end"} <= kinds
    assert ("subsegment-outside" in kinds) == (missing != "RUNTIME_ERROR")
    assert "probe-failed" not in kinds
