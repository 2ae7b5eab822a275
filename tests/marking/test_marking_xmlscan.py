"""The scanner sees what an XML parser sees, and nothing inside comments, CDATA or quotes."""

from __future__ import annotations

import pytest

from toolkit.marking import xmlscan


@pytest.mark.parametrize(
    ("data", "masked"),
    [
        (b"<a/>", b"<a/>"),
        (b"<?xml?><a/>", b"       <a/>"),
        (b"<a><!-- <b/> --></a>", b"<a>             </a>"),
        (b"<a><![CDATA[</a>]]><?p <b>?></a>", b"<a>" + b" " * 25 + b"</a>"),
        (b"<a><!-- <?x?> --><c/></a>", b"<a>              <c/></a>"),
        (b"<!DOCTYPE a><a/>", b"<!DOCTYPE a><a/>"),
        (b"<a><!-- open", b"<a><!-- open"),
        (b"<a>x!?</a>", b"<a>x!?</a>"),
    ],
)
def test_what_is_hidden(data: bytes, masked: bytes) -> None:
    assert xmlscan.mask(data) == masked


def test_children_are_found_at_their_own_level() -> None:
    data = b"<r a='>' b=\"</r>\"><x><x/><x></x></x><y/>text<p:z q='1'>v</p:z ></r >"
    top = xmlscan.root(data)
    found = list(xmlscan.children(data, top.inner, top.close))
    assert [(item.local, item.prefix, item.empty) for item in found] == [
        (b"x", b"", False),
        (b"y", b"", True),
        (b"z", b"p:", False),
    ]
    assert data[found[0].start : found[0].end] == b"<x><x/><x></x></x>"
    assert found[2].attributes == {"q": "1"}
    assert top.attributes == {"a": ">", "b": "</r>"}


@pytest.mark.parametrize("data", [b"", b"text", b"<a>", b"</a>", b"<a></a"])
def test_what_is_no_document(data: bytes) -> None:
    with pytest.raises(xmlscan.Malformed):
        xmlscan.root(data)


def test_an_element_that_is_never_closed() -> None:
    data = b"<a><b><c></c></a>"
    top = xmlscan.root(data)
    with pytest.raises(xmlscan.Malformed):
        list(xmlscan.children(data, top.inner, top.close))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"a&amp;b&#x4e2d;", "a&b中"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"<![CDATA[<&amp;]]>x", "<&amp;x"),
        (b"a<!-- b -->c", "ac"),
        (b"<r>a</r><r>b</r>", "ab"),
    ],
)
def test_text(written: bytes, text: str) -> None:
    assert xmlscan.inner_text(written, 0, len(written)) == text


def test_the_escapes_of_the_format() -> None:
    assert xmlscan.spreadsheet_text("a_x000D_b_xD83D__xDE00_") == "a\rb😀"
    assert xmlscan.spreadsheet_text(xmlscan.cell_text("_x0041_")) == "_x0041_"
    assert xmlscan.escape('<a b="c">&\x01') == "&lt;a b=&quot;c&quot;&gt;&amp;\ufffd"


def test_setting_an_attribute() -> None:
    assert xmlscan.with_attribute(b" count='1' a=\"2\"", b"count", b"5") == b' count="5" a="2"'
    assert xmlscan.with_attribute(b' a="2" ', b"count", b"5") == b' a="2" count="5"'
