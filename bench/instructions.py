#!/usr/bin/env python3
"""Whether predicting and training execute more instructions than they did.

usage: bench/instructions.py [--binary FILE] [--accept]

Counts instructions with valgrind's callgrind, on one thread and the starter corpus, and compares them with those in
bench/instructions.json: seconds vary with what else a machine does, instructions hardly. Fails where one grew by more than 5 %;
`--accept` writes the new figures down instead. Another compiler or processor may move them: say so in the commit that accepts.
"""
import argparse, json, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(ROOT, "bench", "instructions.json")
CORPUS, MODEL = (os.path.join(ROOT, *path) for path in (("corpus", "newsroom.jsonl"), ("models", "newsroom.safetensors")))
MOST = 1.05


def works(folder):
    train = ["train", CORPUS, "--model", os.path.join(folder, "model.safetensors"), "--effort", "fast"]
    return {"predict": ["predict", CORPUS, "--model", MODEL, "--output", "jsonl"], "train": train}


def count(binary, command):
    """The instructions that a whole process executes."""
    call = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, *command, "--threads", "1", "--quiet"]
    run = subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        sys.exit(f"{' '.join(call)} failed:\n{run.stderr[-2000:]}")
    return int(found.group(1))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", default=os.path.join(ROOT, "target", "release", "topicwire"))
    arguments.add_argument("--accept", action="store_true")
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {work: count(arguments.binary, command) for work, command in works(folder).items()}
    if arguments.accept:
        with open(KEPT, "w", encoding="utf-8") as out:
            out.write(json.dumps(found, indent=2) + "\n")
    kept = json.load(open(KEPT, encoding="utf-8"))
    grown = [work for work in found if found[work] > MOST * kept[work]]
    for work, instructions in found.items():
        print(f"{work}: {instructions / 1e6:,.0f} million instructions, {instructions / kept[work] - 1:+.1%} against those kept")
    if grown:
        sys.exit(f"{' and '.join(grown)} took more than 5 % more instructions: find out why, or accept it with --accept")


if __name__ == "__main__":
    main()
