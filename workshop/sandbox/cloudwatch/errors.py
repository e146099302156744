"""What CloudWatch Logs answers to a request that it does not take, in its own words."""

from workshop.sandbox.aws.errors import ApiError


def invalid_parameter(message: str) -> ApiError:
    """Return the refusal of a request whose meaning is wrong."""
    return ApiError("InvalidParameterException", message)


def missing_group() -> ApiError:
    """Return the refusal of a request about a log group that is not there."""
    return ApiError("ResourceNotFoundException", "The specified log group does not exist.")


def missing_stream() -> ApiError:
    """Return the refusal of a request about a log stream that is not there."""
    return ApiError("ResourceNotFoundException", "The specified log stream does not exist.")


def already_exists(what: str) -> ApiError:
    """Return the refusal to create something twice.

    Args:
        what: `log group` or `log stream`.
    """
    return ApiError("ResourceAlreadyExistsException", f"The specified {what} already exists")


def unsupported_class(group: str, operation: str) -> ApiError:
    """Return the refusal of what a group of the class Infrequent Access does not have.

    Source: https://github.com/aws/karpenter-provider-aws/pull/9567, for the words.
    """
    return ApiError(
        "InvalidOperationException",
        f"The log group {group} is of log-group-class INFREQUENT_ACCESS."
        f" {operation} is not supported for this log class.",
    )


def invalid_token() -> ApiError:
    """Return the refusal of a token that no answer gave."""
    return invalid_parameter("The specified nextToken is invalid.")
