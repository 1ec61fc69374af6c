"""Writes schedules.json: learning-rate factors by torch.optim.lr_scheduler, and where Keras' EarlyStopping stops."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import keras
import numpy as np
import torch
from torch.optim import lr_scheduler

import fixture

torch.set_default_dtype(torch.float64)


def factors(make, steps):
    """The factor of each step, η = 1 to begin with."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def schedule(kind, steps_per_epoch, epochs, make, **settings):
    steps = steps_per_epoch * epochs
    return {
        "kind": kind, "steps_per_epoch": steps_per_epoch, "epochs": epochs, "settings": settings,
        "factors": fixture.array(factors(lambda optimizer: make(optimizer, steps), steps), "float64"),
    }


def constant(optimizer, steps):
    return lr_scheduler.ConstantLR(optimizer, factor=1.0)


schedules = [
    schedule("constant", 3, 4, constant),
    schedule("step", 5, 9, lambda o, n: lr_scheduler.StepLR(o, step_size=10, gamma=0.3), every=2.0, gamma=0.3),
    schedule("step", 4, 6, lambda o, n: lr_scheduler.StepLR(o, step_size=2, gamma=0.5), every=0.5, gamma=0.5),
    schedule("exponential", 7, 5, lambda o, n: lr_scheduler.ExponentialLR(o, gamma=0.9 ** (1 / 7)), gamma=0.9),
    schedule("inverse_time", 6, 5, lambda o, n: lr_scheduler.LambdaLR(o, lambda s: 1 / (1 + 0.5 * s / 6)), decay=0.5),
    schedule("cosine", 5, 4, lambda o, n: lr_scheduler.CosineAnnealingLR(o, T_max=n), floor=0.0),
    schedule("cosine", 3, 7, lambda o, n: lr_scheduler.CosineAnnealingLR(o, T_max=n, eta_min=0.1), floor=0.1),
    schedule("linear", 4, 6, lambda o, n: lr_scheduler.LinearLR(o, 1, 0, total_iters=n), floor=0.0),
    schedule("linear", 3, 5, lambda o, n: lr_scheduler.LinearLR(o, 1, 0.2, total_iters=n), floor=0.2),
    schedule(
        "constant", 4, 5, lambda o, n: lr_scheduler.LinearLR(o, start_factor=1 / 11, total_iters=10),
        warmup_epochs=2.5),
]


class Stub:
    stop_training = False

    def set_weights(self, _):
        pass

    def get_weights(self):
        return []


def stopping(losses, patience, minimum_delta):
    """Epoch (from 0) after which training ends, or None; and the best epoch."""
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience, min_delta=minimum_delta)
    stub = Stub()
    callback.set_model(stub)
    callback.on_train_begin()
    stopped = None
    for epoch, value in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": value})
        if stub.stop_training:
            stopped = epoch
            break
    return {
        "losses": losses, "patience": patience, "minimum_delta": minimum_delta,
        "stopped": stopped, "best": callback.best_epoch,
    }


flat = [1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
dip = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.6]
slow = [round(1 - 0.01 * n, 2) for n in range(12)]
stops = [
    stopping(losses, patience, delta)
    for losses in (flat, dip, slow, flat[::-1])
    for patience in (1, 2, 3, 5)
    for delta in (0.0, 0.025)
]

fixture.write("schedules.json", {
    "torch": torch.__version__, "keras": keras.__version__, "schedules": schedules, "stops": stops,
})
