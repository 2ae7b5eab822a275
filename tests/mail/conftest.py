"""Workspaces with mail, certificates, and a Postfix for as long as the tests run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import mail_postfix
import pytest
from mail_certificates import Certificates, make_certificates
from mail_samples import make_workspace


@pytest.fixture(scope="session")
def _county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("county") / "样县")


@pytest.fixture
def workspace(_county: Path, tmp_path: Path) -> Path:
    """Return a county of one's own, already run over."""
    return Path(shutil.copytree(_county, tmp_path / "样县"))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def postfix() -> Iterator[mail_postfix.Postfix]:
    """Run a real mail server."""
    if reason := mail_postfix.missing():
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    running = mail_postfix.start()
    yield running
    running.stop()
    shutil.rmtree(running.folder, ignore_errors=True)
