"""Writes random_numbers.json: words, permutations and masks of the reference generator."""

import numpy as np

import fixture
import reference_random as reference

KEYS = [
    (0, "initialization", 0, 0),
    (1, "order", 0, 0),
    (1, "order", 1, 0),
    (42, "dropout", 7, 3),
    (2**64 - 1, "probe", 2**63, 12),
    (5, "noise", 17, 0),
]
MASKS = [
    # seed, step, layer, keep probability, rows, width
    (0, 0, 0, 0.5, 1, 1),
    (1, 0, 0, 0.8, 3, 5),
    (1, 0, 1, 0.8, 3, 5),
    (1, 1, 0, 0.8, 3, 5),
    (2, 17, 2, 0.5, 4, 16),
    (3, 999_999, 1, 0.9, 5, 31),
    (3, 999_999, 1, 0.9, 4, 32),
    (3, 999_999, 1, 0.9, 1, 33),
    (2**64 - 1, 5, 0, 0.25, 16, 64),
    (11, 2**40, 7, 1 / 3, 100, 7),
    (12, 1, 0, 1e-9, 64, 64),
    (12, 1, 0, 0.999_999, 64, 64),
    (12, 1, 0, 1.0, 3, 3),
]


def key_entry(seed, purpose, step, index):
    high, low = reference.key(seed, purpose, step, index)
    stream = reference.Stream((high, low))
    words = [stream.word() for _ in range(8)]
    stream = reference.Stream((high, low))
    uniforms = [stream.uniform() for _ in range(8)]
    stream = reference.Stream((high, low))
    # Enough to meet the tail, one number in some hundred.
    normals = [stream.normal() for _ in range(1000)]
    stream = reference.Stream((high, low))
    bounds = [1, 2, 3, 10, 1797, 2**31 - 1, 2**62 + 1, 2**62 + 1]
    return {
        "seed": str(seed), "purpose": reference.PURPOSES[purpose], "step": str(step), "index": str(index),
        "high": str(high), "low": str(low), "words": [str(word) for word in words],
        "uniforms": fixture.array(uniforms, "float64"),
        "normals": fixture.array(normals, "float64"),
        "bounds": bounds, "below": [stream.below(bound) for bound in bounds],
    }


def permutation_entry(seed, epoch, count):
    order = reference.Stream(reference.key(seed, "order", epoch)).permutation(count)
    assert sorted(order) == list(range(count))
    return {"seed": str(seed), "epoch": str(epoch), "permutation": order.tolist()}


def mask_entry(seed, step, layer, keep_probability, rows, width):
    mask = reference.mask(seed, step, layer, keep_probability, rows, width)
    packed = np.packbits(mask.reshape(-1), bitorder="little")
    return {
        "seed": str(seed), "step": str(step), "layer": layer, "keep_probability": keep_probability,
        "rows": rows, "width": width, "present": int(mask.sum()), "bits": fixture.array(packed, "uint8"),
    }


fixture.write("random_numbers.json", {
    "keys": [key_entry(*key) for key in KEYS],
    "permutations": [permutation_entry(*entry) for entry in [(0, 0, 1), (0, 0, 2), (7, 3, 10), (7, 4, 10), (5, 0, 257)]],
    "masks": [mask_entry(*mask) for mask in MASKS],
})
