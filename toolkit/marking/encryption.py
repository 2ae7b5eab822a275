"""Workbooks with a password: decrypted in memory, never on the disk, then encrypted with it again."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from toolkit.marking.members import Refusal

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SMALLEST = 5_000
_END = b"PK\5\6"


def is_ole(path: Path) -> bool:
    """Say whether a file is an OLE container: an encrypted workbook or one in the old format."""
    with path.open("rb") as file:
        return file.read(8) == _OLE


def decrypted(path: Path, password: str) -> io.BytesIO:
    """Return the package inside an encrypted workbook.

    Raises:
        Refusal: the password is wrong, or it is encrypted in a way nobody can write again.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    plain = io.BytesIO()
    try:
        with path.open("rb") as file:
            office = msoffcrypto.OfficeFile(file)
            if office.format != "ooxml":
                raise Refusal("old-format")
            office.load_key(password=password)
            office.decrypt(plain)
    except InvalidKeyError as error:
        raise Refusal("wrong-password") from error
    except (DecryptionError, FileFormatError) as error:
        raise Refusal("encrypted") from error
    if not plain.getvalue().startswith(b"PK"):
        raise Refusal("wrong-password")
    plain.seek(0)
    return plain


def encrypted(package: bytes, password: str) -> bytes:
    """Return a package encrypted, having made sure that it can be decrypted again.

    Raises:
        Refusal: it cannot.
    """
    from msoffcrypto.format.ooxml import OOXMLFile

    package = _padded(package)
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt(password, sealed)
    opened = io.BytesIO()
    check = OOXMLFile(io.BytesIO(sealed.getvalue()))
    check.load_key(password=password)
    check.decrypt(opened)
    if opened.getvalue() != package:
        raise Refusal("encrypted")
    return sealed.getvalue()


def _padded(package: bytes) -> bytes:
    """Lengthen a small zip by its comment: very small packages come out of the encryption undecryptable."""
    missing = _SMALLEST - len(package)
    if missing <= 0 or package[-22:-18] != _END:
        return package
    return package[:-2] + struct.pack("<H", missing) + b" " * missing
