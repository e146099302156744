import pytest
from insights_events import EVENTS, GROUP, OTHER, RARE, START

from workshop.sandbox.cloudwatch.insights import run_query
from workshop.sandbox.store import Store


def _add_group(connection, name, log_class="STANDARD", retention_days=None):
    connection.execute(
        "INSERT INTO cloudwatch_log_groups"
        " (name, created_ms, log_group_class, retention_days, tags) VALUES (?, ?, ?, ?, '{}')",
        (name, START * 1000, log_class, retention_days),
    )


def _add_event(connection, group, stream, timestamp_ms, message):
    connection.execute(
        "INSERT INTO cloudwatch_log_events"
        " (group_name, stream_name, timestamp_ms, ingestion_ms, message) VALUES (?, ?, ?, ?, ?)",
        (group, stream, timestamp_ms, timestamp_ms + 5, message),
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store that holds `EVENTS`."""
    store = Store(tmp_path_factory.mktemp("store"))
    with store.transaction() as connection:
        _add_group(connection, GROUP)
        _add_group(connection, OTHER)
        _add_group(connection, RARE, "INFREQUENT_ACCESS")
        for _, group, stream, after, message in EVENTS:
            _add_event(connection, group, stream, (START + after) * 1000, message)
    yield store
    store.close()


@pytest.fixture
def add_messages(tmp_path):
    """Keep some messages in a new store, a second apart, and return it."""
    store = Store(tmp_path / "messages")

    def add(messages, retention_days=None):
        with store.transaction() as connection:
            _add_group(connection, GROUP, retention_days=retention_days)
            for after, message in enumerate(messages):
                _add_event(connection, GROUP, "s", (START + after) * 1000, message)
        return store

    yield add
    store.close()


@pytest.fixture
def query(filled):
    """Run a query over the whole time of `EVENTS`."""

    def run(text, groups=(GROUP,), limit=None):
        with filled.reader() as reader:
            return run_query(reader, groups, text, START * 1000, (START + 3600) * 1000, limit)

    return run
