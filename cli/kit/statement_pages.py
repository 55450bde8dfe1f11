"""A statement of points as a PDF. It names the guest by the customer number alone, so it can be kept and sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from loyalty.reports.statement import Statement

_FONT = "Helvetica"
_WIDTHS = (32, 46, 28, 24, 26, 26)
_HEIGHT = 6


def write_pdf(path: Path, number: str, found: Statement, title: str, rows: Iterable[Sequence[str]]) -> None:
    """Writes the pages. `rows`: the cells of each line as people read them, the heading first. Raises OSError."""
    pdf = FPDF(format="A4")
    pdf.set_title(title)
    pdf.set_auto_page_break(True, margin=15)
    pdf.add_page()
    pdf.set_font(_FONT, "B", 14)
    _line(pdf, title)
    pdf.set_font(_FONT, size=9)
    _line(pdf, number)
    for brand in found.brands:
        opening, closing = found.opening.get(brand, 0), found.closing.get(brand, 0)
        _line(pdf, f"{brand}: {opening:,} before, {closing:,} after")
    _line(pdf, f"All brands: {found.opening_points:,} before, {found.closing_points:,} after")
    pdf.ln(_HEIGHT)
    for turn, row in enumerate(rows):
        pdf.set_font(_FONT, "" if turn else "B", 8)
        for width, text in zip(_WIDTHS, row, strict=True):
            align = "R" if width in _WIDTHS[4:] else "L"
            pdf.cell(width, _HEIGHT, _printable(text), border="B", align=align)
        pdf.ln(_HEIGHT)
    pdf.output(str(path))


def _line(pdf: FPDF, text: str) -> None:
    pdf.cell(0, _HEIGHT + 1, _printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _printable(text: str) -> str:
    """The fonts that every reader of PDF has know Western letters only."""
    return text.encode("latin-1", "replace").decode("latin-1")
