#!/usr/bin/env bash
# Lets Claude repair what the linter and the tests complain about.
set -euo pipefail

npm test > test.log 2>&1 || true

claude -p "Repair what test.log complains about, then run the tests again." \
  --max-turns 40 \
  --dangerously-skip-permissions

git push origin HEAD:refs/heads/nightly-fix
