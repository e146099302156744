"""Of a thousand mixed requests each is found from any of the four tools in the three others.

And in production, where each tool samples: what notebook 08 says to be missing is what is missing.
"""

from collections import Counter

import followed
import pytest

from workshop.sandbox.console import same_request
from workshop.sandbox.console.matching import BY_ID, Request, xray_id
from workshop.sandbox.server import running_sandbox

MANY, IN_PRODUCTION = 1000, 300
KEEP_ONE_IN = 4
ALIKE_A_MINUTE = 10
TOOLS = ["honeycomb", "xray", "cloudwatch", "rollbar"]
SAMPLE = 10


def run(tmp_path_factory, name, count, *edits, **variables):
    """Yield what the tools have after a run, and the sandbox's data."""
    folder = tmp_path_factory.mktemp(name)
    app = followed.copy_app(folder / "app of step 08", *followed.SLOW, *edits)
    (folder / "scratch").mkdir()
    with running_sandbox(folder / "sandbox") as sandbox:
        records = followed.follow(app, sandbox, folder / "scratch", count, **variables)
        with sandbox.reader() as reader:
            yield records, reader


@pytest.fixture(scope="module")
def all_kept(tmp_path_factory):
    """A run in which nothing is sampled: callers are trusted, and ask to be recorded."""
    yield from run(tmp_path_factory, "kept", MANY, followed.NO_CAP)


@pytest.fixture(scope="module")
def records(all_kept):
    return all_kept[0]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A run with production's settings: each tool samples by its own rule."""
    yield from run(tmp_path_factory, "production", IN_PRODUCTION, ENVIRONMENT="production")


@pytest.fixture(scope="module")
def production(sampled):
    return sampled[0]


def own_line(records, sent):
    """Return the one line that backend has written about a request."""
    lines = [line for line in records.lines[sent.id] if "status" in line]
    (line,) = [line for line in lines if line["service"] == "backend"]
    return line


def server_spans(spans, service):
    return [each for each in spans if each["span.kind"] == "server" and each["Dataset"] == service]


def profiles_lines(records, sent):
    lines = records.lines[sent.id]
    return [line for line in lines if line["service"] == "profiles" and "status" in line]


def fails(sent):
    """Tell whether something fails in a request: itself, or profiles for it."""
    return sent.status >= 500 or sent.path.endswith("/notifications")


def test_the_mix_is_mixed(records):
    statuses = Counter(each.status for each in records.sent)
    assert len(records.sent) == MANY
    assert statuses == {
        200: MANY * 4 // 10,
        201: MANY * 2 // 10,
        404: MANY * 3 // 10,
        500: MANY // 10,
    }
    assert len({each.id for each in records.sent}) == MANY


def test_nothing_is_known_by_another_id(records):
    ids = {each.id for each in records.sent}
    assert set(records.spans) == set(records.segments) == ids
    assert set(records.lines) - {None} == ids
    assert set(records.reports) == {each.id for each in records.sent if fails(each)}


def test_from_the_answer_to_each_tool_and_to_the_same_request(records):
    for sent in records.sent:
        (span,) = server_spans(records.spans[sent.id], "backend")
        assert span["user_agent.original"] == sent.mark
        (segment,) = [each for each in records.segments[sent.id] if each["name"] == "backend"]
        assert segment["http"]["request"]["user_agent"] == sent.mark
        line = own_line(records, sent)
        assert (line["method"], line["path"], line["status"]) == (
            sent.method,
            sent.path,
            sent.status,
        )
        # Whoever reports without the request at hand sends none.
        asked = [each["request"] for each in records.reports.get(sent.id, []) if "request" in each]
        of_backend = [each for each in asked if sent.path in each["url"]]
        assert {each["headers"]["User-Agent"] for each in of_backend} == (
            {sent.mark} if sent.status >= 500 else set()
        )
        assert sent.body_id == (sent.id if sent.status >= 400 else None)


def test_from_any_tool_to_the_answer(records):
    answered = {each.mark: each.id for each in records.sent}
    at_honeycomb = {
        span["user_agent.original"]: trace_id
        for trace_id, spans in records.spans.items()
        for span in server_spans(spans, "backend")
    }
    at_xray = {
        segment["http"]["request"]["user_agent"]: trace_id
        for trace_id, segments in records.segments.items()
        for segment in segments
        if segment["name"] == "backend"
    }
    assert at_honeycomb == at_xray == answered


def test_profiles_has_its_part_under_the_same_id(records):
    parts = 0
    for sent in records.sent:
        lines = profiles_lines(records, sent)
        segments = [each for each in records.segments[sent.id] if each["name"] == "profiles"]
        spans = server_spans(records.spans[sent.id], "profiles")
        assert len(lines) == len(segments) == len(spans)
        assert Counter(line["path"] for line in lines) == Counter(
            span["url.path"] for span in spans
        )
        parts += len(lines)
    assert parts > MANY / 10


def test_both_spellings_are_the_same_id(records):
    told = [line for lines in records.lines.values() for line in lines if "trace_id" in line]
    told += [report["custom"] for reports in records.reports.values() for report in reports]
    assert len(told) > MANY
    assert all(followed.plain(each["xray_trace_id"]) == each["trace_id"] for each in told)


def test_a_trusted_caller_who_has_a_trace_is_followed(records):
    for sent in records.sent:
        if "traceparent" in sent.said:
            assert sent.id == sent.said["traceparent"]
        else:
            # X-Ray's own header says whether to record, and not under which id.
            assert sent.id not in sent.said.values()
    told = Counter(tuple(sorted(each.said)) for each in records.sent)
    assert len(told) == 4
    assert min(told.values()) >= MANY // 5


def test_the_console_finds_it_by_either_spelling(all_kept):
    records, reader = all_kept
    for sent in records.sent[:: MANY // SAMPLE]:
        for spelling in (sent.id, xray_id(sent.id)):
            found = same_request.find(reader, Request(spelling))
            for tool in TOOLS:
                matches = found.matches[tool]
                assert {each.how for each in matches} <= {BY_ID}
                assert bool(matches) == (tool != "rollbar" or fails(sent))


def test_in_production_the_answer_and_the_log_have_each_request(production):
    for sent in production.sent:
        own_line(production, sent)
        assert sent.body_id == (sent.id if sent.status >= 400 else None)
    assert set(production.lines) - {None} == {each.id for each in production.sent}


def test_in_production_no_stranger_chooses_the_id(production):
    assert not [each for each in production.sent if each.id in each.said.values()]
    assert sum(bool(each.said) for each in production.sent) > IN_PRODUCTION / 2


def test_in_production_honeycomb_has_one_whole_trace_in_four_and_each_failure(production):
    for sent in production.sent:
        spans = production.spans.get(sent.id, [])
        if int(sent.id, 16) % KEEP_ONE_IN == 0:
            assert len(server_spans(spans, "backend")) == 1
            profiles = server_spans(spans, "profiles")
            assert len(profiles) == len(profiles_lines(production, sent))
            assert {span["SampleRate"] for span in spans} == {KEEP_ONE_IN}
        else:
            assert all(span["error"] for span in spans)
            assert bool(spans) == fails(sent)
            assert len(server_spans(spans, "backend")) == (sent.status >= 500)
    assert {each.id for each in production.sent} >= set(production.spans)


def test_in_production_xray_has_what_its_rules_choose_whole(production):
    for sent in production.sent:
        segments = Counter(each["name"] for each in production.segments.get(sent.id, []))
        if segments:
            calls = len(profiles_lines(production, sent))
            assert segments == Counter({"backend": 1, "profiles": calls})
    assert {each.id for each in production.sent} >= set(production.segments)
    # One a second, and 5 % of the rest, with six standard deviations of it.
    most = production.seconds + 2 + IN_PRODUCTION * 0.05 + 6 * (IN_PRODUCTION * 0.05 * 0.95) ** 0.5
    assert 1 <= len(production.segments) <= most


def test_in_production_rollbar_has_the_first_of_each_kind_in_a_minute(production):
    failed = {each.id for each in production.sent if fails(each)}
    assert set(production.reports) <= failed
    kinds = Counter()
    for reports in production.reports.values():
        for report in reports:
            kinds[report["level"], report.get("context", "")] += 1
    assert len(kinds) == 3
    minutes = 1 + int(production.seconds // 60) + 1
    assert all(ALIKE_A_MINUTE <= times <= minutes * ALIKE_A_MINUTE for times in kinds.values())


def test_in_production_each_line_says_who_keeps_the_trace(production):
    for sent in production.sent:
        keepers = [
            tool
            for tool, keeps in (
                ("honeycomb", int(sent.id, 16) % KEEP_ONE_IN == 0),
                ("xray", sent.id in production.segments),
            )
            if keeps
        ]
        lines = [own_line(production, sent), *profiles_lines(production, sent)]
        assert all(line["kept_by"] == keepers for line in lines)
        for report in production.reports.get(sent.id, []):
            assert report["custom"]["kept_by"] == keepers


def test_in_production_the_console_shows_what_is_there_and_guesses_nothing(sampled):
    records, reader = sampled
    for sent in records.sent[:: IN_PRODUCTION // SAMPLE]:
        found = same_request.find(reader, Request(sent.body_id or sent.header_id))
        assert not found.is_guess
        assert found.request.path == sent.path
        assert {tool: bool(matches) for tool, matches in found.matches.items()} == {
            "honeycomb": sent.id in records.spans,
            "xray": sent.id in records.segments,
            "cloudwatch": True,
            "rollbar": sent.id in records.reports,
        }
