"""Writes trajectories.json: 50 steps of every optimizer on small networks, by PyTorch in float32 and float64.

Lion, which torch.optim has not, is algorithm 2 of Chen et al. (2023), "Symbolic Discovery of Optimization Algorithms".
"""

import numpy as np
import torch

import fixture

# NAdam keeps its product of momenta in the default type, and would lose the digits we compare.
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SIZES = [8, 12, 7, 4]
BATCH = 16
STEPS = 50

# activation, loss, and the targets it takes
NETWORKS = [
    ("tanh", "softmax_cross_entropy"),
    ("relu", "softmax_cross_entropy"),
    ("tanh", "squared_error"),
    ("relu", "squared_error"),
    ("gelu", "binary_cross_entropy"),
]

# Our name, learning rate, our hyperparameters beside the defaults.
CONFIGURATIONS = [
    ("gradient_descent", 0.1, {}),
    ("gradient_descent", 0.2, {"weight_decay": 0.01}),
    ("momentum", 0.05, {}),
    ("momentum", 0.05, {"momentum": 0.75, "weight_decay": 0.01}),
    ("nesterov", 0.05, {}),
    ("nesterov", 0.05, {"momentum": 0.75, "weight_decay": 0.01}),
    ("adagrad", 0.05, {}),
    ("adagrad", 0.05, {"initial_accumulator": 0.1, "epsilon": 1e-3, "weight_decay": 0.01}),
    ("adadelta", 1.0, {}),
    ("adadelta", 1.0, {"rho": 0.95, "epsilon": 1e-5, "weight_decay": 0.01}),
    ("rmsprop", 0.01, {}),
    ("rmsprop", 0.01, {"rho": 0.9, "epsilon": 1e-3, "weight_decay": 0.01}),
    ("adam", 0.01, {}),
    ("adam", 0.01, {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "weight_decay": 0.01}),
    ("adamw", 0.01, {}),
    ("adamw", 0.01, {"weight_decay": 0.0}),
    ("adamw", 0.01, {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "weight_decay": 0.5}),
    ("amsgrad", 0.01, {}),
    ("amsgrad", 0.01, {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "weight_decay": 0.01}),
    ("nadam", 0.01, {}),
    ("nadam", 0.01, {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "momentum_decay": 0.1, "weight_decay": 0.01}),
    ("lion", 0.003, {}),
    ("lion", 0.003, {"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.5}),
]

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "gelu": torch.nn.functional.gelu}


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for theta in group["params"]:
                m = self.state[theta].setdefault("m", torch.zeros_like(theta))
                g = theta.grad
                c = beta1 * m + (1 - beta1) * g
                theta -= group["lr"] * (torch.sign(c) + group["weight_decay"] * theta)
                m.copy_(beta2 * m + (1 - beta2) * g)


def optimizer(name, parameters, lr, values):
    v = dict(values)
    decay = {"weight_decay": v.pop("weight_decay")} if "weight_decay" in v else {}
    if name in ("adam", "adamw", "amsgrad", "nadam", "lion"):
        default_beta2 = 0.99 if name == "lion" else 0.999
        decay["betas"] = (v.pop("beta1", 0.9), v.pop("beta2", default_beta2))
    if "epsilon" in v:
        decay["eps"] = v.pop("epsilon")
    momentum = v.pop("momentum", 0.9)
    rho = {"rho": v.pop("rho")} if "rho" in v else {}
    common = {"lr": lr, **decay}
    match name:
        case "gradient_descent":
            made = torch.optim.SGD(parameters, **common)
        case "momentum":
            made = torch.optim.SGD(parameters, momentum=momentum, **common)
        case "nesterov":
            made = torch.optim.SGD(parameters, momentum=momentum, nesterov=True, **common)
        case "adagrad":
            made = torch.optim.Adagrad(
                parameters, initial_accumulator_value=v.pop("initial_accumulator", 0.0), **common)
        case "adadelta":
            made = torch.optim.Adadelta(parameters, **rho, **common)
        case "rmsprop":
            made = torch.optim.RMSprop(parameters, **({"alpha": rho["rho"]} if rho else {}), **common)
        case "adam":
            made = torch.optim.Adam(parameters, **common)
        case "adamw":
            made = torch.optim.AdamW(parameters, **common)
        case "amsgrad":
            made = torch.optim.Adam(parameters, amsgrad=True, **common)
        case "nadam":
            made = torch.optim.NAdam(parameters, momentum_decay=v.pop("momentum_decay", 0.004), **common)
        case "lion":
            made = Lion(parameters, lr, decay["betas"], decay.get("weight_decay", 0.0))
    assert not v, v
    return made


def loss(kind, z, targets):
    match kind:
        case "softmax_cross_entropy":
            return torch.nn.functional.cross_entropy(z, targets)
        case "squared_error":
            return 0.5 * ((z - targets) ** 2).sum(dim=1).mean()
        case "binary_cross_entropy":
            return torch.nn.functional.binary_cross_entropy_with_logits(z, targets, reduction="none").sum(dim=1).mean()


def train(activation, kind, name, lr, values, dtype, initial, features, targets):
    layers = [[torch.tensor(part, dtype=dtype, requires_grad=True) for part in layer] for layer in initial]
    parameters = [part for layer in layers for part in layer]
    made = optimizer(name, parameters, lr, values)
    x = torch.tensor(features, dtype=dtype)
    y = torch.tensor(targets) if targets.ndim == 1 else torch.tensor(targets, dtype=dtype)
    losses = []
    for step in range(STEPS):
        batch = slice(step * BATCH, (step + 1) * BATCH)
        a = x[batch]
        for index, (kernel, bias) in enumerate(layers):
            a = a @ kernel + bias
            if index < len(layers) - 1:
                a = ACTIVATIONS[activation](a)
        value = loss(kind, a, y[batch])
        made.zero_grad()
        value.backward()
        made.step()
        losses.append(value.item())
    return fixture.flat([[part.detach().numpy() for part in layer] for layer in layers]), losses


def single(values):
    """Rounded to float32, so that both precisions start from the same numbers."""
    return values.astype(np.float32).astype(np.float64)


random = np.random.RandomState(20240518)
samples = BATCH * STEPS
features = single(random.standard_normal((samples, SIZES[0])))
teacher = random.standard_normal((SIZES[0], SIZES[-1]))
scores = np.tanh(features @ teacher) + 0.3 * random.standard_normal((samples, SIZES[-1]))
targets = {
    "softmax_cross_entropy": scores.argmax(axis=1).astype(np.int64),
    "squared_error": single(scores),
    "binary_cross_entropy": (scores > 0).astype(np.float64),
}
initial = [
    (single(random.standard_normal((m, n)) * np.sqrt(1.5 / m)), single(0.1 * random.standard_normal(n)))
    for m, n in zip(SIZES, SIZES[1:])
]

runs = []
worst = 0.0
for activation, kind in NETWORKS:
    for name, lr, values in CONFIGURATIONS:
        results = {}
        for dtype in (torch.float32, torch.float64):
            results[dtype] = train(activation, kind, name, lr, values, dtype, initial, features, targets[kind])
        w32, l32 = results[torch.float32]
        w64, l64 = results[torch.float64]
        difference = np.abs(w32 - w64).max() / np.abs(w64).max()
        worst = max(worst, difference)
        print(f"{activation:5} {kind:22} {name:17} loss {l64[0]:.4f} → {l64[-1]:.4f}  float vs double {difference:.1e}")
        runs.append({
            "activation": activation, "loss": kind, "optimizer": name, "learning_rate": lr, "values": values,
            "losses_float": fixture.array(l32, "float32"), "losses_double": fixture.array(l64, "float64"),
            "final_float": fixture.array(w32, "float32"), "final_double": fixture.array(w64, "float64"),
        })
print(f"largest difference between the precisions, relative to the largest weight: {worst:.1e}")

fixture.write("trajectories.json", {
    "torch": torch.__version__, "sizes": SIZES, "batch": BATCH, "steps": STEPS,
    "features": fixture.array(features, "float32"),
    "classes": fixture.array(targets["softmax_cross_entropy"], "int32"),
    "values": fixture.array(targets["squared_error"], "float32"),
    "labels": fixture.array(targets["binary_cross_entropy"], "float32"),
    "initial": fixture.array(fixture.flat(initial), "float32"),
    "runs": runs,
})
