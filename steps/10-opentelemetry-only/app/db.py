"""The SQLite database: made and filled at the first start, one connection a request."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from opentelemetry import trace
from opentelemetry.trace import SpanKind

Row = dict[str, Any]

HERE = Path(__file__).parent

tracer = trace.get_tracer(__name__)


def init_app(app: Flask) -> None:
    """Find the database, make it if it is not there, and close connections after each request."""
    default = Path(app.instance_path) / "microblog.db"
    path = Path(os.environ.get("DATABASE") or default)
    path.parent.mkdir(parents=True, exist_ok=True)
    app.config["DATABASE"] = path
    _create(path)
    app.teardown_appcontext(_close)


def select(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Run a query and return its rows."""
    return [dict(row) for row in _execute(sql, values)]


def change(sql: str, values: Sequence[Any] = ()) -> None:
    """Run a statement that writes, and commit it."""
    _execute(sql, values)
    _connect().commit()


def _execute(sql: str, values: Sequence[Any]) -> list[Any]:
    """Run a statement and fetch its rows, in a span of its own."""
    attributes = {
        "db.system": "sqlite",
        "db.name": str(current_app.config["DATABASE"]),
        "db.statement": sql,
    }
    verb = sql.split(maxsplit=1)[0]
    with tracer.start_as_current_span(verb, kind=SpanKind.CLIENT, attributes=attributes):
        return _connect().execute(sql, values).fetchall()


def _connect() -> sqlite3.Connection:
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
        g.connection.row_factory = sqlite3.Row
    connection: sqlite3.Connection = g.connection
    return connection


def _close(_error: BaseException | None) -> None:
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()


def _create(path: Path) -> None:
    # Several workers may start at once: the first one writes, the others wait and find it done.
    schema = (HERE / "schema.sql").read_text(encoding="utf-8")
    seed = (HERE / "seed.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(path, timeout=30)
    connection.executescript(f"BEGIN IMMEDIATE;\n{schema}\n{seed}\nCOMMIT;")
    connection.close()
