"""Which galaxies an encoder is never trained on."""

import hashlib

import numpy as np

HELD_OUT_SHARE = 0.2


def is_held_out(object_ids: np.ndarray, seed: int, share: float = HELD_OUT_SHARE) -> np.ndarray:
    """(n,) bool: True for the galaxies kept out of training.

    Decided by each galaxy's id and the seed alone, so that any part of a survey, in any order,
    knows which of its galaxies an encoder has seen.
    """
    digests = (hashlib.sha256(f"{seed} {name}".encode()).digest()[:8] for name in object_ids)
    drawn = np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.float64)
    return drawn < share * 2.0**64
