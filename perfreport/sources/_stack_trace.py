"""A Java stack trace as it follows a log record: classes, causes, the application's own frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLASS = r"(?:[A-Za-z_$][\w$]*\.)+[A-Za-z_$][\w$]*"
_THROWN = re.compile(
    rf"(?:Exception in thread \"[^\"]*\" )?({_CLASS}(?:Exception|Error|Throwable|Failure|Timeout)"
    rf"(?:\$[\w$]+)?|{_CLASS}(?=: .|\s*$))(?:: (.*))?\s*"
)
_CAUSED = re.compile(rf"\s*(Caused by|Wrapped by): ({_CLASS})(?:: (.*))?\s*")
_FRAME = re.compile(r"\s+at (?:[\w.$-]+//?|[\w.-]+@[\w.+-]+/)*([\w.$<>]+)\(([^)]*)\)")
_NAMED = re.compile(rf"({_CLASS}(?:Exception|Error|Throwable))(?=[:;,\])\s]|$)")
_LIBRARIES = (
    "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.",
    "groovy.", "org.springframework.", "org.apache.", "org.hibernate.", "org.eclipse.", "io.netty.",
    "io.undertow.", "io.lettuce.", "io.micrometer.", "io.opentelemetry.", "io.grpc.", "io.vertx.",
    "io.r2dbc.", "io.projectreactor.", "reactor.", "rx.", "io.reactivex.", "redis.clients.",
    "org.redisson.", "com.zaxxer.", "com.mysql.", "org.mariadb.", "org.postgresql.", "oracle.",
    "com.microsoft.sqlserver.", "org.h2.", "com.alibaba.druid.", "com.p6spy.", "org.jooq.",
    "com.querydsl.", "org.mybatis.", "com.fasterxml.", "com.google.", "feign.", "okhttp3.",
    "retrofit2.", "ch.qos.", "org.slf4j.", "org.aspectj.", "net.sf.cglib.", "net.bytebuddy.",
    "brave.", "zipkin2.", "org.jboss.", "org.junit.", "io.github.resilience4j.", "com.netflix.",
)  # fmt: skip
_GENERATED = ("$$", "CGLIB", "$Proxy")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a trace says.

    `thrown` is the class that was logged, `root` the deepest cause (the same class if it has no
    cause). `frames` are the application's own, topmost first.
    """

    thrown: str
    thrown_message: str
    root: str
    root_message: str
    frames: tuple[str, ...]


def parse_trace(lines: Sequence[str]) -> Trace | None:
    """Read the lines after a record's first one; None if they hold no exception."""
    heads: list[tuple[str, str]] = []
    reversed_order = False
    frames: list[str] = []
    for line in lines:
        if found := _FRAME.match(line):
            method = found[1]
            if heads and len(frames) < 8 and is_own(method):
                frames.append(f"{method}({found[2].split(':')[0]})" if found[2] else method)
        elif found := _CAUSED.match(line):
            if not heads:
                continue
            heads.append((found[2], found[3] or ""))
            reversed_order = reversed_order or found[1] == "Wrapped by"
        elif not heads and line[:1] not in {"\t", " "} and (found := _THROWN.fullmatch(line)):
            heads.append((found[1], found[2] or ""))
    if not heads:
        return None
    first, last = heads[0], heads[-1]
    thrown, root = (last, first) if reversed_order else (first, last)
    return Trace(*thrown, *root, tuple(frames))


def named_exception(message: str) -> str | None:
    """Return the last exception class a message names: wrappers name their cause last."""
    if "Exception" not in message and "Error" not in message and "Throwable" not in message:
        return None
    found = _NAMED.findall(message)
    return found[-1] if found else None


def is_own(method: str) -> bool:
    """Whether a frame is the application's own code, not a library's or a generated proxy's."""
    return not method.startswith(_LIBRARIES) and not any(mark in method for mark in _GENERATED)
