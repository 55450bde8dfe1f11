"""Where the chain of the audit log ended, noted beside the store: entries that are cut off or written anew later are
seen, though the chain itself is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.private_files import append
from domain.settings import Settings
from privacy.audit_log import AuditLog, AuditVerdict
from runtime.journal import journal_of


@dataclass(frozen=True, slots=True)
class AuditEnds:
    """A file of lines, each a time and an end as `<sequence>:<hash>`. Lines are only ever appended."""

    file: Path

    def last(self) -> str | None:
        """The end that was noted last; None where there is none."""
        try:
            lines = self.file.read_text("utf-8").split("\n")
        except FileNotFoundError:
            return None
        whole = [line.partition(" ")[2] for line in lines[:-1] if line]  # behind the last newline: cut off by a crash
        return whole[-1] if whole else None

    def note(self, end: str) -> None:
        """Appends an end, durable when this returns. That of an empty chain and the last one are not written again."""
        if end == self.last() or end.startswith("0:"):
            return
        append(self.file, [f"{datetime.now(UTC).isoformat(timespec='seconds')} {end}".encode()])


def ends_of(settings: Settings) -> AuditEnds:
    """Those of the store of these settings, beside its journal."""
    return AuditEnds(journal_of(settings).folder / "audit.ends")


async def verified(log: AuditLog, ends: AuditEnds, *, whole: bool = False) -> AuditVerdict:
    """Walks the chain from the end that was noted last, or all of it, and notes its end where it holds.

    Raises Unavailable.
    """
    noted = ends.last()
    verdict = await log.verify(noted, walked=not whole)
    if verdict.broken_at is None:
        ends.note(verdict.end)
    return verdict
