"""Times curvature measurements of JAX, PyHessian and curvlinops on one thread, on curvature-benchmark's numbers.

    python peers.py DIRECTORY [jax | pyhessian | curvlinops ...]

DIRECTORY is where curvature-benchmark wrote its samples and weights. Needs jax, torch, scipy, pyhessian and
curvlinops-for-pytorch; a peer that is not installed is left out.
"""

import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
# The flags above do not keep XLA from a second thread; one processor does.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

SIZES = {"B": [784, 256, 128, 10], "dense": [20, 38, 26, 6]}
TOLERANCE = 1e-3  # residual over the eigenvalue


def load(directory, name):
    sizes = SIZES[name]
    x = np.fromfile(f"{directory}/{name}.features", np.float32).reshape(-1, sizes[0])
    y = np.fromfile(f"{directory}/{name}.labels", np.int32)
    w = np.fromfile(f"{directory}/{name}.weights", np.float32)
    return sizes, x, y, w


def best(count, body):
    body()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def report(peer, name, seconds, note=""):
    print(f"{peer:10}  {name}: {seconds * 1e3:.2f} ms{f'  ({note})' if note else ''}", flush=True)


def residual(value, vector, image):
    return float(np.linalg.norm(image - value * vector))


def by_eigsh(product, size):
    """SciPy's ARPACK, the usual way to eigenvalues of a linear operator: pairs, products."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    count = [0]

    def counted(v):
        count[0] += 1
        return product(v.reshape(-1).astype(np.float32)).astype(np.float64)

    operator = LinearOperator((size, size), matvec=counted, dtype=np.float64)
    start = np.random.RandomState(1).standard_normal(size)
    values, vectors = eigsh(operator, k=1, which="LA", tol=TOLERANCE, v0=start)
    return values[0], vectors[:, 0], count[0]


def by_power(product, size):
    """Power iteration until the residual is small: pair, products."""
    v = np.random.RandomState(1).standard_normal(size).astype(np.float32)
    v /= np.linalg.norm(v)
    for count in range(1, 2000):
        image = product(v)
        value = float(v @ image)
        if residual(value, v, image) <= TOLERANCE * abs(value):
            break
        v = image / np.linalg.norm(image)
    return value, v, count


def largest(peer, product, size):
    for name, method in (("eigsh", by_eigsh), ("power", by_power)):
        found = []
        seconds = best(2, lambda: found.append(method(product, size)))
        value, vector, count = found[-1]
        error = residual(value, vector, product(vector.astype(np.float32)))
        report(peer, f"lambda_max, {name}", seconds, f"{value:.6f}, residual {error:.2e}, {count} products")


def measure_jax(directory):
    import jax
    import jax.numpy as jnp

    def objective(sizes, x, y):
        def loss(w):
            a, start = x, 0
            for index, (m, n) in enumerate(zip(sizes, sizes[1:])):
                a = a @ w[start:start + m * n].reshape(m, n) + w[start + m * n:start + m * n + n]
                start += m * n + n
                if index < len(sizes) - 2:
                    a = jax.nn.relu(a)
            return -jnp.take_along_axis(jax.nn.log_softmax(a), y[:, None], axis=1).mean()
        return loss

    sizes, x, y, w = load(directory, "B")
    x, y, w = jnp.asarray(x), jnp.asarray(y), jnp.asarray(w)
    # Samples and weights are arguments, as they are when a network is trained: as constants they would be folded.
    gradient = jax.jit(lambda w, x, y: jax.grad(objective(sizes, x, y))(w))
    product = jax.jit(lambda w, x, y, v: jax.jvp(jax.grad(objective(sizes, x, y)), (w,), (v,))[1])
    g = gradient(w, x, y)
    report("jax", "gradient", best(7, lambda: gradient(w, x, y).block_until_ready()))
    report("jax", "product", best(7, lambda: product(w, x, y, g).block_until_ready()))
    largest("jax", lambda v: np.asarray(product(w, x, y, jnp.asarray(v))), len(w))

    for name, dtype in (("dense H", jnp.float32), ("dense H, double", jnp.float64)):
        jax.config.update("jax_enable_x64", dtype == jnp.float64)
        sizes, x, y, w = load(directory, "dense")
        x, y, w = jnp.asarray(x, dtype), jnp.asarray(y), jnp.asarray(w, dtype)
        hessian = jax.jit(lambda w, x, y: jax.hessian(objective(sizes, x, y))(w))
        report("jax", name, best(3, lambda: hessian(w, x, y).block_until_ready()), f"P {len(w)}")


def torch_problem(directory):
    import torch

    torch.set_num_threads(1)
    sizes, x, y, w = load(directory, "B")
    layers, start = [], 0
    for m, n in zip(sizes, sizes[1:]):
        layer = torch.nn.Linear(m, n)
        layer.weight.data = torch.from_numpy(w[start:start + m * n].reshape(m, n).T.copy())
        layer.bias.data = torch.from_numpy(w[start + m * n:start + m * n + n].copy())
        start += m * n + n
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1]), torch.from_numpy(x), torch.from_numpy(y).long(), len(w)


def measure_pyhessian(directory):
    import torch
    import pyhessian
    from pyhessian.utils import hessian_vector_product

    model, x, y, size = torch_problem(directory)
    criterion = torch.nn.CrossEntropyLoss()
    parameters = list(model.parameters())

    def split(v):
        parts, start = [], 0
        for p in parameters:
            parts.append(torch.from_numpy(v[start:start + p.numel()]).view_as(p))
            start += p.numel()
        return parts

    # In batches, as for a data set: every product takes the gradients again. 200 is that of its own example.
    for size_of_batch in (64, 200, 500):
        batches = list(zip(x.split(size_of_batch), y.split(size_of_batch)))
        loader = pyhessian.hessian(model, criterion, dataloader=batches, cuda=False)
        v = [torch.randn_like(p) for p in loader.params]
        report(
            "pyhessian", f"product, batches of {size_of_batch}", best(5, lambda: loader.dataloader_hv_product(v)))

    # All samples as one batch: the graph of the gradient stays in memory, its fastest way.
    single = lambda: pyhessian.hessian(model, criterion, data=(x, y), cuda=False)
    computer = single()
    report(
        "pyhessian", "product, one batch",
        best(7, lambda: hessian_vector_product(computer.gradsH, computer.params, v)))

    def product(v):
        image = hessian_vector_product(computer.gradsH, computer.params, split(v))
        return torch.cat([part.reshape(-1) for part in image]).numpy()

    largest("pyhessian", product, size)
    for tolerance in (1e-3, 1e-6):
        found = []
        seconds = best(2, lambda: found.append(single().eigenvalues(maxIter=1000, tol=tolerance, top_n=1)))
        values, vectors = found[-1]
        vector = torch.cat([part.reshape(-1) for part in vectors[0]]).numpy()
        error = residual(values[0], vector, product(vector))
        report("pyhessian", f"lambda_max, its own, tol {tolerance}", seconds, f"{values[0]:.6f}, residual {error:.2e}")


def measure_curvlinops(directory):
    import torch
    from curvlinops import HessianLinearOperator

    model, x, y, size = torch_problem(directory)
    parameters = dict(model.named_parameters())
    criterion = torch.nn.CrossEntropyLoss()
    try:
        operator = HessianLinearOperator(model, criterion, parameters, [(x, y)], check_deterministic=False)
    except Exception:
        operator = HessianLinearOperator(
            model, criterion, list(parameters.values()), [(x, y)], check_deterministic=False)
    product = lambda v: (operator @ torch.from_numpy(v)).detach().numpy()
    v = np.random.RandomState(1).standard_normal(size).astype(np.float32)
    report("curvlinops", "product", best(7, lambda: product(v)))
    largest("curvlinops", product, size)


PEERS = {"jax": measure_jax, "pyhessian": measure_pyhessian, "curvlinops": measure_curvlinops}

if __name__ == "__main__":
    for peer in sys.argv[2:] or PEERS:
        try:
            PEERS[peer](sys.argv[1])
        except ImportError as error:
            print(f"{peer}: left out, {error}", file=sys.stderr)
