"""What the resource parts show, in full, as JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.kafka import lag_courses
from perfreport.measure.redis import redis_window
from perfreport.measure.sql import hotspots, hypotheses, statements
from perfreport.model.applog import AppLog
from perfreport.model.configuration import AppConfig, ComposeConfig
from perfreport.model.jvm import GcLog
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.redis import RedisSlowLog
from perfreport.model.threads import Activity, ThreadDump
from perfreport.report.plain import Object, by_field, instant, number, plain

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.applog import EventGroup
    from perfreport.model.threads import ThreadDump as Dump

_MOST_STATEMENTS = 200


def resources(test: TestAnalysis) -> Object:
    """Return statements, locks, Redis, lag, log records, threads, JVM and settings of a test."""
    run, phases = test.run, test.phases
    figures = statements(run, phases)
    whole = [one for one in figures if one.phase == WHOLE_RUN]
    window = redis_window(run)
    settings = [one for fact in run.of(AppConfig) for one in fact.settings]
    settings += [one for fact in run.of(ComposeConfig) for one in fact.settings]
    return {
        "statements": [
            {**by_field(one), "mean": number(one.mean)} for one in whole[:_MOST_STATEMENTS]
        ],
        "index_hypotheses": [by_field(one) for one in hypotheses(figures)],
        "lock_hotspots": [by_field(one) for one in hotspots(run, phases)],
        "redis": None if window is None else by_field(window),
        "redis_slow_commands": [
            by_field(entry) for log in run.of(RedisSlowLog) for entry in log.entries
        ],
        "lag": [by_field(course) for course in lag_courses(run, phases)],
        "log_records": [_record(one) for log in run.of(AppLog) for one in log.groups],
        "thread_dumps": [_dump(dump) for dump in run.of(ThreadDump)],
        "jvm": [{"path": log.source.path, **by_field(log.vm)} for log in run.of(GcLog)],
        "settings": [by_field(one) for one in settings],
    }


def _record(group: EventGroup) -> Object:
    return {
        "level": group.level.name.lower(),
        "logger": group.logger,
        "template": group.template,
        "exception": group.exception,
        "root_cause": group.root_cause,
        "root_template": group.root_template,
        "frame": group.frame,
        "count": group.count,
        "first": instant(int(group.times_ns.min())),
        "last": instant(int(group.times_ns.max())),
    }


def _dump(dump: Dump) -> Object:
    busy = dump.busy_http_workers
    return {
        "path": dump.source.path,
        "line": dump.first_line,
        "time": instant(dump.time_ns),
        "threads": len(dump.threads),
        "http_workers": len(dump.http_workers),
        "http_workers_busy": len(busy),
        "busy_by_activity": {
            activity.value: sum(one.activity is activity for one in busy) for activity in Activity
        },
        "deadlocks": plain(dump.deadlocks),
    }
