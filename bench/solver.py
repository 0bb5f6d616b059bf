#!/usr/bin/env python3
"""The solver alone beside LIBLINEAR: the same records, one thread each, to the same accuracy of the optimum.

usage: bench/solver.py [--data DIR] [--collections 20ng,r90] [--runs N]

Both minimise half the squared weights (bias included) and the squared hinge, one-vs-rest, C = 1. Each tolerance is tried, and the
fastest whose objective is within a thousandth of the best that either found counts. Needs what bench/compare.py prepares.
"""
import argparse, json, os, statistics, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import ROOT, WORK, environment, prepare, run

TOLERANCES = ("1", "0.3", "0.1", "0.03", "0.01")
WITHIN = 1.001


def ours(corpus, records, tolerance):
    command = [os.path.join(ROOT, "target", "release", "examples", "solver"), corpus, tolerance, records]
    done = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RAYON_NUM_THREADS": "1"})
    return json.loads(done.stdout)


def theirs(records):
    """Runs in the virtual environment: seconds of training and objective, by tolerance."""
    import numpy, scipy.sparse
    from liblinear.liblinearutil import parameter, problem, train
    topics, values, columns, ends = [], [], [], [0]
    for line in open(records):
        labels, *entries = line.split(" ")
        topics.append({int(topic) for topic in labels.split(",") if topic})
        for entry in entries:
            column, value = entry.split(":")
            columns.append(int(column)), values.append(float(value))
        ends.append(len(values))
    matrix = scipy.sparse.csr_matrix((values, columns, ends))
    for tolerance in TOLERANCES:
        seconds = objective = 0.0
        data = problem(numpy.zeros(len(topics)), matrix, bias=1)
        for topic in range(1 + max(max(row, default=0) for row in topics)):
            sign = numpy.array([1.0 if topic in row else -1.0 for row in topics])
            for row, value in enumerate(sign):
                data.y[row] = value
            start = time.perf_counter()
            model = train(data, parameter(f"-s 1 -c 1 -B 1 -e {tolerance} -q"))
            seconds += time.perf_counter() - start
            weights = numpy.array(model.w[: matrix.shape[1] + 1]) * (1 if model.label[0] > 0 else -1)
            errors = numpy.maximum(0, 1 - sign * (matrix @ weights[:-1] + weights[-1]))
            objective += 0.5 * weights @ weights + errors @ errors
        print(json.dumps({"tolerance": tolerance, "seconds": seconds, "objective": objective}), flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    arguments.add_argument("--collections", default="20ng,r90")
    arguments.add_argument("--runs", type=int, default=5)
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked", "--example", "solver"], cwd=ROOT, check=True)
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    python, path = environment(), prepare(arguments.data)
    run(python, "-m", "pip", "install", "-q", "liblinear-official", "scipy")
    print("| collection | solver | tolerance | seconds | objective |\n|---|---|---|---|---|")
    for name in arguments.collections.split(","):
        records, found = os.path.join(WORK, f"{name}.records"), {"topicwire": {}, "LIBLINEAR": {}}
        for _ in range(arguments.runs):
            for tolerance in TOLERANCES:
                of = ours(path(f"{name}-train"), records, tolerance)
                found["topicwire"].setdefault(tolerance, []).append((of["seconds"], of["objective"]))
            lines = subprocess.run([python, __file__, "--theirs", records], check=True, capture_output=True, text=True).stdout
            for of in map(json.loads, lines.splitlines()):
                found["LIBLINEAR"].setdefault(of["tolerance"], []).append((of["seconds"], of["objective"]))
        best = min(objective for runs in found.values() for of in runs.values() for _, objective in of)
        fastest = {}
        for system, by_tolerance in found.items():
            middle = {t: (statistics.median(s for s, _ in of), of[0][1]) for t, of in by_tolerance.items()}
            close = {t: of for t, of in middle.items() if of[1] <= WITHIN * best}
            tolerance, (seconds, objective) = min(close.items(), key=lambda item: item[1][0])
            fastest[system] = seconds
            print(f"| {name} | {system} | {tolerance} | {seconds:.3f} | {objective:.1f} |", flush=True)
        print(f"{name}: {fastest['LIBLINEAR'] / fastest['topicwire']:.1f} times as fast", flush=True)


if __name__ == "__main__":
    theirs(sys.argv[2]) if sys.argv[1:2] == ["--theirs"] else main()
