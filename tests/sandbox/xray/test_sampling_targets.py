"""Quotas: a rule's reservoir is shared among the clients that report it."""

import pytest
from xray_clients import rule

from workshop.sandbox.xray import sampling_rules, sampling_targets
from workshop.sandbox.xray.sampling_statistics import RuleCounts, read_sampling_counts
from workshop.sandbox.xray.sampling_targets import share_reservoir

NOW = 1_700_000_000
ONE, TWO, THREE = ("a" * 24, "b" * 24, "c" * 24)


@pytest.fixture
def clock(monkeypatch):
    """The sandbox's clock, in seconds since 1970: call it to set it."""

    def set_to(seconds):
        for module in (sampling_targets, sampling_rules):
            monkeypatch.setattr(module.time, "time_ns", lambda: int(seconds * 10**9))
            monkeypatch.setattr(module.time, "time", lambda: seconds)

    set_to(NOW)
    return set_to


@pytest.fixture
def rules(store, clock):
    for each in (rule("five", reservoir=5, rate=0.0), rule("none", rate=0.25)):
        sampling_rules.create_sampling_rule(store, {"SamplingRule": each})


def report(client, name="five", requests=1000, sampled=0, borrowed=0):
    return {
        "RuleName": name,
        "ClientID": client,
        "Timestamp": NOW,
        "RequestCount": requests,
        "SampledCount": sampled,
        "BorrowCount": borrowed,
    }


def ask(store, *reports):
    return sampling_targets.get_sampling_targets(
        store, {"SamplingStatisticsDocuments": list(reports)}
    )


def quota(store, client, **counts):
    (target,) = ask(store, report(client, **counts))["SamplingTargetDocuments"]
    return target["ReservoirQuota"]


def test_a_target_says_rate_quota_and_how_long_both_last(store, rules):
    answer = ask(store, report(ONE), report(ONE, "none"), report(ONE, "Default"))
    lasts = {"ReservoirQuotaTTL": NOW + 300, "Interval": 10}
    assert answer["SamplingTargetDocuments"] == [
        {"RuleName": "five", "FixedRate": 0.0, "ReservoirQuota": 5, **lasts},
        {"RuleName": "none", "FixedRate": 0.25, "ReservoirQuota": 0, **lasts},
        {"RuleName": "Default", "FixedRate": 0.05, "ReservoirQuota": 1, **lasts},
    ]
    assert answer["UnprocessedStatistics"] == []


def test_an_unknown_rule_is_left_out_and_the_others_are_not(store, rules):
    answer = ask(store, report(ONE, "gone"), report(ONE))
    assert [each["RuleName"] for each in answer["SamplingTargetDocuments"]] == ["five"]
    assert answer["UnprocessedStatistics"] == [
        {"RuleName": "gone", "ErrorCode": "400", "Message": "Unknown rule"}
    ]
    with store.reader() as reader:
        assert [each.name for each in read_sampling_counts(reader)] == ["five", "none", "Default"]


def test_a_boost_is_never_given_and_that_is_said(store, rules):
    boost = {"RuleName": "five", "ServiceName": "backend", "Timestamp": NOW}
    members = {"SamplingStatisticsDocuments": [], "SamplingBoostStatisticsDocuments": [boost]}
    answer = sampling_targets.get_sampling_targets(store, members)
    (unprocessed,) = answer["UnprocessedBoostStatistics"]
    assert (unprocessed["RuleName"], unprocessed["ErrorCode"]) == ("five", "501")


def test_more_than_25_reports_at_once_are_refused(api):
    template = {**report(ONE, "Default"), "BorrowCount": 0}
    answer = api.get_sampling_targets(SamplingStatisticsDocuments=[template] * 25)
    assert len(answer["SamplingTargetDocuments"]) == 25
    with pytest.raises(api.exceptions.InvalidRequestException):
        api.get_sampling_targets(SamplingStatisticsDocuments=[template] * 26)


def test_the_clients_quotas_together_are_the_reservoir(store, rules):
    assert quota(store, ONE) == 5
    assert quota(store, TWO) == 3
    assert quota(store, ONE) == 2
    assert quota(store, THREE) == 2
    assert sorted(quota(store, client) for client in (ONE, TWO, THREE)) == [1, 2, 2]


def test_a_client_that_needs_little_leaves_the_rest_to_the_busy_one(store, rules):
    quota(store, ONE, requests=1)
    assert quota(store, TWO, requests=1000) == 4
    assert quota(store, ONE, requests=1) == 1


def test_a_client_that_is_silent_for_long_has_no_share(store, rules, clock):
    quota(store, ONE)
    clock(NOW + 30)
    assert quota(store, TWO) == 3
    clock(NOW + 61)
    assert quota(store, TWO) == 5


def test_reservoirs_are_shared_rule_by_rule(store, rules):
    ask(store, report(ONE, "Default"))
    assert quota(store, TWO) == 5


def test_a_rule_that_is_made_anew_has_no_clients(store, rules):
    quota(store, ONE)
    sampling_rules.delete_sampling_rule(store, {"RuleName": "five"})
    sampling_rules.create_sampling_rule(store, {"SamplingRule": rule("five", reservoir=5)})
    assert quota(store, TWO) == 5


@pytest.mark.parametrize(
    ("size", "demands", "quotas"),
    [
        (5, {"a": 1}, {"a": 5}),
        (0, {"a": 9, "b": 9}, {"a": 0, "b": 0}),
        (1, {"a": 9, "b": 9}, {"a": 0, "b": 1}),
        (1, {"a": 9, "b": 3}, {"a": 1, "b": 0}),
        (10, {"a": 9, "b": 9, "c": 9}, {"a": 3, "b": 3, "c": 4}),
        (10, {"a": 1, "b": 2, "c": 99}, {"a": 1, "b": 2, "c": 7}),
        (10, {"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1, "c": 8}),
        (10**9, {"a": 10**9, "b": 10**9}, {"a": 5 * 10**8, "b": 5 * 10**8}),
    ],
)
def test_a_reservoir_is_shared_by_need_and_never_exceeded(size, demands, quotas):
    assert share_reservoir(size, demands) == quotas
    assert sum(quotas.values()) == size


def test_what_is_reported_is_kept_rule_by_rule(store, rules, clock):
    ask(store, report(ONE, requests=110, sampled=10, borrowed=10))
    ask(store, report(TWO, requests=5, sampled=1), report(TWO, "none", requests=7))
    clock(NOW + 10)
    ask(store, report(ONE, requests=100, sampled=50))
    with store.reader() as reader:
        counts = read_sampling_counts(reader)
        later = read_sampling_counts(reader, since_ns=(NOW + 15) * 10**9)
    assert counts == [
        RuleCounts("five", 5000, requests=215, sampled=61, borrowed=10),
        RuleCounts("none", 5000, requests=7, sampled=0, borrowed=0),
        RuleCounts("Default", 10000, requests=0, sampled=0, borrowed=0),
    ]
    assert counts[0].recorded == 71
    assert later[0] == RuleCounts("five", 5000, requests=100, sampled=50, borrowed=0)


def test_the_counts_of_a_deleted_rule_stay(store, rules):
    ask(store, report(ONE, requests=3))
    sampling_rules.delete_sampling_rule(store, {"RuleName": "five"})
    with store.reader() as reader:
        assert read_sampling_counts(reader)[-1] == RuleCounts("five", None, 3, 0, 0)


def test_summaries_tell_the_last_hour_by_ten_seconds(sandbox, api, clock):
    def tell():
        pages = api.get_paginator("get_sampling_statistic_summaries").paginate()
        return [
            (each["RuleName"], each["Timestamp"].timestamp(), each["RequestCount"])
            for each in pages.build_full_result()["SamplingStatisticSummaries"]
        ]

    assert tell() == []
    for seconds in (0, 9, 10, 25):
        clock(NOW + seconds)
        ask(sandbox.store, report(ONE, "Default", requests=1 + seconds))
    assert tell() == [
        ("Default", NOW, 11),
        ("Default", NOW + 10, 11),
        ("Default", NOW + 20, 26),
    ]
    clock(NOW + 3600 + 5)
    assert [requests for _, _, requests in tell()] == [11, 26]
