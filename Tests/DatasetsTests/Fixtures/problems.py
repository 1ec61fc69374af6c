"""Writes problems.json: NumPy's RandomState, DeepOBS' quadratic_deep, and SciPy's Rosenbrock function.

    python problems.py
"""

import json
import pathlib

import numpy as np
from scipy.optimize import rosen, rosen_der, rosen_hess


def random_numbers(seed):
    state = np.random.RandomState(seed)
    words = [int(word) for word in state.randint(0, 2**32, 700, dtype=np.uint64)]
    state = np.random.RandomState(seed)
    # An odd number of normals, and uniforms after the one that is left over.
    normals, uniforms = state.normal(size=7), state.uniform(size=5)
    return {
        "seed": seed, "words": [words[0], words[1], words[623], words[624], words[699]],
        "normals": list(normals), "uniforms": list(uniforms), "last": state.normal(),
    }


def rotation(state, dimension):
    """Diaconis and Shahshahani (1987), as DeepOBS has it."""
    angle = 2 * np.pi * state.uniform()
    result = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for d in range(2, dimension):
        v = state.normal(size=(d + 1, 1))
        v = v / np.sqrt(v.T @ v)
        x = np.eye(d + 1, 1) - v
        x = x / np.sqrt(x.T @ x)
        grown = np.eye(d + 1)
        grown[1:, 1:] = result
        result = grown - 2 * x @ (x.T @ grown)
    return -result


def quadratic_deep():
    state = np.random.RandomState(42)
    eigenvalues = np.concatenate([state.uniform(0, 1, 90), state.uniform(30, 60, 10)])
    r = rotation(state, 100)
    q = r.T @ np.diag(eigenvalues) @ r
    train = np.random.RandomState(42).normal(0, 0.6, (1000, 100))
    test = np.random.RandomState(43).normal(0, 0.6, (1000, 100))[:896]

    def loss(w, points):
        return float(0.5 * np.mean(np.sum((w - points) @ q * (w - points), axis=1)))

    def descend(kind, rate):
        """Ten epochs in the order of the data, batches of 128 without what is left over."""
        w, v, m, s = np.ones(100), np.zeros(100), np.zeros(100), np.zeros(100)
        for step in range(70):
            batch = train[step % 7 * 128 : step % 7 * 128 + 128]
            g = np.mean((w - batch) @ q, axis=0)
            if kind == "gradient_descent":
                w = w - rate * g
            elif kind == "momentum":
                v = 0.99 * v + g
                w = w - rate * v
            else:
                m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
                w = w - rate * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(s / (1 - 0.999 ** (step + 1))) + 1e-8)
        return {"optimizer": kind, "rate": rate, "train": loss(w, train), "test": loss(w, test), "end": list(w[:3])}

    return {
        "eigenvalues": list(eigenvalues[[0, 1, 89, 90, 99]]), "trace": float(np.trace(q)),
        "image": list(q @ np.ones(100)), "column": list(q[:, 7]), "point": list(train[999, 95:]),
        "test_point": list(test[895, 95:]), "train_loss": loss(np.ones(100), train),
        "test_loss": loss(np.ones(100), test),
        "runs": [descend("gradient_descent", 0.0158489), descend("momentum", 0.00251189), descend("adam", 0.0398107)],
    }


def rosenbrock():
    w = np.array([-1.2, 1.0, 0.7, -0.3])
    return {"w": list(w), "value": rosen(w), "gradient": list(rosen_der(w)), "hessian": rosen_hess(w).flatten().tolist()}


fixture = {
    "random": [random_numbers(seed) for seed in (0, 42, 4294967295)],
    "quadratic_deep": quadratic_deep(),
    "rosenbrock": rosenbrock(),
}
path = pathlib.Path(__file__).with_name("problems.json")
path.write_text(json.dumps(fixture, indent=1) + "\n")
