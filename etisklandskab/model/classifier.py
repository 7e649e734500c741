"""The classifier: scikit-learn's interface, without importing scikit-learn to code."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from etisklandskab.errors import BundleError
from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.bundle import Bundle, load_bundle, make_bundle, save_bundle
from etisklandskab.model.encoder import Encoder
from etisklandskab.model.explaining import Explanation, carrying_words, explain
from etisklandskab.model.linear import CODES

__all__ = ["VARIABLE", "EthicsClassifier", "lacks_code", "load_model", "recoded"]

VARIABLE = "ETISKLANDSKAB_MODEL"
"""The environment variable that names the folder of one's own model."""


class EthicsClassifier:
    """Tell by which ethical logic Danish statements argue.

    A scikit-learn classifier on texts: it works in ``Pipeline``, ``cross_val_score``
    and ``GridSearchCV``. Its features are n-grams and the vectors of a Danish
    encoder, which ``fit`` leaves as it is: a head of its own on a few thousand
    statements takes seconds and no GPU. It does not inherit from ``BaseEstimator``,
    because a fitted one must code without importing scikit-learn, which takes
    seconds; ``fit`` needs the extra ``learn``.

    Parameters
    ----------
    C : float, default=5.0
        Inverse strength of the penalty on weights; larger fits the training
        data more closely.
    context_weight : float, default=0.0
        Weight of the words of a statement's heading and of the statement before
        it among the n-grams, beside 1 for its own. 0 did best on the corpus: a bag of
        words cannot tell what an answer affirms. The encoder always reads the context.
    present : float, default=0.25
        From which probability a logic counts as present besides the weightiest.
    cv : int, default=5
        Folds for calibrating the probabilities; 0 leaves them as they are.
    encoder : str, Path or None, default="shipped"
        The encoder to fit on: the shipped one, that of a model in a folder, or None
        for the light model, which has n-grams alone.

    Attributes
    ----------
    classes_ : ndarray of str
        The codes seen in `fit`, sorted.
    bundle_ : Bundle
        The fitted model with name and checksum.

    Examples
    --------
    >>> from etisklandskab import EthicsClassifier
    >>> texts = ["Det er deres ret", "Loven gælder alle", "Sæt dig og lyt", "Mærk efter hos hende"]
    >>> model = EthicsClassifier(cv=0, encoder=None)
    >>> model = model.fit(texts, ["duty", "duty", "proximity", "proximity"])
    >>> model.predict(["De har ret til det"])
    array(['duty'], dtype='<U11')
    """

    _estimator_type = "classifier"

    def __init__(
        self,
        C: float = 5.0,
        *,
        context_weight: float = 0.0,
        present: float = 0.25,
        cv: int = 5,
        encoder: str | Path | None = "shipped",
    ) -> None:
        self.C = C
        self.context_weight = context_weight
        self.present = present
        self.cv = cv
        self.encoder = encoder

    # -- scikit-learn's protocol ---------------------------------------------------------

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params: Any) -> EthicsClassifier:
        """Set parameters by name and return the classifier.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        for name, value in params.items():
            if name not in self._names():
                raise ValueError(f"{name!r} is no parameter; there are {self._names()}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=True),
            input_tags=InputTags(two_d_array=False, string=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "bundle_")

    def __repr__(self) -> str:
        default = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != default[name].default
        ]
        return f"EthicsClassifier({', '.join(changed)})"

    # -- fitting -------------------------------------------------------------------------

    def fit(
        self,
        X: Iterable[str | Statement],
        y: Iterable[str],
        sample_weight: ArrayLike | None = None,
        *,
        groups: Sequence[Any] | None = None,
    ) -> EthicsClassifier:
        """Fit on labelled statements, in seconds for a few thousand.

        Parameters
        ----------
        X : iterable of str or Statement
            n statements.
        y : iterable of str
            Their weightiest logics: codes (``"duty"``) or Danish names (``"pligt"``).
        sample_weight : array-like of shape (n,), optional
            Weights.
        groups : sequence, optional
            The document of each statement; calibration keeps documents together.

        Returns
        -------
        EthicsClassifier
            Itself.

        Raises
        ------
        ValueError
            If X and y differ in length, are empty, or hold what is no text or label.
        MissingExtraError
            If scikit-learn is not installed.
        """
        from etisklandskab.model.fitting import fit_linear

        statements = _statements(X)
        labels = [Logic.parse(label) for label in y]
        if len(statements) != len(labels):
            raise ValueError(f"{len(statements)} statements, but {len(labels)} labels")
        if not statements:
            raise ValueError("no statements to fit on")
        if len(set(labels)) < 2:
            raise ValueError(f"only one class in y ({labels[0].value}); at least two are needed")
        linear, reliability = fit_linear(
            statements,
            labels,
            C=self.C,
            block_weights=(1.0, 1.0, self.context_weight),
            present=self.present,
            cv=self.cv,
            encoder=_encoder(self.encoder),
            groups=groups,
            sample_weight=None if sample_weight is None else np.asarray(sample_weight, float),
        )
        params = self.get_params() | {
            "encoder": None if self.encoder is None else str(self.encoder)
        }
        self._take(make_bundle(linear, "egen-model", params, reliability))
        return self

    def _take(self, bundle: Bundle) -> None:
        self.bundle_ = bundle
        seen = [k for k, base in enumerate(bundle.linear.intercept) if np.isfinite(base)]
        self._columns = sorted(seen, key=lambda k: CODES[k].value)
        self.classes_ = np.array([CODES[k].value for k in self._columns], dtype="<U11")

    def _fitted(self) -> Bundle:
        if not hasattr(self, "bundle_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(
                "This EthicsClassifier is not fitted: call fit, or take load_model()."
            )
        return self.bundle_

    # -- coding --------------------------------------------------------------------------

    def predict_proba(self, X: Iterable[str | Statement]) -> NDArray[np.float64]:
        """Return calibrated probabilities.

        Parameters
        ----------
        X : iterable of str or Statement
            n statements.

        Returns
        -------
        ndarray of shape (n, len(classes_))
            Columns in the order of `classes_`; each row sums to 1.
        """
        columns: NDArray[np.float64] = self._probabilities(X)[:, self._columns]
        return columns

    def _probabilities(self, X: Iterable[str | Statement]) -> NDArray[np.float64]:
        return self._fitted().linear.probabilities(_statements(X))

    def predict(self, X: Iterable[str | Statement]) -> NDArray[np.str_]:
        """Return the weightiest logic of each statement.

        Parameters
        ----------
        X : iterable of str or Statement
            n statements.

        Returns
        -------
        ndarray of str, shape (n,)
            ``"duty"``, ``"proximity"``, ``"consequence"`` or ``"none"``.
        """
        p = self.predict_proba(X)
        labels: NDArray[np.str_] = self.classes_[p.argmax(axis=1)]
        return labels

    def predict_logics(self, X: Iterable[str | Statement]) -> list[tuple[Logic, ...]]:
        """Return every logic clearly present in each statement, the weightiest first.

        Parameters
        ----------
        X : iterable of str or Statement
            n statements.

        Returns
        -------
        list of tuple of Logic
            Empty where a statement holds no argument.
        """
        linear = self._fitted().linear
        return [linear.logics(p) for p in self._probabilities(X)]

    def code(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return coded copies of statements.

        Parameters
        ----------
        statements : iterable of Statement
            As `read_notes` gives them.

        Returns
        -------
        list of Statement
            In the same order, with logic, logics, probabilities and model.
        """
        statements = list(statements)
        bundle = self._fitted()
        linear = bundle.linear
        # four decimals are what every output shows; kept so, a table that is read back is the same
        p = np.round(linear.probabilities(statements), 4)
        return [
            statement.with_coding(
                row.tolist(),
                linear.logics(row),
                bundle.label,
                unsure=bool(row.max() < linear.unsure),
            )
            for statement, row in zip(statements, p, strict=True)
        ]

    def score(
        self, X: Iterable[str | Statement], y: Iterable[str], sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy on labelled statements."""
        right = self.predict(X) == np.array([Logic.parse(label).value for label in y])
        weights = None if sample_weight is None else np.asarray(sample_weight, float)
        return float(np.average(right, weights=weights))

    def explain(self, statement: str | Statement) -> Explanation:
        """Tell which words pulled a statement towards which logic, and how much.

        Parameters
        ----------
        statement : str or Statement
            The statement.

        Returns
        -------
        Explanation
            Print it, iterate over its words, or ask for those ``carrying()`` the code.
        """
        return explain(self._fitted().linear, statement)

    def carrying_words(self, statement: Statement) -> list[str]:
        """Return the few words that carried a coded statement's likeliest logic: fast, for tables.

        Parameters
        ----------
        statement : Statement
            Coded by this model.
        """
        return carrying_words(self._fitted().linear, statement)

    # -- on disk -------------------------------------------------------------------------

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write the fitted classifier to a folder: JSON and arrays, no pickle.

        Parameters
        ----------
        path : str or Path
            The folder.
        force : bool, default=False
            Replace one that is there.

        Raises
        ------
        FileExistsError
            If the folder exists and `force` is False.
        """
        save_bundle(self._fitted(), path, force=force)

    @classmethod
    def load(cls, path: str | Path) -> EthicsClassifier:
        """Load a classifier that `save` wrote, and check every byte of it.

        Parameters
        ----------
        path : str or Path
            The folder.

        Raises
        ------
        BundleError
            If a file is missing or changed, or the format is newer than this program.
        """
        bundle = load_bundle(path)
        model = cls(**{k: v for k, v in bundle.params.items() if k in cls._names()})
        model._take(bundle)
        return model


def lacks_code(statement: Statement, label: str) -> bool:
    """Tell whether neither a human nor the model of this label has coded a statement."""
    return not statement.reviewed and statement.model != label


def recoded(
    statements: Sequence[Statement],
    label: str,
    code: Callable[[list[Statement]], list[Statement]],
) -> list[Statement]:
    """Code what neither a human nor the model of this label has coded.

    Parameters
    ----------
    statements : sequence of Statement
        Those that are coded stay as they are.
    label : str
        Name and checksum of the model.
    code : callable
        What codes with it.
    """
    again = iter(code([s for s in statements if lacks_code(s, label)]))
    return [next(again) if lacks_code(s, label) else s for s in statements]


def _statements(X: Iterable[str | Statement]) -> list[str | Statement]:
    if isinstance(X, str | Statement):
        raise ValueError("X is one statement; give a list of statements")
    statements = [x.item() if isinstance(x, np.generic) else x for x in X]
    for x in statements:
        if not isinstance(x, str | Statement):
            raise ValueError(f"a statement is text, not {type(x).__name__}: {str(x)[:40]!r}")
    return statements


@lru_cache(maxsize=2)
def _encoder(where: str | Path | None) -> Encoder | None:
    """Return the encoder that a classifier is told to fit on."""
    if where is None:
        return None
    folder = shipped_model() if where == "shipped" else Path(where)
    encoder = load_bundle(folder).linear.encoder
    if encoder is None:
        raise BundleError(
            f"{folder}: modellen har ingen sprogmodel; brug encoder=None eller en anden mappe."
        )
    return encoder


def load_model(path: str | Path | None = None, *, light: bool = False) -> EthicsClassifier:
    """Load the shipped classifier, or one of the user's own.

    Parameters
    ----------
    path : str or Path, optional
        A folder that `EthicsClassifier.save` wrote; by default the one that the environment
        variable ``ETISKLANDSKAB_MODEL`` names, and the shipped model where it is not set.
    light : bool, default=False
        The shipped model of n-grams alone: less often right, some fifty times faster.

    Returns
    -------
    EthicsClassifier

    Raises
    ------
    BundleError
        If the model is damaged, incomplete or of a newer format; the message names the variable
        where the folder came from there.

    Examples
    --------
    >>> from etisklandskab import load_model
    >>> model = load_model()
    >>> model.classes_.tolist()
    ['consequence', 'duty', 'none', 'proximity']
    """
    if path is not None or light:
        return EthicsClassifier.load(shipped_model(light=light) if path is None else path)
    named = os.environ.get(VARIABLE, "").strip()
    try:
        return EthicsClassifier.load(named or shipped_model())
    except BundleError as error:
        if not named:
            raise
        raise BundleError(
            f"{error} Mappen er nævnt i miljøvariablen {VARIABLE}: ret den, eller fjern den for "
            "at bruge den medfølgende model."
        ) from error


def shipped_model(*, light: bool = False) -> Path:
    """Return the folder of a shipped model: in the wheel, or in a checkout."""
    name = "light" if light else "full"
    inside = Path(str(files("etisklandskab"))) / "_models" / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / "models" / name
