#!/usr/bin/env bash
# Sends what schemathesis thinks up from the interface's own description: nothing may fail with 5xx, and every answer must be one
# that is described. Needs python3 with venv, and the program built before.
# usage: tests/interface/run.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")"
program="$(realpath "${1:-../../target/debug/topicwire}")"
folder="$(mktemp -d)"
trap 'kill "${service:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT

if ! command -v schemathesis >/dev/null; then
    [ -x ../../target/interface/bin/schemathesis ] || {
        python3 -m venv ../../target/interface
        ../../target/interface/bin/pip install --quiet 'schemathesis>=4,<5'
    }
    PATH="$(realpath ../../target/interface/bin):$PATH"
fi

"$program" serve --listen 127.0.0.1:0 --feedback "$folder/kept.sqlite" --log error >"$folder/address" &
service=$!
for _ in $(seq 100); do
    [ -s "$folder/address" ] && break
    sleep 0.1
done
address="$(sed 's/.* //' "$folder/address")"
SCHEMATHESIS_HOOKS=hooks PYTHONPATH=. schemathesis run "$address/openapi.json" --seed 1 --max-examples "${EXAMPLES:-60}" \
    --request-timeout 30 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
