#!/usr/bin/env python3
"""How time and memory grow with articles and topics.

usage: bench/scale.py [--articles 10000,100000,1000000] [--topics 20,200,1000,5000] [--of 20000] [--runs N] [--out FILE.md]

Trains and predicts on made-up corpora and prints what each took: first more and more articles of 20 topics, then
`--of` articles of more and more topics. Articles are made from sentences of Reuters-21578 and 20 Newsgroups, which
bench/compare.py prepares below target/bench/data:

- the real articles are dealt out to as many heaps as there are topics, and the sentences of a heap are its topic's;
- an article has one topic, two or three (one in two, one in three, one in six), drawn so that topic number t comes up in
  proportion to 1 / (t + 10), but no topic less often than in one article of ten times as many as there are topics;
- its sentences are drawn, two of three from its topics and the third from any, until it has the number of words that
  was drawn for it: 200 on average, between 50 and 350. Its title is six words from one of its topics.

The same arguments and seed give the same bytes.
"""
import argparse, bisect, concurrent.futures, itertools, json, os, random, re, statistics, sys

from compare import BINARY, WORK, timed, write_table

DATA = os.path.join(WORK, "data")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def sentences_of(article):
    """The sentences of a real article, as lists of words; what is no prose is left out."""
    for sentence in SENTENCE.split(article["text"]):
        words = sentence.split()
        if 5 <= len(words) <= 60:
            yield words


def read(names):
    for name in names:
        with open(os.path.join(DATA, name + ".jsonl"), encoding="utf-8") as lines:
            for line in lines:
                found = list(sentences_of(json.loads(line)))
                if found:
                    yield found


class Generator:
    def __init__(self, topics, seed):
        self.random = random.Random(seed)
        real = list(read(["r90-train", "20ng-train"]))
        self.random.shuffle(real)
        self.heaps = [[] for _ in range(topics)]
        for at, sentences in enumerate(real):
            self.heaps[at % topics].extend(sentences)
        self.all = [sentence for heap in self.heaps for sentence in heap]
        weights = [1 / (topic + 10) for topic in range(topics)]
        least = sum(weights) / (10 * topics)
        self.chances = list(itertools.accumulate(max(weight, least) for weight in weights))

    def topic(self):
        return bisect.bisect(self.chances, self.random.random() * self.chances[-1])

    def article(self, number):
        random_ = self.random
        count = random_.choice((1, 1, 1, 2, 2, 3))
        topics = sorted({self.topic() for _ in range(count)})
        words, length = [], random_.randint(50, 350)
        while len(words) < length:
            heap = self.all if random_.random() < 1 / 3 else self.heaps[random_.choice(topics)]
            words.extend(random_.choice(heap))
        title = random_.choice(self.heaps[topics[0]])[:6]
        return {
            "id": f"made-{number}",
            "title": " ".join(title),
            "text": " ".join(words[:length]),
            "topics": [f"topic-{topic:04}" for topic in topics],
        }


def make(articles, topics, seed=1):
    """The path of a corpus to learn from and of one of a tenth of its size to predict, made where it is not there."""
    folder = os.path.join(WORK, "scale")
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, f"{half}-{articles}-{topics}-{seed}.jsonl") for half in ("train", "test")]
    if not all(map(os.path.exists, paths)):
        generator = Generator(topics, seed)
        for path, count in zip(paths, (articles, max(1_000, articles // 10))):
            with open(path + ".part", "w", encoding="utf-8") as out:
                for number in range(count):
                    out.write(json.dumps(generator.article(number), ensure_ascii=False) + "\n")
            os.rename(path + ".part", path)
    return paths


def measure(articles, topics, runs, flags):
    """Medians of a training and a prediction."""
    # By another process: what this one holds at most would count as the memory of those that it starts.
    with concurrent.futures.ProcessPoolExecutor(1) as maker:
        train, test = maker.submit(make, articles, topics).result()
    model = os.path.join(WORK, "scale", f"{articles}-{topics}.safetensors")
    commands = (
        [BINARY, "train", train, "--model", model, "--quiet", *flags],
        [BINARY, "predict", test, "--model", model, "--output", "jsonl", "--quiet"],
    )
    taken = [[timed(command)[:2] for command in commands] for _ in range(runs)]
    middle = lambda phase, field: statistics.median(run[phase][field] for run in taken)
    figures = json.loads(timed([BINARY, "evaluate", test, "--model", model, "--json", "--quiet"])[2])
    tested = sum(1 for _ in open(test, encoding="utf-8"))
    row = (
        f"{articles:,}", f"{topics:,}",
        f"{middle(0, 0):.1f}", f"{middle(0, 0) / articles * 1e6:.0f}", f"{middle(0, 0) / articles / topics * 1e9:.0f}",
        f"{middle(0, 1):.0f}", f"{middle(0, 1) * 1024 / articles:.1f}",
        f"{middle(1, 0) / tested * 1e6:.1f}", f"{middle(1, 1):.0f}",
        f"{os.path.getsize(model) / 1e6:.1f}", f"{figures['micro']['f1']:.3f}", f"{figures['macro']['f1']:.3f}",
    )
    print(*row, flush=True)
    return row


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--articles", default="10000,100000,1000000")
    arguments.add_argument("--topics", default="20,200,1000,5000")
    arguments.add_argument("--of", type=int, default=20_000)
    arguments.add_argument("--runs", type=int, default=1)
    arguments.add_argument("--flags", default="", help="flags for train, separated by blanks")
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    if not os.path.exists(os.path.join(DATA, "20ng-train.jsonl")):
        sys.exit("the collections are not prepared: run bench/compare.py first")
    numbers = lambda text: [int(number) for number in text.split(",") if number]
    sizes = [(count, 20) for count in numbers(arguments.articles)]
    sizes += [(arguments.of, count) for count in numbers(arguments.topics)]
    rows = [measure(*size, arguments.runs, arguments.flags.split()) for size in sizes]
    header = ("articles", "topics", "train s", "µs/article", "ns/article/topic", "train MB", "KB/article",
              "predict µs/article", "predict MB", "model MB", "micro-F1", "macro-F1")
    write_table(header, rows, arguments.out)


if __name__ == "__main__":
    main()
