"""A fixed set of traces, one letter each, that filter expressions are tried on."""

import json

START = 1_700_000_000

PROFILES_ERROR = {
    "exceptions": [{"id": "e" * 16, "type": "KeyError", "message": "no such handle"}],
}
TTL_ERROR = {"exceptions": [{"id": "f" * 16, "type": "ValueError", "message": "bad ttl: -1"}]}


def trace_id(letter):
    return f"1-{START + ord(letter) - ord('A'):08x}-{ord(letter):024x}"


def letter_of(found):
    return chr(int(found[-24:], 16))


def segment(letter, number, seconds, **fields):
    """A segment of a trace; its number is its id."""
    start = START + ord(letter) - ord("A") + 0.25
    return {
        "name": "backend",
        "id": f"{number:016x}",
        "trace_id": trace_id(letter),
        "start_time": start,
        "end_time": start + seconds,
        # As the SDK sends it.
        "in_progress": False,
        **fields,
    }


def part(letter, number, seconds, name, **fields):
    """A subsegment, to be put into a segment; it has the members that the SDK adds."""
    return segment(
        letter, number, seconds, name=name, type="subsegment", parent_id="1".zfill(16), **fields
    )


def http(status, path="/", method="GET", **request):
    url = f"http://shop.example{path}"
    return {"request": {"url": url, "method": method, **request}, "response": {"status": status}}


def answered(letter, status, failed):
    """A call to profiles, and the segment that answers it."""
    flags = {"fault": True} if failed else {}
    cause = {"cause": PROFILES_ERROR} if failed else {}
    call = part(letter, 2, 0.15, "10.0.0.7", namespace="remote", http=http(status), **flags)
    answer = segment(
        letter, 3, 0.1, name="profiles", parent_id=call["id"], http=http(status), **flags, **cause
    )
    return call, answer


def make_documents():
    """Return all documents, in an order in which they might arrive."""
    quick, quick_answer = answered("A", 200, failed=False)
    broken, broken_answer = answered("B", 500, failed=True)
    home = http(200, "/api/home", user_agent="curl/8.5", client_ip="10.0.0.1")
    search = http(200, "/api/search?term=a", "POST", client_ip="10.0.0.2")
    dynamo = part("F", 2, 0.5, "DynamoDB", namespace="aws", fault=True, aws={"table_name": "posts"})
    later = part("F", 3, 9, "send mail", namespace="local")
    call = part("I", 2, 0.4, "Lambda", namespace="aws", aws={"function_name": "random-name"})
    lambda_ = {"name": "random-name", "parent_id": call["id"], "origin": "AWS::Lambda"}
    function = {"name": "random-name", "origin": "AWS::Lambda::Function", "error": True}
    documents = [
        segment(
            "A",
            1,
            0.2,
            http=home,
            user="alice",
            subsegments=[quick],
            annotations={"page": "home", "items": 3, "cached": True},
        ),
        quick_answer,
        broken_answer,
        segment(
            "B",
            1,
            2.5,
            http=search,
            subsegments=[broken],
            annotations={"items": 30, "cached": False, "gameid": "817DL6VO", "handle": 'a"b\\c'},
        ),
        segment(
            "C",
            1,
            6,
            http=http(500, "/api/notify"),
            fault=True,
            cause=TTL_ERROR,
            user="bob",
            origin="AWS::EC2::Instance",
            resource_arn="arn:aws:ec2:us-east-1:1:instance/i-0abc",
            aws={"ec2": {"instance_id": "i-0abc", "availability_zone": "us-east-1a"}},
        ),
        segment("D", 1, 0.05, http=http(404, "/api/nothing"), error=True),
        segment("E", 1, 0.01, http=http(429, "/api/home"), error=True, throttle=True),
        segment("F", 1, 1, http=http(200, "/api/posts", "POST"), subsegments=[dynamo]),
        later,
        segment("G", 1, 1, in_progress=True, http={"request": home["request"]}),
        segment("H", 1, 0.1, http=http(302, "/old")),
        segment("I", 1, 0.5, name="worker", subsegments=[call], annotations={"my.key": "x"}),
        segment("I", 3, 0.35, **lambda_),
        segment("I", 4, 0.3, parent_id="3".zfill(16), **function),
    ]
    for document in documents:
        if document["in_progress"]:
            del document["end_time"]
    return [json.dumps(document) for document in documents]
