"""Asks the profiles service who somebody is."""

import logging
import os

import requests
import rollbar

from app.db import Row

logger = logging.getLogger(__name__)

PROFILES_URL = os.environ.get("PROFILES_URL", "http://127.0.0.1:4568")
TIMEOUT_SECONDS = 5


def fetch_profiles(handles: list[str]) -> dict[str, Row]:
    """Return the profiles of these people by handle; who cannot be fetched is left out."""
    profiles = {}
    for handle in handles:
        try:
            profiles[handle] = get_json(f"/profiles/{handle}")
        except requests.RequestException as error:
            logger.warning("no profile for %s: %s", handle, error)
            rollbar.report_exc_info(
                level="warning", payload_data={"fingerprint": "profiles-do-not-answer"}
            )
    return profiles


def get_json(path: str) -> Row:
    """Return what the profiles service answers at this path.

    Raises:
        requests.RequestException: it does not answer in time, or not with success.
    """
    response = requests.get(PROFILES_URL + path, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    answer: Row = response.json()
    return answer
