from workshop.views import table


def test_what_is_named_is_shown_in_order_and_the_rest_is_not(traces):
    span = traces.make(1).roots[0]
    span.attributes = {
        "http.route": "/api/activities/home",
        "app.cached": False,
        "app.authors": ("bayko", "brown"),
        "server.port": 41233,
        "app.term": "a\nb",
        "app.long": "x" * 200,
    }
    shown = table.render(
        span, ["app.authors", "http.route", "app.cached", "app.term", "app.absent"]
    )
    assert shown.splitlines() == [
        "app.authors   bayko, brown",
        "http.route    /api/activities/home",
        "app.cached    false",
        "app.term      a b",
        "app.absent    (not set)",
    ]
    assert len(table.render(span, ["app.long"])) == len("app.long   ") + table.LONGEST


def test_no_keys_are_no_text(traces):
    assert table.render(traces.one.roots[0], []) == ""
