"""Hands-on Lab 2 in Keras: python3 experiments/lab2_keras.py DATA START TRACES BEST

DATA is what `sweep data` writes, START the initial weights of the run with keep probability 0.8 and seed 0 (`summary export
--keras --weights initial`), TRACES its losses (`summary export --csv`), BEST the weights of the best run. Trains the same
network from the same weights on the same batches with the same dropout masks and prints both losses, evaluates the best run,
and trains with Keras' own Dropout layers, masks and initial weights."""
import csv
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import h5py
import keras
import numpy as np

KEEP, SEED = 0.8, 0
BATCH, EPOCHS = 32, 60
WORD, GOLDEN = (1 << 64) - 1, 0x9E3779B97F4A7C15


def mix(z):
    """SplitMix64's finaliser."""
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & WORD
    return z ^ z >> 31


def ravine_mask(seed, step, layer, keep_probability, shape):
    """Which units Ravine keeps: a function of seed, step and layer alone. 16 lanes of xoshiro128++, 16 bits a unit."""
    dropout = 3 << 56
    key = mix(seed + GOLDEN & WORD)
    key = mix((key ^ dropout ^ layer) + GOLDEN & WORD)
    high = mix((key ^ step) + GOLDEN & WORD)
    low = mix(high + GOLDEN & WORD)
    words = [mix(start + number * GOLDEN & WORD)
             for lane in range(16) for start, number in ((high, 2 * lane + 1), (low, 2 * lane + 2))]
    s0, s1, s2, s3 = np.array(words, np.uint64).view(np.uint32).reshape(16, 4).T.copy()
    units = int(np.prod(shape))
    variates = np.empty(((units + 31) // 32, 32), np.uint32)
    for draw in variates:
        total = s0 + s3
        word = (total << 7 | total >> 25) + s0
        shifted = s1 << 9
        s2, s3 = s2 ^ s0, s3 ^ s1
        s1, s0, s2 = s1 ^ s2, s0 ^ s3, s2 ^ shifted
        s3 = s3 << 11 | s3 >> 21
        draw[:16], draw[16:] = word & 0xFFFF, word >> 16
    return variates.reshape(-1)[:units].reshape(shape) < np.floor(keep_probability * 65536 + 0.5)


class RavineDropout(keras.layers.Layer):
    """Dropout with a mask that is put in before each step."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def build(self, shape):
        self.mask = self.add_weight(shape=(BATCH, shape[-1]), trainable=False, initializer="ones")

    def load_own_variables(self, store):
        pass  # weights come with no mask

    def draw(self, step, rows):
        mask = np.zeros(self.mask.shape, np.float32)
        mask[:rows] = ravine_mask(SEED, step, self.layer, KEEP, (rows, mask.shape[1]))
        self.mask.assign(mask * np.float32(1 / KEEP))

    def call(self, x, training=False):
        return x * self.mask[: x.shape[0]] if training else x


def network(first, second):
    """The lab's network with these two layers in the places of its dropout."""
    model = keras.Sequential([
        keras.layers.Input((64,)),
        keras.layers.Dense(64, activation="relu"), first,
        keras.layers.Dense(64, activation="relu"), second,
        keras.layers.Dense(10),
    ])
    model.compile(
        keras.optimizers.SGD(0.02, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def loss(model, data):
    return model.evaluate(*data["validation"], batch_size=2048, verbose=0)


def train_with_our_masks(start, data):
    """Losses by epoch: of the batches, with dropout, and of the validation set, without."""
    features, classes = data["train"]
    dropouts = [RavineDropout(1), RavineDropout(2)]
    model = network(*dropouts)
    model.load_weights(start)
    training, validation, step = [float("nan")], [loss(model, data)], 0
    for _ in range(EPOCHS):
        total = 0.0
        # In the order of the data, as `order: fixed` does; the smaller last batch counts by its samples.
        for first in range(0, len(features), BATCH):
            batch = slice(first, first + BATCH)
            rows = len(features[batch])
            for dropout in dropouts:
                dropout.draw(step, rows)
            model.reset_metrics()
            total += rows * float(model.train_on_batch(features[batch], classes[batch]))
            step += 1
        training.append(total / len(features))
        validation.append(loss(model, data))
    return training, validation


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    with h5py.File(sys.argv[1], "r") as file:
        data = {part: (file[part]["features"][...], file[part]["targets"][...]) for part in ("train", "validation")}
    with open(sys.argv[3], newline="") as file:
        ours = [(float(row["batch_loss"] or "nan"), float(row["val_loss"])) for row in csv.DictReader(file)]

    theirs = list(zip(*train_with_our_masks(sys.argv[2], data)))
    print("            training loss, with dropout     validation loss, without")
    print("epoch          Ravine           Keras       Ravine        Keras")
    for epoch in (0, 1, 2, 5, 10, 30, 60):
        pairs = zip(ours[epoch], theirs[epoch])
        print(f"{epoch:5}   " + "".join("            –" if np.isnan(x) else f"{x:13.7f}" for pair in pairs for x in pair))
    apart = max(abs(a / b - 1) for pair in zip(ours[1:], theirs[1:]) for a, b in zip(*pair))
    apart = max(apart, abs(ours[0][1] / theirs[0][1] - 1))
    print(f"largest difference {apart:.1e}", file=sys.stderr)
    print(f"largest difference {'under' if apart < 1e-5 else 'OVER'} 0.00001 of the loss")

    model = network(keras.layers.Dropout(1 - KEEP), keras.layers.Dropout(1 - KEEP))
    model.load_weights(sys.argv[4])
    print(f"the best run's loss in Keras: {loss(model, data):.5f}")

    print("keep_probability  validation_loss")
    for keep in (0.5, 0.8, 1):
        losses = []
        for seed in range(3):
            keras.utils.set_random_seed(seed)
            model = network(keras.layers.Dropout(1 - keep), keras.layers.Dropout(1 - keep))
            model.fit(*data["train"], batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
            losses.append(loss(model, data))
        print(f"{keep:16}  {np.mean(losses):.4f} ± {np.std(losses, ddof=1) / len(losses) ** 0.5:.4f}")
    return 0 if apart < 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main())
