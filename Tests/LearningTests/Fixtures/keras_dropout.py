"""Writes keras_dropout.json: whole training runs with dropout by Keras 3 on JAX.

Keras' own Dropout layers run, scaling included; only the random bits they draw are replaced by the reference masks.
Sample order, ragged last batches and masks follow the seed as in the product.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import keras
import numpy as np

import fixture
import reference_random as reference

SIZES = [10, 24, 16, 3]
COUNT, BATCH, EPOCHS = 100, 32, 12  # batches of 32, 32, 32, 4

RUNS = [
    # optimizer, learning rate, hyperparameters, activation, keep probabilities (data, hidden …), L2, seed
    ("momentum", 0.05, {"momentum": 0.9}, "relu", [0.8, 0.5, 0.5], 0.0, 1),
    ("adam", 0.01, {"epsilon": 1e-20}, "tanh", [0.8, 0.5, 0.5], 0.0, 2),
    ("gradient_descent", 0.1, {}, "gelu", [1.0, 0.7, 0.9], 0.01, 3),
    ("momentum", 0.05, {"momentum": 0.9}, "tanh", [1.0, 1.0, 1.0], 0.001, 4),
]
# epsilon: Keras adds it before the bias correction of the root, we after; too small to count, both are the same.

# Keras' own tanh rounds float64 to float32, so it is JAX's.
ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jax.numpy.tanh, "gelu": lambda x: jax.nn.gelu(x, approximate=False)}

queue = []


def replayed(seed, p, shape):
    mask, keep_probability = queue.pop(0)
    assert mask.shape == tuple(shape) and abs(p - keep_probability) < 1e-15
    return jax.numpy.asarray(mask)


jax.random.bernoulli = replayed


def optimizer(name, lr, values):
    match name:
        case "gradient_descent":
            return keras.optimizers.SGD(lr)
        case "momentum":
            return keras.optimizers.SGD(lr, momentum=values["momentum"])
        case "adam":
            return keras.optimizers.Adam(lr, epsilon=values["epsilon"])


def model(activation, keep_probabilities, l2):
    # Keras penalises λ‖W‖², we ½λ‖W‖².
    penalty = keras.regularizers.L2(l2 / 2) if l2 else None
    function = ACTIVATIONS[activation]
    layers = [keras.layers.Input((SIZES[0],))]
    for index, width in enumerate(SIZES[1:]):
        layers.append(keras.layers.Dropout(1 - keep_probabilities[index]))
        last = index == len(SIZES) - 2
        layers.append(keras.layers.Dense(width, activation=None if last else function, kernel_regularizer=penalty))
    return keras.Sequential(layers)


def train(run, floatx, initial, features, classes):
    name, lr, values, activation, keep_probabilities, l2, seed = run
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)
    network = model(activation, keep_probabilities, l2)
    network.compile(
        optimizer(name, lr, values), keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    network.set_weights([part.astype(floatx) for layer in initial for part in layer])
    losses, step = [], 0
    for epoch in range(EPOCHS):
        order = reference.Stream(reference.key(seed, "order", epoch)).permutation(COUNT)
        for start in range(0, COUNT, BATCH):
            rows = order[start:start + BATCH]
            for layer, (width, keep) in enumerate(zip(SIZES, keep_probabilities)):
                if keep < 1:
                    queue.append((reference.mask(seed, step, layer, keep, len(rows), width), keep))
            # A fresh running mean: train_on_batch reports it over all batches since.
            network.reset_metrics()
            losses.append(float(network.train_on_batch(features[rows].astype(floatx), classes[rows])))
            assert not queue
            step += 1
    final = fixture.flat([[np.asarray(part) for part in network.get_weights()]])
    assert final.dtype == floatx
    return final, losses


random = np.random.RandomState(7)
features = random.standard_normal((COUNT, SIZES[0])).astype(np.float32)
classes = (features[:, :3] + 0.3 * random.standard_normal((COUNT, 3))).argmax(axis=1).astype(np.int32)
initial = [
    ((random.standard_normal((m, n)) / np.sqrt(m)).astype(np.float32), (0.1 * random.standard_normal(n)).astype(np.float32))
    for m, n in zip(SIZES, SIZES[1:])
]

runs = []
for run in RUNS:
    name, lr, values, activation, keep_probabilities, l2, seed = run
    w64, l64 = train(run, "float64", initial, features, classes)
    w32, l32 = train(run, "float32", initial, features, classes)
    difference = np.abs(w32 - w64).max() / np.abs(w64).max()
    print(f"{name} {activation} loss {l64[0]:.4f} → {l64[-1]:.4f}  float vs double {difference:.1e}")
    runs.append({
        "optimizer": name, "learning_rate": lr, "values": values, "activation": activation,
        "keep_probabilities": keep_probabilities, "l2": l2, "seed": seed,
        "losses": fixture.array(l64, "float64"),
        "final_float": fixture.array(w32, "float32"), "final_double": fixture.array(w64, "float64"),
    })

fixture.write("keras_dropout.json", {
    "keras": keras.__version__, "jax": jax.__version__, "sizes": SIZES, "count": COUNT, "batch": BATCH, "epochs": EPOCHS,
    "features": fixture.array(features, "float32"), "classes": fixture.array(classes, "int32"),
    "initial": fixture.array(fixture.flat(initial), "float32"), "runs": runs,
})
