"""An encoder's weights to the ONNX file that ships: eight-bit blocks, run by onnxruntime.

The graph is written node by node rather than traced from PyTorch: it uses the runtime's own fused
operators, and the same weights give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["quantise", "to_onnx"]

Array = NDArray[Any]

BLOCK = 128
"""Weights that share a scale. Blocks of 32 are no truer (cosine 0.9994) but larger and slower."""


def quantise(matrix: Array, bits: int = 8, block: int = BLOCK) -> tuple[Array, Array]:
    """Quantise a matrix in blocks along its input axis, symmetric about zero.

    Parameters
    ----------
    matrix : ndarray of shape (out, in), float32
        The weights; `in` is a multiple of `block`.
    bits : {4, 8}, default=8
        Width of a weight.
    block : int
        Weights that share a scale.

    Returns
    -------
    packed : ndarray of shape (out, in // block, block * bits // 8), uint8
        Weights with the zero point ``2 ** (bits - 1)``; two to a byte at four bits, the first low.
    scales : ndarray of shape (out * in // block,), float32
        What one step is worth in each block.
    """
    rows, columns = matrix.shape
    blocks = matrix.reshape(rows, columns // block, block).astype(np.float32)
    most = (1 << (bits - 1)) - 1
    scales = np.abs(blocks).max(axis=2) / most
    scales[scales == 0] = 1.0
    steps = np.clip(np.rint(blocks / scales[:, :, None]), -most, most) + (most + 1)
    packed = steps.astype(np.uint8)
    if bits == 4:
        packed = packed[:, :, 0::2] | (packed[:, :, 1::2] << 4)
    return packed, scales.astype(np.float32).ravel()


def to_onnx(
    weights: Mapping[str, Array], *, heads: int, layers: int, eps: float, bits: int = 8
) -> bytes:
    """Write an encoder as an ONNX model.

    It takes ``ids`` (batch, length; int64), a batch of one length, and ``text`` (batch,; int64),
    how many pieces from the front are the statement; padding is piece 1. It gives ``features``
    (batch, hidden): the mean over the statement's pieces, float32.

    Parameters
    ----------
    weights : mapping of str to ndarray
        As `etisklandskab.training.base.Base.tensors` names them.
    heads, layers, eps
        Attention heads, layers, and the epsilon of the normalisations.
    bits : {4, 8}, default=8
        Width of the layers' weights; the embeddings always have eight.

    Returns
    -------
    bytes
        The model.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: list[Any] = []
    constants: dict[str, Any] = {}

    def constant(name: str, value: Array) -> str:
        constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(op: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        nodes.append(
            helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def fused(op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        return node(op, inputs, output, "com.microsoft", **attributes)

    def dense(x: str, matrix: Array, name: str) -> str:
        packed, scales = quantise(matrix, bits)
        return fused(
            "MatMulNBits",
            [x, constant(f"{name}.q", packed), constant(f"{name}.s", scales)],
            name,
            K=matrix.shape[1],
            N=matrix.shape[0],
            bits=bits,
            block_size=BLOCK,
            accuracy_level=4,  # eight-bit products with a scale for each row and block
        )

    def single(name: str) -> str:
        return constant(name, weights[name].astype(np.float32))

    def added(out: str, x: str, norm: str, bias: str, name: str) -> str:
        inputs = [out, x, single(f"{norm}.w"), single(f"{norm}.b"), single(bias)]
        return fused("SkipLayerNormalization", inputs, name, epsilon=eps)

    # embeddings: a row of eight-bit weights and its scale for each piece
    word = weights["emb.word"].astype(np.float32)
    scale = np.abs(word).max(axis=1, keepdims=True) / 127
    scale[scale == 0] = 1.0
    table = constant("emb.word", np.rint(word / scale).astype(np.int8))
    steps = node("Cast", [node("Gather", [table, "ids"], "emb.steps")], "emb.floats", to=1)
    scales = node("Gather", [constant("emb.scale", scale.astype(np.float32)), "ids"], "emb.scales")
    words = node("Mul", [steps, scales], "emb.words")
    zero, one = constant("zero", np.array(0)), constant("one", np.array(1))
    length = node(
        "Gather", [node("Shape", ["ids"], "shape"), constant("axis", np.array(1))], "length"
    )
    places = node("Range", [zero, length, one], "places")
    type_ = weights["emb.type"].reshape(-1, word.shape[1])[0]
    position = constant("emb.pos", (weights["emb.pos"] + type_).astype(np.float16))
    positions = node("Cast", [node("Gather", [position, places], "emb.places")], "positions", to=1)
    x = node(
        "LayerNormalization",
        [node("Add", [words, positions], "emb"), single("emb.ln.w"), single("emb.ln.b")],
        "x",
        axis=-1,
        epsilon=eps,
    )
    # what is padding counts for nothing
    real = node("Not", [node("Equal", ["ids", one], "padding")], "real")
    mask = node("Cast", [real], "mask", to=TensorProto.INT32)

    for n in range(layers):

        def w(name: str, n: int = n) -> Array:
            return weights[f"l{n}.{name}"]

        p = f"l{n}."
        three = np.concatenate([w("q.w"), w("k.w"), w("v.w")])
        bias = constant(
            f"{p}qkv.b", np.concatenate([w("q.b"), w("k.b"), w("v.b")]).astype(np.float32)
        )
        qkv = dense(x, three, f"{p}qkv")
        outputs = [f"{p}q", f"{p}k", f"{p}v"]
        nodes.append(
            helper.make_node("Split", [qkv], outputs, axis=-1, num_outputs=3, name=f"{p}split")
        )
        met = fused("MultiHeadAttention", [*outputs, bias, mask], f"{p}met", num_heads=heads)
        x = added(dense(met, w("ao.w"), f"{p}ao"), x, f"{p}aln", f"{p}ao.b", f"{p}x1")
        inner = fused("BiasGelu", [dense(x, w("fi.w"), f"{p}fi"), single(f"{p}fi.b")], f"{p}inner")
        x = added(dense(inner, w("fo.w"), f"{p}fo"), x, f"{p}oln", f"{p}fo.b", f"{p}x2")

    ends = node("Unsqueeze", ["text", constant("last", np.array([1]))], "ends")
    inside = node("Cast", [node("Less", [places, ends], "inside")], "weights", to=1)
    row = node("Unsqueeze", [inside, constant("middle", np.array([1]))], "row")
    total = node("MatMul", [row, x], "total")
    summed = node("Squeeze", [total, "middle"], "sum")
    count = node("Cast", [ends], "count", to=1)
    node("Div", [summed, count], "features")

    graph = helper.make_graph(
        nodes,
        "encoder",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"]),
            helper.make_tensor_value_info("text", TensorProto.INT64, ["batch"]),
        ],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", word.shape[1]])],
        list(constants.values()),
    )
    model = helper.make_model(
        graph,
        producer_name="etisklandskab",
        ir_version=10,
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)],
    )
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
