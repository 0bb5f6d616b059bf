#!/usr/bin/env python3
"""What each part of the default adds, by cross-validation on the training halves.

usage: bench/ablations.py [--data DIR] [--collections r90,r52,r8,20ng] [--folds N] [--out FILE.md]

Every row trains with one part more than the row above it, in every fold anew, with `topicwire cross-validate`; nothing
looks at a test half. Needs the release binary and the halves that bench/compare.py prepares: run that first, or let this do it.
"""
import argparse, json, os, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import BINARY, ROOT, prepare, write_table

FAST = ["--effort", "fast", "--log-ratios", "false"]
IDF = [*FAST, "--weighting", "idf"]
STEMS = [*IDF, "--lead-weight", "0", "--title-weight", "0"]
PLAIN = [*STEMS, "--stem", "false"]
VARIANTS = [
    ("words, idf, a threshold for each topic", PLAIN),
    ("+ stems", STEMS),
    ("+ title and lead as fields of their own", IDF),
    ("+ a weighting that knows the topics: the one they are closest to (pmi)", [*FAST, "--weighting", "pmi"]),
    ("+ all of them (information)", FAST),
    ("+ settings chosen out of fold; second stage", ["--log-ratios", "false"]),
    ("+ log ratios of naive Bayes: the default", []),
    ("the default with word pairs", ["--ngrams", "2"]),
    ("the default with words of a single article", ["--min-articles", "1"]),
    ("the wider search", ["--effort", "best"]),
]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--collections", default="r90,r52,r8,20ng")
    arguments.add_argument("--folds", default="5")
    arguments.add_argument("--variants", type=int, default=len(VARIANTS), help="only the first so many")
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    path, collections = prepare(arguments.data), arguments.collections.split(",")
    rows = []
    for name, flags in VARIANTS[: arguments.variants]:
        cells = []
        for collection in collections:
            command = [BINARY, "cross-validate", path(f"{collection}-train"), "--folds", arguments.folds, "--json", "--quiet"]
            figures = json.loads(subprocess.run(command + flags, check=True, capture_output=True).stdout)["mean"]
            several = collection == "r90"
            wanted = ("micro_f1", "macro_f1", "log_loss") if several else ("exact_match", "log_loss")
            spread = lambda of: f"{of['mean']:.4f} ± {of['standard_error']:.4f}"
            cells.append(" / ".join(spread(figures[key]) for key in wanted))
        rows.append((name, *cells))
        print(*rows[-1], sep=" | ", flush=True)
    titles = {"r90": "Reuters-90: micro-F1 / macro-F1 / log loss", "r52": "R52: accuracy / log loss",
              "r8": "R8: accuracy / log loss", "20ng": "20 Newsgroups: accuracy / log loss"}
    write_table(("part", *(titles[name] for name in collections)), rows, arguments.out)


if __name__ == "__main__":
    main()
