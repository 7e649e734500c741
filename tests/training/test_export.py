"""Weights to the network that ships."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from etisklandskab.model.encoder import END, PAD, Encoder
from etisklandskab.training.base import Base, prune
from etisklandskab.training.export import quantise, to_onnx
from etisklandskab.training.network import Network


@settings(deadline=None, max_examples=50)
@given(arrays(np.float32, (3, 64), elements=st.floats(-5, 5, width=32)), st.sampled_from([4, 8]))
def test_a_quantised_weight_is_off_by_half_a_step_at_most(matrix: np.ndarray, bits: int) -> None:
    packed, scales = quantise(matrix, bits, block=32)
    assert packed.shape == (3, 2, 32 * bits // 8)
    if bits == 4:
        packed = np.stack([packed & 15, packed >> 4], axis=-1).reshape(3, 2, 32)
    scales = scales.reshape(3, 2, 1)
    again = (packed.astype(np.float32) - (1 << (bits - 1))) * scales
    assert (np.abs(again - matrix.reshape(3, 2, 32)) <= 0.5001 * scales + 1e-7).all()


@pytest.fixture(scope="module")
def pair(base: Base) -> tuple[Network, Encoder]:
    pruned, tokenizer = prune(base, ["pligt"])
    torch.manual_seed(0)
    network = Network(pruned).eval()
    onnx = to_onnx(network.tensors(), heads=base.heads, layers=base.layers, eps=base.eps)
    return network, Encoder(onnx, tokenizer)


def test_what_ships_gives_what_was_trained(pair: tuple[Network, Encoder]) -> None:
    network, encoder = pair
    keys = [("vi lytter", "", ""), ("det er en pligt", "ret?", "lov"), ("kl. ni", "virker", "")]
    shipped = encoder.encode(keys)
    for (pieces, text), vector in zip(encoder.pieces(keys), shipped, strict=True):
        with torch.no_grad():
            trained = network.vectors(torch.tensor([pieces]), torch.tensor([text]))[0].numpy()
        assert trained @ vector > 0.999


def test_padding_and_context_after_the_text_are_not_averaged(
    pair: tuple[Network, Encoder],
) -> None:
    network, _ = pair
    ids = torch.tensor([[0, 7, 8, END]])
    padded = torch.tensor([[0, 7, 8, END, PAD, PAD]])
    with torch.no_grad():
        short = network.vectors(ids, torch.tensor([4]))
        long = network.vectors(padded, torch.tensor([4]))
    torch.testing.assert_close(short, long)


def test_the_same_weights_give_the_same_bytes(pair: tuple[Network, Encoder], base: Base) -> None:
    network, encoder = pair
    again = to_onnx(network.tensors(), heads=base.heads, layers=base.layers, eps=base.eps)
    assert again == encoder.onnx
