"""SDK → the sandbox's daemon, which forwards by boto3 → a second sandbox, in AWS's place."""

import os
import re
import signal
import socket

import pytest
import requests
from daemon_traffic import assert_rules_are_followed, assert_segments_go_through, count
from otlp_clients import sandbox_process, wait_until
from xray_clients import KEY, api_client, datagram, segment

from workshop import place
from workshop.errors import WorkshopError
from workshop.forwarding import choose, open_forwarder
from workshop.processes import free_port
from workshop.sandbox import refusals
from workshop.sandbox.server import running_sandbox
from workshop.sandbox.xray.daemon_counts import read_counts
from workshop.sandbox.xray.forward import Account, Forwarder

REGION = "eu-central-1"
# Built from parts: nothing in this repository should look like a key.
REAL = {"AWS_ACCESS_KEY_ID": "AKIA" + "Q" * 16, "AWS_SECRET_ACCESS_KEY": "s" * 40}


@pytest.fixture
def near(sandbox, tmp_path):
    """A sandbox whose daemon forwards to the other one."""
    account = Account(KEY, KEY, REGION, endpoint=sandbox.url)
    with running_sandbox(tmp_path / "near", forwarder=Forwarder(account)) as running:
        yield running


@pytest.fixture
def api(sandbox):
    client = api_client(sandbox.url)
    yield client
    client.close()


def address(running):
    return f"127.0.0.1:{running.daemon_port}"


def send_one(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(datagram(segment()), ("127.0.0.1", port))


def test_a_thousand_segments_in_and_a_thousand_out(near, sandbox):
    assert_segments_go_through(address(near), sandbox)
    assert count(near) == 0
    with near.reader() as reader:
        counts = read_counts(reader)
    assert (counts.received, counts.rejected, counts.unprocessed) == (1_000, 0, 0)


def test_sampling_rules_and_targets_by_its_proxy(near, sandbox, api):
    assert_rules_are_followed(address(near), sandbox, api)


def test_an_error_of_awss_is_passed_on_as_it_is(near):
    url = f"http://{address(near)}/SamplingTargets"
    answer = requests.post(url, data=b'{"SamplingStatisticsDocuments": 1}', timeout=10)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-ErrorType"] == "InvalidRequestException"


def test_what_an_sdk_does_not_need_is_not_signed(near, sandbox):
    answer = requests.post(f"http://{address(near)}/Groups", data=b"{}", timeout=10)
    assert answer.status_code == 403
    with sandbox.reader() as reader:
        assert refusals.read_refusals(reader) == []


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "nobody-there"])
def test_what_cannot_be_sent_is_counted_and_said_without_keys(refused, sandbox, tmp_path, caplog):
    endpoint = sandbox.url if refused else f"http://127.0.0.1:{free_port()}"
    forwarder = open_forwarder({**REAL, "AWS_ENDPOINT_URL_XRAY": endpoint})
    with running_sandbox(tmp_path / "near", forwarder=forwarder) as near:
        send_one(near.daemon_port)

        def unprocessed():
            with near.reader() as reader:
                return read_counts(reader).unprocessed

        wait_until(lambda: unprocessed() == 1, "the segment to be given up")
        answer = requests.post(f"http://{address(near)}/GetSamplingRules", data=b"{}", timeout=10)
        assert answer.status_code == (403 if refused else 502)
    assert count(sandbox) == 0
    assert "Unprocessed segments: 1" in caplog.text
    for secret in REAL.values():
        assert secret not in caplog.text + answer.text


@pytest.mark.parametrize(
    "variables",
    [{}, {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": KEY}, {"AWS_ACCESS_KEY_ID": "A"}],
    ids=["no-key", "sandbox-key", "half-a-key"],
)
def test_without_a_key_it_says_what_to_do(variables):
    with pytest.raises(WorkshopError) as caught:
        open_forwarder(variables)
    assert ".env.example" in caught.value.next_step


def test_the_file_counts_and_no_checkout_is_needed(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    assert choose() is None
    (tmp_path / "workshop").mkdir()
    (tmp_path / place.MARK).touch()
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in REAL.items()))
    forwarder = choose()
    assert forwarder.url == "https://xray.us-east-1.amazonaws.com"
    forwarder.close()
    assert choose(False) is None


def test_an_account_never_shows_its_keys():
    forwarder = open_forwarder({**REAL, "AWS_DEFAULT_REGION": REGION})
    assert forwarder.url == f"https://xray.{REGION}.amazonaws.com"
    forwarder.close()
    account = Account(*REAL.values(), REGION, token="a-token")
    assert repr(account) == "Account(region='eu-central-1', endpoint='')"


@pytest.mark.parametrize("options", [(), ("--forward-xray",)], ids=["by-itself", "told-to"])
def test_with_keys_the_command_line_forwards(options, sandbox, tmp_path, monkeypatch):
    """With a key that the far side refuses: that it is asked at all shows where to."""
    for name, value in {**REAL, "AWS_ENDPOINT_URL_XRAY": sandbox.url}.items():
        monkeypatch.setenv(name, value)
    with sandbox_process(tmp_path / "near", *options) as process:
        said = [process.stdout.readline()]
        while "what arrived" not in said[-1]:
            said.append(process.stdout.readline())
        assert f"goes on to {sandbox.url}, and is not kept here" in "".join(said)
        send_one(int(re.search(r"127\.0\.0\.1:(\d+)/udp", "".join(said)).group(1)))

        def refused():
            with sandbox.reader() as reader:
                return [each.path for each in refusals.read_refusals(reader)]

        wait_until(lambda: refused() == ["/TraceSegments"], "the daemon to ask X-Ray")
        process.send_signal(signal.SIGTERM)
        said.append(process.stdout.read())
    for secret in REAL.values():
        assert secret not in "".join(said)


@pytest.mark.parametrize(
    ("key", "options"), [(REAL["AWS_ACCESS_KEY_ID"], ("--keep-xray",)), (KEY, ()), ("", ())]
)
def test_without_keys_or_when_told_to_it_keeps(key, options, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key)
    with sandbox_process(tmp_path / "near", *options) as process:
        said = [process.stdout.readline()]
        while "Ctrl-C" not in said[-1]:
            said.append(process.stdout.readline())
    assert "goes on to" not in "".join(said)


@pytest.mark.parametrize(
    ("key", "options", "words"),
    [(KEY, ("--forward-xray",), "no AWS key"), ("A" * 20, (), "AWS_SECRET_ACCESS_KEY is not")],
)
def test_the_command_line_says_what_is_missing(key, options, words, tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    with sandbox_process(tmp_path / "near", *options) as process:
        said = process.stdout.read()
        assert process.wait(10) == 2
    assert words in said
    assert "Traceback" not in said
