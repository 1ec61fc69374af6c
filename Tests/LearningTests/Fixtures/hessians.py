"""Writes hessians.json: Hessians of small networks with L2, for each activation and loss, by jax.hessian in float64;
and spectra.json: the eigenvalues of those of networks of up to 2,000 parameters.

Gauss-Newton matrices are J^T H_L J with J from jax.jacobian of the outputs and H_L from jax.hessian of the loss in them.
Matrices are stored as their lower triangles, row by row.
"""

import numpy as np

import fixture
from jax_functions import ACTIVATIONS, LOSSES, jax, triangle

BATCH = 7
L2 = 0.03

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


random = np.random.RandomState(23)


def problem(sizes, activation, loss, bias=True, form="hessian", batch=BATCH, scale=0.8):
    """What the product is given, and the matrix."""
    features = random.standard_normal((batch, sizes[0]))
    penalized = kernel_mask(sizes, bias)
    vector = random.standard_normal(len(penalized)) * scale
    function = LOSSES[loss]
    if loss == "softmax_cross_entropy":
        targets = random.randint(0, sizes[-1], batch).astype(np.int32)
        stored = fixture.array(targets, "int32")
    else:
        soft = loss == "binary_cross_entropy"
        targets = random.uniform(size=(batch, sizes[-1])) if soft else random.standard_normal((batch, sizes[-1]))
        stored = fixture.array(targets, "float64")
    run = lambda w: outputs(w, sizes, bias, ACTIVATIONS[activation], features)
    if form == "hessian":
        matrix = jax.hessian(lambda w: function(run(w), targets) + 0.5 * L2 * (penalized * w**2).sum())(vector)
    else:
        jacobian = jax.jacobian(run)(vector).reshape(batch * sizes[-1], -1)
        curvature = jax.hessian(lambda z: function(z.reshape(batch, -1), targets))(run(vector).reshape(-1))
        matrix = jacobian.T @ curvature @ jacobian + L2 * np.diag(penalized)
        matrix = (matrix + matrix.T) / 2
    return {
        "sizes": sizes, "activation": activation, "loss": loss, "bias": bias, "form": form, "l2": L2,
        "features": fixture.array(features, "float64"), "targets": stored,
        "weights": fixture.array(vector, "float64"),
    }, np.asarray(matrix)


def entry(*arguments, **options):
    given, matrix = problem(*arguments, **options)
    return given | {"matrix": triangle(matrix)}


def spectrum(sizes, activation, loss, batch):
    given, matrix = problem(sizes, activation, loss, batch=batch, scale=sizes[0] ** -0.5)
    return given | {"eigenvalues": fixture.array(np.linalg.eigvalsh((matrix + matrix.T) / 2), "float64")}


entries = [entry([3, 4, 3, 3], activation, loss) for activation in ACTIVATIONS for loss in LOSSES]
entries += [entry([3, 4, 3, 3], "gelu", loss, form="gauss_newton") for loss in LOSSES]
entries += [
    entry([4, 3], "identity", "softmax_cross_entropy"),
    entry([3, 3, 2, 3, 2, 3], "tanh", "softmax_cross_entropy"),
    entry([3, 3, 2, 3, 2, 3], "softplus", "squared_error", bias=False),
    entry([3, 4, 1], "sigmoid", "binary_cross_entropy", bias=False),
]
entries += [
    entry([3, 4, 3, 3], activation, loss, form="gauss_newton")
    for activation in ACTIVATIONS if activation != "gelu" for loss in LOSSES
]
fixture.write("hessians.json", {"jax": jax.__version__, "batch": BATCH, "entries": entries})

entries = [
    spectrum([10, 16, 12, 8, 2], "sigmoid", "binary_cross_entropy", 40),
    spectrum([20, 30, 20, 3], "gelu", "squared_error", 50),
    spectrum([64, 26, 10], "tanh", "softmax_cross_entropy", 37),
]
fixture.write("spectra.json", {"jax": jax.__version__, "entries": entries})
