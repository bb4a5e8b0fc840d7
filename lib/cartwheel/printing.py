"""What is printed of data: without anything that a terminal would obey."""

from collections.abc import Collection, Sequence


def aligned(lines: Sequence[Sequence[str]], right: Collection[int]) -> str:
    """Return lines of cells as a text table; the columns at some places are set to the right."""
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def printable(text: object) -> str:
    """
    Return a text with control and other unprintable characters escaped, lines kept.

    A name in the data may hold an escape sequence that renames the window, moves the
    cursor or hides what follows.
    """
    return "".join(
        each if each.isprintable() or each == "\n" else repr(each)[1:-1] for each in str(text)
    )
