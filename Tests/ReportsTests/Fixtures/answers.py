"""Writes answers.json for AnswerTests.swift. Run in this directory, with NumPy, SciPy, pandas, statsmodels and Optuna.

Analysis of variance is statsmodels', importances are Optuna's fANOVA, Holm's adjustment is statsmodels'; posteriors are SciPy's t
distributions."""

import itertools
import json

import numpy as np
import optuna
import pandas as pd
import statsmodels.api as sm
from scipy import integrate, optimize, special, stats
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


def moderated(variances, degrees):
    """Smyth (2004), section 6.2, as squeezeVar of limma has it."""
    logarithms = np.log(variances) - special.digamma(degrees / 2) + np.log(degrees / 2)
    spread = logarithms.var(ddof=1) - special.polygamma(1, degrees / 2)
    if spread <= 0:
        return np.full(len(variances), variances.mean())
    prior = 2 * np.exp(optimize.brentq(lambda x: special.polygamma(1, np.exp(x)) - spread, -30, 30, xtol=1e-14))
    center = np.exp(logarithms.mean() + special.digamma(prior / 2) - np.log(prior / 2))
    return (prior * center + degrees * variances) / (prior + degrees)


def selection_gains(costs):
    """Of every resample of the seeds there is, each as likely as the next."""
    candidates, seeds = costs.shape
    if candidates == 1:
        return np.zeros(1)
    means, winner = costs.mean(axis=1), costs.mean(axis=1).argmin()
    factor = np.sqrt(seeds / (seeds - 1))
    shifts = np.stack([
        factor * (costs[:, drawn].mean(axis=1) - means) for drawn in itertools.product(range(seeds), repeat=seeds)
    ])
    # Those that are behind the winner with every seed, drawn S times, say nothing of the noise either.
    behind = means - means[winner]
    rivals = behind + factor * ((costs - costs[winner]).min(axis=1) - behind) <= 0
    variances = costs.var(axis=1, ddof=1)
    common = np.full(candidates, np.nan)
    common[rivals] = moderated(variances[rivals], seeds - 1) if rivals.sum() > 1 else variances[rivals]
    degrees = (seeds - 1, (seeds - 1) * rivals.sum())
    unusual = stats.f.cdf(variances[winner] / common[winner], *degrees) < 0.025
    ratios = np.sqrt((variances if unusual else common)[winner] / common)
    ratios[winner] = 1
    chosen = (means + shifts).argmin(axis=1)
    return shifts[:, winner] - ratios[chosen] * shifts[np.arange(len(shifts)), chosen]


def moderated_variances():
    samples = [[1.0, 0.8, 1.3, 0.9], [1.0, 4.0, 0.02, 0.3, 9.0], [0.003, 1.0]]
    return [
        {"variances": variances, "degreesOfFreedom": degrees, "results": moderated(np.array(variances), degrees).tolist()}
        for variances in samples for degrees in (1, 2, 9)
    ]


def posterior(seeds):
    alternatives = [
        [(0.30 + generator.normal(0, 0.05, seeds)).round(3).tolist() for _ in range(candidates)] for candidates in (3, 1, 2)
    ]
    values = [np.array(candidates) for candidates in alternatives]
    parts = np.cumsum([0, *map(len, values)])
    cost = np.concatenate(values)
    mean = cost.mean(axis=1)
    student = stats.multivariate_t(mean, np.cov(cost) / seeds, df=seeds - 1, allow_singular=True).rvs(2_000_000, random_state=1)
    bests = []
    for part in (slice(first, last) for first, last in zip(parts, parts[1:])):
        bests.append(student[:, part][:, mean[part].argmin()] + selection_gains(cost[part]).mean())
    wins = np.bincount(np.stack(bests).argmin(axis=0), minlength=3)
    return {"alternatives": alternatives, "results": (wins / len(student)).tolist()}


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


def selection_bias(deviations):
    costs = generator.normal(0.3, 0.05 * np.array(deviations)[:, None], (len(deviations), 4))
    gains = selection_gains(costs)
    return {"costs": costs.tolist(), "result": float(np.mean(gains)), "deviation": float(np.std(gains))}


answers = {
    "anova": analysis_of_variance(),
    "posteriors": [posterior(3), posterior(5)],
    "pairs": pairs(),
    "profile": profile(),
    "holm": holm(),
    # Of equal noise, of unequal noise, and a quiet one among noisy ones.
    "selectionBiases": [selection_bias([1] * 6), selection_bias([0.1, 0.3, 1, 3, 10]), selection_bias([0.01] + [1] * 5)],
    "moderatedVariances": moderated_variances(),
}
with open("answers.json", "w") as file:
    json.dump(answers, file, indent=1)
