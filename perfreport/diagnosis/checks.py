"""How to verify a cause by hand, where its rule knows no command made for the finding."""

from __future__ import annotations

from perfreport.model.finding import Command
from perfreport.model.message import message

_METRICS = "curl -s http://localhost:8080/actuator/prometheus"
_COMMANDS: dict[str, tuple[str, str]] = {
    "cache-stampede": ("bash", f"{_METRICS} | grep -E '^cache_(gets|evictions)'"),
    "connection-leak": ("bash", f"{_METRICS} | grep -E '^hikaricp_connections_(active|idle|max)'"),
    "cpu-saturated": ("bash", "pidstat -u -h 1 10\njcmd <pid> Thread.print > threads.txt"),
    "database-saturated": ("bash", "pidstat -u -h 1 10\nmysqladmin processlist"),
    "downstream-timeout": ("bash", f"{_METRICS} | grep -E '^http_client_requests'"),
    "gc-pressure": ("bash", "jstat -gcutil <pid> 1000 10\njcmd <pid> GC.heap_info"),
    "heap-leak": ("bash", "jcmd <pid> GC.class_histogram | head -30"),
    "http-threads-exhausted": ("bash", f"{_METRICS} | grep -E '^tomcat_threads'"),
    "kafka-consumer-slow": (
        "bash",
        "kafka-consumer-groups.sh --bootstrap-server localhost:9092 --all-groups --describe",
    ),
    "kafka-partition-skew": (
        "bash",
        "kafka-consumer-groups.sh --bootstrap-server localhost:9092 --all-groups --describe",
    ),
    "kafka-producer-blocked": ("bash", f"{_METRICS} | grep -E '^kafka_producer_buffer'"),
    "pool-undersized": ("bash", f"{_METRICS} | grep -E '^hikaricp_connections'"),
    "remote-call-in-transaction": ("bash", "jcmd <pid> Thread.print > threads.txt"),
}


def usual_checks(rule: str) -> tuple[Command, ...]:
    """The command that shows a cause while it lasts; none where there is none."""
    known = _COMMANDS.get(rule)
    if known is None:
        return ()
    return (Command(message("diagnosis.check"), *known),)
