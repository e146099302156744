"""The database: made at the first start, whoever comes first."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app, db

ROOT = Path(__file__).parents[2]


def count(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("people", "activities", "messages")
        }


SEEDED = {"people": 8, "activities": 83, "messages": 15}


def test_it_is_made_with_its_folder(tmp_path):
    create_app()
    assert count(tmp_path / "made" / "microblog.db") == SEEDED


def test_it_is_the_same_everywhere(tmp_path, monkeypatch):
    dumps = []
    for name in ("one.db", "two.db"):
        monkeypatch.setenv("DATABASE", str(tmp_path / name))
        create_app()
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            dumps.append(list(connection.iterdump()))
    assert dumps[0] == dumps[1]


def test_what_was_written_stays(tmp_path):
    app = create_app()
    with app.app_context():
        db.change("UPDATE activities SET likes_count = 99 WHERE id = 1")
    with create_app().app_context():
        assert db.select("SELECT likes_count FROM activities WHERE id = 1") == [{"likes_count": 99}]
    assert count(tmp_path / "made" / "microblog.db") == SEEDED


def test_a_context_has_one_connection_and_closes_it(monkeypatch):
    opened = []
    connect = sqlite3.connect

    def connect_and_note(*args, **kwargs):
        opened.append(connect(*args, **kwargs))
        return opened[-1]

    app = create_app()
    monkeypatch.setattr(sqlite3, "connect", connect_and_note)
    with app.app_context():
        db.select("SELECT 1")
        db.select("SELECT 1")
    assert len(opened) == 1
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


def test_seeded_activities_never_expire():
    with create_app().app_context():
        rows = db.select("SELECT handle, created_at FROM live_activities WHERE expires_at IS NULL")
    assert len(rows) == SEEDED["activities"]
    assert all(row["created_at"].startswith("2026-") for row in rows)
    assert max(row["created_at"] for row in rows) < "2026-07"


def test_services_that_start_at_once_make_it_once(tmp_path):
    path = tmp_path / "many" / "microblog.db"
    words = [
        [sys.executable, "-c", f"from app.{module} import create_app; create_app()"]
        for module in ("backend", "profiles", "backend", "profiles")
    ]
    env = {**os.environ, "DATABASE": str(path)}
    running = [subprocess.Popen(line, cwd=ROOT, env=env) for line in words]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    assert count(path) == SEEDED


def test_the_app_stands_alone_and_keeps_its_database_beside_it(tmp_path):
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    env = {name: value for name, value in os.environ.items() if name != "DATABASE"}
    program = (
        "import sys, app, app.profiles\n"
        "app.create_app(), app.profiles.create_app()\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'workshop'])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert count(tmp_path / "instance" / "microblog.db") == SEEDED
