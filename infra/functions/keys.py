"""Names and sort keys of the lookups: what writes them and what reads them make them alike."""

import hashlib

# A sort key has 1,024 bytes at most, an id up to 256 characters.
PART_BYTES = 900
# The sort key of the item that sums up the others of its partition; theirs hold more.
SUMMARY = "-"
INVOICE = "invoice "
# The fields of a truck's moment, as JSON.
READING = "Reading"


def part(text: str) -> str:
    """Return an id as a part of a sort key; what is too long for one is told by its digest."""
    return text if len(text.encode()) <= PART_BYTES else digest(text, 32)


def digest(text: str, size: int) -> str:
    """Return so many bytes of digest, as hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def of_lines(stock_code: str) -> str:
    """Return what the sort keys of an invoice's lines of an article begin with."""
    return part(stock_code) + "#"


def of_line(stock_code: str, event_id: str) -> str:
    """Return the sort key of a line: equal lines of an invoice are told apart by their events."""
    return of_lines(stock_code) + digest(event_id, 10)


def of_invoice(invoice_no: str) -> str:
    """Return the sort key of an invoice among those of its customer."""
    return INVOICE + part(invoice_no)
