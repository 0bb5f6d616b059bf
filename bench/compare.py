#!/usr/bin/env python3
"""topicwire beside its peers, on the public collections: quality, wall time, memory, size.

usage: bench/compare.py [--data DIR] [--peer FILE] [--runs N] [--out FILE.md]

Builds the release binary, makes a virtual environment with scikit-learn and fastText below target/bench, prepares
the collections with `topicwire corpus convert`, runs everything in turn (A B A B ...), and prints a table of medians.
Whole processes are timed, file to file: JSONL in, model or JSONL out.
"""
import argparse, json, os, statistics, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "target", "bench")
BINARY = os.path.join(ROOT, "target", "release", "topicwire")
EIGHT = "acq,crude,earn,grain,interest,money-fx,ship,trade"


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def timed(command):
    """Wall seconds and peak memory in MB of a whole process, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, output


def convert(source, target, *flags):
    run(BINARY, "corpus", "convert", source, "--out", target, *flags)


def prepare(data):
    """The halves of Reuters-90, R52, R8 and 20 Newsgroups as JSONL, with `labels` for the peers."""
    folder = os.path.join(WORK, "data")
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name + ".jsonl")
    reuters, news = (os.path.join(data, name) for name in ("reuters21578.tar.gz", "20news-bydate.tar.gz"))
    for half in ("train", "test"):
        shared = ("--format", "reuters21578", "--split", half, "--shared-topics-with-other-half")
        convert(reuters, path(f"r90-{half}"), *shared)
        convert(reuters, path(f"r52-{half}"), *shared, "--min-topics", "1", "--max-topics", "1")
        convert(path(f"r52-{half}"), path(f"r8-{half}"), "--keep-topics", EIGHT)
        convert(news, path(f"20ng-{half}"), "--format", "folder", "--encoding", "latin-1", "--split", half)
    for name in os.listdir(folder):
        # Line by line: what this process holds at most would count as the memory of those that it starts.
        file = os.path.join(folder, name)
        with open(file, encoding="utf-8", newline="\n") as lines, open(file + ".part", "w", encoding="utf-8") as out:
            for line in lines:
                article = json.loads(line)
                article["labels"] = article.get("topics", article.get("labels"))
                out.write(json.dumps(article, ensure_ascii=False) + "\n")
        os.rename(file + ".part", file)
    return path


def environment():
    python = os.path.join(WORK, "venv", "bin", "python")
    if not os.path.exists(python):
        run(sys.executable, "-m", "venv", os.path.join(WORK, "venv"))
    run(python, "-m", "pip", "install", "-q", "scikit-learn", "fasttext-wheel", "setuptools<81")
    return python


def write_table(header, rows, out):
    """Prints a table as Markdown, and writes it to the file `out` where there is one."""
    table = [header, tuple("---" for _ in header), *rows]
    text = "\n".join("| " + " | ".join(row) + " |" for row in table) + "\n"
    print("\n" + text)
    if out:
        with open(out, "w", encoding="utf-8") as file:
            file.write(text)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--peer", default=os.path.join(ROOT, "..", "shared", "peers", "peer.py"))
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--peers", default="sk-svc-1,ft-tuned")
    arguments.add_argument("--collections", default="r90,r52,r8,20ng")
    arguments.add_argument("--out")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    python, path = environment(), prepare(arguments.data)

    rows = []
    for name in arguments.collections.split(","):
        train, test = path(f"{name}-train"), path(f"{name}-test")
        model = lambda system: os.path.join(WORK, f"{name}.{system}.model")
        systems = {}
        for effort in ("default", "fast"):
            file = model("topicwire-" + effort)
            systems[f"topicwire {effort}"] = (
                file,
                [BINARY, "train", train, "--model", file, "--effort", effort, "--quiet"],
                [BINARY, "predict", test, "--model", file, "--output", "jsonl", "--quiet"],
            )
        for peer in arguments.peers.split(","):
            file = model(peer)
            command = [python, arguments.peer, peer, train, test]
            systems[peer] = (file, command + ["train", "--model", file], command + ["predict", "--model", file])
        measured = {system: {"train": [], "predict": []} for system in systems}
        for _ in range(arguments.runs):
            for system, (_, *commands) in systems.items():
                for phase, command in zip(("train", "predict"), commands):
                    measured[system][phase].append(timed(command))
        for system, (file, *_) in systems.items():
            phases = measured[system]
            middle = lambda phase, field: statistics.median(run[field] for run in phases[phase])
            if system.startswith("topicwire"):
                _, _, output = timed([BINARY, "evaluate", test, "--model", file, "--json", "--quiet"])
                figures = json.loads(output)
                quality = figures["exact_match"], figures["micro"]["f1"], figures["macro"]["f1"]
            else:
                figures = json.loads(phases["predict"][-1][2])
                quality = figures["exact"], figures["micro_f1"], figures["macro_f1"]
            rows.append((
                name, system, *(f"{value:.4f}" for value in quality),
                f"{middle('train', 0):.2f}", f"{middle('predict', 0):.2f}",
                f"{middle('train', 1):.0f}", f"{middle('predict', 1):.0f}", f"{os.path.getsize(file) / 1e6:.1f}",
            ))
            print(*rows[-1], flush=True)
    header = ("collection", "system", "exact", "micro-F1", "macro-F1", "train s", "predict s",
              "train MB", "predict MB", "model MB")
    write_table(header, rows, arguments.out)


if __name__ == "__main__":
    main()
