"""Hands-on Lab 2 in Keras: python3 experiments/lab2_keras.py DATA START TRACES BEST

DATA is what `sweep data` writes, START the initial weights of a run without dropout (`summary export --keras --weights
initial`), TRACES its losses (`summary export --csv`), BEST the weights of the best run with dropout. Trains the same network
from the same weights on the same batches and prints both losses, evaluates the best run, and trains with Keras' own Dropout
layers, masks and initial weights."""
import csv
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import h5py
import keras
import numpy as np


def network(dropout_rate):
    layers = [keras.layers.Input((64,))]
    for units in (64, 64):
        layers += [keras.layers.Dense(units, activation="relu"), keras.layers.Dropout(dropout_rate)]
    model = keras.Sequential(layers + [keras.layers.Dense(10)])
    model.compile(
        keras.optimizers.SGD(0.02, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def train(model, data, **options):
    """In the order of the data, as `order: fixed` does; the smaller last batch counts by its samples in both."""
    return model.fit(*data["train"], batch_size=32, epochs=60, shuffle=False, verbose=0, **options).history


def loss(model, data):
    return model.evaluate(*data["validation"], batch_size=2048, verbose=0)


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    with h5py.File(sys.argv[1], "r") as file:
        data = {part: (file[part]["features"][...], file[part]["targets"][...]) for part in ("train", "validation")}
    with open(sys.argv[3], newline="") as file:
        ours = [float(row["val_loss"]) for row in csv.DictReader(file)]

    model = network(0)
    model.load_weights(sys.argv[2])
    theirs = [loss(model, data)]
    theirs += train(model, data, validation_data=data["validation"], validation_batch_size=2048)["val_loss"]
    print("epoch     Ravine      Keras")
    for epoch in (0, 1, 2, 5, 10, 30, 60):
        print(f"{epoch:5}  {ours[epoch]:9.6f}  {theirs[epoch]:9.6f}")
    apart = max(abs(a / b - 1) for a, b in zip(ours, theirs))
    print(f"largest difference {'under' if apart < 1e-3 else 'OVER'} 0.001 of the loss")

    model.load_weights(sys.argv[4])
    print(f"the best run's loss in Keras: {loss(model, data):.5f}")

    print("keep_probability  validation_loss")
    for keep in (0.5, 0.8, 1):
        losses = []
        for seed in range(3):
            keras.utils.set_random_seed(seed)
            model = network(1 - keep)
            train(model, data)
            losses.append(loss(model, data))
        print(f"{keep:16}  {np.mean(losses):.4f} ± {np.std(losses, ddof=1) / len(losses) ** 0.5:.4f}")
    return 0 if apart < 1e-3 else 1


if __name__ == "__main__":
    sys.exit(main())
