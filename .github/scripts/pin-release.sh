#!/bin/sh
# Writes what a release has built into the two actions, so that its commit runs exactly that and builds nothing.
# Usage: pin-release.sh IMAGE@sha256:DIGEST RELEASE_URL SHA256_X86_64 SHA256_AARCH64      (in the top of the repository)
# Ends with 1 and writes nothing if an argument or a file is not what is expected.
set -eu

fail() {
  echo "pin-release: $1" >&2
  exit 1
}

[ $# -eq 4 ] || fail "four arguments are needed"
matches() { printf '%s\n' "$2" | grep -qxE "$1" && [ "$(printf '%s\n' "$2" | wc -l)" -eq 1 ]; }
matches '[a-z0-9./_-]+@sha256:[0-9a-f]{64}' "$1" || fail "not an image with a digest: $1"
matches 'https://[A-Za-z0-9./_-]+' "$2" || fail "not the address of a release: $2"
matches '[0-9a-f]{64}' "$3" || fail "not a SHA-256 sum: $3"
matches '[0-9a-f]{64}' "$4" || fail "not a SHA-256 sum: $4"

once() { [ "$(grep -cxF -e "$2" "$1")" = 1 ] || fail "$1 does not have the line '$2' exactly once"; }
once action.yml '  image: Dockerfile'
once setup/action.yml '        RELEASE_URL: ""'
once setup/action.yml '        SHA256_X86_64: ""'
once setup/action.yml '        SHA256_AARCH64: ""'

# No character that an argument may hold means something in these replacements.
sed -i "s|^  image: Dockerfile\$|  image: docker://$1|" action.yml
sed -i -e "s|^\\( *\\)RELEASE_URL: \"\"\$|\\1RELEASE_URL: \"$2\"|" \
  -e "s|^\\( *\\)SHA256_X86_64: \"\"\$|\\1SHA256_X86_64: \"$3\"|" \
  -e "s|^\\( *\\)SHA256_AARCH64: \"\"\$|\\1SHA256_AARCH64: \"$4\"|" setup/action.yml
