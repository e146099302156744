"""What the keys of this course's vendors look like, for detect-secrets, which loads this file."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class VendorKeyDetector(RegexBasedDetector):
    """Finds what has the form of a key of Honeycomb's, Rollbar's or AWS's.

    The forms: https://docs.honeycomb.io/configure/environments/manage-api-keys/,
    https://docs.rollbar.com/docs/access-tokens, and a secret access key's 40 characters.
    """

    secret_type = "Key of a vendor"  # noqa: S105  # pragma: allowlist secret
    denylist = (
        re.compile(r"\bhc[a-z0-9](?:ik|lk|mk)_[a-z0-9]{20,}", re.IGNORECASE),
        # 32 hexadecimal digits are many things; beside such a word they are a token.
        re.compile(
            r"(?:rollbar|honeycomb|access.?token)[^\n]{0,30}?(?<![0-9a-f-])([0-9a-f]{32})(?![0-9a-f-])",
            re.IGNORECASE,
        ),
        re.compile(
            r"secret_access_key[\"'\s:=]{1,6}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])", re.IGNORECASE
        ),
    )
