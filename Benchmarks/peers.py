"""Times one training step of a peer on one of the benchmark's networks, on one thread: peers.py NETWORK PEER [epochs]

Networks A to D are those of Benchmarks/Engine, peers torch, jaxscan, jaxvmap, keras and sklearn. Every peer shuffles,
drops 20 % of the inputs and 50 % of each hidden layer (scikit-learn has no dropout) and updates by momentum (A) or Adam.
Prints one JSON object: the best and the median epoch in microseconds a step, seconds to import and set up, seconds of
the first epoch, peak memory. jaxvmap trains 16 networks at once; its step is one network's share."""
import json
import os
import resource
import sys
import time

os.environ.update(
    OMP_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    KERAS_BACKEND="jax",
)
# XLA's flags do not hold it to one thread: the process is held to one core, the last it may run on.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
import numpy as np

NETWORKS = {
    "A": ([64, 64, 10], 32, "momentum", 45),
    "B": ([784, 256, 128, 10], 64, "adam", 300),
    "C": ([784, 1024, 1024, 10], 128, "adam", 60),
    # DeepOBS' 2c2d on 28×28 images: two 5×5 convolutions, each with 2×2 pooling, then 1024 units; no dropout.
    "D": ([784, 1024, 10], 128, "momentum", 10),
}
PRODUCTS_OF_2C2D = [784 * 25 * 32, 196 * 800 * 64, 3136 * 1024, 1024 * 10]
TOGETHER = 16


def torch_epoch(sizes, batch, optimizer, x, y, images):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    layers = [nn.Dropout(0.2)]
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(0.5)]
    if images:
        layers = [nn.Unflatten(1, (1, 28, 28))]
        for inputs, outputs in ((1, 32), (32, 64)):
            layers += [nn.Conv2d(inputs, outputs, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    rule = (
        torch.optim.Adam(net.parameters(), 1e-3)
        if optimizer == "adam"
        else torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
    )
    x, y, loss = torch.from_numpy(x), torch.from_numpy(y), nn.CrossEntropyLoss()

    def epoch():
        order = torch.randperm(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            rows = order[start : start + batch]
            rule.zero_grad()
            value = loss(net(x[rows]), y[rows])
            value.backward()
            rule.step()
        return value.item()

    return epoch


def jax_epoch(sizes, batch, optimizer, x, y, images, together):
    import jax
    import jax.numpy as jnp

    x, y, tree = jnp.asarray(x), jnp.asarray(y), jax.tree_util.tree_map
    steps = len(x) // batch
    keys = jax.random.split(jax.random.key(0), len(sizes))
    weights = [
        (jax.random.normal(key, (a, b)) * np.sqrt(2 / a), jnp.zeros(b)) for key, a, b in zip(keys, sizes, sizes[1:])
    ]

    if images:
        shapes = [(5, 5, 1, 32), (5, 5, 32, 64), (3136, 1024), (1024, 10)]
        keys = jax.random.split(jax.random.key(0), len(shapes))
        weights = [
            (jax.random.normal(key, shape) * np.sqrt(2 / np.prod(shape[:-1])), jnp.zeros(shape[-1]))
            for key, shape in zip(keys, shapes)
        ]

    def image_outputs(weights, rows):
        a = x[rows].reshape(batch, 28, 28, 1)
        for w, b in weights[:2]:
            a = jax.lax.conv_general_dilated(a, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + b
            a = jax.lax.reduce_window(jax.nn.relu(a), -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        return jax.nn.relu(a.reshape(batch, -1) @ weights[2][0] + weights[2][1]) @ weights[3][0] + weights[3][1]

    def dense_outputs(weights, rows, key):
        a = x[rows] * jax.random.bernoulli(key, 0.8, (batch, sizes[0])) / 0.8
        for w, b in weights[:-1]:
            key, drop = jax.random.split(key)
            a = jax.nn.relu(a @ w + b)
            a = a * jax.random.bernoulli(drop, 0.5, a.shape) / 0.5
        return a @ weights[-1][0] + weights[-1][1]

    def loss(weights, rows, key):
        z = image_outputs(weights, rows) if images else dense_outputs(weights, rows, key)
        wanted = jnp.take_along_axis(z, y[rows][:, None], 1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(z, 1) - wanted)

    def step(state, rows):
        w, m, v, t, key = state
        key, drop = jax.random.split(key)
        value, g = jax.value_and_grad(loss)(w, rows, drop)
        t = t + 1
        if optimizer == "adam":
            m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            w = tree(
                lambda w, m, v: w - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), w, m, v
            )
        else:
            m = tree(lambda m, g: 0.9 * m + g, m, g)
            w = tree(lambda w, m: w - 0.1 * m, w, m)
        return (w, m, v, t, key), value

    def run(state, key):
        order = jax.random.permutation(key, len(x))[: steps * batch].reshape(steps, batch)
        return jax.lax.scan(step, state, order)

    zeros = tree(jnp.zeros_like, weights)
    state = (weights, zeros, zeros, jnp.float32(0))
    if together == 1:
        state, keys, run = state + (jax.random.key(1),), jax.random.key(2), jax.jit(run)
    else:
        state = tree(lambda a: jnp.stack([a] * together), state) + (jax.random.split(jax.random.key(1), together),)
        keys, run = jax.random.split(jax.random.key(2), together), jax.jit(jax.vmap(run))

    def epoch():
        nonlocal state
        state, losses = run(state, keys)
        return float(losses.ravel()[-1])

    return epoch


def keras_epoch(sizes, batch, optimizer, x, y, images):
    import keras

    layers = [keras.Input((sizes[0],)), keras.layers.Dropout(0.2)]
    for size in sizes[1:-1]:
        layers += [keras.layers.Dense(size, activation="relu"), keras.layers.Dropout(0.5)]
    if images:
        layers = [keras.Input((784,)), keras.layers.Reshape((28, 28, 1))]
        for channels in (32, 64):
            layers += [
                keras.layers.Conv2D(channels, 5, padding="same", activation="relu"), keras.layers.MaxPooling2D(2)]
        layers += [keras.layers.Flatten(), keras.layers.Dense(1024, activation="relu")]
    net = keras.Sequential(layers + [keras.layers.Dense(sizes[-1])])
    rule = keras.optimizers.Adam(1e-3) if optimizer == "adam" else keras.optimizers.SGD(0.1, momentum=0.9)
    net.compile(rule, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lambda: net.fit(x, y, batch_size=batch, epochs=1, verbose=0).history["loss"][0]


def sklearn_epoch(sizes, batch, optimizer, x, y, images):
    from sklearn.neural_network import MLPClassifier

    solver = "adam" if optimizer == "adam" else "sgd"
    net = MLPClassifier(sizes[1:-1], solver=solver, batch_size=batch)
    return lambda: net.partial_fit(x, y, classes=np.arange(10)).loss_


def main():
    network, peer = sys.argv[1:3]
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    sizes, batch, optimizer, steps = NETWORKS[network]
    generator = np.random.default_rng(0)
    x = generator.random((steps * batch, sizes[0]), dtype=np.float32)
    y = generator.integers(0, 10, len(x))
    started = time.perf_counter()
    together = TOGETHER if peer == "jaxvmap" else 1
    epoch = {
        "torch": torch_epoch,
        "jaxscan": lambda *task: jax_epoch(*task, 1),
        "jaxvmap": lambda *task: jax_epoch(*task, TOGETHER),
        "keras": keras_epoch,
        "sklearn": sklearn_epoch,
    }[peer](sizes, batch, optimizer, x, y, network == "D")
    ready = time.perf_counter()
    epoch()
    first = time.perf_counter() - ready
    times = []
    for _ in range(epochs):
        begun = time.perf_counter()
        epoch()
        times.append((time.perf_counter() - begun) / (steps * together) * 1e6)
    products = PRODUCTS_OF_2C2D if network == "D" else [a * b for a, b in zip(sizes, sizes[1:])]
    operations = (6 * sum(products) - 2 * products[0]) * batch
    print(
        json.dumps(
            {
                "network": network,
                "peer": peer,
                "step_us": round(min(times), 1),
                "median_us": round(sorted(times)[len(times) // 2], 1),
                "gflops": round(operations / min(times) * 1e-3, 1),
                "setup_s": round(ready - started, 2),
                "first_s": round(first, 2),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
