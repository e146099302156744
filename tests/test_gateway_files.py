"""The gateway's files agree with each other: its configuration, its container, its test's build."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "collector"
GATEWAY = yaml.safe_load((FOLDER / "gateway.yaml").read_text("utf-8"))
TO_XRAY = yaml.safe_load((FOLDER / "to-xray.yaml").read_text("utf-8"))
COMPOSE = yaml.safe_load((FOLDER / "docker-compose.yml").read_text("utf-8"))
MANIFEST = yaml.safe_load((ROOT / "tests" / "interop" / "otelcol.yaml").read_text("utf-8"))


def test_what_leaves_is_masked_before_it_is_chosen_or_sent():
    steps = GATEWAY["service"]["pipelines"]["traces"]["processors"]
    assert steps == ["memory_limiter", "redaction", "tail_sampling", "batch"]
    assert set(steps) == set(GATEWAY["processors"])


def test_the_second_file_adds_one_vendor_and_takes_none_away():
    before = GATEWAY["service"]["pipelines"]["traces"]["exporters"]
    after = TO_XRAY["service"]["pipelines"]["traces"]["exporters"]
    assert after == [*before, *TO_XRAY["exporters"]]
    assert set(before) == set(GATEWAY["exporters"])


def test_the_container_runs_what_the_tests_build():
    image, _, version = COMPOSE["services"]["gateway"]["image"].rpartition(":")
    assert image == "otel/opentelemetry-collector-contrib"
    modules = [
        module["gomod"]
        for kind in ("receivers", "processors", "exporters", "extensions")
        for module in MANIFEST[kind]
    ]
    assert {module.split(" v")[1] for module in modules} == {version}
    assert MANIFEST["dist"]["version"] == version


def test_the_container_finds_its_configuration_and_publishes_nothing():
    gateway = COMPOSE["services"]["gateway"]
    source, target, mode = gateway["volumes"][0].split(":")
    assert (ROOT / source, mode) == (FOLDER, "ro")
    (option,) = gateway["command"]
    config = option.removeprefix(f"--config={target}/")
    assert (FOLDER / config).is_file()
    assert "ports" not in gateway
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]


def test_every_variable_that_the_container_sets_is_read():
    read = set(re.findall(r"\$\{env:([A-Z_]+)", (FOLDER / "gateway.yaml").read_text("utf-8")))
    assert set(COMPOSE["services"]["gateway"]["environment"]) <= read


def test_both_services_send_to_it_and_hold_no_key():
    for name in ("backend", "profiles"):
        environment = COMPOSE["services"][name]["environment"]
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://gateway:4318"
        assert environment["OTEL_EXPORTER_OTLP_HEADERS"] == ""
