"""The toolbox and the add-in, looked at with other people's readers."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser, decompress_stream

from toolkit.excel import actions, names
from toolkit.excel.build import Settings, build
from toolkit.excel.build.cfb import compound_file
from toolkit.excel.build.ovba import compressed
from toolkit.messages import text

MACROS = Path(__file__).parents[2] / "macros"
SOURCES = {path.stem: path.read_text(encoding="ascii") for path in sorted(MACROS.glob("*.bas"))}
SETTINGS = Settings(r"C:\程序 文件\python\pythonw.exe", "县 局")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("built"), SETTINGS)


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def as_workbook(path: Path) -> io.BytesIO:
    """Return the add-in as a workbook, which is what openpyxl reads."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"addin.macroEnabled", b"sheet.macroEnabled"))
    return out


def subs() -> dict[str, str]:
    """Public macro → its parameters."""
    return {found[1]: found[2] for source in SOURCES.values()
            for found in re.finditer(r"^Public Sub (\w+)\((.*?)\)", source, re.MULTILINE)}  # fmt: skip


def test_olevba_returns_the_exact_source(built: tuple[Path, Path]) -> None:
    for path in built:
        found = {}
        with zipfile.ZipFile(path) as package:
            parser = VBA_Parser("vbaProject.bin", data=package.read("xl/vbaProject.bin"))
        for _, stream, _, code in parser.extract_macros():
            found[stream.rpartition("/")[2]] = code
        parser.close()
        for name, source in SOURCES.items():
            assert found[name] == source.replace("\n", "\r\n"), (path.name, name)


def test_a_second_reader_agrees(built: tuple[Path, Path]) -> None:
    from pyopenvba import ExcelFile
    from pyopenvba.integrity import check_file

    for path in built:
        copy = path.with_name(f"copy{path.suffix}")
        copy.write_bytes(path.read_bytes())
        with ExcelFile(str(copy)) as workbook:
            modules = {module.name: module for module in workbook.vba_project().modules}
            for name, source in SOURCES.items():
                assert modules[name].kind.name.upper().startswith("STANDARD"), modules[name].kind
                assert modules[name].source.replace("\r\n", "\n") == source
        report = check_file(str(copy))
        assert report.ok, [(issue.code, issue.message) for issue in report.issues]


def test_the_same_text_gives_the_same_bytes(built: tuple[Path, Path], tmp_path: Path) -> None:
    again = build(tmp_path, SETTINGS)
    assert [path.read_bytes() for path in built] == [path.read_bytes() for path in again]


def test_every_button_on_the_sheet_has_its_macro(built: tuple[Path, Path]) -> None:
    drawing = part(built[0], "xl/drawings/vmlDrawing1.vml")
    called = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawing)
    assert called == [names.MACROS[action] for group in names.GROUPS.values() for action in group]
    assert [subs().get(macro) for macro in called] == [""] * len(called)
    captions = re.findall(r"<font[^>]*>([^<]+)</font>", drawing)
    assert captions == [text(f"buttons.action.{action}.caption") for group in names.GROUPS.values() for action in group]


def test_every_control_on_the_ribbon_has_its_macro_and_a_caption(built: tuple[Path, Path]) -> None:
    ribbon = part(built[1], "customUI/customUI14.xml")
    controls = [one.attrib for one in ET.fromstring(ribbon).iter() if one.tag.endswith("}button")]
    assert [subs().get(one["onAction"]) for one in controls] == ["control As Object"] * len(controls)
    assert {one["onAction"].removeprefix("Ribbon") for one in controls} == {
        name.removeprefix("Btn") for name in names.MACROS.values()
    }
    assert all(re.search("[\u4e00-\u9fff]", one["label"]) and one["supertip"] for one in controls)
    assert len({one["id"] for one in controls}) == len(controls)
    assert "customUI/customUI14.xml" in part(built[1], "_rels/.rels")
    assert "addin.macroEnabled" in part(built[1], "[Content_Types].xml")
    assert "customUI" not in part(built[0], "_rels/.rels"), (
        "the console has no ribbon: two tabs of one name would confuse"
    )


def test_every_action_that_a_macro_names_exists_and_the_other_way_round() -> None:
    asked = {found[1] for found in re.finditer(r'RunAction "([a-z-]+)"', SOURCES["Buttons"])}
    assert asked == set(actions.HOMES) == set(names.MACROS) - {"stop"}
    assert all(callable(actions.action(name)) for name in asked)


def test_every_text_the_macros_ask_for_is_in_the_workbook(built: tuple[Path, Path]) -> None:
    source = SOURCES["Launcher"]
    asked = set(re.findall(r'Conf\("text_(\w+)"\)', source)) | set(re.findall(r'Tell "(\w+)"', source))
    import openpyxl

    for path in built:
        sheet = openpyxl.load_workbook(as_workbook(path), data_only=True)["_conf"]
        held = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}
        assert {f"text_{key}" for key in asked} <= set(held), path.name
        assert held["python"] == SETTINGS.python
        assert held["workspace"] == SETTINGS.workspace
        assert held["mode"] == "direct"
        assert held["version"] == names.version()
        assert sheet.sheet_state == "veryHidden"


def test_document_modules_and_sheets_belong_together(built: tuple[Path, Path]) -> None:
    for path in built:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.endswith((".xml", ".rels", ".vml")):
                    ET.fromstring(package.read(name))
            project = VBA_Parser("vbaProject.bin", data=package.read("xl/vbaProject.bin"))
            listed = "".join(
                package.read(name).decode() for name in package.namelist() if re.match(r"xl/work.*\.xml", name)
            )
        streams = {stream.rpartition("/")[2] for _, stream, _, _ in project.extract_macros()} | set(SOURCES)
        project.close()
        assert set(re.findall(r'codeName="(\w+)"', listed)) <= streams


def test_the_macros_are_ascii_and_know_no_word_that_people_read() -> None:
    for name, source in SOURCES.items():
        assert source.isascii(), name
        assert source.startswith(f'Attribute VB_Name = "{name}"\nOption Explicit\n')


def test_a_module_with_chinese_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "Bad.bas").write_text('Attribute VB_Name = "Bad"\n\' 说明\n', encoding="utf-8")
    with pytest.raises(ValueError, match="ASCII"):
        build(tmp_path, SETTINGS, tmp_path / "macros")


def test_english_has_english_captions(tmp_path: Path) -> None:
    console, addin = build(tmp_path, Settings("python3", language="en"))
    assert ">Check<" in part(console, "xl/drawings/vmlDrawing1.vml")
    assert 'label="Check"' in part(addin, "customUI/customUI14.xml")


def test_on_windows_a_batch_file_starts_the_resident_mode(tmp_path: Path) -> None:
    build(tmp_path, Settings(r"python\pythonw.exe", resident=True))
    batch = (tmp_path / names.RESIDENT_FILE).read_bytes()
    assert b'"%~dp0python\\python.exe" -X utf8 -m toolkit buttons serve\r\n' in batch
    assert batch.isascii()


@given(st.binary(max_size=9_000) | st.text(alphabet="abcd \n", max_size=9_000).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_compression_is_undone_by_another_reader(data: bytes) -> None:
    packed = compressed(data)
    if not data:
        assert packed == b"\x01"
    elif len(data) % 4096 == 0 or packed[2] >> 4 & 8:  # a chunk kept as it is is padded
        assert bytes(decompress_stream(bytearray(packed)))[: len(data)] == data


@given(
    st.dictionaries(
        st.text(alphabet="abcdefgXYZ_", min_size=1, max_size=12), st.binary(max_size=6_000), min_size=1, max_size=9
    )
)
@settings(max_examples=40, deadline=None)
def test_containers_are_read_by_another_reader(streams: dict[str, bytes]) -> None:
    import olefile

    folded = {name.upper(): content for name, content in streams.items()}
    tree = {name: content for name, content in streams.items() if folded[name.upper()] is content}
    with olefile.OleFileIO(compound_file({"VBA": tree, "PROJECT": b"x" * 700})) as container:
        assert container.openstream("PROJECT").read() == b"x" * 700
        for name, content in tree.items():
            assert container.openstream(["VBA", name]).read() == content


def test_the_command_builds_and_says_where(tmp_path: Path) -> None:
    workspace = tmp_path / "县局"
    assert (
        subprocess.run(
            [sys.executable, "-m", "toolkit", "init", str(workspace), "--lang", "zh"], capture_output=True
        ).returncode
        == 0
    )
    command = [
        sys.executable,
        "-m",
        "toolkit",
        "buttons",
        "build",
        str(tmp_path / "工具 箱"),
        "-C",
        str(workspace),
        "--lang",
        "zh",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert names.CONSOLE_FILE in done.stdout
    assert str(workspace) in done.stdout
    (tmp_path / "file").touch()
    command[5] = str(tmp_path / "file")
    blocked = subprocess.run(command, capture_output=True, text=True)
    assert blocked.returncode == 11
    assert "写不进" in blocked.stderr
