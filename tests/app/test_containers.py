"""The files that run the app elsewhere: they parse, agree with each other, and open no port."""

from pathlib import Path

import yaml

from app import backend, profiles

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
GITPOD = yaml.safe_load((ROOT / ".gitpod.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "app" / "Dockerfile").read_text(encoding="utf-8")


def test_both_services_are_published_to_this_machine_only():
    assert {name: service["ports"] for name, service in COMPOSE["services"].items()} == {
        "backend": ["127.0.0.1:4567:4567"],
        "profiles": ["127.0.0.1:4568:4568"],
    }


def test_services_are_told_where_the_other_is():
    assert COMPOSE["services"]["backend"]["environment"]["PROFILES_URL"] == "http://profiles:4568"


def test_health_checks_ask_for_what_exists():
    for name, app, port in (("backend", backend, 4567), ("profiles", profiles, 4568)):
        command = " ".join(COMPOSE["services"][name]["healthcheck"]["test"])
        path = command.split(f"127.0.0.1:{port}")[1].split("'")[0]
        assert app.create_app().test_client().get(path).json == {"success": True}


def test_the_image_is_built_from_app_and_runs_as_nobody_special():
    for service in COMPOSE["services"].values():
        assert (ROOT / service["build"] / "Dockerfile").is_file()
    assert "\nUSER app\n" in DOCKERFILE
    assert "PYTHONUNBUFFERED=1" in DOCKERFILE


def test_gitpod_shows_ports_to_their_owner_only():
    assert {port["port"] for port in GITPOD["ports"]} >= {8888, 4567, 4568, 4318}
    assert {port["visibility"] for port in GITPOD["ports"]} == {"private"}
