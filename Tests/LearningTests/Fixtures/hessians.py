"""Writes hessians.json: Hessians of small networks with L2, for each activation and loss, by jax.hessian in float64.

Gauss-Newton matrices are J^T H_L J with J from jax.jacobian of the outputs and H_L from jax.hessian of the loss in them.
Matrices are stored as their lower triangles, row by row.
"""

import os

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

import fixture

BATCH = 7
L2 = 0.03

ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "lecun_tanh": lambda x: 1.7159 * jnp.tanh(2 * x / 3),
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
}


def cross_entropy(z, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1).mean()


def squared_error(z, y):
    return 0.5 * ((z - y) ** 2).sum(axis=1).mean()


def binary_cross_entropy(z, y):
    return -(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z)).sum(axis=1).mean()


def outputs(vector, sizes, bias, activation, features):
    a, start = features, 0
    for index, (m, n) in enumerate(zip(sizes, sizes[1:])):
        a = a @ vector[start:start + m * n].reshape(m, n)
        start += m * n
        if bias:
            a = a + vector[start:start + n]
            start += n
        if index < len(sizes) - 2:
            a = activation(a)
    return a


def kernel_mask(sizes, bias):
    return np.concatenate([np.r_[np.ones(m * n), np.zeros(n if bias else 0)] for m, n in zip(sizes, sizes[1:])])


def triangle(matrix):
    matrix = np.asarray(matrix)
    assert abs(matrix - matrix.T).max() <= 1e-13 * abs(matrix).max()
    return fixture.array(matrix[np.tril_indices(len(matrix))], "float64")


random = np.random.RandomState(23)


def entry(sizes, activation, loss, bias=True, form="hessian"):
    features = random.standard_normal((BATCH, sizes[0]))
    penalized = kernel_mask(sizes, bias)
    vector = random.standard_normal(len(penalized)) * 0.8
    if loss == "softmax_cross_entropy":
        function, targets = cross_entropy, random.randint(0, sizes[-1], BATCH).astype(np.int32)
        stored = fixture.array(targets, "int32")
    else:
        function = {"squared_error": squared_error, "binary_cross_entropy": binary_cross_entropy}[loss]
        soft = loss == "binary_cross_entropy"
        targets = random.uniform(size=(BATCH, sizes[-1])) if soft else random.standard_normal((BATCH, sizes[-1]))
        stored = fixture.array(targets, "float64")
    run = lambda w: outputs(w, sizes, bias, ACTIVATIONS[activation], features)
    if form == "hessian":
        matrix = jax.hessian(lambda w: function(run(w), targets) + 0.5 * L2 * (penalized * w**2).sum())(vector)
    else:
        jacobian = jax.jacobian(run)(vector).reshape(BATCH * sizes[-1], -1)
        curvature = jax.hessian(lambda z: function(z.reshape(BATCH, -1), targets))(run(vector).reshape(-1))
        matrix = jacobian.T @ curvature @ jacobian + L2 * np.diag(penalized)
        matrix = (matrix + matrix.T) / 2
    return {
        "sizes": sizes, "activation": activation, "loss": loss, "bias": bias, "form": form, "l2": L2,
        "features": fixture.array(features, "float64"), "targets": stored,
        "weights": fixture.array(vector, "float64"), "matrix": triangle(matrix),
    }


LOSSES = ["softmax_cross_entropy", "squared_error", "binary_cross_entropy"]
entries = [entry([3, 4, 3, 3], activation, loss) for activation in ACTIVATIONS for loss in LOSSES]
entries += [entry([3, 4, 3, 3], "gelu", loss, form="gauss_newton") for loss in LOSSES]
entries += [
    entry([4, 3], "identity", "softmax_cross_entropy"),
    entry([3, 3, 2, 3, 2, 3], "tanh", "softmax_cross_entropy"),
    entry([3, 3, 2, 3, 2, 3], "softplus", "squared_error", bias=False),
    entry([3, 4, 1], "sigmoid", "binary_cross_entropy", bias=False),
]
fixture.write("hessians.json", {"jax": jax.__version__, "batch": BATCH, "entries": entries})
