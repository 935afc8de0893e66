#!/usr/bin/env bash
# The tests of the page in a browser: `tests/web/run.sh MLSEARCH`. Without a browser, or without the
# packages of `npm ci`, it says what it leaves out.
set -euo pipefail
MLSEARCH=$(realpath "${1:-target/debug/mlsearch}")
cd "$(dirname "$0")"
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
missing=
[ -n "$CHROMIUM" ] || missing="no browser: install chromium, or name one with CHROMIUM"
[ -d node_modules/playwright-core ] || missing=${missing:-"no packages: run \`npm ci\` in tests/web"}
command -v node >/dev/null || missing="no node"
if [ -n "$missing" ]; then
  echo "$missing" >&2
  exit 77
fi
export CHROMIUM MLSEARCH WEB_TOKEN=a-token-for-the-tests-of-the-page
exec node --test --test-concurrency=1 page.test.mjs
