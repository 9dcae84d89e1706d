"""Tiny models that can be told what to say, and their cards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from avatar_cam.emotions.card import DEFAULT_MODEL, card_path

SIDE = 16


def card(**changed: Any) -> dict[str, Any]:
    """The card of `constant_model`, with some keys changed."""
    content: dict[str, Any] = {
        "name": "tiny",
        "version": "1",
        "labels": ["happy", "glad", "cross"],
        "emotions": {"happy": "pleasure", "glad": "pleasure", "cross": "anger"},
        "input": {"width": SIDE, "height": SIDE, "channels": 1, "dtype": "float32"},
        "scaling": {"offset": 127.5, "factor": 1 / 127.5},
        "crop": {"function": "landmarks", "margin": 1.1},
        "data": "none",
        "figures": {},
        "commit": "",
    }
    return content | changed


def write_model(path: Path, model: bytes, content: dict[str, Any]) -> Path:
    """A model with its card beside it, whose SHA-256 is right unless the content says another."""
    path.write_bytes(model)
    described = {"sha256": hashlib.sha256(model).hexdigest()} | content
    card_path(path).write_text(json.dumps(described), encoding="utf-8")
    return path


def shipped_card() -> dict[str, Any]:
    """The content of the card that ships."""
    content: dict[str, Any] = json.loads(card_path(DEFAULT_MODEL).read_text(encoding="utf-8"))
    return content


def constant_model(output: Sequence[float], side: int = SIDE, mean_weight: float = 0.0) -> bytes:
    """A float32 model [1, side, side, 1] → [1, N] that says `output` whatever it sees.

    To the first number it adds `mean_weight` times the mean of its input.
    """
    count, pixels = len(output), side * side
    weights = np.zeros((count, pixels), np.float32)
    weights[0] = mean_weight / pixels
    options = schema.FullyConnectedOptionsT()
    return _model(
        tensors=[
            ([1, side, side, 1], schema.TensorType.FLOAT32, None),
            ([count, pixels], schema.TensorType.FLOAT32, weights.tobytes()),
            ([count], schema.TensorType.FLOAT32, np.array(output, np.float32).tobytes()),
            ([1, count], schema.TensorType.FLOAT32, None),
        ],
        operators=[
            (
                schema.BuiltinOperator.FULLY_CONNECTED,
                [0, 1, 2],
                [3],
                schema.BuiltinOptions.FullyConnectedOptions,
                options,
            )
        ],
        ends=(0, 3),
    )


def int8_model(count: int = 3, side: int = SIDE) -> bytes:
    """A model of the same shapes whose numbers are int8."""
    shape = np.array([1, count], np.int32)
    return _model(
        tensors=[
            ([1, side, side, 1], schema.TensorType.INT8, None),
            ([4], schema.TensorType.INT32, np.zeros(4, np.int32).tobytes()),
            ([4], schema.TensorType.INT32, np.array([1, count, 1, 1], np.int32).tobytes()),
            ([1, count, 1, 1], schema.TensorType.INT8, None),
            ([2], schema.TensorType.INT32, shape.tobytes()),
            ([1, count], schema.TensorType.INT8, None),
        ],
        operators=[
            (
                schema.BuiltinOperator.SLICE,
                [0, 1, 2],
                [3],
                schema.BuiltinOptions.SliceOptions,
                schema.SliceOptionsT(),
            ),
            (schema.BuiltinOperator.RESHAPE, [3, 4], [5], schema.BuiltinOptions.NONE, None),
        ],
        ends=(0, 5),
    )


def _model(
    tensors: Sequence[tuple[list[int], int, bytes | None]],
    operators: Sequence[tuple[int, list[int], list[int], int, Any]],
    ends: tuple[int, int],
) -> bytes:
    """A flatbuffer of one graph: tensors (shape, type, content) and operators (code, in, out, options)."""
    graph = schema.SubGraphT()
    graph.inputs, graph.outputs = [ends[0]], [ends[1]]
    graph.tensors, graph.operators = [], []
    model = schema.ModelT()
    model.version = 3
    model.buffers, model.operatorCodes = [schema.BufferT()], []
    for index, (shape, kind, content) in enumerate(tensors):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.name, tensor.buffer = shape, kind, f"t{index}", 0
        if content is not None:
            buffer = schema.BufferT()
            buffer.data = list(content)
            tensor.buffer = len(model.buffers)
            model.buffers.append(buffer)
        graph.tensors.append(tensor)
    for index, (code, inputs, outputs, kind, options) in enumerate(operators):
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = index, inputs, outputs
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        graph.operators.append(operator)
        named = schema.OperatorCodeT()
        named.builtinCode = named.deprecatedBuiltinCode = code
        named.version = 1
        model.operatorCodes.append(named)
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
