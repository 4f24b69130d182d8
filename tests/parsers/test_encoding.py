"""Bytes of pages into text: by what fits them, whatever they declare."""

from __future__ import annotations

import pytest

from parsers.encoding import decode

TEXT = "<meta charset={}><p>政府信息公开工作年度报告，本报告由某县人民政府办公室依照条例编制。</p>"
TRADITIONAL = "<meta charset={}><p>政府資訊公開年度報告，本報告由主動公開的情況與申請公開的情況組成。</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "iso-8859-1", "klingon", "big5"])
def test_what_fits_comes_before_what_is_declared(encoding: str, declared: str) -> None:
    assert decode(TEXT.format(declared).encode(encoding))[0] == TEXT.format(declared)


def test_big5_is_believed_where_it_is_declared() -> None:
    assert decode(TRADITIONAL.format("big5").encode("big5")) == (TRADITIONAL.format("big5"), "big5hkscs")


def test_the_name_of_what_was_read() -> None:
    assert decode("<meta charset=gb2312>年报".encode()) == ("<meta charset=gb2312>年报", "utf-8")
    assert decode("年报".encode("gbk"))[1] == "gb18030"


def test_a_header_declares_too() -> None:
    assert decode(TRADITIONAL.encode("big5"), "text/html; charset=Big5")[1] == "big5hkscs"


def test_a_page_cut_within_a_character_stays_utf8() -> None:
    assert decode("<p>政府信息公开".encode()[:-1]) == ("<p>政府信息公\ufffd", "utf-8-replace")


def test_one_stray_byte_in_much_utf8_does_not_make_it_gbk() -> None:
    data = ("政府信息公开" * 30).encode()
    assert decode(data[:90] + b"\xff" + data[90:])[0].count("政府信息公开") == 30


def test_one_stray_byte_in_much_gbk_does_not_make_it_utf8() -> None:
    data = ("政府信息公开" * 30).encode("gbk")
    text, encoding = decode(b"<meta charset=utf-8>" + data[:84] + b"\xff<br>" + data[84:])
    assert (text.count("政府信息公开"), encoding) == (30, "gb18030-replace")


def test_an_unknown_declaration_does_no_harm() -> None:
    assert decode(b"\xff<meta charset='klingon'>")[1] == "utf-8-replace"


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode("\ufeff年报".encode())[0] == "年报"
