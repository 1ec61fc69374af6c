"""The fixtures' common format: JSON, with arrays as base64 of little-endian numbers."""

import base64
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def array(values, dtype):
    values = np.asarray(values)
    little = np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<"))
    return {
        "dtype": dtype,
        "shape": list(values.shape),
        "data": base64.b64encode(little.tobytes()).decode("ascii"),
    }


def flat(layers):
    """Parameters in the order of the product's flat vector: each kernel (inputs × outputs, row-major), then its bias."""
    return np.concatenate([np.asarray(part).reshape(-1) for layer in layers for part in layer])


def write(name, content):
    path = HERE / name
    text = json.dumps(content, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(text)} bytes")
