"""Which statements speak of the same matter, whatever logic they argue by.

The encoder cannot tell: fine-tuning made it see logics and little else. What tells is the rare
words that two statements share. So a statement is the n-grams of the model, weighted by how rare
each is in the corpus, and two are as alike as the angle between them is small.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import Statement
from etisklandskab.model.features import count
from etisklandskab.model.fitting import feature_matrix
from etisklandskab.model.linear import LinearModel, weigh

__all__ = ["likeness"]

_POWER = 2  # of the rarity: what is common says nothing of the matter


def likeness(statements: Sequence[str | Statement], linear: LinearModel) -> NDArray[np.float64]:
    """Return how alike statements are in what they speak of.

    Parameters
    ----------
    statements : sequence of str or Statement
        n statements.
    linear : LinearModel
        Whose rarities of n-grams are used; one that it never saw is as rare as can be.

    Returns
    -------
    ndarray of shape (n, n)
        Cosine similarities between 0 and 1.

    Raises
    ------
    MissingExtraError
        If SciPy is not installed.

    Examples
    --------
    >>> from etisklandskab import load_model
    >>> linear = load_model(light=True).bundle_.linear
    >>> alike = likeness(["Hans tænder", "Tænderne er dyre", "Vi kører kl. 7"], linear)
    >>> bool(alike[0, 1] > alike[0, 2])
    True
    """
    try:
        import scipy.sparse  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("At finde udsagn om det samme", "report") from error
    rarity = linear.idf.astype(float)
    rarity[rarity == 0] = rarity.max()
    rarity = (rarity**_POWER).astype(np.float32)
    blocks = np.array([1.0, 1.0, 0.0])
    rows = [weigh(count(statement), rarity, blocks) for statement in statements]
    matrix = feature_matrix(rows)
    alike: NDArray[np.float64] = (matrix @ matrix.T).toarray()
    length = np.sqrt(np.maximum(alike.diagonal(), 1e-12))
    result: NDArray[np.float64] = np.clip(alike / length[:, None] / length, 0, 1)
    return result
