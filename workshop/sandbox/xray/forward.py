"""Passes on to AWS what the daemon is sent, where a learner has keys of their own and no Docker.

Documents go by PutTraceSegments; what an SDK asks the TCP proxy for is signed and passed on as it
is. Nothing of it is kept here, and keys stay in memory.

Source: `pkg/conn`, `pkg/processor` and `pkg/proxy` of https://github.com/aws/aws-xray-daemon
"""

import contextlib
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session

from workshop.sandbox import refusals
from workshop.sandbox.aws.dispatch import Answer

SERVICE = "xray"
# The daemon's own: a document that cannot be sent is dropped, so that an outage costs no memory.
TIMEOUT = 2
ATTEMPTS = 2
# What of an answer goes back to the SDK: the rest is between AWS and this process.
PASSED_HEADERS = ("content-type", "x-amzn-requestid", "x-amzn-errortype")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """Where X-Ray is, and who asks.

    Args:
        access_key: the access key's id.
        secret_key: its secret.
        region: such as `eu-central-1`.
        token: a session's token, where the key is a temporary one.
        endpoint: another address than AWS's own.
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str
    token: str = field(default="", repr=False)
    endpoint: str = ""


class Forwarder:
    """A connection to X-Ray itself.

    Args:
        account: whose.
    """

    def __init__(self, account: Account) -> None:
        session = boto3.session.Session(
            aws_access_key_id=account.access_key,
            aws_secret_access_key=account.secret_key,
            aws_session_token=account.token or None,
            region_name=account.region,
        )
        retries = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
        self._client = session.client(
            SERVICE,
            endpoint_url=account.endpoint or None,
            config=Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries=retries),
        )
        self._signer = SigV4Auth(session.get_credentials(), SERVICE, account.region)
        self._http = URLLib3Session(timeout=TIMEOUT)

    @property
    def url(self) -> str:
        """Where it sends to."""
        return str(self._client.meta.endpoint_url)

    def send_documents(self, documents: list[str]) -> list[dict[str, Any]]:
        """Put segment documents to X-Ray.

        Args:
            documents: the JSON text of each, at most 50.

        Returns:
            Those that X-Ray did not take, or all of them where it could not be asked: `ErrorCode`
            and `Message`, and the `Id` where X-Ray told it.
        """
        try:
            said = self._client.put_trace_segments(TraceSegmentDocuments=documents)
        except (BotoCoreError, ClientError) as error:
            reason = refusals.mask_keys(str(error))
            return [{"ErrorCode": type(error).__name__, "Message": reason}] * len(documents)
        return list(said["UnprocessedTraceSegments"])

    def pass_on(self, path: str, body: bytes) -> Answer:
        """Sign what an SDK asks for, ask X-Ray, and return its answer.

        Args:
            path: the path of one of X-Ray's operations.
            body: its JSON, as it came.
        """
        headers = {"Content-Type": "application/json"}
        request = AWSRequest("POST", f"{self.url.rstrip('/')}{path}", data=body, headers=headers)
        self._signer.add_auth(request)
        try:
            answer = self._http.send(request.prepare())
        except BotoCoreError as error:
            _log.warning("X-Ray cannot be asked: %s", error)
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            return Answer(HTTPStatus.BAD_GATEWAY, headers, f"X-Ray: {error}\n".encode())
        passed = {
            name: value for name, value in answer.headers.items() if name.lower() in PASSED_HEADERS
        }
        return Answer(answer.status_code, passed, answer.content)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()
        with contextlib.suppress(BotoCoreError):
            self._http.close()
