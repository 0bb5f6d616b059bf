#!/usr/bin/env bash
# The page in headless Chromium. Needs node, npm, chromium, and the program built before.
# usage: tests/browser/run.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")"
TOPICWIRE_PROGRAM="$(realpath "${1:-../../target/debug/topicwire}")"
export TOPICWIRE_PROGRAM
npm install --no-audit --no-fund --silent --prefer-offline
npm test
