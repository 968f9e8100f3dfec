#!/usr/bin/env bash
# Takes the program that the input `binary` names, or downloads the released one and compares its SHA-256 sum with the
# one that stands in action.yml; then runs `portcullis review` with the inputs. Text of inputs is never run as code.
set -euo pipefail

# As an annotation. Exit code 2 is that of wrong usage, 3 that of a check that could not be done.
stop() {
  printf '::error title=Portcullis::%s\n' "$2"
  exit "$1"
}

download() {
  local name sum folder
  case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) name=portcullis-x86_64-linux sum=$SHA256_X86_64 ;;
    Linux-ARM64) name=portcullis-aarch64-linux sum=$SHA256_AARCH64 ;;
    *) stop 2 'There is no released program for this runner. Set the input binary to one that you have built.' ;;
  esac
  if [ -z "$RELEASE_URL" ] || [ -z "$sum" ]; then
    stop 2 'This commit is not that of a release. Use the commit of a release, or set the input binary.'
  fi
  folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/portcullis.XXXXXX")
  program=$folder/portcullis
  curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --retry 3 --max-time 120 \
    --output "$program" "$RELEASE_URL/$name" || stop 3 "The program could not be downloaded from $RELEASE_URL."
  # Read from standard input, so that only the sum itself is printed.
  if [ "$(sha256sum <"$program" | cut -d ' ' -f 1)" != "$sum" ]; then
    stop 3 'The downloaded program does not have the SHA-256 sum of the release. It was not run.'
  fi
  chmod 0700 "$program"
}

if [ -n "$WITH_BINARY" ]; then
  program=$WITH_BINARY
  [ -f "$program" ] && [ -x "$program" ] || stop 2 'The input binary names no program.'
  case "$program" in /*) ;; *) program=$PWD/$program ;; esac
else
  download
fi

# `exec`, so that a cancelled job reaches the program itself. The runner empties its folder for temporary files.
exec env \
  "INPUT_PATH=$WITH_PATH" \
  "INPUT_FAIL-ON=$WITH_FAIL_ON" \
  "INPUT_PROFILE=$WITH_PROFILE" \
  "INPUT_COMMENTS=$WITH_COMMENTS" \
  "INPUT_SARIF=$WITH_SARIF" \
  "INPUT_SARIF-FILE=$WITH_SARIF_FILE" \
  "INPUT_REPORT-FILE=$WITH_REPORT_FILE" \
  "INPUT_REQUIRE-DELIVERY=$WITH_REQUIRE_DELIVERY" \
  "$program" review
