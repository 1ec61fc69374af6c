"""Writes images.json: losses, gradients, Hessians and Gauss-Newton matrices of small convolutional networks with L2, by JAX
in float64. Images are height x width x channels, kernels height x width x in x out, as in Keras.
"""

import numpy as np

import fixture
from jax_functions import ACTIVATIONS, LOSSES, jax, triangle

jnp = jax.numpy
BATCH = 5
L2 = 0.03
random = np.random.RandomState(31)


def convolution(channels, size, stride, padding, activation):
    return {"kind": "convolution", "units": channels, "size": size, "stride": stride, "padding": padding,
            "activation": activation}


def pooling(kind, size, stride, padding):
    return {"kind": kind, "units": 0, "size": size, "stride": stride, "padding": padding, "activation": "identity"}


def dense(units, activation):
    return {"kind": "dense", "units": units, "size": [1, 1], "stride": 1, "padding": "valid", "activation": activation}


def pooled(x, layer):
    window, strides = (1, *layer["size"], 1), (1, layer["stride"], layer["stride"], 1)
    padding = layer["padding"].upper()
    if layer["kind"] == "max":
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, strides, padding)
    total = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, strides, padding)
    return total / jax.lax.reduce_window(jnp.ones_like(x), 0.0, jax.lax.add, window, strides, padding)


def run(vector, layers, features):
    """Outputs, and which parameters the penalty is on."""
    x, start, kernels = features, 0, []
    for layer in layers:
        if layer["kind"] in ("max", "average"):
            x = pooled(x, layer)
            continue
        units = layer["units"]
        if layer["kind"] == "dense":
            x = x.reshape(len(x), -1)
            shape = (x.shape[1], units)
        else:
            shape = (*layer["size"], x.shape[3], units)
        count = int(np.prod(shape))
        kernel = vector[start:start + count].reshape(shape)
        bias = vector[start + count:start + count + units]
        kernels.append((start, count))
        start += count + units
        if layer["kind"] == "dense":
            x = x @ kernel + bias
        else:
            x = jax.lax.conv_general_dilated(
                x, kernel, (layer["stride"], layer["stride"]), layer["padding"].upper(),
                dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
        x = ACTIVATIONS[layer["activation"]](x)
    return x, start, kernels


def entry(image, layers, outputs, loss):
    stack = layers + [dense(outputs, "identity")]
    features = random.standard_normal((BATCH, *image))
    _, count, kernels = run(np.zeros(100_000), stack, features)
    vector = random.standard_normal(count) * 0.5
    penalized = np.zeros(count)
    for start, size in kernels:
        penalized[start:start + size] = 1
    if loss == "softmax_cross_entropy":
        targets = random.randint(0, outputs, BATCH).astype(np.int32)
        stored = fixture.array(targets, "int32")
    else:
        soft = loss == "binary_cross_entropy"
        targets = random.uniform(size=(BATCH, outputs)) if soft else random.standard_normal((BATCH, outputs))
        stored = fixture.array(targets, "float64")
    function = LOSSES[loss]
    forward = lambda w: run(w, stack, features)[0]
    total = lambda w: function(forward(w), targets) + 0.5 * L2 * (penalized * w**2).sum()
    hessian = jax.hessian(total)(vector)
    jacobian = jax.jacobian(forward)(vector).reshape(BATCH * outputs, -1)
    curvature = jax.hessian(lambda z: function(z.reshape(BATCH, -1), targets))(forward(vector).reshape(-1))
    gauss_newton = jacobian.T @ curvature @ jacobian + L2 * np.diag(penalized)
    return {
        "image": list(image), "layers": layers, "outputs": outputs, "loss": loss, "l2": L2,
        "features": fixture.array(features, "float64"), "targets": stored,
        "weights": fixture.array(vector, "float64"), "value": float(total(vector)),
        "gradient": fixture.array(jax.grad(total)(vector), "float64"), "hessian": triangle(hessian),
        "gauss_newton": triangle((gauss_newton + gauss_newton.T) / 2),
    }


fixture.write("images.json", {"jax": jax.__version__, "entries": [
    entry((7, 6, 2), [convolution(3, [3, 3], 1, "same", "relu"), pooling("max", [2, 2], 2, "valid"),
                      convolution(4, [2, 2], 1, "valid", "relu"), dense(5, "relu")], 3, "softmax_cross_entropy"),
    entry((6, 6, 1), [convolution(4, [3, 3], 2, "same", "tanh"), pooling("average", [2, 2], 1, "same")], 3,
          "squared_error"),
    entry((5, 7, 1), [convolution(3, [2, 3], 1, "valid", "softplus"), convolution(2, [3, 3], 1, "same", "sigmoid"),
                      pooling("max", [3, 3], 2, "same")], 2, "binary_cross_entropy"),
    entry((5, 5, 3), [convolution(3, [3, 2], 1, "same", "gelu"), pooling("average", [2, 2], 2, "valid"),
                      convolution(3, [2, 2], 1, "same", "lecun_tanh"), pooling("max", [2, 2], 1, "valid"),
                      dense(4, "tanh")], 3, "softmax_cross_entropy"),
    entry((6, 4, 2), [convolution(2, [4, 3], 3, "same", "identity"), pooling("max", [2, 1], 1, "valid")], 2,
          "squared_error"),
]})
