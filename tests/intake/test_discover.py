"""Which files are taken, and what is passed over."""

import os
import time
from pathlib import Path

import pytest

from toolkit.intake.discover import discover
from toolkit.intake.source import Fingerprint


def write(path: Path, data: bytes = b"x", *, old: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if old:
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


def test_any_folder_structure_without_locks_and_temporaries(tmp_path: Path) -> None:
    for name in (
        "a.xlsx",
        "马村镇/大周村/b.xls",
        "~$a.xlsx",
        ".~lock.a.xlsx#",
        "c.tmp",
        "Thumbs.db",
        ".hidden",
        "d.xlsx.part",
    ):
        write(tmp_path / name, name.encode())
    assert [file.path for file in discover(tmp_path, "").files] == ["a.xlsx", "马村镇/大周村/b.xls"]


@pytest.mark.parametrize(
    "copy", ["走访 - 副本.xlsx", "走访(1).xlsx", "走访（2）.xlsx", "走访最终版.xlsx", "副本走访.xlsx"]
)
def test_the_same_content_counts_once_and_the_plain_name_wins(tmp_path: Path, copy: str) -> None:
    write(tmp_path / "走访.xlsx", b"same")
    write(tmp_path / copy, b"same")
    found = discover(tmp_path, "")
    assert [file.path for file in found.files] == ["走访.xlsx"]
    assert found.duplicates == {copy: "走访.xlsx"}


def test_a_copy_of_a_file_that_we_marked_since_is_still_a_copy(tmp_path: Path) -> None:
    write(tmp_path / "走访.xlsx", b"marked")
    write(tmp_path / "走访(1).xlsx", b"plain")
    hashes = {file.path: file.hash for file in discover(tmp_path, "").files}
    found = discover(tmp_path, "", None, {hashes["走访.xlsx"]: hashes["走访(1).xlsx"]})
    assert found.duplicates == {"走访(1).xlsx": "走访.xlsx"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.xlsx")
    folder = tmp_path / "stations"
    write(folder / "a.xlsx")
    (folder / "link.xlsx").symlink_to(outside)
    (folder / "folder").symlink_to(outside.parent)
    found = discover(folder, "s/")
    assert [file.path for file in found.files] == ["a.xlsx"]
    assert sorted((finding.code, finding.place.file) for finding in found.findings) == [
        ("W011", "s/folder"),
        ("W011", "s/link.xlsx"),
    ]


def test_an_unchanged_file_is_not_hashed_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx")
    status = path.stat()
    known = {"a.xlsx": Fingerprint("a.xlsx", status.st_size, status.st_mtime_ns, "remembered")}
    assert discover(tmp_path, "", known).files[0].hash == "remembered"
    os.utime(path, ns=(status.st_mtime_ns + 1, status.st_mtime_ns + 1))
    assert discover(tmp_path, "", known).files[0].hash != "remembered"


def test_a_file_still_being_written_waits(tmp_path: Path) -> None:
    import threading

    path = tmp_path / "a.xlsx"
    stop = threading.Event()

    def writing() -> None:
        with path.open("wb") as stream:
            while not stop.is_set():
                stream.write(b"x" * 1000)
                stream.flush()
                time.sleep(0.01)

    thread = threading.Thread(target=writing)
    thread.start()
    time.sleep(0.05)
    try:
        found = discover(tmp_path, "")
    finally:
        stop.set()
        thread.join()
    assert found.unsettled == ["a.xlsx"]
    assert [finding.code for finding in found.findings] == ["W009"]
