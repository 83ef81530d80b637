#!/usr/bin/env bash
# Serves what jq makes of a file.
set -euo pipefail
mkdir -p /tmp/site
jq -r '.[] | "<li>" + .' birds.json > /tmp/site/index.html
exec busybox httpd -f -p "${PORT:-8000}" -h /tmp/site
