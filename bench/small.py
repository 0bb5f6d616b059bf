#!/usr/bin/env python3
"""Short articles and few of them, beside scikit-learn: topicwire with words that two articles have or more, with all words, with character
n-grams for those never seen, and, as it is, with pairs of words and symbols where articles are short.

usage: bench/small.py [--data DIR] [--draws N] [--out FILE.md]

Corpora with exactly one topic to an article are made from the training halves that bench/compare.py prepares: titles alone, the
first words alone, a few hundred articles, two topics that are close. Each is drawn anew several times: some articles to learn from,
and up to 2,000 others under other titles to measure accuracy on. The same draws go to scikit-learn's TfidfVectorizer (sublinear)
and LinearSVC, on words and on words with character n-grams. Needs the release binary; no test half is looked at.
"""
import argparse, json, os, random, re, statistics, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import BINARY, ROOT, WORK, environment, prepare, write_table

MEASURED = 2000
WORDS = ["--ngrams", "1", "--symbols", "false"]
OURS = {
    "words in two articles": [*WORDS, "--min-articles", "2"],
    "words": [*WORDS, "--character-ngrams", "false"],
    "and character n-grams": WORDS,
    "topicwire": [],
}
PAIRS = [("comp.sys.ibm.pc.hardware", "comp.sys.mac.hardware"), ("rec.autos", "rec.motorcycles"), ("talk.politics.guns", "talk.politics.misc")]


def read(file):
    return [json.loads(line) for line in open(file, encoding="utf-8")]


def title(article):
    """The title without the marks of a reply; empty where there is none."""
    return re.sub(r"^(\s*(re|fwd?):)+\s*", "", article.get("title", ""), flags=re.I)


def of_part(articles, part):
    """The articles with `part` of each as the text, and no title; empty ones are left out."""
    made = ({"id": article["id"], "title": "", "text": part(article), "topics": article["topics"]} for article in articles)
    return [article for article in made if article["text"].strip()]


def first_words(count):
    """The first words of a post, below its header."""
    return lambda article: " ".join(article["text"].partition("\n\n")[2].split()[:count])


def corpora(posts, news):
    """Name, articles, and from how many of them to learn."""
    yield "20 Newsgroups, subjects", of_part(posts, title), (1000, 9000)
    for words in (25, 50, 100):
        yield f"20 Newsgroups, {words} words", of_part(posts, first_words(words)), (1000, 4000)
    yield "20 Newsgroups", posts, (200, 500, 2000)
    yield "R52, titles", of_part(news, title), (1000, 4000)
    yield "R52", news, (200, 500, 2000)
    for pair in PAIRS:
        name = " and ".join(topic.split(".", 1)[1] for topic in pair)
        yield name, [post for post in posts if post["topics"][0] in pair], (150, 400)


def draw(articles, count, seed):
    """Articles to learn from, and others whose title, or opening where they have none, is not among those of the former."""
    drawn = list(articles)
    random.Random(seed).shuffle(drawn)
    key = lambda article: (title(article) or article["text"][:60]).lower()
    train, seen = drawn[:count], {key(article) for article in drawn[:count]}
    return train, [article for article in drawn[count:] if key(article) not in seen][:MEASURED]


def theirs(train, test, *kinds):
    """Runs in the virtual environment: accuracy on features of each of `kinds`."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC
    train, test = read(train), read(test)
    text = lambda articles: [f"{article.get('title', '')}\n{article['text']}" for article in articles]
    topics = lambda articles: [article["topics"][0] for article in articles]
    words = lambda most: TfidfVectorizer(sublinear_tf=True, ngram_range=(1, most))
    characters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5))
    features = {"words": words(1), "pairs": words(2), "characters": make_union(words(1), characters)}
    for kind in kinds:
        given = make_pipeline(features[kind], LinearSVC()).fit(text(train), topics(train)).predict(text(test))
        print(sum(a == b for a, b in zip(given, topics(test))) / len(test))


def ours(train, test, flags):
    model = os.path.join(WORK, "small.safetensors")
    subprocess.run([BINARY, "train", train, "--model", model, "--quiet", *flags], check=True)
    command = [BINARY, "evaluate", "--model", model, test, "--json", "--quiet"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["exact_match"]


def row(python, name, count, draws, kinds, variants):
    """The row of a table: the mean accuracy over `draws`, of each the articles to learn from and those to measure on."""
    files = [os.path.join(WORK, f"small-{part}.jsonl") for part in ("train", "test")]
    found = []
    for parts in draws:
        for file, part in zip(files, parts):
            with open(file, "w", encoding="utf-8") as out:
                out.writelines(json.dumps(article) + "\n" for article in part)
        peers = subprocess.run([python, __file__, "--theirs", *files, *kinds], check=True, capture_output=True, text=True).stdout
        found.append([*map(float, peers.split()), *(ours(*files, flags) for flags in variants.values())])
    means = [f"{statistics.mean(of):.3f}".lstrip("0") for of in zip(*found)]
    print(name, f"{count:,}", *means, sep=" | ", flush=True)
    return name, f"{count:,}", *means


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--draws", type=int, default=3)
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    python, path = environment(), prepare(arguments.data)
    rows = []
    for name, articles, counts in corpora(read(path("20ng-train")), read(path("r52-train"))):
        for count in counts:
            draws = [draw(articles, count, seed) for seed in range(arguments.draws)]
            rows.append(row(python, name, count, draws, ("words", "characters"), OURS))
    header = ("collection", "learned from", "scikit-learn, words", "and characters", *OURS)
    write_table(header, rows, arguments.out)


if __name__ == "__main__":
    theirs(*sys.argv[2:]) if sys.argv[1:2] == ["--theirs"] else main()
