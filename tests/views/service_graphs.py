"""Service graphs as boto3 returns them, built by hand."""

import random


def stats(ok=0, error=0, throttle=0, fault=0, ms=10.0):
    total = ok + error + throttle + fault
    return {
        "OkCount": ok,
        "ErrorStatistics": {
            "ThrottleCount": throttle,
            "OtherCount": error,
            "TotalCount": error + throttle,
        },
        "FaultStatistics": {"OtherCount": fault, "TotalCount": fault},
        "TotalCount": total,
        "TotalResponseTime": total * ms / 1000,
    }


def service(reference, name, kind=None, counted=None, edges=()):
    """Make a service; edges are pairs of another's ReferenceId and its statistics, or None."""
    made = {"ReferenceId": reference, "Name": name, "Names": [name], "Edges": []}
    for target, between in edges:
        made["Edges"].append({"ReferenceId": target})
        if between:
            made["Edges"][-1]["SummaryStatistics"] = between
    if kind:
        made["Type"] = kind
    if counted:
        made["SummaryStatistics"] = counted
    return made


def app():
    """Make the map of the course's app, whose calls to profiles fail now and then."""
    return [
        service(
            0,
            "backend",
            None,
            stats(23, fault=1, ms=182),
            [(2, stats(80, fault=16, ms=24)), (3, stats(120, ms=0.42))],
        ),
        service(1, "backend", "client", None, [(0, stats(23, fault=1, ms=185))]),
        service(
            2,
            "profiles",
            "AWS::EC2::Instance",
            stats(74, 4, 2, 16, 21),
            [(4, stats(96, ms=0.3))],
        ),
        service(3, "activities.db", "Database::SQL", stats(120, ms=0.42)),
        service(4, "profiles.db", "Database::SQL", stats(96, ms=0.3)),
    ]


def shared():
    """Make a map in which one edge passes a column."""
    return [
        service(0, "backend", None, stats(23, 1), [(2, stats(96, ms=24)), (3, stats(120, ms=0.4))]),
        service(1, "backend", "client", None, [(0, stats(23, 1))]),
        service(2, "profiles", None, stats(96), [(3, stats(96, ms=0.3))]),
        service(3, "sqlite", "Database::SQL", stats(216)),
    ]


def cycle():
    """Make a map with a cycle of two, one of three, and a service that calls itself."""
    return [
        service(0, "backend", None, stats(50), [(1, stats(50)), (0, stats(7, 1))]),
        service(1, "profiles", None, stats(50), [(2, stats(30, fault=3))]),
        service(2, "ledger", "remote", stats(33), [(0, stats(12)), (1, stats(4, fault=1))]),
        service(5, "backend", "client", None, [(0, stats(38))]),
    ]


def odd():
    """Make a map of long names, equal names, an unknown service and nothing counted."""
    long = "the-service-that-nobody-could-call-short.eu-central-1.elasticbeanstalk.com"
    return [
        service(
            0,
            long,
            "AWS::ElasticBeanstalk::Environment",
            stats(12_345_678, 300, 20, 5, 123_456),
            [(1, stats(1000, ms=0.0002)), (7, None)],
        ),
        service(1, "$x^2$ 名前 \n tab", "remote", stats(fault=3)),
        service(2, "profiles"),
        service(3, "profiles", "remote", stats(4)),
        service(4, "backend", "client", None, [(0, stats(10))]),
        service(5, "other", "client", None, [(3, stats(4)), (2, None)]),
    ]


def many(number=30, seed=3):
    """Make a map of many services, most of which call some others."""
    chance = random.Random(seed)
    made = [service(0, "www", "client", None, [(1, stats(999, ms=200))])]
    for reference in range(1, number):
        reached = {
            min(number - 1, 2 * reference + chance.randint(0, 2))
            for _ in range(chance.randint(1, 3))
        }
        edges = [
            (target, stats(chance.randint(5, 900), fault=chance.choice([0, 0, 0, 4])))
            for target in sorted(reached)
            if target > reference
        ]
        kind = chance.choice([None, "AWS::ECS::Container", "remote", "AWS::DynamoDB::Table"])
        counted = stats(chance.randint(5, 1200), chance.choice([0, 3]), 0, chance.choice([0, 5]))
        made.append(service(reference, f"service-{reference}", kind, counted, edges))
    return made


def chain(number=9):
    """Make a map in which each service calls the next one only."""
    last = number - 1
    return [
        service(at, f"part-{at}", None, stats(10), [(at + 1, stats(10))] if at < last else [])
        for at in range(number)
    ]


SAMPLES = {
    "app": app(),
    "shared": shared(),
    "cycle": cycle(),
    "odd": odd(),
    "many": many(),
    "chain": chain(),
    "one": [service(0, "backend", None, stats(1, ms=3))],
    "bare": [service(0, "backend")],
}
