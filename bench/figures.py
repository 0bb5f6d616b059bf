#!/usr/bin/env python3
"""Writes the figures of corpus/README.md and models/README.md anew, from the starter corpus itself.

usage: bench/figures.py [--binary FILE]

What stands between `<!-- figures -->` and `<!-- end of figures -->` is replaced: nothing there is typed by hand.
"""
import argparse, collections, json, os, random, re, statistics, subprocess, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORPUS = os.path.join("corpus", "newsroom.jsonl")
FOLDS = 5
RESAMPLES = 2000


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def replace(document, text):
    path = os.path.join(ROOT, document)
    old = open(path, encoding="utf-8").read()
    marks = r"(<!-- figures -->\n).*?(\n<!-- end of figures -->)"
    new, count = re.subn(marks, lambda found: found[1] + text.strip() + found[2], old, flags=re.S)
    assert count == 1, f"{document}: no place for figures"
    open(path, "w", encoding="utf-8").write(new)


def composition(articles):
    count = lambda key: collections.Counter(article[key] for article in articles)
    listed = lambda counter: ", ".join(f"{name} {number}" for name, number in counter.most_common())
    words = [len(article["text"].split()) for article in articles]
    splits, topics = count("split"), collections.Counter(topic for article in articles for topic in article["topics"])
    several, none = sum(len(a["topics"]) > 1 for a in articles), sum(not a["topics"] for a in articles)
    return f"""
- {len(articles):,} articles of {min(words)} to {max(words)} words (median {statistics.median(words):.0f}), each with a title. {several} have two topics or more, {none} none.
- Split, in the file itself: {splits['train']:,} to learn from, {splits['test']} to measure with. The split is frozen: an article stays where it is.
- Topics: {listed(topics)}.
- Genres: {listed(count('genre'))}.
- Regions: {listed(count('region'))}.
"""


def left_alone(binary, articles, folder):
    """How many of the articles without topic get none from models that have not seen them: five folds."""
    silent = 0
    for fold in range(FOLDS):
        paths = [os.path.join(folder, name) for name in ("seen.jsonl", "unseen.jsonl", "model")]
        for path, inside in zip(paths, (False, True)):
            with open(path, "w", encoding="utf-8") as out:
                for at, article in enumerate(articles):
                    if (at % FOLDS == fold) == inside and (not inside or not article["topics"]):
                        out.write(json.dumps(article) + "\n")
        output(binary, "train", paths[0], "--model", paths[2], "--quiet")
        lines = output(binary, "predict", paths[1], "--model", paths[2], "--output", "jsonl", "--quiet").splitlines()
        silent += sum(not json.loads(line)["topics"] for line in lines)
    return silent


def intervals(articles, topics):
    """95 % intervals of the F1 of each topic: percentiles over articles drawn anew, with replacement."""
    random_articles, drawn = random.Random(1), {topic: [] for topic in topics}
    for _ in range(RESAMPLES):
        sample = random_articles.choices(articles, k=len(articles))
        hits = collections.Counter(topic for gold, given in sample for topic in gold & given)
        either = collections.Counter(topic for gold, given in sample for topic in (*gold, *given))
        for topic in topics:
            drawn[topic].append(2 * hits[topic] / max(1, either[topic]))
    at = lambda values, share: sorted(values)[round(share * (len(values) - 1))]
    return {topic: (at(values, 0.025), at(values, 0.975)) for topic, values in drawn.items()}


def card(figures, spread):
    rows = ["| topic | precision | recall | F1 | 95 % interval | articles |", "|---|---|---|---|---|---|"]
    for topic, of in figures["topics"].items():
        low, high = spread[topic]
        rows.append(f"| {topic} | {of['precision']:.2f} | {of['recall']:.2f} | {of['f1']:.2f} "
                    f"| {low:.2f} to {high:.2f} | {of['support']} |")
    ends = figures["intervals"]
    for name, key in (("micro", "micro_f1"), ("macro", "macro_f1")):
        of = figures[name]
        rows.append(f"| all ({name}) | {of['precision']:.3f} | {of['recall']:.3f} | {of['f1']:.3f} "
                    f"| {ends[key]['low']:.3f} to {ends[key]['high']:.3f} | {figures['articles']} |")
    side = lambda topic: topic or "nothing"
    confused = [f"{side(of['given'])} for {side(of['gold'])} ({of['articles']})" for of in figures["mistakes"][:12]]
    rows += ["", f"Exactly right: {figures['exact_match']:.3f}. Calibration error {figures['calibration_error']:.3f}; log loss "
             f"{figures['log_loss']:.4f}, of the base rates alone {figures['log_loss_base']:.4f}.", "",
             "Given instead of what the label says, most often: " + ", ".join(confused) + "."]
    return "\n".join(rows) + "\n"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", default=os.path.join(ROOT, "target", "release", "topicwire"))
    binary = arguments.parse_args().binary
    articles = [json.loads(line) for line in open(os.path.join(ROOT, CORPUS), encoding="utf-8")]
    replace("corpus/README.md", composition(articles))
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "newsroom-train.safetensors")
        output(binary, "train", CORPUS, "--split", "train", "--model", model, "--quiet")
        measured = ("--model", model, CORPUS, "--split", "test", "--quiet")
        figures = json.loads(output(binary, "evaluate", *measured, "--json"))
        lines = output(binary, "predict", *measured, "--output", "jsonl").splitlines()
        silent, without = left_alone(binary, articles, folder), sum(not article["topics"] for article in articles)
    gold = {article["id"]: set(article["topics"]) for article in articles}
    given = [(gold[line["id"]], {assigned["topic"] for assigned in line["topics"]}) for line in map(json.loads, lines)]
    replace("models/README.md", card(figures, intervals(given, sorted(figures["topics"])))
            + f"\nOf the {without} articles of the whole corpus that carry no topic, {silent} get none from models that have not"
            + f"\nseen them ({FOLDS} folds).")


if __name__ == "__main__":
    main()
