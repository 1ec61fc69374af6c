"""Writes gradients.json: loss and gradient of small networks with L2, for each activation and loss, by JAX in float64."""

import numpy as np

import fixture
from jax_functions import ACTIVATIONS, binary_cross_entropy, cross_entropy, huber, jax, squared_error

SIZES = [5, 7, 4, 3]
BATCH = 6
L2 = 0.03

random = np.random.RandomState(11)
features = random.standard_normal((BATCH, SIZES[0]))
classes = random.randint(0, SIZES[-1], BATCH).astype(np.int32)
values = random.standard_normal((BATCH, SIZES[-1]))
labels = random.uniform(size=(BATCH, SIZES[-1]))  # soft labels: any number in [0, 1] is one
weights = [
    (random.standard_normal((m, n)) / np.sqrt(m), 0.3 * random.standard_normal(n)) for m, n in zip(SIZES, SIZES[1:])
]
one_hot = np.eye(SIZES[-1])[classes]

LOSSES = {
    "softmax_cross_entropy": (cross_entropy, "classes", classes),
    "squared_error": (squared_error, "values", values),
    "squared_error_of_classes": (squared_error, "classes", one_hot),
    "binary_cross_entropy": (binary_cross_entropy, "labels", labels),
    "binary_cross_entropy_of_classes": (binary_cross_entropy, "classes", one_hot),
    "huber": (huber, "values", values),
    "huber_of_classes": (huber, "classes", one_hot),
}

entries = []
for activation_name, activation in ACTIVATIONS.items():
    for loss_name, (loss, targets_name, targets) in LOSSES.items():
        def objective(layers):
            a = features
            for index, (kernel, bias) in enumerate(layers):
                a = a @ kernel + bias
                if index < len(layers) - 1:
                    a = activation(a)
            data = loss(a, targets)
            return data + 0.5 * L2 * sum((kernel**2).sum() for kernel, _ in layers), data

        (penalized, data), gradient = jax.value_and_grad(objective, has_aux=True)(weights)
        entries.append({
            "activation": activation_name, "loss": loss_name.removesuffix("_of_classes"), "targets": targets_name,
            "value": float(data), "penalized": float(penalized),
            "gradient": fixture.array(fixture.flat(gradient), "float64"),
        })

fixture.write("gradients.json", {
    "jax": jax.__version__, "sizes": SIZES, "batch": BATCH, "l2": L2,
    "features": fixture.array(features, "float64"), "classes": fixture.array(classes, "int32"),
    "values": fixture.array(values, "float64"), "labels": fixture.array(labels, "float64"),
    "weights": fixture.array(fixture.flat(weights), "float64"), "entries": entries,
})
