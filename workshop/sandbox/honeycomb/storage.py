"""Writes the events of one export into the store, all of them or none."""

import hashlib
import json

from workshop.sandbox.honeycomb.attributes import Fields
from workshop.sandbox.honeycomb.events import Event
from workshop.sandbox.store import Store

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def save_events(store: Store, events: list[Event]) -> None:
    """Keep events; when this returns they survive the process.

    Args:
        store: where to keep them.
        events: as `translate` returns them.
    """
    if not events:
        return
    contexts: dict[int, tuple[int, str]] = {}
    starts: dict[str, int] = {}
    rows = []
    for event in events:
        # Events of one scope share one dictionary, so it is encoded once.
        context = contexts.get(id(event.context))
        if context is None:
            context = contexts[id(event.context)] = _encode_context(event.context)
        own = _encode(event.own)
        rows.append(
            (event.dataset, event.trace_id, event.time_ns, event.sample_rate, context[0], own)
        )
        if event.is_span:
            starts[event.trace_id] = min(starts.get(event.trace_id, event.time_ns), event.time_ns)
    datasets = {(event.dataset, event.trace_id) for event in events}
    with store.transaction() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO honeycomb_contexts (id, fields) VALUES (?, ?)",
            contexts.values(),
        )
        connection.executemany(
            "INSERT INTO honeycomb_events"
            " (dataset, trace_id, time_ns, sample_rate, context_id, fields)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.executemany(
            "INSERT INTO honeycomb_traces (trace_id, start_ns) VALUES (?, ?)"
            " ON CONFLICT (trace_id) DO UPDATE SET start_ns = min(start_ns, excluded.start_ns)",
            starts.items(),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO honeycomb_trace_datasets (dataset, trace_id) VALUES (?, ?)",
            datasets,
        )


def _encode_context(context: Fields) -> tuple[int, str]:
    """Return a context's id and text; the id is made from the text, so that none is looked up."""
    text = _encode(context)
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True), text
