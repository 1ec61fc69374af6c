"""Writes second_order.json: paths of batch methods on small networks, in float64.

BFGS and Polak-Ribiere conjugate gradients are SciPy's, copied in the callback; Fletcher-Reeves' is a loop around SciPy's
own line search; L-BFGS is PyTorch's with strong Wolfe; Levenberg-Marquardt's end is SciPy's least_squares. Losses and
gradients come from PyTorch. Line searches on test functions of More and Thuente (1994): SciPy's DCSRCH and PyTorch's
search.
"""

import numpy as np
import scipy
import scipy.optimize
import torch
from scipy.optimize._dcsrch import DCSRCH
from scipy.optimize._linesearch import line_search_wolfe1
from torch.optim.lbfgs import _strong_wolfe

import fixture

STEPS = 25
ACTIVATIONS = {"tanh": torch.tanh, "softplus": torch.nn.functional.softplus, "sigmoid": torch.sigmoid}


class Problem:
    def __init__(self, seed, sizes, activation, loss, samples, l2, noise=0.3):
        random = np.random.RandomState(seed)
        self.sizes, self.activation, self.loss, self.l2 = sizes, activation, loss, l2
        self.features = random.standard_normal((samples, sizes[0]))
        scores = np.tanh(self.features @ random.standard_normal((sizes[0], sizes[-1])))
        scores = scores + noise * random.standard_normal(scores.shape)
        if loss == "softmax_cross_entropy":
            self.targets = scores.argmax(axis=1).astype(np.int32)
        else:
            self.targets = scores
        self.initial = fixture.flat([
            (random.standard_normal((m, n)) * np.sqrt(1 / m), 0.1 * random.standard_normal(n))
            for m, n in zip(sizes, sizes[1:])])
        self.x = torch.tensor(self.features)
        self.y = torch.tensor(self.targets.astype(np.int64) if self.targets.ndim == 1 else self.targets)

    def outputs(self, w):
        a, start, square = self.x, 0, 0.0
        for index, (m, n) in enumerate(zip(self.sizes, self.sizes[1:])):
            kernel = w[start:start + m * n]
            square = square + (kernel**2).sum()
            a = a @ kernel.reshape(m, n) + w[start + m * n:start + m * n + n]
            start += m * n + n
            if index < len(self.sizes) - 2:
                a = ACTIVATIONS[self.activation](a)
        return a, square

    def tensor_loss(self, w):
        z, square = self.outputs(w)
        if self.loss == "softmax_cross_entropy":
            value = torch.nn.functional.cross_entropy(z, self.y)
        else:
            value = 0.5 * ((z - self.y) ** 2).sum(dim=1).mean()
        return value + 0.5 * self.l2 * square

    def __call__(self, w):
        vector = torch.tensor(w, requires_grad=True)
        value = self.tensor_loss(vector)
        value.backward()
        return value.item(), vector.grad.numpy().copy()

    def residuals(self, w):
        return (self.outputs(torch.tensor(w))[0] - self.y).numpy().reshape(-1)

    def description(self):
        integer = self.targets.dtype == np.int32
        return {
            "sizes": self.sizes, "activation": self.activation, "loss": self.loss, "l2": self.l2,
            "features": fixture.array(self.features, "float64"),
            "targets": fixture.array(self.targets, "int32" if integer else "float64"),
            "initial": fixture.array(self.initial, "float64"),
        }


def scipy_path(problem, method):
    path = [problem.initial.copy()]
    result = scipy.optimize.minimize(
        problem, problem.initial, jac=True, method=method, callback=lambda w: path.append(np.array(w)),
        options={"maxiter": STEPS, "gtol": 1e-12})
    assert len(path) == STEPS + 1, result
    return path, result.nfev


def fletcher_reeves_path(problem):
    w = problem.initial.copy()
    value, gradient = problem(w)
    last = value + np.linalg.norm(gradient) / 2
    direction, path, evaluations = -gradient, [w], 1
    for _ in range(STEPS):
        count = [0]
        def loss(at):
            count[0] += 1
            return problem(at)[0]
        step, _, _, new, _, slope = line_search_wolfe1(
            loss, lambda at: problem(at)[1], w, direction, gradient, value, last,
            c1=1e-4, c2=0.4, amin=1e-100, amax=1e100)
        evaluations += count[0]
        w, last, value = w + step * direction, value, new
        direction = -slope + (slope @ slope) / (gradient @ gradient) * direction
        gradient = slope
        path.append(w)
    return path, evaluations


def torch_path(problem, memory):
    w = torch.tensor(problem.initial, requires_grad=True)
    path, evaluations = [problem.initial.copy()], 0
    optimizer = torch.optim.LBFGS(
        [w], lr=1, max_iter=1, max_eval=1000, tolerance_grad=0, tolerance_change=0, history_size=memory,
        line_search_fn="strong_wolfe")
    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        value = problem.tensor_loss(w)
        value.backward()
        return value
    for _ in range(STEPS):
        optimizer.step(closure)
        path.append(w.detach().numpy().copy())
    # Every step takes the loss where it starts once more.
    return path, evaluations - STEPS + 1


problems = [
    Problem(1, [3, 5, 3], "tanh", "softmax_cross_entropy", 40, 0.01),
    Problem(2, [4, 6, 3, 2], "softplus", "squared_error", 50, 0.001),
    Problem(3, [3, 4, 4], "sigmoid", "softmax_cross_entropy", 30, 0.0),
]
entries = []
for problem in problems:
    paths = {
        "bfgs": scipy_path(problem, "BFGS"), "polak_ribiere": scipy_path(problem, "CG"),
        "fletcher_reeves": fletcher_reeves_path(problem), "lbfgs": torch_path(problem, 5),
    }
    for method, (path, evaluations) in paths.items():
        losses = [problem(w)[0] for w in path]
        print(f"{problem.loss:22} {method:16} {losses[0]:.6f} → {losses[-1]:.6f} in {evaluations} evaluations")
        entries.append({
            **problem.description(), "method": method, "evaluations": evaluations,
            "path": fixture.array(np.array(path), "float64"), "losses": fixture.array(losses, "float64"),
        })

least_squares = []
for seed, sizes, samples in [(12, [3, 2, 2], 80), (6, [2, 2, 3], 50)]:
    problem = Problem(seed, sizes, "tanh", "squared_error", samples, 0.0, noise=0.1)
    jacobian = lambda w: torch.autograd.functional.jacobian(
        lambda v: (problem.outputs(v)[0] - problem.y).reshape(-1), torch.tensor(w)).numpy()
    result = scipy.optimize.least_squares(
        problem.residuals, problem.initial, jac=jacobian, method="lm", ftol=1e-15, xtol=1e-15, gtol=1e-15)
    print(f"least_squares {sizes}: {result.cost / samples:.9f}, {result.njev} Jacobians, "
          f"|g| {np.linalg.norm(result.grad) / samples:.1e}")
    least_squares.append({
        **problem.description(), "loss_at_end": result.cost / samples, "end": fixture.array(result.x, "float64")})



def yanai(b1, b2):
    """Functions 4 to 6 of More and Thuente."""
    def gamma(b):
        return np.sqrt(1 + b * b) - b
    def value(a):
        return gamma(b1) * np.sqrt((1 - a) ** 2 + b2**2) + gamma(b2) * np.sqrt(a**2 + b1**2)
    def slope(a):
        return (gamma(b1) * (a - 1) / np.sqrt((1 - a) ** 2 + b2**2) + gamma(b2) * a / np.sqrt(a**2 + b1**2))
    return value, slope


FUNCTIONS = {
    "rational": (lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2),
    "quintic": (
        lambda a: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, lambda a: 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3),
    "yanai_4": yanai(0.001, 0.001), "yanai_5": yanai(0.01, 0.001), "yanai_6": yanai(0.001, 0.01),
}
searches = []
for name, (value, slope) in FUNCTIONS.items():
    for first in [1e-3, 1e-1, 1e1, 1e3]:
        for c1, c2 in [(1e-3, 0.1), (1e-4, 0.9), (1e-4, 0.4)]:
            count = [0]
            def counted(a):
                count[0] += 1
                return value(a)
            step = DCSRCH(counted, slope, c1, c2, 1e-14, 1e-100, 1e100)(
                first, phi0=value(0.0), derphi0=slope(0.0), maxiter=100)[0]
            if step is not None:
                searches.append({
                    "function": name, "first": first, "c1": c1, "c2": c2, "search": "strong_wolfe",
                    "step": step, "evaluations": count[0]})
            point = torch.zeros(1, dtype=torch.float64)
            one = torch.ones(1, dtype=torch.float64)
            at = lambda x, t, d: (value(float(t)), torch.tensor([slope(float(t))], dtype=torch.float64))
            start = torch.tensor([slope(0.0)], dtype=torch.float64)
            loss, _, step, evaluations = _strong_wolfe(
                at, point, torch.tensor(first, dtype=torch.float64), one, value(0.0), start, start[0], c1=c1, c2=c2)
            if loss < value(0.0):
                searches.append({
                    "function": name, "first": first, "c1": c1, "c2": c2, "search": "strong_wolfe_zoom",
                    "step": float(step), "evaluations": evaluations})
print(f"{len(searches)} line searches")

fixture.write("second_order.json", {
    "scipy": scipy.__version__, "torch": torch.__version__, "steps": STEPS, "memory": 5,
    "paths": entries, "least_squares": least_squares,
    "searches": searches,
})
