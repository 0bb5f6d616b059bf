#!/usr/bin/env python3
"""Writes tests/data/metrics_reference.json: figures of scikit-learn and statsmodels on random predictions.

usage: bench/metrics_reference.py > tests/data/metrics_reference.json
Needs scikit-learn and statsmodels.
"""
import json
import numpy as np
from sklearn.metrics import average_precision_score, log_loss, precision_recall_fscore_support
from statsmodels.stats.contingency_tables import mcnemar


def bins(probability, outcome):
    """Expected calibration error over 15 bins of equal width, weighted by count."""
    place = np.minimum((probability * 15).astype(int), 14)
    gaps = [abs(probability[place == b].sum() - outcome[place == b].sum()) for b in range(15)]
    return sum(gaps) / len(probability)


def averages(gold, given):
    """All averages; macro over the topics that occur in gold or given."""
    occurs = np.flatnonzero(gold.any(0) | given.any(0))
    result = {}
    for average in ("micro", "macro", "weighted", "samples"):
        g, a = (gold[:, occurs], given[:, occurs]) if average != "samples" else (gold, given)
        result[average] = list(precision_recall_fscore_support(g, a, average=average, zero_division=0)[:3])
    return result


def case(rng, articles, topics, single):
    raw = np.round(rng.normal(size=(articles, topics)), 1)  # one digit: scores have ties
    if single:
        gold = np.eye(topics, dtype=int)[(raw + rng.gumbel(size=raw.shape)).argmax(1)]
        p = np.exp(raw) / np.exp(raw).sum(1, keepdims=True)
    else:
        gold = (rng.random(raw.shape) < 1 / (1 + np.exp(2 - raw))).astype(int)
        p = 1 / (1 + np.exp(2 - 1.3 * raw))
    p = p.astype(np.float32)
    given = np.eye(topics, dtype=int)[p.argmax(1)] if single else (p >= 0.35).astype(int)
    wide = p.astype(float)
    clipped = np.clip(wide, np.finfo(np.float32).eps, 1 - np.finfo(np.float32).eps)
    if single:
        ece = bins(wide.max(1), gold[np.arange(articles), wide.argmax(1)])
        loss = log_loss(gold.argmax(1), wide, labels=range(topics))
        brier = ((wide - gold) ** 2).sum(1).mean()
    else:
        counted = (p >= np.float32(0.1)) | (given == 1)
        ece = bins(wide[counted], gold[counted])
        loss = -(gold * np.log(clipped) + (1 - gold) * np.log(1 - clipped)).mean()
        brier = ((wide - gold) ** 2).mean()
    return dict(
        task="single" if single else "multi",
        gold=[list(map(int, np.flatnonzero(row))) for row in gold],
        given=[list(map(int, np.flatnonzero(row))) for row in given],
        probabilities=[[float(f"{v:.9g}") for v in row] for row in p],
        averages=averages(gold, given),
        exact=float((gold == given).all(1).mean()),
        average_precision=[
            float(average_precision_score(gold[:, t], p[:, t])) if gold[:, t].any() else 0.0 for t in range(topics)
        ],
        calibration_error=float(ece), log_loss=float(loss), brier=float(brier),
    )


def main():
    rng = np.random.default_rng(20)
    cases = [case(rng, n, k, single) for single in (True, False) for n, k in ((40, 3), (120, 6), (60, 12))]
    tests = [(int(a), int(b)) for a, b in rng.integers(0, 60, size=(20, 2))] + [(0, 0), (0, 9), (500, 560)]
    exact = [[a, b, float(mcnemar([[5, a], [b, 5]], exact=True).pvalue)] for a, b in tests]
    print(json.dumps(dict(cases=cases, mcnemar=exact), separators=(",", ":")))


main()
