#!/usr/bin/env python3
"""What `topicwire suggest` is worth: models of labels that it chose, beside models of as many labels drawn at random.

usage: bench/suggest.py [--data DIR] [--binary FILE] [--collections r52,r90,20ng] [--seeds 1,2,3]

Starts with 500 labelled articles of the training half, drawn with a seed, and adds 250 at a time, twice: by `suggest` with
the model so far, or at random. Every model (`train --effort fast`) is measured on the whole test half.
"""
import argparse, json, os, random, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from compare import BINARY, WORK, prepare, run  # noqa: E402

START, STEP, ROUNDS = 500, 250, 2


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--prepared", help="a folder that has the halves as NAME-train.jsonl and NAME-test.jsonl")
    arguments.add_argument("--binary")
    arguments.add_argument("--collections", default="r52,r90,20ng")
    arguments.add_argument("--seeds", default="1,2,3")
    arguments = arguments.parse_args()
    if not arguments.binary:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    binary = arguments.binary or BINARY
    path = prepare(arguments.data) if not arguments.prepared else (
        lambda name: os.path.join(arguments.prepared, name + ".jsonl"))
    folder = os.path.join(WORK, "suggest")
    os.makedirs(folder, exist_ok=True)
    file = lambda name: os.path.join(folder, name)

    def write(name, articles, labelled):
        with open(file(name), "w", encoding="utf-8") as out:
            for article in articles:
                kept = {key: value for key, value in article.items() if labelled or key not in ("topics", "labels")}
                out.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def figures(articles, test):
        write("train.jsonl", articles, True)
        run(binary, "train", file("train.jsonl"), "--model", file("m.safetensors"), "--effort", "fast", "--quiet")
        command = [binary, "evaluate", test, "--model", file("m.safetensors"), "--json", "--quiet"]
        figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return figures["micro"]["f1"], figures["macro"]["f1"]

    print("| collection | seed | labels | micro / macro F1, random | micro / macro F1, suggested |")
    print("| --- | --- | --- | --- | --- |")
    for name in arguments.collections.split(","):
        articles = [json.loads(line) for line in open(path(f"{name}-train"), encoding="utf-8")]
        for at, article in enumerate(articles):
            article["id"] = str(at)
        for seed in arguments.seeds.split(","):
            order = list(range(len(articles)))
            random.Random(int(seed)).shuffle(order)
            chosen = order[:START]
            for step in range(ROUNDS + 1):
                drawn = [articles[at] for at in order[: START + step * STEP]]
                by_lot = figures(drawn, path(f"{name}-test"))
                by_model = figures([articles[at] for at in chosen], path(f"{name}-test"))
                show = lambda pair: " / ".join(f"{value:.3f}" for value in pair)
                print(f"| {name} | {seed} | {len(chosen)} | {show(by_lot)} | {show(by_model)} |", flush=True)
                taken = set(chosen)
                write("pool.jsonl", [articles[at] for at in order if at not in taken], False)
                command = [binary, "suggest", "--model", file("m.safetensors"), file("pool.jsonl")]
                output = subprocess.run(
                    command + ["--count", str(STEP), "--output", "jsonl", "--quiet"], check=True, stdout=subprocess.PIPE
                ).stdout
                chosen += [int(json.loads(line)["id"]) for line in output.splitlines()]


if __name__ == "__main__":
    main()
