"""Step 01 as a reader of the repository meets it: git am, variables, traces."""

import subprocess
import sys
import threading

import requests

from workshop import course, learner_app, processes, real, scratch
from workshop.checks.check import check
from workshop.checks.target import learner_app as target
from workshop.steps import git


def test_git_am_on_a_fresh_clone_gives_an_app_whose_traces_arrive(tmp_path):
    clone = scratch.copy_checkout(tmp_path / "clone", course.step(0))
    identity = git.pinned_identity(0)
    for words in (["init", "--quiet"], ["add", "app", "docker-compose.yml"]):
        git.output(words, clone)
    git.output(["commit", "--quiet", "--message", "Start"], clone, variables=identity)
    git.output(["am", "--quiet", str(course.step(1).patch)], clone, variables=identity)

    checked = check(target(clone), 1)

    assert checked.exit_code == 0, checked.as_text()
    home = [trace for trace in checked.evidence.traces if len(trace.services) == 2]
    assert home
    inner = next(span for span in home[0].spans if span.service == "profiles")
    outer = next(span for span in home[0].spans if span.span_id == inner.parent_id)
    assert (outer.service, outer.kind) == ("backend", "client")


def test_variables_alone_send_the_same_app_to_another_receiver(tmp_path):
    port = processes.free_port()
    receiver = subprocess.Popen(
        [sys.executable, "-m", "oteltap", "--port", str(port), "--await-span", "^GET /api/health"],
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, receiver.kill)
    watchdog.start()
    variables = {
        **real.clean_environment(tmp_path),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    waiting = processes.Service("receiver", receiver, port, tmp_path / "receiver.log")
    processes.wait_until_listening(waiting)
    app = learner_app.start(course.step(1).folder, variables, tmp_path)
    try:
        assert requests.get(f"{app.url}/api/activities/home", timeout=10).ok
        assert requests.get(f"{app.url}/api/health-check", timeout=10).ok
        lines, _ = receiver.communicate()
    finally:
        watchdog.cancel()
        receiver.kill()
        app.stop()
    assert receiver.returncode == 0
    assert "home-feed.add-authors" in lines
    assert "app.posts.count" in lines
