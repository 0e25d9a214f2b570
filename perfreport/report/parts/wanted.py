"""Which files would answer what is still open, with the commands that make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.questions import deciding
from perfreport.model.document import Paragraph, Section, Style
from perfreport.model.finding import Command
from perfreport.model.message import message
from perfreport.report._spec import Part, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.model.message import Message

_RUN = """\
k6 run --out json=results.json --summary-export=summary.json script.js > console.log 2>&1"""
_PLAN = "k6 inspect --execution-requirements script.js > inspect.json"
_EXPOSED = """\
management.endpoints.web.exposure.include: health,prometheus
server.tomcat.mbeanregistry.enabled: true"""
_SCRAPE = """\
while sleep 1; do
  echo "# scrape $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  curl -s http://localhost:8080/actuator/prometheus
done > metrics.prom"""
_SLOW_LOG = """\
SET GLOBAL slow_query_log = 'ON';
SET GLOBAL long_query_time = 0.1;"""
_DIGEST = """\
mysql -e "SELECT * FROM performance_schema.events_statements_summary_by_digest" > digest.tsv
mysql -e "SELECT * FROM performance_schema.data_lock_waits" > lock-waits.tsv"""
_STATUS = """\
printf 'time\\tVariable_name\\tValue\\n' > global_status.tsv
while sleep 2; do
  mysql -NBe "SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Innodb_row_lock%'
    OR Variable_name IN ('Threads_running', 'Questions')" |
    sed "s/^/$(date -u +%Y-%m-%dT%H:%M:%SZ)\\t/"
done >> global_status.tsv"""
_JVM = """\
JAVA_OPTS="$JAVA_OPTS -Xlog:gc*:file=gc.log:time,uptime,level,tags"
jcmd <pid> Thread.print > threads.txt"""
_LAG = """\
while sleep 2; do
  date -u +%Y-%m-%dT%H:%M:%SZ
  kafka-consumer-groups.sh --bootstrap-server localhost:9092 --all-groups --describe
done > consumer-groups.txt"""
_REDIS = """\
redis-cli INFO > redis-before.txt
redis-cli INFO > redis-after.txt"""
_HOST = """\
vmstat -t 1 > vmstat.txt &
pidstat -u -r -h 1 > pidstat.txt &"""


@dataclass(frozen=True, slots=True)
class _Want:
    """A kind of file that helps; `kinds`: any of them satisfies it."""

    id: str
    kinds: frozenset[str]
    commands: tuple[tuple[str, str], ...]


_WANTS = (
    _Want("k6-plan", frozenset({"k6-inspect"}), (("bash", _PLAN),)),
    _Want("k6-summary", frozenset({"k6-summary"}), (("bash", _RUN),)),
    _Want("metrics", frozenset({"metric-series"}), (("yaml", _EXPOSED), ("bash", _SCRAPE))),
    _Want(
        "database",
        frozenset({"slow-query-log", "statement-digest"}),
        (("sql", _SLOW_LOG), ("bash", _DIGEST)),
    ),
    _Want("row-locks", frozenset({"global-status", "metric-series"}), (("bash", _STATUS),)),
    _Want("jvm", frozenset({"gc-log", "jstat"}), (("bash", _JVM),)),
    _Want("kafka", frozenset({"kafka-consumer-groups"}), (("bash", _LAG),)),
    _Want("redis", frozenset({"redis-info"}), (("bash", _REDIS),)),
    _Want("host", frozenset({"host-stats"}), (("bash", _HOST),)),
    _Want("log", frozenset({"app-log"}), ()),
    _Want("config", frozenset({"app-config", "compose-config"}), ()),
)


# What a rule lacked → the kind of file that has it. Such a file may be there and not tell enough.
_ANSWERS = {
    "need.k6-samples": "k6-summary",
    "need.pool-signals": "metrics",
    "need.http-client-signals": "metrics",
    "need.tomcat-signals": "metrics",
    "need.cache-signals": "metrics",
    "need.closer-samples": "metrics",
    "need.row-lock-signals": "row-locks",
    "need.statements": "database",
    "need.all-statements": "database",
    "need.cache-loads": "database",
    "need.gc-signals": "jvm",
    "need.gc-log-of-the-load": "jvm",
    "need.heap-after-gc": "jvm",
    "need.cpu-signals": "host",
    "need.cache-counters": "redis",
    "need.database-load": "row-locks",
    "need.downstream-calls": "metrics",
    "need.statement-digest": "database",
    "need.kafka-signals": "kafka",
    "need.kafka-rates": "kafka",
    "need.producer-signals": "metrics",
}


def _build(story: Story) -> Sequence[Block]:
    key = "intro" if _missing(story) or any(_deciding(story).values()) else "complete"
    return (Paragraph((message(f"part.wanted.{key}"),)),)


def _missing(story: Story) -> list[_Want]:
    there = {ref.kind for ref in story.intake.sources}
    return [want for want in _WANTS if not want.kinds & there]


def _deciding(story: Story) -> dict[str, tuple[Message, ...]]:
    """What would decide between the causes of unexplained symptoms, by the file that has it."""
    wanted: dict[str, tuple[Message, ...]] = {}
    for test in story.tests:
        for need in deciding(test.diagnosis):
            kind = _ANSWERS.get(need.key)
            if kind is not None:
                wanted[kind] = tuple(dict.fromkeys((*wanted.get(kind, ()), need)))
    return wanted


def _sections(story: Story) -> Sequence[Section]:
    """The data that would decide come first; what a file lacked is told of one that was given."""
    missing, open_needs = _missing(story), _deciding(story)
    first = [want for want in _WANTS if want.id in open_needs]
    rest = [want for want in missing if want.id not in open_needs]
    return tuple(
        _section(want, () if want in missing else open_needs.get(want.id, ()))
        for want in (*first, *rest)
    )


def _section(want: _Want, needs: tuple[Message, ...]) -> Section:
    title = message(f"wanted.{want.id}.title")
    blocks: list[Block] = [Paragraph((message(f"wanted.{want.id}.why"), *needs))]
    blocks += [Command(title, language, text) for language, text in want.commands]
    return Section(f"wanted {want.id}", title, Style.LABEL, tuple(blocks))


PLUGIN = Part("wanted", None, 40, message("part.wanted.title"), Style.PLAIN, _build, _sections)
