"""Makes a subsegment's `sql` block of a span's attributes, of old and new conventions.

Source: sql.go of the Collector's exporter for X-Ray.
"""

from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

# Databases that speak SQL, by the names of the old conventions and the new ones.
SYSTEMS = {
    *("db2", "derby", "hive", "mariadb", "mssql", "mysql", "oracle", "other_sql", "postgresql"),
    *("sqlite", "teradata", "ibm.db2", "microsoft.sql_server", "oracle.db"),
}
# By the member of the block: the attribute of the old conventions, and of the new ones.
_NAMES = {
    "connection": ("db.connection_string",),
    "system": ("db.system", "db.system.name"),
    "database": ("db.name", "db.namespace"),
    "query": ("db.statement", "db.query.text"),
    "user": ("db.user",),
}


def take_sql(span: Span, attributes: dict[str, Any]) -> dict[str, str]:
    """Return a span's `sql` block, and take what it says out of the attributes.

    Args:
        span: the span; its name stands where the block has a URL.
        attributes: its attributes; those that the block tells are removed.

    Returns:
        The block; empty where the span is not about a database that speaks SQL.
    """
    given = {
        member: next((attributes[name] for name in names if name in attributes), "")
        for member, names in _NAMES.items()
    }
    if given["system"] not in SYSTEMS:
        return {}
    for names in _NAMES.values():
        for name in names:
            attributes.pop(name, None)
    block = {
        "url": span.name,
        "connection_string": f"{given['connection'] or 'localhost'}/{given['database']}",
        "database_type": given["system"],
        "user": given["user"],
        "sanitized_query": given["query"],
    }
    return {name: str(value) for name, value in block.items() if value}
