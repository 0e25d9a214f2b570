"""InnoDB's report of a deadlock, as it stands in the monitor output and in the error log.

Statements become fingerprints; the dumped records (hex and ASCII of users' rows) are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from perfreport.model.database import Deadlock, DeadlockParty
from perfreport.sources._lock_rows import statement_of, table_of

_PARTY = re.compile(r"\*\*\* \((\d+)\) TRANSACTION:")
_ROLLED_BACK = re.compile(r"\*\*\* WE ROLL BACK TRANSACTION \((\d+)\)")
_TRANSACTION = re.compile(r"TRANSACTION (\d+), ACTIVE (\d+) sec")
_THREAD = re.compile(r"(?:MySQL|MariaDB) thread id (\d+),")
_LOCK = re.compile(
    r"(?:RECORD LOCKS .*? index `?([^\s`]+)`? of table|TABLE LOCK table)"
    r" (`[^`]*`\.`[^`]*`|\S+) .*?trx id \d+ (lock.?mode \S+|lock_mode \S+)(.*)"
)
_LONGEST_STATEMENT = 200


@dataclass(slots=True)
class _Party:
    trx: str | None = None
    thread: int | None = None
    active: float | None = None
    statement: list[str] = field(default_factory=list)
    table: str | None = None
    index: str | None = None
    mode: str | None = None


@dataclass(slots=True)
class DeadlockReader:
    """Takes the lines of one deadlock report; `finish` gives the deadlock."""

    line: int
    time_ns: int | None = None
    _parties: dict[str, _Party] = field(default_factory=dict)
    _current: _Party | None = None
    _in_statement: bool = False
    _waiting: bool = False
    _rolled_back: set[str] = field(default_factory=set)

    def feed(self, text: str) -> bool:
        """Take one line; True when the report is over."""
        if begun := _PARTY.search(text):
            self._current = self._parties.setdefault(begun[1], _Party())
            self._in_statement = self._waiting = False
        elif over := _ROLLED_BACK.search(text):
            self._rolled_back.add(over[1])
            return True
        elif self._current is not None:
            self._party_line(self._current, text)
        return False

    def finish(self) -> Deadlock | None:
        """Return the deadlock; None where no transaction was named."""
        if not self._parties:
            return None
        return Deadlock(
            self.time_ns,
            tuple(
                DeadlockParty(
                    trx=party.trx,
                    thread=party.thread,
                    statement=statement_of("\n".join(party.statement)),
                    table=party.table,
                    index=party.index,
                    mode=party.mode,
                    active=party.active,
                    rolled_back=number in self._rolled_back,
                )
                for number, party in self._parties.items()
            ),
            self.line,
        )

    def _party_line(self, party: _Party, text: str) -> None:
        if text.startswith(("***", "---")) or " *** " in text[:80]:
            self._in_statement = False
            self._waiting = "WAITING FOR THIS LOCK" in text
        elif party.trx is None and (named := _TRANSACTION.search(text)):
            party.trx, party.active = named[1], float(named[2])
        elif thread := _THREAD.match(text):
            party.thread = int(thread[1])
            self._in_statement = True
        elif self._in_statement and not text.startswith(("RECORD LOCKS", "TABLE LOCK")):
            if len(party.statement) < _LONGEST_STATEMENT:
                party.statement.append(text)
        elif self._waiting and party.table is None and (lock := lock_of(text)):
            party.table, party.index, party.mode = lock


def lock_of(text: str) -> tuple[str | None, str | None, str] | None:
    """Return (table, index, mode) of a `RECORD LOCKS …` or `TABLE LOCK …` line."""
    found = _LOCK.match(text)
    if found is None:
        return None
    mode = re.sub(r"lock.?mode ", "", found[3])
    if "gap before rec" in found[4]:
        mode += ",GAP"
    elif "but not gap" in found[4]:
        mode += ",REC_NOT_GAP"
    return table_of(found[2]), found[1], mode
