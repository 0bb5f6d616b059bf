#!/usr/bin/env python3
"""Computes with scikit-learn, statsmodels and NumPy what tests/metrics_reference.rs compares ours with.

usage: python bench/metrics_reference.py > tests/data/metrics_reference.json
needs: numpy, scikit-learn >= 1.7, statsmodels

Probabilities are whole numbers of 1/1024, which f32 and f64 both hold exactly, so that no difference comes from
rounding the input. That also makes many ties, and none of them stands on the border of a calibration bin.
"""
import json
import sys
import warnings

import numpy as np
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from statsmodels.stats.contingency_tables import mcnemar

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20260)
UNIT = 1024
EPS = float(np.finfo(np.float32).eps)


def units_summing_to_one(p):
    """Rows of probabilities as whole numbers of 1/1024 that sum to 1024."""
    rows = np.floor(p * UNIT).astype(int)
    rows[np.arange(len(rows)), rows.argmax(1)] += UNIT - rows.sum(1)
    return rows


def draw_single(articles, topics, zipf, sharpness, right):
    """Topics with frequencies 1/rank^zipf; the gold topic's logit is raised by about `right`."""
    frequency = 1 / np.arange(1, topics + 1) ** zipf
    frequency /= frequency.sum()
    gold = rng.choice(topics, articles, p=frequency)
    logits = rng.normal(0, 1, (articles, topics)) * sharpness + np.log(frequency)
    logits[np.arange(articles), gold] += right * rng.gamma(2, 0.5, articles)
    p = np.exp(logits - logits.max(1, keepdims=True))
    units = units_summing_to_one(p / p.sum(1, keepdims=True))
    return [[int(g)] for g in gold], [[int(r.argmax())] for r in units], units


def draw_multi(articles, topics, zipf, noise, empty):
    """Any number of topics; a pair's probability is its truth seen through noise, sharpened by 2."""
    frequency = np.minimum(0.4, 0.6 / np.arange(1, topics + 1) ** zipf)
    truth = rng.random((articles, topics)) < frequency
    truth[: int(articles * empty)] = False
    logits = np.log(frequency / (1 - frequency)) + 4 * truth + rng.normal(0, noise, (articles, topics))
    units = np.floor(UNIT / (1 + np.exp(-logits))).astype(int)
    given = units >= UNIT * np.where(np.arange(topics) % 3 == 0, 0.5, 0.35)
    lists = lambda m: [np.flatnonzero(r).tolist() for r in m]
    return lists(truth), lists(given), units


def indicator(lists, topics):
    m = np.zeros((len(lists), topics), int)
    for row, topics_of in zip(m, lists):
        row[topics_of] = 1
    return m


def calibration_error(p, right):
    """From scikit-learn's calibration_curve, which takes bins open below and closed above."""
    true, mean = calibration_curve(right, p, n_bins=15, strategy="uniform")
    edges = np.linspace(0, 1, 16)
    counts = np.bincount(np.searchsorted(edges[1:-1], p), minlength=15)
    counts = counts[counts > 0]
    return float((counts * np.abs(true - mean)).sum() / counts.sum())


def coverage_at(p, gold, given, precision):
    """By trying every cut."""
    best, cut = 0.0, None
    for c in np.unique(p[given == 1]):
        kept = (given == 1) & (p >= c)
        if gold[kept].mean() >= precision:
            share = float(kept.any(1).mean())
            if cut is None or share > best:
                best, cut = share, float(c)
    return {"cut": cut, "coverage": best}


def average(gold, given, kind, labels=None):
    p, r, f, _ = sk.precision_recall_fscore_support(gold, given, average=kind, labels=labels, zero_division=0)
    return {"precision": float(p), "recall": float(r), "f1": float(f)}


def bootstrap(gold, given, draws):
    n, figures = len(gold), []
    for _ in range(draws):
        rows = rng.integers(0, n, n)
        g, a = gold[rows], given[rows]
        tp, fp, fn = (g & a).sum(0), (~g & a & 1).sum(0), (g & ~a & 1).sum(0)
        all_ = 2 * tp + fp + fn
        micro = 2 * tp.sum() / max(1, all_.sum())
        macro = (2 * tp[all_ > 0] / all_[all_ > 0]).mean()
        figures.append([micro, macro, (g == a).all(1).mean()])
    low, high = np.percentile(figures, [2.5, 97.5], axis=0)
    return {name: [float(l), float(h)] for name, l, h in zip(["micro_f1", "macro_f1", "exact_match"], low, high)}


def describe(name, task, gold_lists, given_lists, units, draws=0):
    topics = units.shape[1]
    gold, given = indicator(gold_lists, topics), indicator(given_lists, topics)
    p = units / UNIT
    clipped = np.clip(p, EPS, 1 - EPS)
    occurring = np.flatnonzero((gold | given).any(0))
    with_gold = np.flatnonzero(gold.any(0))
    out = {"name": name, "task": task, "topics": topics, "gold": gold_lists, "given": given_lists}
    out["units"] = [[[int(t), int(r[t])] for t in np.flatnonzero(r)] for r in units]
    out["exact_match"] = float(sk.accuracy_score(gold, given))
    out["micro"] = average(gold, given, "micro")
    out["macro"] = average(gold, given, "macro", occurring)
    out["weighted"] = average(gold, given, "weighted")
    out["samples"] = average(gold, given, "samples")
    pr, rc, f1, support = sk.precision_recall_fscore_support(gold, given, average=None, zero_division=0)
    ap = [float(sk.average_precision_score(gold[:, t], p[:, t])) if t in with_gold else None for t in range(topics)]
    auc = [float(sk.roc_auc_score(gold[:, t], p[:, t])) if 0 < gold[:, t].sum() < len(gold) else None
           for t in range(topics)]
    out["per_topic"] = [{"precision": float(a), "recall": float(b), "f1": float(c), "support": int(d),
                         "average_precision": e, "roc_auc": f}
                        for a, b, c, d, e, f in zip(pr, rc, f1, support, ap, auc)]
    out["macro_average_precision"] = float(sk.average_precision_score(gold[:, with_gold], p[:, with_gold]))
    out["micro_average_precision"] = float(sk.average_precision_score(gold, p, average="micro"))
    if task == "single":
        labels, y = list(range(topics)), [g[0] for g in gold_lists]
        out["log_loss"] = float(sk.log_loss(y, clipped, labels=labels))
        out["brier"] = float(sk.brier_score_loss(y, p, labels=labels, scale_by_half=False))
        rates = np.tile(gold.mean(0), (len(gold), 1))
        out["log_loss_base"] = float(sk.log_loss(y, np.clip(rates, EPS, 1 - EPS), labels=labels))
        # Our clipping is that of float32; scikit-learn on float32 must say so too.
        assert abs(sk.log_loss(y, p.astype(np.float32), labels=labels) - out["log_loss"]) < 1e-4
        best = p.argmax(1)
        out["calibration_error"] = calibration_error(p.max(1), (gold[np.arange(len(gold)), best]).astype(int))
    else:
        out["log_loss"] = float(sk.log_loss(gold.ravel(), clipped.ravel(), labels=[0, 1]))
        out["brier"] = float(sk.brier_score_loss(gold.ravel(), p.ravel()))
        rates = np.clip(np.tile(gold.mean(0), (len(gold), 1)), EPS, 1 - EPS)
        out["log_loss_base"] = float(sk.log_loss(gold.ravel(), rates.ravel(), labels=[0, 1]))
        # The tenth as f32 has it: what a probability of .1 from a model is compared with.
        counted = (p >= float(np.float32(0.1))) | (given == 1)
        out["calibration_error"] = calibration_error(p[counted], gold[counted])
    out["coverage"] = coverage_at(p, gold, given, 0.95)
    out["coverage_90"] = coverage_at(p, gold, given, 0.9)
    if draws:
        out["bootstrap"] = bootstrap(gold, given, draws)
    return out


cases = [
    describe("random single", "single", *draw_single(150, 6, 0, 0.7, 0.3)),
    describe("single like R52", "single", *draw_single(600, 30, 1.3, 1.0, 6), draws=4000),
    describe("random multi", "multi", *draw_multi(120, 7, 0.2, 4, 0.1)),
    describe("multi like Reuters-90", "multi", *draw_multi(500, 24, 1.2, 1.2, 0.15), draws=4000),
]
# Nothing given, and a topic that is never gold.
gold, given, units = draw_multi(40, 5, 0.3, 2, 0.2)
units[:, 4] = 0
cases.append(describe("nothing given", "multi", [[t for t in g if t != 4] for g in gold], [[] for _ in given], units))

pairs = [(0, 0), (0, 1), (1, 0), (0, 5), (3, 3), (3, 4), (5, 12), (10, 25), (40, 90), (150, 151), (2, 900),
         (1000, 1100), (20000, 20500)]
tests = [{"b": b, "c": c, "p": float(mcnemar([[7, b], [c, 9]], exact=True).pvalue)} for b, c in pairs]

json.dump({"cases": cases, "mcnemar": tests}, sys.stdout, separators=(",", ":"))
print()
