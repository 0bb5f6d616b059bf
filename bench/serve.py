#!/usr/bin/env python3
"""`topicwire serve` under load, beside what people run for this: a pickled scikit-learn pipeline behind FastAPI and uvicorn
with two workers.

usage: bench/serve.py CORPUS.jsonl [--model FILE] [--seconds N] [--soak SECONDS] [--no-peer] [--out FILE.md]

CORPUS is labelled jsonl (20 Newsgroups, say): both are trained on it, and articles of about 2 kB are made of it. Needs wrk, and
the release binary, which it does not build. Everything runs on this machine, the load generator beside the service.
"""
import argparse, json, os, re, resource, socket, statistics, subprocess, sys, threading, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "target", "bench")
BINARY = os.path.join(ROOT, "target", "release", "topicwire")
SIZE = 2048
CONNECTIONS = 64

PEER = '''
import pickle
from fastapi import FastAPI
from pydantic import BaseModel
model = pickle.load(open("peer.pickle", "rb"))
app = FastAPI()
class Article(BaseModel):
    title: str = ""
    text: str
@app.post("/v1/predict")
def predict(article: Article):
    scores = model.predict_proba([article.title + "\\n" + article.text])[0]
    best = scores.argmax()
    return {"topics": [{"topic": model.classes_[best], "probability": float(scores[best])}]}
'''

PEER_TRAIN = '''
import json, pickle, sys
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
articles = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
texts = [a.get("title", "") + "\\n" + a["text"] for a in articles]
labels = [(a.get("topics") or a.get("labels"))[0] for a in articles]
model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), LogisticRegression(C=10, max_iter=200))
pickle.dump(model.fit(texts, labels), open("peer.pickle", "wb"))
'''

# Each thread goes through all articles: a service that remembers answers gains nothing.
LUA = '''
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local at = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  at = at %% #bodies + 1
  return wrk.format(nil, "/v1/predict", nil, bodies[at])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%d %%f %%f %%f\\n", summary.requests, summary.duration,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
'''


def articles(corpus):
    """Articles of about SIZE bytes, cut from or put together of those of the corpus."""
    found, text, title = [], "", ""
    for line in open(corpus, encoding="utf-8"):
        article = json.loads(line)
        title = title or article.get("title", "")
        text += article["text"] + "\n"
        while len(text.encode()) >= SIZE:
            piece = text.encode()[:SIZE].decode(errors="ignore")
            found.append({"title": title[:100], "text": piece})
            text, title = text[len(piece):], article.get("title", "")
        if len(found) >= 2000:
            break
    return found[:2000]


def memory(pids):
    """Resident megabytes of processes."""
    total = 0
    for pid in pids:
        try:
            total += int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024
        except (OSError, TypeError):
            pass
    return total


def family(pid):
    pids = [pid]
    for line in subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True).stdout.splitlines():
        child, parent = map(int, line.split())
        if parent in pids:
            pids.append(child)
    return pids


def wrk(port, script, seconds, connections=CONNECTIONS):
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, f"http://127.0.0.1:{port}"]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\S+) (\S+) (\S+)", output)
    if not found:
        sys.exit("wrk failed:\n" + output)
    requests, micros, bad, broken = map(int, found.groups()[:4])
    median, p99, longest = map(float, found.groups()[4:])
    return {"rps": requests / micros * 1e6, "bad": bad, "broken": broken, "p50": median, "p99": p99, "max": longest}


def serve(model, log, *more):
    command = [BINARY, "serve", "--model", model, "--listen", "127.0.0.1:0", "--feedback", "off", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(log, "w"), text=True)
    return process, int(process.stdout.readline().strip().rsplit(":", 1)[1])


def stream(port, bodies, megabytes=200):
    """Megabytes a second through the streaming interface, read and written at once."""
    block = "".join(json.dumps(body) + "\n" for body in bodies).encode()
    rounds = max(1, int(megabytes * 1e6 / len(block)))
    connection = socket.create_connection(("127.0.0.1", port))
    head = "POST /v1/predict/stream HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n"
    connection.sendall(f"{head}content-length: {rounds * len(block)}\r\n\r\n".encode())
    start = time.perf_counter()

    def send():
        for _ in range(rounds):
            connection.sendall(block)

    sender = threading.Thread(target=send)
    sender.start()
    lines = 0
    while piece := connection.recv(1 << 20):
        lines += piece.count(b"\n{")
    sender.join()
    return rounds * len(block) / 1e6 / (time.perf_counter() - start), lines


def idle(port, count):
    """Opens `count` connections, uses each once, and leaves them open."""
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
        connections.append(connection)
    return connections


def reload_under_load(port, model, script, seconds):
    """Exchanges the model file twice a second while under load."""
    stop = threading.Event()
    exchanged = 0

    def exchange():
        nonlocal exchanged
        bytes_ = open(model, "rb").read()
        while not stop.wait(0.5):
            with open(model + ".new", "wb") as file:
                file.write(bytes_)
            os.rename(model + ".new", model)
            exchanged += 1

    thread = threading.Thread(target=exchange)
    thread.start()
    result = wrk(port, script, seconds)
    stop.set()
    thread.join()
    return result, exchanged


def peer(corpus, script, seconds):
    venv = os.path.join(WORK, "serve-venv")
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    packages = ["scikit-learn", "fastapi", "uvicorn[standard]"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    open(os.path.join(WORK, "peer.py"), "w").write(PEER)
    open(os.path.join(WORK, "peer_train.py"), "w").write(PEER_TRAIN)
    if not os.path.exists(os.path.join(WORK, "peer.pickle")):
        subprocess.run([python, "peer_train.py", os.path.abspath(corpus)], check=True, cwd=WORK)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "uvicorn", "peer:app", "--workers", "2", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, cwd=WORK)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(2)
        wrk(port, script, 2)
        return wrk(port, script, seconds), memory(family(process.pid))
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--model")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--soak", type=int, default=0)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--out")
    arguments = parser.parse_args()
    os.makedirs(WORK, exist_ok=True)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    model = os.path.join(WORK, "serve.safetensors")
    if arguments.model:
        open(model, "wb").write(open(arguments.model, "rb").read())
    else:
        subprocess.run([BINARY, "train", arguments.corpus, "--model", model, "--quiet"], check=True)
    bodies = articles(arguments.corpus)
    bodies_file, script = os.path.join(WORK, "bodies.jsonl"), os.path.join(WORK, "serve.lua")
    open(bodies_file, "w", encoding="utf-8").write("".join(json.dumps(body) + "\n" for body in bodies))
    open(script, "w").write(LUA % bodies_file)
    size = statistics.mean(len(body["text"].encode()) for body in bodies)
    rows = [("articles", f"{len(bodies)} of {size:.0f} bytes, {CONNECTIONS} connections, {os.cpu_count()} cores with the load")]

    process, port = serve(model, os.path.join(WORK, "serve.log"), "--reload-interval", "1")
    try:
        wrk(port, script, 2)
        before = memory([process.pid])
        ours = wrk(port, script, arguments.seconds)
        rows += [("requests a second", f"{ours['rps']:.0f}"),
                 ("p50, p99, longest", f"{ours['p50']:.1f} ms, {ours['p99']:.1f} ms, {ours['max']:.1f} ms"),
                 ("refused, broken", f"{ours['bad']}, {ours['broken']}")]
        speed, lines = stream(port, bodies)
        rows.append(("stream", f"{speed:.0f} MB/s, {lines} answers"))
        held = idle(port, 1000)
        with_idle = wrk(port, script, 3)
        still = 0
        for connection in held:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
            still += b"200 OK" in connection.recv(4096)
            connection.close()
        rows.append(("1,000 idle connections", f"{still} alive after load, {with_idle['rps']:.0f} requests a second beside them"))
        exchanged_load, exchanged = reload_under_load(port, model, script, max(4, arguments.seconds // 2))
        rows.append((f"{exchanged} reloads under load",
                     f"{exchanged_load['bad'] + exchanged_load['broken']} requests lost, {exchanged_load['rps']:.0f} requests a second"))
        if arguments.soak:
            wrk(port, script, arguments.soak)
        rows.append(("memory", f"{before:.0f} MB after warming up, {memory([process.pid]):.0f} MB at the end, "
                               f"model {os.path.getsize(model) / 1e6:.1f} MB"))
    finally:
        process.terminate()
        process.wait()
    if not arguments.no_peer:
        theirs, used = peer(arguments.corpus, script, arguments.seconds)
        rows += [("peer: requests a second", f"{theirs['rps']:.0f} ({theirs['bad']} refused, {theirs['broken']} broken), {used:.0f} MB"),
                 ("peer: p50, p99", f"{theirs['p50']:.1f} ms, {theirs['p99']:.1f} ms"),
                 ("times the peer", f"{ours['rps'] / theirs['rps']:.1f}")]
    table = "\n".join(f"| {name} | {value} |" for name, value in [("what", "measured"), ("---", "---"), *rows])
    print(table)
    if arguments.out:
        open(arguments.out, "w").write(table + "\n")


if __name__ == "__main__":
    main()
