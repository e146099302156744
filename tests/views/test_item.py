import pytest

from workshop.errors import WorkshopError
from workshop.sandbox.rollbar.occurrence import Item
from workshop.sandbox.rollbar.unpack import make_occurrence
from workshop.views import item as view
from workshop.views import item_lines

START = 1_790_000_000
FLASK = "/x/lib/python3.11/site-packages/flask/app.py"


def frame(file, line, method, code, **variables):
    sent = {"filename": file, "lineno": line, "method": method, "code": code}
    return sent | ({"locals": variables} if variables else {})


CALLS = [
    frame(FLASK, 1536, "wsgi_app", "response = self.full_dispatch_request()"),
    frame(FLASK, 919, "dispatch_request", "return view(**arguments)"),
    frame("/srv/app/backend.py", 31, "create", "return activities.create(form)"),
    frame("/srv/app/services/ttl.py", 12, "expire", "DAYS[ttl]", ttl="$5 <b>", days=None),
]
RAISE_FOR_STATUS = frame(
    "/x/lib/python3.11/site-packages/requests/models.py", 1026, "raise_for_status", "raise e", e=1
)


def trace(*frames, kind="KeyError", message="'5-days'"):
    return {"frames": list(frames), "exception": {"class": kind, "message": message}}


def occurrences(*after, body=None, **more):
    data = {"environment": "production", "body": body or {"trace": trace(*CALLS)}, **more}
    return [
        make_occurrence(number, 1, f"u{number}", 0, START + seconds, data)
        for number, seconds in enumerate(after)
    ]


def item(**other):
    usual = {
        "id": 1_000_001,
        "counter": 1,
        "title": "KeyError: '5-days'",
        "level": "error",
        "status": "active",
        "environment": "production",
        "framework": "flask",
        "platform": "unknown",
        "language": "python",
        "fingerprint": "f",
        "total_occurrences": 3,
        "unique_occurrences": 1,
        "first_occurrence_id": 1,
        "first_timestamp": START,
        "last_occurrence_id": 3,
        "last_timestamp": START + 600,
        "activating_occurrence_id": 1,
        "last_activated": START,
        "last_resolved": None,
    }
    return Item(**(usual | other))


def drawn(figure, *kinds):
    axes = figure.axes[0]
    return [text.get_text() for text in axes.texts if not kinds or text.get_gid() in kinds]


def bars(figure):
    return [patch for patch in figure.axes[0].patches if patch.get_gid() == "count"]


def test_it_tells_who_when_and_where():
    figure = view.draw(
        item(),
        occurrences(
            0,
            600,
            person={"id": "7", "username": "bayko"},
            request={"method": "POST", "url": "http://a/api"},
            code_version="1.2",
        ),
    )
    assert drawn(figure, "title") == ["KeyError: '5-days'"]
    assert drawn(figure, "facts") == ["error · active · production · 3 occurrences"]
    assert drawn(figure, "fact") == [
        "✗ error",
        "production",
        "7 · bayko",
        "POST http://a/api",
        "1.2",
        "2026-09-21 14:13:20 UTC",
        "2026-09-21 14:23:20 UTC",
    ]


def test_what_to_see_stands_above_the_items_own_title():
    figure = view.draw(item(status="resolved"), occurrences(0), "A day that nobody knows")
    assert drawn(figure, "title") == ["A day that nobody knows"]
    assert drawn(figure, "facts")[0].startswith("KeyError: '5-days' · error · resolved")


def test_an_item_that_came_back_says_so():
    back = item(activating_occurrence_id=3, last_resolved=START + 9)
    assert "reactivated" in drawn(view.draw(back, occurrences(0)), "facts")[0]


def test_own_calls_come_first_and_libraries_are_one_line():
    assert drawn(view.draw(item(), occurrences(0)), "frame", "code", "folded") == [
        "▸ app/services/ttl.py:12 in expire  ✗ raised here",
        "DAYS[ttl]",
        "▸ app/backend.py:31 in create",
        "return activities.create(form)",
        "… 2 calls in libraries: flask 2",
    ]


def test_a_library_that_raised_is_shown_too():
    body = {"trace": trace(*CALLS, RAISE_FOR_STATUS)}
    figure = view.draw(item(), occurrences(0, body=body))
    assert drawn(figure, "frame") == [
        "▸ app/services/ttl.py:12 in expire",
        "▸ app/backend.py:31 in create",
        "requests/models.py:1026 in raise_for_status  ✗ raised here",
    ]
    assert drawn(figure, "folded") == ["… 3 calls in libraries: flask 2, requests 1"]
    assert drawn(figure, "local") == ["e = 1"]


def test_another_folder_may_be_ones_own():
    body = {"trace": trace(frame("/srv/backend-flask/home.py", 3, "run", "x"))}
    sent = occurrences(0, body=body)
    assert drawn(view.draw(item(), sent), "none") == ["none is in app/", "none were sent"]
    figure = view.draw(item(), sent, own="backend-flask")
    assert drawn(figure, "frame") == ["▸ backend-flask/home.py:3 in run  ✗ raised here"]


def test_variables_are_those_of_the_call_that_raised_and_no_markup():
    figure = view.draw(item(), occurrences(0))
    assert drawn(figure, "local") == ["ttl = $5 <b>", "days = None"]
    many = frame("/srv/app/a.py", 1, "f", "x", **{f"v{n}": n for n in range(20)})
    figure = view.draw(item(), occurrences(0, body={"trace": trace(many)}))
    assert len(drawn(figure, "local")) == item_lines.MOST_LOCALS
    assert drawn(figure, "folded") == ["… 6 more"]


def test_a_chain_names_what_it_came_from():
    chain = [trace(*CALLS), trace(*CALLS, kind="OSError", message="gone")]
    figure = view.draw(item(), occurrences(0, body={"trace_chain": chain}))
    assert drawn(figure, "cause") == ["which came from OSError: gone"]


def test_a_message_has_no_stack():
    sent = occurrences(0, body={"message": {"body": "It is\nslow"}}, custom={"page": "home"})
    figure = view.draw(item(level="warning", title="It is"), sent)
    assert drawn(figure, "message") == ["It is slow"]
    assert drawn(figure, "local") == ["page = home"]
    assert drawn(figure, "frame", "folded") == []
    assert drawn(figure, "fact")[0] == "warning"


@pytest.mark.parametrize(
    ("after", "step", "heights"),
    [
        ((0,), "1 second", [1]),
        ((0, 0, 1), "1 second", [2, 1]),
        ((0, 59), "1 second", [1, 1]),
        ((0, 60), "2 seconds", [1, 1]),
        ((0, 30, 599, 600), "30 seconds", [1, 1, 1, 1]),
        ((0, 1, 2, 3000), "1 minute", [3, 1]),
        ((0, 86_400 * 3), "2 hours", [1, 1]),
        ((0, 86_400 * 7000), "117 days", [1, 1]),
    ],
)
def test_bars_count_by_lengths_of_time_that_can_be_read(after, step, heights):
    figure = view.draw(item(), occurrences(*after))
    (scale,) = drawn(figure, "scale")
    assert f", {step} a bar; the highest is {max(heights)}" in scale
    tallest = max(bar.get_height() for bar in bars(figure))
    relative = [bar.get_height() / tallest * max(heights) for bar in bars(figure)]
    assert relative == pytest.approx(heights)
    right = max(bar.get_x() + bar.get_width() for bar in bars(figure))
    assert right <= view.WIDTH - view.MARGIN


def test_the_latest_occurrence_is_told_whatever_the_order():
    old, new = occurrences(0)[0], occurrences(5, person={"id": "new"})[0]
    for order in ([old, new], [new, old]):
        assert "new" in drawn(view.draw(item(), order), "fact")


def test_equal_items_are_equal_pictures_and_odd_ones_are_drawn():
    assert view.to_png(item(), occurrences(0, 5)) == view.to_png(item(), occurrences(0, 5))
    odd = item(title="名前 $x^2$ \\frac " + "long " * 60, last_timestamp=2**39)
    body = {"trace": trace(frame("x" * 300, None, None, "y" * 300), message="\ud800\n\x07")}
    sent = occurrences(0, body=body, request={"url": "http://a/?" + "q" * 500})
    figure = view.draw(odd, sent)
    figure.canvas.draw()
    right = view.WIDTH * figure.dpi
    extents = [text.get_window_extent() for text in figure.axes[0].texts]
    assert all(extent.x1 <= right for extent in extents)


def test_in_words_it_has_no_times_and_no_values():
    picture = view.show(item(), occurrences(0, 5), "A day that nobody knows")
    assert picture.alt.splitlines() == [
        "Item KeyError: '5-days': error · active · production · 3 occurrences",
        "",
        "your calls, the most recent first",
        "▸ app/services/ttl.py:12 in expire  ✗ raised here",
        "  DAYS[ttl]",
        "▸ app/backend.py:31 in create",
        "  return activities.create(form)",
        "… 2 calls in libraries: flask 2",
        "",
        "Variables: ttl, days",
    ]


def test_nothing_is_told_how_to_get_something():
    with pytest.raises(WorkshopError, match="no occurrences"):
        view.draw(item(), [])
