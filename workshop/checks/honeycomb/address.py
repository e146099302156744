"""Explains an exporter's address that leads nowhere, or somewhere else."""

from urllib.parse import urlsplit

from workshop.checks.findings import Finding

PATH = "/v1/traces"
GRPC_PORT = 4317


def explain(endpoint: str, where: str, sandbox_url: str) -> Finding | None:
    """Return what is wrong with an exporter's address, or nothing.

    Args:
        endpoint: where the exporter posts to, its path included.
        where: where in the learner's files it was decided.
        sandbox_url: where it should have sent.

    Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    """
    if endpoint == f"{sandbox_url}{PATH}":
        return None
    if not endpoint.startswith(("http://", "https://")):
        return Finding(
            "honeycomb/endpoint-no-scheme",
            expected="an address that starts with http:// or https://",
            got=endpoint,
            where=where,
        )
    address, good = urlsplit(endpoint), urlsplit(sandbox_url)
    if address.netloc == good.netloc:
        return _explain_path(address.path, where)
    if address.port == GRPC_PORT:
        return Finding(
            "honeycomb/grpc-port",
            expected="port 4318, where OTLP over HTTP is spoken",
            got=f"spans are sent to {endpoint}",
            where=where,
        )
    return Finding(
        "honeycomb/arrived-elsewhere",
        expected="spans at the address in OTEL_EXPORTER_OTLP_ENDPOINT",
        got=f"they are sent to {endpoint}",
        where=where,
    )


def _explain_path(path: str, where: str) -> Finding:
    doubled = path.count("v1/traces") > 1
    return Finding(
        "honeycomb/endpoint-doubled" if doubled else "honeycomb/endpoint-no-path",
        expected=f"spans are posted to {PATH}",
        got=f"they are posted to {path or '/'}, where nothing takes them",
        where=where,
    )
