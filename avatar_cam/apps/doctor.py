"""`avatar-cam doctor`: what works here, what does not, and the command that mends it."""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape

from avatar_cam import __version__
from avatar_cam.console import progress_console, put
from avatar_cam.doctor.checkup import all_checks
from avatar_cam.doctor.running import Check, findings_of
from avatar_cam.formats import Diagnosis, Finding, Verdict
from avatar_cam.system import System

_log = logging.getLogger(__name__)

_MARKS: dict[Verdict, str] = {
    "ok": "[green]ok[/]",
    "warning": "[yellow]warning[/]",
    "fault": "[bold red]fault[/]",
}
#: Where the words begin beside the longest mark, in letters.
_INDENT = max(map(len, _MARKS)) + 2


def run_doctor(config: Path | None, *, as_json: bool) -> bool:
    """Check everything and print what was found, in words or as JSON; whether there is no fault."""
    system = System.here()
    checks = all_checks(system, config)
    findings = list(_findings(checks))
    if as_json:
        diagnosis = Diagnosis(avatar_cam=__version__, system=system.words, findings=findings)
        put(diagnosis.model_dump_json(exclude_none=True).encode() + b"\n")
    else:
        _print(findings)
    return all(finding.verdict != "fault" for finding in findings)


def _findings(checks: Sequence[Check]) -> Iterator[Finding]:
    with progress_console().status("") as status:
        for number, check in enumerate(checks, start=1):
            status.update(f"{number} of {len(checks)}: {check.name} …")
            start = monotonic()
            yield from findings_of(check)
            _log.info("%s: %.1f s", check.name, monotonic() - start)


def _print(findings: Sequence[Finding]) -> None:
    """What was found in lines as wide as the terminal, but for words that are longer, such as paths.

    What mends it stands in one line of its own: a command that is folded cannot be copied.
    """
    console = Console(highlight=False)
    for finding in findings:
        first, *others = _lines(f"{finding.check}: {finding.found}", console.width)
        mark = _MARKS[finding.verdict] + " " * (_INDENT - len(finding.verdict))
        console.print(mark + escape(first), soft_wrap=True)
        if finding.mend:
            others.append(f"what to do: {finding.mend}")
        for line in others:
            console.print(" " * _INDENT + line, soft_wrap=True, markup=False)
    console.print(_summary(findings))


def _lines(words: str, width: int) -> list[str]:
    room = max(width - _INDENT, 1)
    return textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)


def _summary(findings: Sequence[Finding]) -> str:
    counts = {
        verdict: sum(finding.verdict == verdict for finding in findings) for verdict in ("fault", "warning")
    }
    words = [f"{number or 'no'} {what}{'' if number == 1 else 's'}" for what, number in counts.items()]
    return ", ".join(words)
