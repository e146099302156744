"""The journal's pictures: small, because they are kept in git."""

import io
from pathlib import Path

from PIL import Image

from workshop.journal.block import digest

LARGEST = 60_000
_STEP = 0.8


def shrink(png: bytes) -> bytes:
    """Return a picture with as few pixels as it takes to have at most 60 000 bytes.

    Args:
        png: a picture of 256 colours, as the views make it.
    """
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    scale = 1.0
    while len(png) > LARGEST:
        scale *= _STEP
        size = (max(round(whole.width * scale), 1), max(round(whole.height * scale), 1))
        small = whole.resize(size, Image.Resampling.LANCZOS)
        palette = small.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        palette.save(buffer, format="png", optimize=True)
        png = buffer.getvalue()
    return png


def is_as_written(path: Path, expected: str) -> bool:
    """Tell whether a picture is the one that a marker speaks of.

    Args:
        path: where it should be.
        expected: its digest; empty where there should be none.
    """
    if not path.is_file():
        return not expected
    return digest(path.read_bytes()) == expected
