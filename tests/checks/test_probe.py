"""The probe notes, and changes nothing: not what calls return or raise, not whether an app runs."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from apps import HEAD, ids, write

from workshop.checks import environment, notes

PROBE = environment.PROBE
FOREIGN = Path(__file__).parents[1] / "foreign"
HOME = "\n@app.get('/api/activities/home')\ndef home():\n    return []\n"


@pytest.fixture
def probed(folder, tmp_path):
    """Run a program with and without the probe; return what it said and what was noted."""

    def run(text, probe=PROBE, python=(), **variables):
        write(folder, program=text)
        sink = tmp_path / "notes"
        base = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        settings = {"WORKSHOP_PROBE": str(sink), "WORKSHOP_PROBE_FOLDER": str(folder)}
        others = variables.pop("PYTHONPATH", "")
        both = []
        for path in (os.pathsep.join(filter(None, [str(probe), others])), others):
            done = subprocess.run(
                [sys.executable, *python, "program.py"],
                cwd=folder,
                env={**base, **settings, **variables, "PYTHONPATH": path},
                capture_output=True,
                text=True,
                timeout=60,
            )
            both.append((done.returncode, done.stdout, done.stderr))
        with_probe, without = both
        assert with_probe == without
        return without, notes.read(sink)

    return run


def kinds(noted):
    return [note["what"] for note in noted]


def test_what_is_raised_and_returned_passes_through(probed):
    said, noted = probed("""
        from flask import Flask
        from opentelemetry import trace
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
        app = Flask("one")
        for wrong in (lambda: Flask(), lambda: app.add_url_rule(), lambda: TracerProvider(3, 4, 5),
                      lambda: TracerProvider().add_span_processor(), lambda: app(1),
                      lambda: app.add_url_rule("no slash", view_func=print)):
            try:
                wrong()
            except Exception as error:
                print(type(error).__name__, error)
        provider = TracerProvider()
        print(trace.set_tracer_provider(provider), provider.add_span_processor(SpanProcessor()))
        span = provider.get_tracer("x").start_span("mine")
        print(type(span).__name__, span.set_attribute("a", 1))
        print(span.end(), span.set_attribute("a", 2))
        print(type(app.test_client()), app.test_client().get("/").status_code)
    """)
    assert said[0] == 0
    assert len(said[1].splitlines()) == 9
    assert {"app", "provider", "processor", "set-provider", "span", "late-attribute"} <= set(
        kinds(noted)
    )


def test_where_something_was_done_is_noted(probed):
    _, noted = probed("""
        from flask import Flask
        def make():
            return Flask("one")
        app = make()
    """)
    assert [note["where"] for note in noted if note["what"] == "app"] == ["program.py:3"]


def test_how_spans_leave_is_noted_without_a_secret(probed, tmp_path):
    _, noted = probed("""
        import requests
        signed = "AWS4-HMAC-SHA256 Credential=not-a-key/20261122/us-east-1/xray/aws4_request, Sig=x"
        spans = {"User-Agent": "OTel-OTLP-Exporter-Python/1.45", "Content-Encoding": "gzip"}
        told = [{**spans, "Authorization": signed}, {**spans, "x-honeycomb-team": "not-a-key"}, {}]
        for headers in told:
            try:
                # Nobody listens there.
                requests.post("http://127.0.0.1:1/v1/traces?not-a-key", headers=headers)
            except requests.ConnectionError:
                print("nobody")
    """)
    sent = [note for note in noted if note["what"] == "spans-sent"]
    assert [(note["scheme"], note["service"], note["encoding"]) for note in sent] == [
        ("AWS4-HMAC-SHA256", "xray", "gzip"),
        ("", "", "gzip"),
    ]
    assert {note["url"] for note in sent} == {"http://127.0.0.1:1/v1/traces"}
    assert ["x-honeycomb-team" in note["headers"] for note in sent] == [False, True]
    assert "not-a-key" not in (tmp_path / "notes").read_text("utf-8")


def test_another_object_never_has_the_same_name(probed):
    _, noted = probed("""
        from flask import Flask
        for _ in range(20):
            Flask("one")
    """)
    names = [note["app"] for note in noted if note["what"] == "app"]
    assert len(set(names)) == 20


def test_forked_workers_and_threads(probed):
    said, noted = probed("""
        import multiprocessing, threading
        from flask import Flask
        app = Flask("one")
        def serve():
            app.test_client().get("/")
        workers = [multiprocessing.get_context("fork").Process(target=serve) for _ in range(3)]
        workers += [threading.Thread(target=serve) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print([worker.exitcode for worker in workers[:3]])
    """)
    assert said == (0, "[0, 0, 0]\n", "")
    made = {note["app"] for note in noted if note["what"] == "app"}
    assert {note["app"] for note in noted if note["what"] == "serving"} == made
    assert len(made) == 1


def test_its_file_is_bounded(probed, tmp_path):
    said, noted = probed("""
        from opentelemetry.sdk.trace import TracerProvider
        tracer = TracerProvider().get_tracer("x")
        for number in range(5000):
            tracer.start_span(f"span {number}" * 100).end()
        tracer.start_span("long" * 10_000).end()
    """)
    assert said == (0, "", "")
    assert len(noted) < 600
    assert (tmp_path / "notes").stat().st_size < 600 * 4000


def test_a_sink_that_cannot_be_written_disturbs_nobody(probed, tmp_path):
    (tmp_path / "notes").mkdir()
    said, noted = probed("from flask import Flask\nprint(Flask('one').name)\n")
    assert (said, noted) == ((0, "one\n", ""), [])


@pytest.mark.parametrize(
    "theirs",
    [
        "print('theirs runs')\nVALUE = 7\n",
        "raise ImportError('not for us')\n",
        "raise RuntimeError('broken')\n",
        "import flask\nprint(flask.__name__)\nVALUE = 8\n",
    ],
    ids=["runs", "cannot be imported", "is broken", "imports what is watched"],
)
def test_a_sitecustomize_of_their_own(probed, tmp_path, theirs):
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text(theirs)
    said, noted = probed(
        """
        import sys
        module = sys.modules.get("sitecustomize")
        print(getattr(module, "VALUE", None), getattr(module, "__file__", None))
        """,
        PYTHONPATH=str(own),
    )
    assert said[0] == 0
    assert "probe" in kinds(noted)


@pytest.mark.parametrize("python", [("-I",), ("-E",), ("-S",)])
def test_an_interpreter_that_takes_no_notice(probed, python):
    said, noted = probed("print('runs')\n", python=python)
    assert said == (0, "runs\n", "")
    assert "probe" not in kinds(noted)


def test_without_wrapt(probed, folder):
    (folder / "wrapt.py").write_text("raise ImportError('not here')\n")
    _, noted = probed("print('runs')\n", PYTHONPATH=str(folder))
    assert kinds(noted) == ["no-probe", "stacks"]


def test_it_stands_in_for_the_old_decorator(folder, tmp_path):
    write(
        folder,
        program="""
        from flask import Flask
        app, other = Flask("one"), Flask("other")
        calls = []
        @app.before_first_request
        def start():
            calls.append("start")
            raise ValueError("once")
        app.get("/")(lambda: "page")
        other.get("/")(lambda: "page")
        print(other.test_client().get("/").status_code, calls)
        print([app.test_client().get("/").status_code for _ in range(2)], calls, start.__name__)
        """,
    )
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(PROBE),
            "WORKSHOP_PROBE": str(tmp_path / "notes"),
            "WORKSHOP_PROBE_FOLDER": str(folder),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "200 []\n[500, 200] ['start'] start\n"


def test_notes_that_cannot_be_read_are_left_out(tmp_path):
    file = tmp_path / "notes"
    good = json.dumps({"what": "app"})
    file.write_bytes(b"\n".join([b"\xff\xfe", b"[1]", good.encode(), b"{}", b'{"what": "cut']))
    assert notes.read(file) == [{"what": "app"}]
    assert notes.read(tmp_path / "none") == []


BROKEN = {
    "does not parse": "def",
    "raises": "raise RuntimeError('broken probe')",
    "leaves": "raise SystemExit(0) if False else ImportError('x')",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_probe_changes_no_verdict(bench, tmp_path, monkeypatch, text):
    broken = tmp_path / "probe"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(textwrap.dedent(text))
    monkeypatch.setattr(environment, "PROBE", broken)
    checked = bench.check(FOREIGN / "package")
    assert ids(checked) == []
    assert checked.exit_code == 0


def test_a_broken_probe_invents_no_reason(bench, tmp_path, monkeypatch):
    broken = tmp_path / "probe"
    broken.mkdir()
    monkeypatch.setattr(environment, "PROBE", broken)
    checked = bench.check(FOREIGN / "address_in_code")
    assert ids(checked) == ["honeycomb/nothing-arrived"]
    assert "could not look into" in checked.verdicts[0].findings[0].got


def test_a_watcher_that_fails_is_noted_and_nothing_else(bench, folder, tmp_path, monkeypatch):
    failing = shutil.copytree(PROBE, tmp_path / "probe")
    noting = failing / "workshop_probe" / "noting.py"
    text = noting.read_text("utf-8")
    text = text.replace("def name_of(thing):", "def name_of(thing):\n    raise KeyError(thing)\n")
    noting.write_text(text)
    monkeypatch.setattr(environment, "PROBE", failing)
    write(folder, app=HEAD + HOME)
    checked = bench.check(folder)
    assert ids(checked) == ["honeycomb/absent"]
    assert any(checked.evidence.notes("probe-failed"))
    assert checked.evidence.asked[1].status == 200
