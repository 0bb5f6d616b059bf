#!/usr/bin/env python3
"""Near duplicates of `topicwire audit`: time and memory on 100,000 articles, recall against all pairs on 5,000.

usage: bench/near_duplicates.py [--data DIR] [--articles N] [--binary FILE]

The 100,000 articles are made of sentences of Reuters-21578 and the 20 Newsgroups, drawn with a seed; a third of them are
copies of an earlier one with some of the words replaced. The all-pairs answer is counted here, from the definition, on
the first 5,000 articles of each collection and of the made ones.
"""
import argparse, collections, json, os, random, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from compare import BINARY, WORK, run, timed  # noqa: E402

FOLDER = os.path.join(WORK, "audit")


def read(path, count=None):
    articles = []
    for line in open(path, encoding="utf-8"):
        if len(articles) == count:
            break
        articles.append(json.loads(line))
    return articles


def write(path, articles):
    with open(path, "w", encoding="utf-8") as out:
        for article in articles:
            out.write(json.dumps(article, ensure_ascii=False) + "\n")


def made(sources, count, seed=1):
    """Articles of sentences drawn from `sources`, every third a copy of an earlier one with words replaced."""
    sentences = []
    for source in sources:
        for article in read(source):
            sentences += [s for s in re.split(r"(?<=[.!?])\s+", article["text"]) if len(s.split()) >= 5]
    dice = random.Random(seed)
    words = [word for sentence in sentences[:20_000] for word in sentence.split()]
    articles = []
    for n in range(count):
        if n % 3 == 2:
            text = dice.choice(articles)["text"].split()
            for _ in range(dice.randint(0, max(1, len(text) // 20))):
                text[dice.randrange(len(text))] = dice.choice(words)
            text = " ".join(text)
        else:
            text = " ".join(dice.choice(sentences) for _ in range(dice.randint(3, 14)))
        articles.append({"id": f"m{n}", "text": text, "topics": ["x"]})
    return articles


def shingles(article):
    whole = (article.get("title", "") + " " + article["text"]).lower()
    words = [word for word in re.split(r"[\W_]+", whole) if word]
    size = min(5, len(words))
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if words else set()


def all_pairs(articles, at_least):
    """Every pair of articles from a similarity on."""
    sets = [shingles(article) for article in articles]
    having = collections.defaultdict(list)
    for at, of in enumerate(sets):
        for shingle in of:
            having[shingle].append(at)
    both = collections.Counter()
    for places in having.values():
        for n, second in enumerate(places):
            for first in places[:n]:
                both[first, second] += 1
    jaccard = lambda pair, n: n / (len(sets[pair[0]]) + len(sets[pair[1]]) - n)
    return {pair for pair, n in both.items() if jaccard(pair, n) >= at_least}


def groups(binary, path, similarity):
    """Seconds, MB, and for each article the groups of copies that it is in."""
    command = [binary, "audit", path, "--no-labels", "--output", "jsonl", "--similarity", str(similarity), "--quiet"]
    seconds, megabytes, output = timed(command)
    of, count = collections.defaultdict(set), collections.Counter()
    for line in output.splitlines():
        finding = json.loads(line)
        if finding["finding"] in ("duplicates", "near-duplicates"):
            count[finding["finding"]] += 1
            for member in finding["members"]:
                of[member["article"]["place"]].add((finding["finding"], count[finding["finding"]]))
    return seconds, megabytes, of, count


def together(of, first, second):
    """Whether two articles are in one group, through the first of their exact copies where they have some."""
    near = lambda at: {group for group in of[at] if group[0] == "near-duplicates"}
    if of[first] & of[second]:
        return True
    firsts = lambda at: {m for m, groups in of.items() for group in groups if group in of[at]} | {at}
    return any(near(a) & near(b) for a in firsts(first) for b in firsts(second))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--articles", type=int, default=100_000)
    arguments.add_argument("--binary")
    arguments.add_argument("--make", type=int, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if not arguments.binary and not arguments.make:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    binary = arguments.binary or BINARY
    os.makedirs(FOLDER, exist_ok=True)
    path = lambda name: os.path.join(FOLDER, name + ".jsonl")
    sources = {"reuters21578": ("reuters21578", []), "20news-bydate": ("folder", ["--encoding", "latin-1"])}
    for name, (format, flags) in sources.items():
        if not os.path.exists(path(name)):
            archive = os.path.join(arguments.data, name + ".tar.gz")
            run(binary, "corpus", "convert", archive, "--format", format, "--out", path(name), *flags)
    if arguments.make:
        return write(path("made"), made([path(name) for name in sources], arguments.make))
    if not os.path.exists(path("made")):
        run(sys.executable, os.path.abspath(__file__), "--make", str(arguments.articles))

    # A process that this one starts counts what this one holds as its own until it runs: so the large ones go first.
    print("| articles | near duplicates | pairs of similarity .8 and above | of these in one group | seconds | MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in (*sources, "made"):
        seconds, megabytes, of, count = groups(binary, path(name), 0.8)
        print(f"| {name}, all | {count['near-duplicates']} groups | | | {seconds:.1f} | {megabytes:.0f} |", flush=True)

    for name in (*sources, "made"):
        part = path(name + "-5000")
        articles = read(path(name), 5_000)
        write(part, articles)
        exact = all_pairs(articles, 0.8)
        seconds, megabytes, of, count = groups(binary, part, 0.8)
        found = sum(together(of, first, second) for first, second in exact)
        print(f"| {name}, 5,000 | {count['near-duplicates']} groups | {len(exact)} | {found} "
              f"({found / max(1, len(exact)):.4f}) | {seconds:.1f} | {megabytes:.0f} |", flush=True)


if __name__ == "__main__":
    main()
