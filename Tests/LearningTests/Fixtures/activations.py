"""Writes activations.json: values and two derivatives of each activation, by mpmath with 60 digits, rounded once."""

import mpmath
import numpy as np
from mpmath import mpf

import fixture

mpmath.mp.dps = 60


def normal_density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def normal_distribution(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def tanh(x):
    t = mpmath.tanh(x)
    return t, mpmath.sech(x) ** 2, -2 * t * mpmath.sech(x) ** 2


def lecun_tanh(x):
    # a tanh(bx) with the constants of the product's type; 2/3 is exact here and rounded there
    a, b = mpf("1.7159"), mpf(2) / 3
    t, d, dd = tanh(b * x)
    return a * t, a * b * d, a * b * b * dd


def sigmoid(x):
    s = 1 / (1 + mpmath.exp(-x))
    c = 1 / (1 + mpmath.exp(x))
    return s, s * c, s * c * (c - s)


def softplus(x):
    s, d, _ = sigmoid(x)
    return mpmath.log1p(mpmath.exp(x)), s, d


def gelu(x):
    phi, cdf = normal_density(x), normal_distribution(x)
    return x * cdf, cdf + x * phi, phi * (2 - x * x)


def silu(x):
    s, d, dd = sigmoid(x)
    return x * s, s + x * d, 2 * d + x * dd


FUNCTIONS = {
    "identity": lambda x: (x, mpf(1), mpf(0)),
    "relu": lambda x: (x, mpf(1), mpf(0)) if x > 0 else (mpf(0), mpf(0), mpf(0)),
    "tanh": tanh,
    "lecun_tanh": lecun_tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "gelu": gelu,
    "silu": silu,
}

random = np.random.RandomState(3)
tiny = 10.0 ** -np.arange(1, 38, 3)
points = np.concatenate([
    np.linspace(-10, 10, 161), np.linspace(-90, 90, 61), tiny, -tiny, 3 * random.standard_normal(120),
]).astype(np.float32)
points = np.unique(points).astype(np.float64)  # exact in float and double

functions = {}
for name, function in FUNCTIONS.items():
    rows = [function(mpf(float(x))) for x in points]
    functions[name] = {
        part: fixture.array([float(row[index]) for row in rows], "float64")
        for index, part in enumerate(["value", "first", "second"])
    }
fixture.write("activations.json", {"points": fixture.array(points, "float64"), "functions": functions})
