"""Writes answers.json for AnswerTests.swift. Run in this directory, with NumPy, SciPy, pandas, statsmodels and Optuna.

Analysis of variance is statsmodels', importances are Optuna's fANOVA, Holm's adjustment is statsmodels'; posteriors are SciPy's t
distributions."""

import json

import numpy as np
import optuna
import pandas as pd
import statsmodels.api as sm
from scipy import integrate, stats
from statsmodels.formula.api import ols
from statsmodels.stats.multitest import multipletests

optuna.logging.set_verbosity(optuna.logging.ERROR)
generator = np.random.default_rng(11)


def analysis_of_variance():
    levels = (3, 4, 2)
    effects = [generator.normal(0, scale, size) for scale, size in zip((1.0, 0.6, 0.3), levels)]
    values = effects[0][:, None, None] + effects[1][None, :, None] + effects[2][None, None, :]
    values = values + 0.4 * effects[0][:, None, None] * effects[1][None, :, None] + generator.normal(0, 0.1, levels)
    points = list(np.ndindex(*levels))
    frame = pd.DataFrame(points, columns=list("abc"))
    frame["y"] = [values[point] for point in points]
    model = ols("y ~ C(a) + C(b) + C(c) + C(a):C(b) + C(a):C(c) + C(b):C(c)", frame).fit()
    table = sm.stats.anova_lm(model, typ=2)
    names = ["C(a)", "C(b)", "C(c)", "C(a):C(b)", "C(a):C(c)", "C(b):C(c)"]
    # Each point many times over, so that a forest's bootstrap samples hold the whole grid; as numbers, whose cells are of
    # equal size to Optuna, where the one-hot columns of categories stand for combinations that do not exist.
    distributions = {name: optuna.distributions.FloatDistribution(-0.5, k - 0.5) for name, k in zip("abc", levels)}
    study = optuna.create_study()
    for _ in range(30):
        for point in points:
            study.add_trial(
                optuna.trial.create_trial(
                    params=dict(zip("abc", map(float, point))), distributions=distributions, value=float(values[point])
                )
            )
    importances = optuna.importance.FanovaImportanceEvaluator(n_trees=64, seed=0).evaluate(study)
    return {
        "levels": levels,
        "values": values.ravel().tolist(),
        "mean": float(values.mean()),
        "variance": float(values.var()),
        "termVariances": [float(table.loc[name, "sum_sq"]) / values.size for name in names],
        "residualVariance": float(table.loc["Residual", "sum_sq"]) / values.size,
        "marginals": [values.mean(axis=tuple({0, 1, 2} - {axis})).tolist() for axis in range(3)],
        "optunaShares": [float(importances[name]) for name in "abc"],
    }


def posterior(seeds):
    alternatives = [
        [(0.30 + generator.normal(0, 0.05, seeds)).round(3).tolist() for _ in range(candidates)] for candidates in (3, 1, 2)
    ]
    values = [np.array(candidates) for candidates in alternatives]
    parts = np.cumsum([0, *map(len, values)])
    cost = np.concatenate(values)
    mean = cost.mean(axis=1)
    student = stats.multivariate_t(mean, np.cov(cost) / seeds, df=seeds - 1, allow_singular=True).rvs(2_000_000, random_state=1)
    # Every bootstrap sample of the seeds there is.
    samples = np.stack([cost[:, list(sample)].mean(axis=1) for sample in itertools.product(range(seeds), repeat=seeds)])
    bests, optimism = [], []
    for part in (slice(first, last) for first, last in zip(parts, parts[1:])):
        # What a sample's best gains there on what it is in the data.
        gains = mean[part][samples[:, part].argmin(axis=1)] - samples[:, part].min(axis=1)
        # One candidate is not chosen.
        optimism.append(float(gains.mean() * np.sqrt(seeds / (seeds - 1))) if part.stop - part.start > 1 else 0.0)
        bests.append(student[:, part][:, mean[part].argmin()] + optimism[-1])
    wins = np.bincount(np.stack(bests).argmin(axis=0), minlength=3)
    return {"alternatives": alternatives, "results": (wins / len(student)).tolist(), "optimism": optimism}


def pairs():
    """Of two settings the better one's probability is that of the one-sided paired t test; the first pair is what the
    bootstrap was sure of."""
    samples = [([0.31, 0.28], [0.32, 0.31]), ([0.2, 0.3, 0.4], [0.3, 0.4, 0.36]), ([0.31, 0.35, 0.3, 0.33], [0.33, 0.34, 0.36, 0.35])]
    return [
        {"alternatives": [[first], [second]],
         "results": [float(p := stats.ttest_rel(first, second, alternative="greater").pvalue), 1 - float(p)]}
        for first, second in samples
    ]


def profile():
    times = np.array([[1.0, 4.0, np.inf, 3.0], [2.0, 2.0, 8.0, 3.0], [3.9, 9.0, np.inf, np.inf]])
    ratios = times / times.min(axis=0)
    share = lambda solver, tau: float(np.mean(ratios[solver] <= tau))
    scores = []
    for solver in range(3):
        breaks = sorted({float(r) for r in ratios[solver] if 1 < r < 4})
        area = sum(integrate.quad(lambda tau: share(solver, tau), a, b)[0] for a, b in zip([1, *breaks], [*breaks, 4]))
        scores.append(area / 3)
    taus = [1.0, 1.95, 2.0, 3.0, 100.0]
    encode = lambda rows: [[None if np.isinf(value) else value for value in row] for row in rows]
    return {"times": encode(times.tolist()), "taus": taus,
            "shares": [[share(solver, tau) for tau in taus] for solver in range(3)], "scores": scores}


def holm():
    values = [0.01, 0.04, 0.03, 0.005, 0.2, 0.04]
    return {"values": values, "results": multipletests(values, method="holm")[1].tolist()}


def selection_bias():
    costs = generator.normal(0.3, 0.05, (6, 4))
    # Every resample of the seeds there is, each as likely as the next.
    seeds = costs.shape[1]
    means = costs.mean(axis=1)
    gains = []
    for drawn in itertools.product(range(seeds), repeat=seeds):
        shift = np.sqrt(seeds / (seeds - 1)) * (costs[:, drawn].mean(axis=1) - means)
        gains.append(shift[means.argmin()] - shift[(means + shift).argmin()])
    return {"costs": costs.tolist(), "result": float(np.mean(gains)), "deviation": float(np.std(gains))}


answers = {
    "anova": analysis_of_variance(),
    "posteriors": [posterior(3), posterior(5)],
    "pairs": pairs(),
    "profile": profile(),
    "holm": holm(),
    "selectionBias": selection_bias(),
}
with open("answers.json", "w") as file:
    json.dump(answers, file, indent=1)
