"""Random numbers that depend on a seed and a name, and on nothing that ran before."""

import zlib

import numpy as np


def generator(seed: int, *name: str | int) -> np.random.Generator:
    """
    Return the generator of one thing of the world.

    Parameters
    ----------
    seed
        The world's seed.
    name
        What it is for, such as ``"truck", 3, "day", 5``: another name, other numbers.
    """
    key = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else part for part in name)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
