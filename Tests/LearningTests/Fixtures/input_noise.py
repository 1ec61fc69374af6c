"""Writes input_noise.json: training with noise on the inputs, by PyTorch in float32 and float64.

The noise is the reference generator's, added to the batch before anything is dropped. Sample order, ragged last batches
and masks follow the seed as in the product.
"""

import numpy as np
import torch

import fixture
import reference_random as reference

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

COUNT, BATCH, EPOCHS = 100, 32, 12  # batches of 32, 32, 32, 4
IMAGE = (5, 4, 2)  # height, width, channels
CHANNELS, KERNEL = 3, 3
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "gelu": torch.nn.functional.gelu}

RUNS = [
    # convolution, widths, activation, noise, keep probability of the input, momentum, learning rate, seed
    (False, [40, 16, 12, 3], "tanh", 0.3, 1.0, 0.9, 0.05, 1),
    (False, [40, 16, 12, 3], "relu", 1.5, 0.8, 0.0, 0.1, 2),
    (True, [IMAGE[0] * IMAGE[1] * CHANNELS, 12, 3], "gelu", 0.5, 1.0, 0.9, 0.02, 3),
    (False, [40, 16, 12, 3], "relu", 0.0, 0.8, 0.9, 0.05, 4),  # none: the masks are those of training without noise
]


def outputs(x, parameters, has_convolution, activation):
    """Kernels are windows (row, column, channel) × channels or inputs × outputs; images are rows × columns × channels."""
    layers = list(zip(parameters[::2], parameters[1::2]))
    if has_convolution:
        kernel, bias = layers.pop(0)
        images = x.reshape(-1, *IMAGE).permute(0, 3, 1, 2)
        weights = kernel.reshape(KERNEL, KERNEL, IMAGE[2], CHANNELS).permute(3, 2, 0, 1)
        z = torch.nn.functional.conv2d(images, weights, bias, padding="same")
        x = activation(z.permute(0, 2, 3, 1).reshape(len(x), -1))
    for index, (kernel, bias) in enumerate(layers):
        x = x @ kernel + bias
        if index < len(layers) - 1:
            x = activation(x)
    return x


def train(run, dtype, initial, features, classes):
    has_convolution, _, activation, noise, keep, momentum, rate, seed = run
    parameters = [torch.tensor(part, dtype=dtype, requires_grad=True) for part in initial]
    optimizer = torch.optim.SGD(parameters, lr=rate, momentum=momentum)
    losses, step = [], 0
    for epoch in range(EPOCHS):
        order = reference.Stream(reference.key(seed, "order", epoch)).permutation(COUNT)
        for start in range(0, COUNT, BATCH):
            rows = order[start:start + BATCH]
            x = torch.tensor(features[rows], dtype=dtype)
            x = x + torch.tensor(reference.noise(seed, step, noise, *x.shape), dtype=dtype)
            x = x * torch.tensor(reference.mask(seed, step, 0, keep, *x.shape), dtype=dtype) * (1 / keep)
            loss = torch.nn.functional.cross_entropy(
                outputs(x, parameters, has_convolution, ACTIVATIONS[activation]), torch.tensor(classes[rows]).long())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
    return np.concatenate([part.detach().numpy().reshape(-1) for part in parameters]), losses


random = np.random.RandomState(11)
features = random.standard_normal((COUNT, 40)).astype(np.float32)
classes = (features[:, :3] + 0.3 * random.standard_normal((COUNT, 3))).argmax(axis=1).astype(np.int32)

runs = []
for run in RUNS:
    has_convolution, widths, activation, noise, keep, momentum, rate, seed = run
    shapes = list(zip(widths, widths[1:]))
    if has_convolution:
        shapes.insert(0, (KERNEL * KERNEL * IMAGE[2], CHANNELS))
    initial = []
    for m, n in shapes:
        initial.append((random.standard_normal((m, n)) / np.sqrt(m)).astype(np.float32))
        initial.append((0.1 * random.standard_normal(n)).astype(np.float32))
    w64, l64 = train(run, torch.float64, initial, features, classes)
    w32, _ = train(run, torch.float32, initial, features, classes)
    difference = np.abs(w32 - w64).max() / np.abs(w64).max()
    print(f"{activation} noise {noise} loss {l64[0]:.4f} → {l64[-1]:.4f}  float vs double {difference:.1e}")
    runs.append({
        "convolution": has_convolution, "widths": widths, "activation": activation, "noise": noise,
        "keep_probability": keep, "momentum": momentum, "learning_rate": rate, "seed": seed,
        "initial": fixture.array(np.concatenate([part.reshape(-1) for part in initial]), "float32"),
        "losses": fixture.array(l64, "float64"),
        "final_float": fixture.array(w32, "float32"), "final_double": fixture.array(w64, "float64"),
    })

fixture.write("input_noise.json", {
    "torch": torch.__version__, "count": COUNT, "batch": BATCH, "epochs": EPOCHS, "image": list(IMAGE),
    "channels": CHANNELS, "kernel": KERNEL, "features": fixture.array(features, "float32"),
    "classes": fixture.array(classes, "int32"), "runs": runs,
})
