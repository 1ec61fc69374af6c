"""Writes budget.json for SearchBudgetTests.swift. Run in this directory, with NumPy.

Everything is counted: expectations over every choice of k of the trials, standard errors from the trials without each one,
probabilities over every sequence of draws from Pólya's urn."""

import itertools
import json
from fractions import Fraction

import numpy as np


def expected_best(values, k, best=min):
    return float(np.mean([best(choice) for choice in itertools.combinations(values, k)]))


def standard_error(values, k):
    n = len(values)
    if k == n:
        return None
    without = np.array([expected_best(values[:i] + values[i + 1:], k) for i in range(n)])
    return float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2)))


def estimates():
    samples = [[0.5, 0.2, 0.9, 0.2], [1.0, 2.0, 3.0, 4.0, 4.0], [0.7], [0.31, 5.0, 0.12, 5.0, 0.8, 0.11, 5.0, 0.4, 0.3]]
    return [
        {"values": values, "count": k, "mean": expected_best(values, k), "standardError": standard_error(values, k),
         "largestMean": expected_best(values, k, max)}
        for values in samples
        for k in range(1, len(values) + 1)
    ]


def tunability():
    values, budget = [0.5, 0.2, 0.9, 0.31, 0.8, 0.7], 5
    expected = [expected_best(values, k) for k in range(1, budget + 1)]
    k = np.arange(1, budget + 1)
    weights = {"early": budget - k, "uniform": np.ones(budget), "late": k}
    return {"values": values, "budget": budget,
            "results": {name: float(np.average(expected, weights=w)) for name, w in weights.items()}}


def best_of_draws(values, k):
    """The distribution of the smallest of k draws from an urn into which each goes back with a copy of itself."""
    distribution = {}
    for sequence in itertools.product(range(len(values)), repeat=k):
        chance = Fraction(1)
        for place, ball in enumerate(sequence):
            chance *= Fraction(1 + sequence[:place].count(ball), len(values) + place)
        smallest = min(values[ball] for ball in sequence)
        distribution[smallest] = distribution.get(smallest, Fraction(0)) + chance
    return distribution


def probabilities_of_best():
    cases = []
    for searches, k in (([[0.5, 0.2, 0.9], [0.2, 0.3], [0.2, 0.2, 0.95, 0.1]], 2), ([[1, 3, 5, 6], [2, 4, 4]], 3),
                        ([[1], [2]], 1), ([[1, 2, 3], [4, 5, 6, 7, 8]], 3)):
        shares = [Fraction(0)] * len(searches)
        for results in itertools.product(*[best_of_draws(values, k).items() for values in searches]):
            best = min(value for value, _ in results)
            winners = [index for index, (value, _) in enumerate(results) if value == best]
            for winner in winners:
                shares[winner] += np.prod([chance for _, chance in results]) / len(winners)
        assert sum(shares) == 1
        cases.append({"searches": searches, "count": k, "results": [float(share) for share in shares]})
    return cases


with open("budget.json", "w") as file:
    json.dump({"estimates": estimates(), "tunability": tunability(), "probabilityOfBest": probabilities_of_best()}, file,
              indent=1)
