#!/bin/sh
# Compares the workflow model with GitHub's own parser, file by file.
# Usage: tests/oracle/run.sh FOLDER…   (every *.yml and *.yaml below; needs cargo, node, npm, python3 and the network)
# Not part of the normal tests. Set ORACLE_MODULES to a node_modules folder with the parser to skip its download.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/oracle.mjs" "$here/json-hook.mjs" "$work"
if [ -n "${ORACLE_MODULES:-}" ]; then
  ln -s "$ORACLE_MODULES" "$work/node_modules"
else
  (cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts @actions/workflow-parser@0.3.61)
fi

find "$@" -type f \( -name '*.yml' -o -name '*.yaml' \) -print | sort >"$work/files"
cargo build --quiet --manifest-path "$here/../../Cargo.toml" --example workflow_model
target=$(cargo metadata --format-version 1 --no-deps --manifest-path "$here/../../Cargo.toml" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')

tr '\n' '\0' <"$work/files" | xargs -0 node --import "$work/json-hook.mjs" "$work/oracle.mjs" >"$work/oracle.jsonl"
tr '\n' '\0' <"$work/files" | xargs -0 "$target/debug/examples/workflow_model" >"$work/model.jsonl"
python3 "$here/compare.py" "$work/oracle.jsonl" "$work/model.jsonl"
