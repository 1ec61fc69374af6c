"""Writes effects.json for EffectsTests.swift. Run in this directory, with NumPy, pandas and statsmodels.

Sums of squares and F tests are statsmodels': AnovaRM with the seeds as subjects, each effect's error its interaction with them."""

import json
import warnings

import numpy as np
import pandas as pd
from statsmodels.formula.api import ols
from statsmodels.stats.anova import AnovaRM, anova_lm

warnings.simplefilter("ignore")
generator = np.random.default_rng(8)


def crossed():
    """Two factors of three and two levels, four seeds with an effect of their own and one on each level of the first."""
    levels, seeds = (3, 2), 4
    effect = generator.normal(0, 1, 3)[:, None] + generator.normal(0, 0.2, 2)
    values = (effect + generator.normal(0, 1, (seeds, 1, 1)) + generator.normal(0, 0.4, (seeds, 3, 1))
              + generator.normal(0, 0.3, (seeds, *levels)))
    frame = pd.DataFrame([(*index, value) for index, value in np.ndenumerate(values)], columns=["s", "a", "b", "y"])
    tests = AnovaRM(frame, "y", "s", within=["a", "b"]).fit().anova_table
    squares = anova_lm(ols("y ~ C(s) * C(a) * C(b)", frame).fit())["sum_sq"]
    # Expected mean squares: the effect's less its interaction's with the seed, over the runs of a level.
    variances = [
        (squares[name] - squares["C(s):" + name] / (seeds - 1)) / values.size for name in ("C(a)", "C(b)", "C(a):C(b)")
    ]
    return {"levels": levels, "values": values.reshape(seeds, -1).tolist(), "variances": variances,
            "pValues": tests["Pr > F"].tolist(), "seedVariance": float(values.var(axis=0, ddof=1).mean())}


def nested():
    """Two groups with three levels each of a factor that is nested in them, and two levels of one that is not."""
    seeds = 3
    values = generator.normal(0, 1, (seeds, 2, 3, 2)) + np.array([0, 2])[:, None, None] + np.array([0, 1, 3])[:, None]
    names = ["C(o)", "C(o):C(l)", "C(k)", "C(o):C(k)"]

    def squares(response):
        frame = pd.DataFrame([(*index, value) for index, value in np.ndenumerate(response)], columns=["o", "l", "k", "y"])
        model = ols("y ~ C(o) + C(k) + C(o):C(k) + C(o):C(l) + C(o):C(l):C(k)", frame).fit()
        table = anova_lm(model)["sum_sq"] / response.size
        return np.array([*(table[name] for name in names), table["C(o):C(l):C(k)"]])

    # The mean of the products of two seeds' effects, without those of a seed with itself.
    variances = (seeds * squares(values.mean(axis=0)) - np.mean([squares(value) for value in values], axis=0)) / (seeds - 1)
    return {"levels": (3, 2), "values": values.reshape(seeds, 2, -1).tolist(),
            "variances": dict(zip([*names, "C(o):C(l):C(k)"], variances.tolist()))}


with open("effects.json", "w") as file:
    json.dump({"crossed": crossed(), "nested": nested()}, file, indent=1)
