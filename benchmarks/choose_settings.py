"""Settings of the n-gram model, compared on the dev split (never the test split).

Run: python benchmarks/choose_settings.py
"""

from __future__ import annotations

import itertools

from etisklandskab import EthicsClassifier
from etisklandskab.training.corpus import read_corpus
from etisklandskab.training.evaluating import evaluate
from etisklandskab.training.train import fit_on


def main() -> None:
    """Print accuracy, kappa and calibration error for each setting, then for each threshold."""
    train, dev = read_corpus(splits=["train"]), read_corpus(splits=["dev"])
    statements, truth = [row.statement for row in dev], [row.primary for row in dev]
    print(f"train n={len(train)}, dev n={len(dev)}")
    best = (0.0, EthicsClassifier(encoder=None))
    for C, context in itertools.product((2.0, 5.0, 10.0), (0.0, 0.3)):
        # calibration does not change which logic is likeliest but now and then: left for the best
        model = fit_on(train, EthicsClassifier(C=C, context_weight=context, cv=0, encoder=None))
        result = evaluate(model.bundle_.linear.probabilities(statements), truth)
        print(
            f"C={C:<4} context={context}  accuracy {result.accuracy:.3f}  kappa {result.kappa:.3f}",
            flush=True,
        )
        best = max(best, (result.kappa, model), key=lambda pair: pair[0])
    calibrated = fit_on(train, best[1].set_params(cv=5))
    p = calibrated.bundle_.linear.probabilities(statements)
    print(f"{calibrated}: calibration error {evaluate(p, truth).calibration_error:.3f}")
    for present in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4):
        right = wrong = missed = 0
        for row, probabilities in zip(dev, p, strict=True):
            if probabilities.argmax() == 3:
                found = set()
            else:
                found = {k for k in range(3) if probabilities[k] >= present}
                found.add(int(probabilities[:3].argmax()))
            true = {("duty", "proximity", "consequence").index(logic) for logic in row.logics}
            right += len(found & true)
            wrong += len(found - true)
            missed += len(true - found)
        print(f"present={present}: F1 of all logics {2 * right / (2 * right + wrong + missed):.3f}")


if __name__ == "__main__":
    main()
