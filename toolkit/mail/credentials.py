"""The passwords of the mail account and of encrypted attachments: never in a file of ours.

Looked for in this order: systemd's credentials (``LoadCredential=``), the environment, the system's keyring (service ``taizhang``).
Each of them under the same name, :data:`LOGIN` or :data:`ATTACHMENT`.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

LOGIN = "TAIZHANG_MAIL_PASSWORD"
ATTACHMENT = "TAIZHANG_MAIL_ATTACHMENT"
SERVICE = "taizhang"


class KeyringMissingError(Exception):
    """There is no keyring to write to on this machine."""


def secret(name: str) -> str | None:
    """Return a password, or None where none is kept."""
    return _from_systemd(name) or os.environ.get(name) or _from_keyring(name)


def _from_systemd(name: str) -> str | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return (Path(folder) / name).read_text(encoding="utf-8").strip("\r\n") or None
    except (OSError, UnicodeDecodeError):
        return None


def _keyring() -> Any:
    try:
        return importlib.import_module("keyring")
    except ImportError:
        return None


def _from_keyring(name: str) -> str | None:
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        password = keyring.get_password(SERVICE, name)
    except Exception:  # noqa: BLE001 - a keyring that is locked or broken is as good as none
        return None
    return str(password) if password else None


def keep(name: str, password: str | None) -> None:
    """Put a password into the keyring, or take it out with None.

    Raises:
        KeyringMissingError: the package or the system has none, or it refuses.
    """
    keyring = _keyring()
    if keyring is None:
        raise KeyringMissingError("keyring")
    try:
        if password is not None:
            keyring.set_password(SERVICE, name, password)
        elif keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - whatever a backend raises, it may repeat the password: not chained
        raise KeyringMissingError(type(error).__name__) from None
