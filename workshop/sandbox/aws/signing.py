"""Checks the signature of an AWS request, with botocore's own signer.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from workshop.sandbox import SANDBOX_KEY, refusals
from workshop.sandbox.aws.errors import ApiError

ALGORITHM = "AWS4-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<key>[^/,\s]*)/(?P<date>\d{{8}})/(?P<region>[^/,\s]+)"
    r"/(?P<service>[^/,\s]+)/aws4_request *, *SignedHeaders=(?P<headers>[^,\s]+)"
    r" *, *Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class SignedRequest:
    """What a signature covers.

    Args:
        method: the HTTP method.
        target: the path and query, as they were sent.
        headers: all headers, by their names in lower case.
        body: the body's bytes.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def name_service(authorization: str) -> str:
    """Return the service in a credential scope, such as `xray`; empty where there is none."""
    match = _AUTHORIZATION.fullmatch(authorization)
    return match["service"] if match else ""


def check_signature(request: SignedRequest) -> None:
    """Check that a request was signed with the sandbox's own key.

    Its time is not checked: client and sandbox share a clock.

    Raises:
        ApiError: it was not signed, by another key, or is not what was signed.
    """
    authorization = request.headers.get("authorization", "")
    if not authorization:
        raise missing_token()
    match = _AUTHORIZATION.fullmatch(authorization)
    timestamp = request.headers.get("x-amz-date", "")
    if match is None or not timestamp.startswith(match["date"]):
        raise ApiError(
            "IncompleteSignatureException",
            "The Authorization header has to hold Credential, SignedHeaders and Signature of"
            " AWS Signature Version 4, and X-Amz-Date the same day.",
            403,
            refusals.SIGNATURE,
        )
    if match["key"] != SANDBOX_KEY or "x-amz-security-token" in request.headers:
        raise unknown_key()
    expected = _sign(request, match["region"], match["service"], match["headers"], timestamp)
    hashed = request.headers.get("x-amz-content-sha256")
    is_body_signed = hashed is None or hashed == hashlib.sha256(request.body).hexdigest()
    if not (hmac.compare_digest(expected, match["signature"]) and is_body_signed):
        raise ApiError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided."
            " Check your AWS Secret Access Key and signing method."
            " Consult the service documentation for details.",
            403,
            refusals.SIGNATURE,
        )


def missing_token() -> ApiError:
    """Return the refusal of a request that is not signed at all."""
    return ApiError(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
        403,
        refusals.MISSING_KEY,
    )


def unknown_key() -> ApiError:
    """Return the refusal of a key that is not the sandbox's."""
    return ApiError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
        refusals.UNKNOWN_KEY,
    )


def _sign(
    request: SignedRequest, region: str, service: str, signed_headers: str, timestamp: str
) -> str:
    """Return the signature that the sandbox's own key gives."""
    signer = _Signer(Credentials(SANDBOX_KEY, SANDBOX_KEY), service, region)
    signer.names = frozenset(signed_headers.split(";"))
    # Plain http, so that the signer takes the body's hash and never 'UNSIGNED-PAYLOAD'.
    url = f"http://{request.headers.get('host', '')}{request.target}"
    signed = AWSRequest(request.method, url, dict(request.headers), request.body)
    signed.context["timestamp"] = timestamp
    text = signer.string_to_sign(signed, signer.canonical_request(signed))
    return str(signer.signature(text, signed))


class _Signer(SigV4Auth):  # type: ignore[misc]
    """Signs the headers that the client has signed, not those that it should have."""

    names: frozenset[str] = frozenset()

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        headers = HTTPHeaders()
        for name, value in request.headers.items():
            if name.lower() in self.names:
                headers[name.lower()] = value
        return headers
