"""A small table and picture for notebooks, without scripts and without anything from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

# Customers in the picture; more would make a notebook heavy.
_MOST = 2000
_LISTED = 20
_WIDTH = 480
_WORDS = ("name", "verdict")
_GROUP = re.compile(rb'<attvalue for="(?:segment|community)" value="(\d+)"')
_PLACE = re.compile(
    rb'<viz:color r="(\d+)" g="(\d+)" b="(\d+)"[^>]*/><viz:position x="([^"]+)" y="([^"]+)"[^>]*/><viz:size value="([^"]+)"'
)


@dataclass
class Shown:
    """What a result shows of itself. The first column of ``rows`` is the number of the group."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    #: "customers" and "segments", or what else they are called.
    nodes: str
    groups: str
    #: Sentences below the title.
    notes: Sequence[str] = field(default_factory=list)


def html(shown: Shown, network: Path) -> str:
    """Title and notes, the first rows, and the network's nodes where Gephi would draw them; each row has its group's color."""
    picture, colors = _svg(shown, network)
    # A notebook aligns all cells to the right.
    sides = ["left" if name in _WORDS else "right" for name in shown.header]
    head = "".join(f'<th style="text-align:{side}">{escape(name)}</th>' for name, side in zip(shown.header, sides))
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{_dot(colors.get(row[0])) if at == 0 else ""}{escape(cell)}</td>'
            for at, (cell, side) in enumerate(zip(row, sides))
        )
        + "</tr>"
        for row in shown.rows[:_LISTED]
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in shown.notes)
    more = f"<p>... and {len(shown.rows) - _LISTED} more</p>" if len(shown.rows) > _LISTED else ""
    return (
        f"<div><p><strong>{escape(shown.title)}</strong></p>{notes}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{more}{picture}</div>"
    )


def _dot(color: str | None) -> str:
    return f'<span style="color:{color}">&#9679;</span> ' if color else ""


def _svg(shown: Shown, network: Path) -> tuple[str, dict[str, str]]:
    """The nodes of a GEXF file as colored dots, of many evenly spread ones, and the color of each group. Nothing where there is no
    picture."""
    if not network.exists():
        return "", {}
    nodes = network.read_bytes().partition(b"<edges")[0].split(b"<node ")[1:]
    drawn = nodes[:: -(-len(nodes) // _MOST)] if nodes else []
    dots = []
    colors: dict[str, str] = {}
    for node in drawn:
        if place := _PLACE.search(node):
            r, g, b, *numbers = place.groups()
            x, y, size = map(float, numbers)
            color = f"#{int(r):02x}{int(g):02x}{int(b):02x}"
            dots.append((x, -y, size, color))
            if group := _GROUP.search(node):
                colors.setdefault(group[1].decode(), color)
    if not dots:
        return "", {}
    left, right = min(d[0] for d in dots), max(d[0] for d in dots)
    top, bottom = min(d[1] for d in dots), max(d[1] for d in dots)
    scale = (_WIDTH - 20) / max(right - left, bottom - top, 1e-9)
    height = (bottom - top) * scale + 20
    biggest = max(d[2] for d in dots)
    circles = "".join(
        f'<circle cx="{(x - left) * scale + 10:.1f}" cy="{(y - top) * scale + 10:.1f}" '
        f'r="{1.2 + 2.8 * size / biggest:.1f}" fill="{color}"/>'
        for x, y, size, color in dots
    )
    told = f"{len(nodes):,} {shown.nodes}" + ("" if len(drawn) == len(nodes) else f", {len(drawn):,} of them drawn")
    told += f"; larger dots stand between two {shown.groups}"
    # On white also in a dark notebook: the colors are made for it.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:.0f}" role="img" '
        f'aria-label="{told}" fill-opacity="0.8" style="background:#fff;border-radius:4px"><title>{told}</title>{circles}</svg>'
        f"<p><small>{told}</small></p>"
    ), colors
