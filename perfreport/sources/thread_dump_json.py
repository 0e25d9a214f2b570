"""Thread dumps as JSON: the actuator's `threaddump` and `jcmd Thread.dump_to_file -format=json`.

Only the second lists virtual threads; its numbers are strings before JDK 25.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Source
from perfreport.sources._thread_reading import OpenDump, OpenThread, dump_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.sources._input import Head, Input
    from perfreport.sources._spec import Reading

_LONGEST = 256 << 20


def sniff(head: Head) -> float:
    """Look for the keys of either form."""
    text = head.text[:20_000]
    if not text.lstrip().startswith(("{", "[")):
        return 0.0
    actuator = '"threads"' in text and '"threadName"' in text and '"threadState"' in text
    file = '"threadDump"' in text and '"threadContainers"' in text
    return 0.95 if actuator or file else 0.0


def read(source: Input) -> Reading:
    """Read every dump; several may follow each other."""
    text, losses = source.text(_LONGEST), Losses(source.name)
    dumps: list[OpenDump] = []
    for fields, line in _objects(text, losses, source.first_line):
        inner = fields.get("threadDump")
        if isinstance(inner, dict):
            dumps.append(_file_dump(inner, line))
        elif isinstance(fields.get("threads"), list):
            dumps.append(_actuator_dump(fields, line, losses))
        else:
            losses.add(line)
    return dump_reading(source, dumps, "json", losses)


def _objects(text: str, losses: Losses, line: int) -> Iterator[tuple[dict[str, Any], int]]:
    """JSON objects of a text, one after the other or in one array, with their first lines."""
    decoder, at = json.JSONDecoder(), 0
    while (at := _next(text, at)) >= 0:
        number = line + text.count("\n", 0, at)
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            losses.add(number)
            return
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield one, number


def _next(text: str, at: int) -> int:
    found = [place for place in (text.find("{", at), text.find("[", at)) if place >= 0]
    return min(found, default=-1)


def _actuator_dump(fields: dict[str, Any], line: int, losses: Losses) -> OpenDump:
    dump = OpenDump(line)
    for one in fields["threads"]:
        if not isinstance(one, dict) or not isinstance(one.get("threadName"), str):
            losses.add(line)
            continue
        thread = OpenThread(one["threadName"], line)
        thread.state = _word(one.get("threadState"))
        thread.daemon = one.get("daemon") is True
        for frame in _list(one.get("stackTrace")):
            if isinstance(frame, dict):
                thread.frame(_actuator_frame(frame))
        lock = one.get("lockInfo")
        if isinstance(lock, dict) and thread.state != "RUNNABLE":
            type_name = str(lock.get("className", ""))
            thread.waits_for = (f"{type_name}@{lock.get('identityHashCode')}", type_name)
        elif isinstance(name := one.get("lockName"), str):
            thread.waits_for = (name, name.split("@")[0])
        for held in (*_list(one.get("lockedMonitors")), *_list(one.get("lockedSynchronizers"))):
            if isinstance(held, dict):
                thread.holds.append(f"{held.get('className')}@{held.get('identityHashCode')}")
        owner = one.get("lockOwnerName")
        thread.owner = owner if isinstance(owner, str) else None
        dump.threads.append(thread.done())
    return dump


def _actuator_frame(frame: dict[str, Any]) -> str:
    file, number = frame.get("fileName"), frame.get("lineNumber")
    if frame.get("nativeMethod") is True:
        place = "Native Method"
    elif not file:
        place = "Unknown Source"
    else:
        place = f"{file}:{number}" if isinstance(number, int) and number > 0 else str(file)
    return f"{frame.get('className')}.{frame.get('methodName')}({place})"


def _file_dump(fields: dict[str, Any], line: int) -> OpenDump:
    told = fields.get("time")
    instant = find_instant(told) if isinstance(told, str) else None
    version = fields.get("runtimeVersion")
    dump = OpenDump(line, instant, version if isinstance(version, str) else None)
    for container in _list(fields.get("threadContainers")):
        for one in _list(container.get("threads") if isinstance(container, dict) else None):
            if isinstance(one, dict):
                dump.threads.append(_file_thread(one, line).done())
    return dump


def _file_thread(one: dict[str, Any], line: int) -> OpenThread:
    thread = OpenThread(str(one.get("name") or f"#{one.get('tid', '')}"), line)
    thread.state = _word(one.get("state"))
    thread.virtual = one.get("virtual") in {True, "true"}
    for frame in _list(one.get("stack")):
        if isinstance(frame, str):
            thread.frame(frame)
    wanted = one.get("blockedOn") or one.get("waitingOn")
    parked = one.get("parkBlocker")
    if not wanted and isinstance(parked, dict):
        wanted = parked.get("object")
    if isinstance(wanted, str):
        thread.waits_for = (wanted, wanted.split("@")[0])
    for owned in _list(one.get("monitorsOwned")):
        for lock in _list(owned.get("locks") if isinstance(owned, dict) else None):
            if isinstance(lock, str):
                thread.holds.append(lock)
    if thread.state is None and thread.frames:  # before JDK 25 the file has no states
        parked_top = thread.frames[0].startswith(("jdk.internal.misc.Unsafe.park", "java.lang.Obj"))
        thread.state = "WAITING" if parked_top else "RUNNABLE"
    return thread


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


PLUGIN = Source("thread-dump-json", "thread-dump", sniff, read)
