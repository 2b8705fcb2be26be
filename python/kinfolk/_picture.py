"""A small table and picture for notebooks, without scripts and without anything from outside."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

# Customers in the picture; more would make a notebook heavy.
_MOST = 2000
_LISTED = 20
_PLACED = re.compile(
    rb'<viz:color r="(\d+)" g="(\d+)" b="(\d+)"[^>]*/><viz:position x="([^"]+)" y="([^"]+)"[^>]*/><viz:size value="([^"]+)"'
)


def html(title: str, header: list[str], rows: list[list[Any]], network: Path) -> str:
    """The title, the first rows, and the network's nodes where Gephi would draw them."""
    more = f"<p>... and {len(rows) - _LISTED} more</p>" if len(rows) > _LISTED else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows[:_LISTED])
    return (
        f"<div><p><strong>{escape(title)}</strong></p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{more}{svg(network)}</div>"
    )


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:.3g}" if isinstance(cell, float) else escape(str(cell))


def svg(network: Path, width: int = 480) -> str:
    """The nodes of a GEXF file as colored dots; of more than 2,000, evenly spread ones. Empty where there is no picture."""
    if not network.exists():
        return ""
    nodes = network.read_bytes().partition(b"<edges")[0]
    found = _PLACED.findall(nodes)
    if not found:
        return ""
    shown = found[:: -(-len(found) // _MOST)]
    dots = [(int(r), int(g), int(b), float(x), -float(y), float(size)) for r, g, b, x, y, size in shown]
    left, right = min(d[3] for d in dots), max(d[3] for d in dots)
    top, bottom = min(d[4] for d in dots), max(d[4] for d in dots)
    scale = (width - 20) / max(right - left, bottom - top, 1e-9)
    height = (bottom - top) * scale + 20
    biggest = max(d[5] for d in dots)
    circles = "".join(
        f'<circle cx="{(x - left) * scale + 10:.1f}" cy="{(y - top) * scale + 10:.1f}" '
        f'r="{1.2 + 2.8 * size / biggest:.1f}" fill="#{r:02x}{g:02x}{b:02x}"/>'
        for r, g, b, x, y, size in dots
    )
    told = f"{len(found):,} nodes" + ("" if len(shown) == len(found) else f", {len(shown):,} of them drawn")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" role="img" '
        f'aria-label="{told}" fill-opacity="0.8"><title>{told}</title>{circles}</svg>'
    )
