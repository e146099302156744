"""Sets how long a group's events are kept.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from typing import Any

from workshop.sandbox.cloudwatch.errors import invalid_parameter, missing_group
from workshop.sandbox.store import Store

ALLOWED_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)


def put_retention_policy(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer PutRetentionPolicy.

    Raises:
        ApiError: there is no such group, or this is not one of the periods there are.
    """
    days = params["retentionInDays"]
    if days not in ALLOWED_DAYS:
        raise invalid_parameter(
            "Value at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum"
            f" value set: [{', '.join(map(str, ALLOWED_DAYS))}]"
        )
    return _set_days(store, params["logGroupName"], days)


def delete_retention_policy(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteRetentionPolicy: from now on, the group's events never expire.

    Raises:
        ApiError: there is no such group.
    """
    return _set_days(store, params["logGroupName"], None)


def _set_days(store: Store, name: str, days: int | None) -> dict[str, Any]:
    with store.transaction() as connection:
        changed = connection.execute(
            "UPDATE cloudwatch_log_groups SET retention_days = ? WHERE name = ?", (days, name)
        )
        if changed.rowcount == 0:
            raise missing_group()
    return {}
