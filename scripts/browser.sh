#!/bin/sh
# Gets the browser of the tests: Debian's Chromium where it can be had, Playwright's own otherwise.
# NO_BROWSER=1 goes without; the tests that need one are then left out.
set -eu
[ -z "${NO_BROWSER:-}" ] || exit 0
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 && exit 0
fi
"$@" playwright install --with-deps --only-shell chromium >&2 && exit 0
"$@" playwright install --only-shell chromium >&2 && exit 0
echo "The browser tests need a browser: install Debian's package chromium, or set NO_BROWSER=1." >&2
exit 1
