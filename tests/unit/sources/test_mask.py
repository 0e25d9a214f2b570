"""Secrets that programs print are taken out; what a reader needs stays."""

from __future__ import annotations

import pytest

from perfreport.redaction import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET http://u:p@host/a?x=1&token=abc#frag", "GET http://***@host/a?x=***&token=***"),
        ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: ***"),
        ("using bearer abcdef123456 now", "using bearer *** now"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.sig-nature", "***"),
        ('{"password":"hunter2","user":"kim"}', '{"password":***,"user":"kim"}'),
        ('{\\"password\\":\\"hunter2\\",\\"a\\":1}', '{\\"password\\":***,\\"a\\":1}'),
        ("api_key=abc123, retry=3", "api_key=***, retry=3"),
        ("clientSecret: 's3 cr3t' ok", "clientSecret: *** ok"),
        ("Set-Cookie: JSESSIONID=0123ABC; Path=/", "Set-Cookie: ***; Path=/"),
        ("id 4fzzkdkk29dk2k2kd92kd92kd9k2dk2", "id ***"),
    ],
)
def test_secrets_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: Cannot read property 'foo' of undefined",
        "dial tcp 127.0.0.1:8080: connect: connection refused",
        "HikariPool-1 - Connection is not available, request timed out after 1500ms",
        "order 7f0c9a3e-1111-2222-3333-444455556666 not found",
        "재고가 부족합니다",
        "status 500, expected 201",
    ],
)
def test_plain_text_stays(text: str) -> None:
    assert masked(text) == text
