"""Passwords of encrypted workbooks: from the environment or the system's keyring, never from a file of ours.

``TAIZHANG_PASSWORD_<station code>`` and ``TAIZHANG_PASSWORD`` in the environment; in the keyring, service ``taizhang``, the station's
code or ``default`` as user name (only where the package ``keyring`` is installed).
"""

from __future__ import annotations

import importlib
import io
import os
from functools import lru_cache

VARIABLE = "TAIZHANG_PASSWORD"
SERVICE = "taizhang"


@lru_cache(maxsize=4096)
def passwords_for(station: str | None) -> tuple[str, ...]:
    """Return the passwords worth trying for a station's workbooks (None: no station is known), the most particular first."""
    names = [station, None] if station else [None]
    found = [os.environ.get(f"{VARIABLE}_{name}" if name else VARIABLE) for name in names]
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        keyring = None
    if keyring is not None:
        found += [_from_keyring(keyring, name or "default") for name in names]
    return tuple(dict.fromkeys(password for password in found if password))


def _from_keyring(keyring: object, name: str) -> str | None:
    try:
        password = keyring.get_password(SERVICE, name)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - a keyring that is locked or broken is as good as none
        return None
    return str(password) if password else None


def opened(data: bytes, station: str | None) -> bytes | None:
    """Return the workbook inside an encrypted file, or None where no password at hand fits."""
    passwords = passwords_for(station)
    if not passwords:
        return None
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    for password in passwords:
        plain = io.BytesIO()
        try:
            office = msoffcrypto.OfficeFile(io.BytesIO(data))
            office.load_key(password=password)
            office.decrypt(plain)
        except (InvalidKeyError, DecryptionError, FileFormatError):
            continue
        if plain.getvalue()[:2] in (b"PK", b"\xd0\xcf"):
            return plain.getvalue()
    return None
