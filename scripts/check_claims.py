"""Holds the lecture's claims against results: python3 scripts/check_claims.py RESULTS [experiment …]

RESULTS has a folder for each experiment of experiments/lecture. Prints a line a claim: whether it holds, the experiment,
the claim, what is expected and what was measured. Exit status 1 if one does not hold. Needs h5py and NumPy."""
import json
import pathlib
import sys

import h5py
import numpy as np

from read_results import load

CLAIMS = {}
PUBLISHED = []


def experiment(name):
    """Registers what gives the claims about an experiment: a generator of (claim, expected, measured, holds)."""
    return lambda check: CLAIMS.setdefault(name, check)


def span(values, form=".3g"):
    values = np.asarray(values, dtype=float)
    low, high = np.nanmin(values), np.nanmax(values)
    return f"{low:{form}}" if low == high else f"{low:{form}} to {high:{form}}"


def mean_error(values):
    values = np.asarray(values, dtype=float)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))


def by_seed(runs, name, rows):
    """A column of these rows in the order of their seeds: differences are taken within seeds."""
    rows = np.flatnonzero(rows)
    return runs[name][rows[np.argsort(runs["seed"][rows])]]


def best_setting(runs, rows, key, metric="val_loss_best"):
    """The rows of the value of `key` whose mean over seeds is lowest; a diverged run rules its value out."""
    def score(value):
        losses = runs[metric][rows & (runs[key] == value)]
        return losses.mean() if np.isfinite(losses).all() else np.inf
    return rows & (runs[key] == min(set(runs[key][rows]), key=score))


def weights(results, moment):
    """Weights of all runs of one architecture, run by run, and the slices of a row."""
    parts = []
    for shard in sorted(pathlib.Path(results).glob("shards/*.h5")):
        with h5py.File(shard, "r") as file:
            name = next(name for name in file if name.startswith(f"weights_{moment}_") and not name.endswith("_run"))
            parameters = file[name].attrs["parameters"]
            parts.append(file[name][...][np.argsort(file[name + "_run"][...])])
    return np.concatenate(parts), json.loads(parameters)


@experiment("taylor-models")
def taylor_models(runs, _):
    first, second = runs["taylor_first_order"], runs["taylor_second_order"]
    yield "the linear model is off by h^2", "order 2 ± 0.05", span(first), (abs(first - 2) < 0.05).all()
    yield "the quadratic model is off by h^3", "order 3 ± 0.1", span(second), (abs(second - 3) < 0.1).all()


def bound_on_learning_rate(runs):
    share = runs["learning_rate_over_bound"][:, 0]
    converged = (runs["outcome"] == "completed") & (runs["gradient_norm"][:, -1] < 1e-8)
    under, diverged = share < 1, runs["outcome"] == "diverged"
    yield ("η under 2/λ_max converges", "all, up to 0.98 of the bound",
           f"{converged[under].sum()} of {under.sum()}, up to {share[under].max():.3f}", converged[under].all())
    yield ("η over 2/λ_max diverges", "all, from 1.02 of the bound",
           f"{diverged[~under].sum()} of {(~under).sum()}, from {share[~under].min():.3f}", diverged[~under].all())


@experiment("linear-unit")
def linear_unit(runs, _):
    spectrum = runs["spectrum"][0, 0]
    low, high = spectrum[:2].mean(), spectrum[-2:].mean()
    yield ("eigenvalues are those of μμᵀ + σ²I", "0.84 ± 0.1 and 0.04 ± 0.02", f"{high:.3f} and {low:.3f}",
           len(spectrum) == 4 and abs(high - 0.84) < 0.1 and abs(low - 0.04) < 0.02)
    yield from bound_on_learning_rate(runs)


@experiment("linear-unit-bias")
def linear_unit_bias(runs, _):
    high = runs["lambda_max"][0, 0]
    yield "a bias adds an eigenvalue near 1", "1 ± 0.1, the largest", f"{high:.4f}", abs(high - 1) < 0.1
    yield from bound_on_learning_rate(runs)


@experiment("learning-rate-network")
def learning_rate_network(runs, _):
    share, losses = runs["learning_rate_over_bound"], runs["train_loss"]
    under = np.array([np.nanmax(row) < 1 for row in share])
    rises = np.array([(np.diff(row[np.isfinite(row)]) > 0).sum() for row in losses])
    diverged = runs["outcome"] == "diverged"
    yield ("under 2/λ_max all along, the loss falls at every step", "no rise",
           f"{rises[under].sum()} rises in {under.sum()} runs", under.sum() >= 9 and (rises[under] == 0).all())
    far = share[:, 0] > 3.5
    yield ("far over 2/λ_max at the start, it diverges", "all from 3.5 times the bound",
           f"{diverged[far].sum()} of {far.sum()}", far.sum() >= 3 and diverged[far].all())
    last = np.array([row[np.isfinite(row)][-1] for row in share])
    stayed = (share[:, 0] > 1.1) & ~diverged
    yield ("runs that start over it and stay end in a flatter place", "η·λ_max/2 at most 1.1 in the end",
           f"{span(share[stayed, 0])} at the start, {span(last[stayed])} in the end",
           stayed.any() and (last[stayed] < 1.1).all())


@experiment("batch-size")
def batch_size(runs, _):
    sizes = [8, 32, 128, 0]
    losses = [runs["val_loss_best"][best_setting(runs, runs["batch_size"] == size, "learning_rate")].mean()
              for size in sizes]
    yield ("smaller batches get lower in equal passes", "loss rises with 8, 32, 128, all samples",
           ", ".join(f"{loss:.3f}" for loss in losses), losses == sorted(losses))


@experiment("second-order-variants")
def second_order_variants(runs, _):
    first = runs["optimizer"] == "gradient_descent"
    descent = runs["train_loss_final"][best_setting(runs, first, "learning_rate", "train_loss_final")]
    others = runs["train_loss_final"][~first]
    yield ("200 steps of second order get below 200 of gradient descent", "every run",
           f"{span(others)} against {span(descent)}", others.max() < descent.min())
    own = np.isin(runs["optimizer"], ["newton", "truncated_newton", "levenberg_marquardt"])
    still = np.isin(runs["outcome"], ["converged", "stalled"])
    yield ("Newton, truncated Newton and Levenberg–Marquardt come to rest", "all of them, in under 200 steps",
           f"{(still & own).sum()} of {own.sum()}, in {span(runs['epochs'][own], '.0f')}",
           still[own].all() and (runs["epochs"][own] < 200).all())
    rest = np.isin(runs["optimizer"], ["gradient_descent", "conjugate_gradient", "bfgs", "lbfgs"])
    yield "those without a matrix do not", "none of them", f"{(still & rest).sum()} of {rest.sum()}", not still[rest].any()
    newton = runs["optimizer"] == "newton"
    gradients, products = (np.nanmax(runs[name][newton], axis=1) for name in ["gradient_passes", "product_passes"])
    measured = runs["product_cost"][newton]
    cost = (gradients + measured[range(len(measured)), runs["epochs"][newton]] * products) / runs["epochs"][newton]
    yield "a step of Newton's costs many gradients", "over 10 passes", f"{span(cost, '.0f')} passes", (cost > 10).all()


@experiment("principal-eigenvalue")
def principal_eigenvalue(runs, _):
    exact = runs["lambda_max"]
    for column, name, limit in [("lambda_power", "power method", 1e-6), ("lambda_taylor", "Taylor expansion", 1e-3),
                                ("lambda_online", "on-line method", 0.05)]:
        error = abs(runs[column] / exact - 1)
        yield f"{name} finds λ_max", f"within {limit:g} of it", f"off by {span(error, '.1e')}", (error < limit).all()


@experiment("layer-speed")
def layer_speed(runs, results):
    curvature = runs["layer_lambda_max"]
    sigmoid = runs["activation"] == "sigmoid"
    ratio = curvature[..., -1] / curvature[..., 0]
    yield ("with sigmoids λ_max of the last layer is far over the lowest's", "over 100 times",
           f"{span(ratio[sigmoid], '.0f')} times", (ratio[sigmoid] > 100).all())
    yield ("with tanh, trained, it is not", "under 1 times", f"{span(ratio[~sigmoid, -1], '.2f')} times",
           (ratio[~sigmoid, -1] < 1).all())
    start, slices = weights(results, "initial")
    end, _ = weights(results, "final")
    kernels = [slice(s["offset"], s["offset"] + int(np.prod(s["shape"]))) for s in slices if s["role"] == "kernel"]
    moved = np.array([np.linalg.norm((end - start)[:, k], axis=1) / np.linalg.norm(start[:, k], axis=1)
                      for k in kernels]).T
    gain = moved[:, -1] / moved[:, :-1].max(axis=1)
    yield "the last layer moves most, for its size", "every run", f"{span(gain, '.1f')} times the next", (gain > 1).all()


@experiment("spectrum")
def spectrum(runs, _):
    sizes = [np.abs(row[np.isfinite(row)]) for row in runs["spectrum"].reshape(-1, runs["spectrum"].shape[-1])]
    large = [np.mean(row > 0.1 * row.max()) for row in sizes]
    middle = [np.median(row) / row.max() for row in sizes]
    yield ("few eigenvalues are large", "under 5 % reach a tenth of the largest", span(100 * np.array(large), ".1f") + " %",
           max(large) < 0.05)
    yield "many are small", "half are under 0.001 of it", f"median {span(middle, '.1e')}", max(middle) < 1e-3


@experiment("edge-of-stability")
def edge_of_stability(runs, _):
    share = runs["learning_rate_over_bound"]
    late = share[:, share.shape[1] // 2:]
    yield "gradient descent starts in a flat place", "η·λ_max/2 under 0.5", span(share[:, 0]), (share[:, 0] < 0.5).all()
    yield ("λ_max rises to 2/η and stays", "η·λ_max/2 of 0.95 to 1.1 in the second half", span(late),
           (late > 0.95).all() and (late < 1.1).all())
    losses = runs["train_loss"]
    middle, end = losses[:, losses.shape[1] // 2], losses[:, -1]
    yield "the loss goes on falling there", "below its middle's in the end", f"{span(middle)} to {span(end)}", (end < middle).all()


@experiment("dropout-overfitting")
def dropout_overfitting(runs, _):
    rate = runs["dropout_rate"][:, 1]
    losses = {d: by_seed(runs, "val_loss_final", rate == d) for d in (0, 0.5)}
    gaps = {d: losses[d] - by_seed(runs, "train_loss_final", rate == d) for d in (0, 0.5)}
    for what, values in [("the validation loss", losses), ("its distance from the training loss", gaps)]:
        gain, error = mean_error(values[0] - values[0.5])
        yield (f"dropout lowers {what}", "by over 3 standard errors",
               f"{values[0].mean():.4f} to {values[0.5].mean():.4f}, by {gain:.4f} ± {error:.4f}", gain > 3 * error)


@experiment("dropout-rate")
def dropout_rate(runs, _):
    rates = [tuple(round(float(value), 6) for value in row) for row in runs["dropout_rate"]]
    losses = {rate: by_seed(runs, "val_loss_best", np.array([r == rate for r in rates])) for rate in set(rates)}
    alike = {rate: loss.mean() for rate, loss in losses.items() if rate[0] == 0 and rate[1] == rate[2]}
    best = min(alike, key=alike.get)
    gain, error = mean_error(losses[(0, 0, 0)] - losses[best])
    yield ("validation chooses a rate of 20 to 50 % for hidden layers", "better than none by over 2 standard errors",
           f"{100 * best[1]:.0f} %, by {gain:.4f} ± {error:.4f}", best[1] >= 0.2 and gain > 2 * error)
    gain, _ = mean_error(losses[(0, 0, 0)] - losses[(0, 0.2, 0.5)])
    yield "so is 20 % on the first, 50 % on the second layer", "better than none", f"by {gain:.4f}", gain > 0
    worse = [loss.mean() - losses[(0,) + rate[1:]].mean() for rate, loss in losses.items() if rate[0] and rate[1]]
    yield ("dropout of the input beside it does not help here", "worse, for every rate", f"by {span(worse)}", min(worse) > 0)


@experiment("dropout-forms")
def dropout_forms(runs, _):
    rate, lecture = runs["dropout_rate"][:, 1], runs["dropout_form"] == "weight_scaling"
    for d in (0.2, 0.5):
        values = [by_seed(runs, "val_loss_best", best_setting(runs, (rate == d) & form, "learning_rate"))
                  for form in (lecture, ~lecture)]
        difference, error = mean_error(values[0] - values[1])
        yield (f"both forms reach the same loss at {100 * d:.0f} %", "within 3 standard errors",
               f"{values[0].mean():.4f} and {values[1].mean():.4f}, apart by {abs(difference):.4f} ± {error:.4f}",
               abs(difference) < 3 * error)
    slow = runs["learning_rate"] == 1e-3
    lag = [runs["val_loss_best"][slow & (rate == d) & lecture].mean()
           - runs["val_loss_best"][slow & (rate == d) & ~lecture].mean() for d in (0.2, 0.5)]
    yield "at one small learning rate the lecture's form is behind", "by more than 0", f"by {span(lag)}", min(lag) > 0


@experiment("input-dropout")
def input_dropout(runs, results):
    final, _ = weights(results, "final")
    dropped, noisy, penalised = runs["dropout_rate"][:, 0] > 0, np.nan_to_num(runs["input_noise"]) > 0, runs["l2"] > 0
    ridge, plain = final[penalised].mean(axis=0), final[~(dropped | noisy | penalised)].mean(axis=0)
    shrunk = np.linalg.norm(plain - ridge)
    for rows, what in ((dropped, "dropout of the input shrinks"), (noisy, "noise on the input shrinks")):
        apart = np.linalg.norm(final[rows] - ridge, axis=1) / shrunk
        yield (f"{what} weights as the penalty does", "apart by under 5 % of what it shrinks",
               f"{span(100 * apart, '.1f')} %", (apart < 0.05).all())
    dropout, noise = final[dropped].mean(axis=0), final[noisy].mean(axis=0)
    closer = [np.linalg.norm(dropout - ridge) / shrunk, np.linalg.norm(noise - ridge) / shrunk]
    yield "more so in the mean over masks and noise", "under 3 %", f"{span(100 * np.array(closer), '.1f')} %", max(closer) < 0.03
    equal = np.linalg.norm(dropout - noise) / shrunk
    yield ("dropout of the input is equivalent to noise on it", "mean weights apart by under 4 % of what both shrink",
           f"{100 * equal:.1f} %", equal < 0.04)
    losses = [by_seed(runs, "val_loss_final", rows) for rows in (dropped, noisy)]
    difference, error = mean_error(losses[0] - losses[1])
    yield ("and reaches the same validation loss", "within 3 standard errors",
           f"{losses[0].mean():.4f} and {losses[1].mean():.4f}, apart by {abs(difference):.4f} ± {error:.4f}",
           abs(difference) < 3 * error)


def steps_to(runs, share):
    """Steps until the training loss is this share of what it was; ∞ where it never is. An epoch is one step."""
    below = runs["train_loss"] <= share * runs["train_loss"][:, :1]
    return np.where(below.any(axis=1), below.argmax(axis=1), np.inf)


@experiment("newton-step")
def newton_step(runs, _):
    steps, newton = steps_to(runs, 1e-6), runs["optimizer"] == "newton"
    descent = steps[runs["optimizer"] == "gradient_descent"]
    yield "gradient descent needs many steps", "over 100 to a millionth of the loss", span(descent, ".0f"), (descent > 100).all()
    yield "Newton needs one", "1", span(steps[newton], ".0f"), (steps[newton] == 1).all() and (runs["steps"][newton] == 1).all()
    conjugate = steps[runs["optimizer"] == "conjugate_gradient"]
    yield ("conjugate gradients, which form no matrix, need a few", "at most 30", span(conjugate, ".0f"),
           (conjugate <= 30).all())


@experiment("condition-number")
def condition_number(runs, _):
    steps, newton = steps_to(runs, 1e-8), runs["optimizer"] == "newton"
    order = np.argsort(-runs["eigenvalues"][~newton][:, 1])
    descent = steps[~newton][order]
    growth = descent[1:] / descent[:-1]
    yield ("steps of gradient descent grow as the condition number", "7 to 12 times for 10 times",
           f"{', '.join(f'{count:.0f}' for count in descent)} for 10, 100, 1000", ((growth > 7) & (growth < 12)).all())
    yield "Newton's do not", "1", span(steps[newton], ".0f"), (steps[newton] == 1).all()


@experiment("saddle")
def saddle(runs, _):
    newton, final = runs["optimizer"] == "newton", runs["train_loss_final"]
    plain = newton & (runs["regularization"] == "none")
    yield "plain Newton goes to the saddle", "loss 0.25", span(final[plain], ".6f"), (abs(final[plain] - 0.25) < 1e-9).all()
    yield "with H + αI it goes to a minimum", "loss 0", span(final[newton & ~plain], ".1e"), (final[newton & ~plain] < 1e-9).all()
    yield "gradient descent leaves the saddle", "loss 0", span(final[~newton], ".1e"), (final[~newton] < 1e-9).all()


@experiment("learning-rate-quadratic")
def learning_rate_quadratic(runs, _):
    under, diverged = runs["learning_rate"] * 50 / 2 < 1, runs["outcome"] == "diverged"
    converged = ~diverged & (steps_to(runs, 1e-12) < np.inf)
    yield ("η under 2/λ_max converges", "all, up to 0.98 of the bound", f"{converged[under].sum()} of {under.sum()}",
           under.sum() == 4 and converged[under].all())
    yield ("η over 2/λ_max diverges", "all, from 1.02 of the bound", f"{diverged[~under].sum()} of {(~under).sum()}",
           diverged[~under].all())


def published(name):
    """As `experiment`, of figures that others have published: only by name."""
    PUBLISHED.append(name)
    return experiment(name)


@published("quadratic-deep")
def quadratic_deep(runs, _):
    for optimizer, rate, loss, deviation in (("gradient_descent", 0.0158489, 87.3975, 0.169), ("momentum", 0.00251189, 87.0450, 0.0252),
                                             ("adam", 0.0398107, 87.1119, 0.0242)):
        found = runs["val_loss_final"][(runs["optimizer"] == optimizer) & (runs["learning_rate"] == rate)]
        yield (f"{optimizer} ends where DeepOBS' does", f"{loss} ± {deviation}", f"{found.mean():.4f} ± {found.std(ddof=1):.4f}",
               len(found) == 10 and abs(found.mean() - loss) < deviation)
    descent, diverged = runs["optimizer"] == "gradient_descent", runs["outcome"] == "diverged"
    rates = runs["learning_rate"]
    yield ("gradient descent diverges from 2/λ_max = 0.03764 on", "at 0.0398, not at 0.0251", span(rates[descent & diverged]),
           (diverged[descent] == (rates[descent] > 0.03764)).all())


@published("mnist-dropout")
def mnist_dropout(_, results):
    tested = json.loads((results / "test.json").read_text())["runs"]
    accuracy = 100 * np.array([run["accuracy"] for run in tested])
    mean, deviation = accuracy.mean(), accuracy.std(ddof=1)
    yield ("Keras' dropout example has its published accuracy", "98.40 %, of one run, within 2 standard deviations of ours",
           f"{mean:.2f} ± {deviation:.2f} % over {len(tested)} seeds", len(tested) >= 5 and abs(98.40 - mean) < 2 * deviation)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:] or sorted(set(CLAIMS) - set(PUBLISHED))
    unknown = [name for name in names if name not in CLAIMS]
    if unknown:
        raise SystemExit(f"no claims about {', '.join(unknown)}; there are some about {', '.join(sorted(CLAIMS))}")
    failed = count = 0
    for name in names:
        for claim, expected, measured, holds in CLAIMS[name](load(folder / name), folder / name):
            print(f"{'holds' if holds else 'FAILS'} · {name} · {claim} · expected {expected} · measured {measured}")
            count += 1
            failed += not holds
    print(f"{count - failed} of {count} claims hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
