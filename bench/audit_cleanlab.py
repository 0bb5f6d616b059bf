#!/usr/bin/env python3
"""`topicwire audit` beside cleanlab: who finds more of the labels that were replaced at random, and how fast?

usage: bench/audit_cleanlab.py [--data DIR] [--seeds 1,2,3] [--share 0.05] [--binary FILE] [--python FILE] [--out FILE.md]

Takes the training half of Reuters R52, replaces the topic of 5 % of its articles by another one drawn at random, and
asks each system for the most doubtful labels. Counted is how many of the first n are replaced ones, n being how many
were replaced. cleanlab ranks by get_label_quality_scores on out-of-fold probabilities of scikit-learn, with several
classifiers and each of its scoring methods. Times are those of whole processes, JSONL in, ranking out; what several
scoring methods share is timed once and counts for each of them.
"""
import argparse, json, os, random, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from compare import BINARY, WORK, convert, run  # noqa: E402

CLASSIFIERS = ("logistic", "logistic-10", "svm-calibrated")
METHODS = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")


def peer(path, classifier):
    """Prints {method: [ids, most doubtful first]}. Runs in the environment of the peers."""
    import warnings
    warnings.filterwarnings("ignore")
    import numpy as np
    from cleanlab.rank import get_label_quality_scores
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.svm import LinearSVC

    articles = [json.loads(line) for line in open(path, encoding="utf-8")]
    texts = [article.get("title", "") + "\n" + article["text"] for article in articles]
    names = sorted({article["topics"][0] for article in articles})
    labels = np.array([names.index(article["topics"][0]) for article in articles])
    features = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    model = {
        "logistic": lambda: LogisticRegression(max_iter=1000),
        "logistic-10": lambda: LogisticRegression(C=10, max_iter=1000),
        "svm-calibrated": lambda: CalibratedClassifierCV(LinearSVC(), cv=3),
    }[classifier]()
    if classifier == "svm-calibrated":
        # A topic of fewer articles than folds cannot be calibrated: its articles get no probability at all.
        few = {topic for topic in range(len(names)) if (labels == topic).sum() < 8}
        kept = np.array([topic not in few for topic in labels])
    else:
        kept = np.ones(len(labels), dtype=bool)
    places = np.flatnonzero(kept)
    compact = {topic: at for at, topic in enumerate(sorted(set(labels[kept])))}
    given = np.array([compact[topic] for topic in labels[kept]])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    probabilities = cross_val_predict(model, features[places], given, cv=folds, method="predict_proba", n_jobs=2)
    ranked = {}
    for method in METHODS:
        scores = get_label_quality_scores(given, probabilities, method=method, adjust_pred_probs=False)
        ranked[method] = [articles[places[at]]["id"] for at in np.argsort(scores, kind="stable")]
        if method != "confidence_weighted_entropy":
            scores = get_label_quality_scores(given, probabilities, method=method, adjust_pred_probs=True)
            ranked[method + ", adjusted"] = [articles[places[at]]["id"] for at in np.argsort(scores, kind="stable")]
    json.dump(ranked, sys.stdout)


def timed(command):
    start = time.perf_counter()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return time.perf_counter() - start, output


def environment():
    python = os.path.join(WORK, "venv-audit", "bin", "python")
    if not os.path.exists(python):
        run(sys.executable, "-m", "venv", os.path.join(WORK, "venv-audit"))
    run(python, "-m", "pip", "install", "-q", "scikit-learn", "cleanlab")
    return python


def with_replaced(source, target, share, seed):
    """Writes the corpus with a share of its topics replaced; the ids of the articles that got another one."""
    articles = [json.loads(line) for line in open(source, encoding="utf-8")]
    topics = sorted({article["topics"][0] for article in articles})
    dice = random.Random(seed)
    replaced = dice.sample(range(len(articles)), round(share * len(articles)))
    for at in replaced:
        articles[at]["topics"] = [dice.choice([topic for topic in topics if topic != articles[at]["topics"][0]])]
    with open(target, "w", encoding="utf-8") as out:
        for article in articles:
            out.write(json.dumps(article, ensure_ascii=False) + "\n")
    return {articles[at]["id"] for at in replaced}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--seeds", default="1,2,3")
    arguments.add_argument("--share", type=float, default=0.05)
    arguments.add_argument("--binary")
    arguments.add_argument("--python")
    arguments.add_argument("--classifiers", default=",".join(CLASSIFIERS))
    arguments.add_argument("--out")
    arguments.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.peer:
        return peer(*arguments.peer)
    if not arguments.binary:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    binary, python = arguments.binary or BINARY, arguments.python or environment()
    folder = os.path.join(WORK, "audit")
    os.makedirs(folder, exist_ok=True)
    clean = os.path.join(folder, "r52-train.jsonl")
    if not os.path.exists(clean):
        reuters = os.path.join(arguments.data, "reuters21578.tar.gz")
        flags = ("--format", "reuters21578", "--split", "train", "--shared-topics-with-other-half")
        command = [binary, "corpus", "convert", reuters, "--out", clean, *flags, "--min-topics", "1", "--max-topics", "1"]
        run(*command)

    rows = {}
    for seed in arguments.seeds.split(","):
        noisy = os.path.join(folder, f"r52-noisy-{seed}.jsonl")
        replaced = with_replaced(clean, noisy, arguments.share, int(seed))
        hits = lambda ids: len(replaced.intersection(ids[: len(replaced)]))
        seconds, output = timed([binary, "audit", noisy, "--output", "jsonl", "--quiet"])
        findings = [json.loads(line) for line in output.splitlines()]
        doubts = [finding["article"]["id"] for finding in findings if finding["finding"] == "doubt"]
        rows.setdefault("topicwire audit", []).append((hits(doubts), len(replaced), seconds))
        for classifier in filter(None, arguments.classifiers.split(",")):
            seconds, output = timed([python, os.path.abspath(__file__), "--peer", noisy, classifier])
            for method, ids in json.loads(output).items():
                rows.setdefault(f"cleanlab, {classifier}, {method}", []).append((hits(ids), len(replaced), seconds))
        for system, runs in rows.items():
            print(seed, system, *runs[-1], flush=True)
    table = ["| system | replaced ones among the first n | n | seconds |", "| --- | --- | --- | --- |"]
    for system, runs in rows.items():
        found = ", ".join(str(found) for found, _, _ in runs)
        seconds = ", ".join(f"{seconds:.1f}" for _, _, seconds in runs)
        table.append(f"| {system} | {found} | {runs[0][1]} | {seconds} |")
    text = "\n".join(table) + "\n"
    print("\n" + text)
    if arguments.out:
        open(arguments.out, "w", encoding="utf-8").write(text)


if __name__ == "__main__":
    main()
