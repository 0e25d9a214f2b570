"""k6's threshold grammar is read exactly as k6 reads it."""

from __future__ import annotations

import pytest

from perfreport.grading.expression import parse, split_name
from perfreport.model.grade import Operator
from perfreport.model.load import MetricType


@pytest.mark.parametrize(
    ("text", "stat", "operator", "limit"),
    [
        ("p(95)<500", "p(95)", Operator.LT, 500),
        ("p(99.9) < 20", "p(99.9)", Operator.LT, 20),
        ("rate<=0.01", "rate", Operator.LE, 0.01),
        ("count>=1", "count", Operator.GE, 1),
        ("value<3", "value", Operator.LT, 3),
        ("rate==1", "rate", Operator.EQ, 1),
        ("rate===1", "rate", Operator.EQ, 1),
        ("max!=0", "max", Operator.NE, 0),
        ("  med > 0.5 ", "med", Operator.GT, 0.5),
        ("avg<1e3", "avg", Operator.LT, 1000),
        ("min>=-1", "min", Operator.GE, -1),
    ],
)
def test_reads_what_k6_reads(text: str, stat: str, operator: Operator, limit: float) -> None:
    found = parse(text)
    assert found is not None
    assert (found.stat, found.operator, found.limit) == (stat, operator, limit)


@pytest.mark.parametrize(
    "text",
    ["", "p95<500", "count!20", "foo>20", "count>abc", "p(101)<1", "rate<1_0", "rate<", "<5"],
)
def test_rejects_what_k6_rejects(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("count>0", {MetricType.COUNTER}),
        ("rate>0", {MetricType.COUNTER, MetricType.RATE}),
        ("value>0", {MetricType.GAUGE}),
        ("avg>0", {MetricType.TREND}),
        ("p(95)>0", {MetricType.TREND}),
    ],
)
def test_the_metric_type_decides_what_is_legal(text: str, legal: set[MetricType]) -> None:
    found = parse(text)
    assert found is not None
    assert {kind for kind in MetricType if found.legal_for(kind)} == legal


@pytest.mark.parametrize(
    ("spelling", "name", "tags"),
    [
        ("http_reqs", "http_reqs", ()),
        ("http_reqs{}", "http_reqs", ()),
        ("a{status:200}", "a", (("status", "200"),)),
        ('a{ name : "GET /x" , status:"404" }', "a", (("name", "GET /x"), ("status", "404"))),
        ("a{name:GET http://h:80/x}", "a", (("name", "GET http://h:80/x"),)),
        ("a{group:::주문::결제}", "a", (("group", "::주문::결제"),)),
        ("a{z:1,b:'2'}", "a", (("b", "2"), ("z", "1"))),
    ],
)
def test_submetrics_are_one_however_they_are_spelled(
    spelling: str, name: str, tags: tuple[tuple[str, str], ...]
) -> None:
    assert split_name(spelling) == (name, tags)
