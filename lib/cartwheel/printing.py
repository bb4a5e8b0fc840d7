"""What is printed of data: without anything that a terminal would obey."""


def printable(text: object) -> str:
    """
    Return a text with control and other unprintable characters escaped, lines kept.

    A name in the data may hold an escape sequence that renames the window, moves the
    cursor or hides what follows.
    """
    return "".join(
        each if each.isprintable() or each == "\n" else repr(each)[1:-1] for each in str(text)
    )
