"""What an audience is: whom it holds, how many of them are held out, how often they are told."""

from dataclasses import dataclass
from typing import Self

from cartwheel.clicks import definitions
from cartwheel.errors import UsageError

MOST_HELD_OUT = 0.5
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Audience:
    """
    An audience.

    Attributes
    ----------
    name
        By it the messages are counted and the hold-out group is drawn: another name, another draw.
    where
        Condition on a person's columns (see :data:`~cartwheel.clicks.audiences.persons.COLUMNS`),
        such as ``count_left > 0 and price_fell > 0.05``; empty for everybody.
    category
        Whose products the counts, the carts and the probability are about; empty for all.
    at_least
        Probability to buy from which on a person is in.
    hold_out
        Share that gets no message, so that the effect can be measured; 0 to 0.5.
    most_messages
        Messages that a person gets in 7 days, at most, of all audiences together.
    """

    name: str
    where: str = ""
    category: str = ""
    at_least: float = 0.0
    hold_out: float = 0.1
    most_messages: int = 2

    def checked(self) -> Self:
        """
        Return the same audience.

        Raises
        ------
        UsageError
            Naming what is not allowed.
        """
        if not self.name.strip() or len(self.name) > _LONGEST_NAME:
            raise UsageError(
                f"name: an audience has a name of 1 to {_LONGEST_NAME} characters, "
                f"got {self.name!r}."
            )
        for name, value, most in (
            ("at_least", self.at_least, 1.0),
            ("hold_out", self.hold_out, MOST_HELD_OUT),
        ):
            if not 0 <= value <= most:
                raise UsageError(f"{name}: from 0 to {most:g} is allowed, got {value!r}.")
        if self.most_messages < 1:
            raise UsageError(f"most_messages: 1 or more, got {self.most_messages!r}.")
        return self


def read(text: str, where: str = "the audience") -> Audience:
    """
    Read an audience from TOML: keys as in :class:`Audience`.

    Raises
    ------
    UsageError
        Naming what is not understood.
    """
    return definitions.made(Audience, definitions.parsed(text, where), where).checked()


def ready(categories: list[str]) -> list[Audience]:
    """Return audiences to begin with: who is likely to buy of each category, and some by rule."""
    return [
        *(
            Audience(f"Likely to buy: {each}", category=each, at_least=0.1)
            for each in categories[:4]
        ),
        Audience("Cart left, price fell", where="count_left > 0 and price_fell >= 0.05"),
        Audience("Cart left this week", where="days_since_left <= 7"),
        Audience("Best buyers gone quiet", where="money >= 4 and days_since_visit > 7"),
        Audience("Often here, never bought", where="count_visits >= 5 and count_orders = 0"),
    ]
