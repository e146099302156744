"""Shares each rule's reservoir among the clients that report, as GetSamplingTargets does.

Until a client has a quota it borrows one request a second; from then on it records as many a
second as its quota, and of the others the fixed rate.

Sources: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html and
`aws_xray_sdk/core/sampling/` of https://github.com/aws/aws-xray-sdk-python
"""

import sqlite3
import time
from typing import Any

from workshop.sandbox.store import Store
from workshop.sandbox.xray.sampling_rules import SamplingRule, read_last_change, read_rules
from workshop.sandbox.xray.sampling_statistics import add_statistics

# In seconds: how often a client reports, how long its quota is good for, and how long it counts
# as one that takes a share: it may miss two reports.
INTERVAL = 10
QUOTA_LASTS = 300
CLIENT_LASTS = 3 * INTERVAL

_SECOND = 1_000_000_000


def get_sampling_targets(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetSamplingTargets: keep what a client reports, and tell it its quotas."""
    now_ns = time.time_ns()
    targets = []
    unprocessed = []
    with store.transaction() as connection:
        rules = {rule.name: rule for rule in read_rules(connection)}
        for document in params["SamplingStatisticsDocuments"]:
            rule = rules.get(document["RuleName"])
            if rule is None:
                unprocessed.append(_unprocessed(document, "400", "Unknown rule"))
                continue
            add_statistics(connection, document, now_ns)
            _note_client(connection, document, now_ns)
            targets.append(_assign_target(connection, rule, document["ClientID"], now_ns))
        last_change = read_last_change(connection)
    boosts = params.get("SamplingBoostStatisticsDocuments", [])
    return {
        "SamplingTargetDocuments": targets,
        "LastRuleModification": last_change,
        "UnprocessedStatistics": unprocessed,
        "UnprocessedBoostStatistics": [
            _unprocessed(boost, "501", "The workshop's sandbox never boosts") for boost in boosts
        ],
    }


def share_reservoir(size: int, demands: dict[str, int]) -> dict[str, int]:
    """Return each client's quota; together they are the reservoir's size.

    Nobody gets more than they need while others need it; the busiest has what is left over.

    Args:
        size: the reservoir, in requests a second.
        demands: how many requests a second each client has seen.
    """
    quotas = {}
    left = size
    clients = sorted(demands, key=lambda client: (demands[client], client))
    for place, client in enumerate(clients, start=1):
        is_busiest = place == len(clients)
        even = left // (len(clients) - place + 1)
        quotas[client] = left if is_busiest else min(demands[client], even)
        left -= quotas[client]
    return quotas


def _note_client(connection: sqlite3.Connection, document: dict[str, Any], now_ns: int) -> None:
    connection.execute(
        "DELETE FROM xray_sampling_clients WHERE reported_ns < ?",
        (now_ns - CLIENT_LASTS * _SECOND,),
    )
    connection.execute(
        "INSERT OR REPLACE INTO xray_sampling_clients"
        " (rule_name, client_id, reported_ns, request_count) VALUES (?, ?, ?, ?)",
        (document["RuleName"], document["ClientID"], now_ns, document["RequestCount"]),
    )


def _assign_target(
    connection: sqlite3.Connection, rule: SamplingRule, client_id: str, now_ns: int
) -> dict[str, Any]:
    rows = connection.execute(
        "SELECT client_id, request_count FROM xray_sampling_clients WHERE rule_name = ?",
        (rule.name,),
    )
    # One request in ten seconds still needs a place in one of them.
    demands = {client: max(1, -(-count // INTERVAL)) for client, count in rows}
    return {
        "RuleName": rule.name,
        "FixedRate": rule.fixed_rate,
        "ReservoirQuota": share_reservoir(rule.reservoir_size, demands)[client_id],
        "ReservoirQuotaTTL": now_ns // _SECOND + QUOTA_LASTS,
        "Interval": INTERVAL,
    }


def _unprocessed(document: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """Return one that was left out; the code is an HTTP status, which is what SDKs look at."""
    return {"RuleName": document["RuleName"], "ErrorCode": code, "Message": message}
