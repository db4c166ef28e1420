"""Photos of people: whatever is uploaded is decoded, checked and encoded anew, so only pixels survive."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from doorward.acs.errors import ValidationFailed

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
STORED_SIZE = 512
MEDIA_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class EncodedPhoto:
    """A JPEG of at most 512 x 512 pixels, and its SHA-256 in hexadecimal."""

    id: str
    content: bytes


def encode_photo(upload: bytes) -> EncodedPhoto:
    """The stored form of an uploaded JPEG, PNG or WebP picture. Raises ValidationFailed otherwise."""
    if len(upload) > MAX_UPLOAD_BYTES:
        raise ValidationFailed("The picture is larger than 10 MiB. Choose a smaller one.", "photo")
    try:
        picture = Image.open(io.BytesIO(upload), formats=["JPEG", "PNG", "WEBP"])
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationFailed("The picture has more than 40 million pixels. Choose a smaller one.", "photo")
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise ValidationFailed("This is not a readable JPEG, PNG or WebP picture.", "photo") from error
    upright.thumbnail((STORED_SIZE, STORED_SIZE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    content = out.getvalue()
    return EncodedPhoto(hashlib.sha256(content).hexdigest(), content)
