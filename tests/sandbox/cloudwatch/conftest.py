import pytest
from cloudwatch_clients import GROUP, STREAM, api_client, now


@pytest.fixture
def logs(sandbox):
    """boto3's CloudWatch Logs client, at a running sandbox."""
    client = api_client(sandbox.url, parameter_validation=False)
    yield client
    client.close()


@pytest.fixture
def put(logs):
    """Put messages into a stream, a millisecond apart; group and stream are made if absent."""

    def put(*messages, group=GROUP, stream=STREAM, start=None):
        for create, asked in (
            (logs.create_log_group, {"logGroupName": group}),
            (logs.create_log_stream, {"logGroupName": group, "logStreamName": stream}),
        ):
            try:
                create(**asked)
            except logs.exceptions.ResourceAlreadyExistsException:
                continue
        start = now() if start is None else start
        events = [
            {"timestamp": start + number, "message": text} for number, text in enumerate(messages)
        ]
        return logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    return put
