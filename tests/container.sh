#!/usr/bin/env bash
# Builds the image of the action without a docker daemon and runs it as a runner of GitHub does: as the first process of
# a name space, with the folders that a runner mounts, its variables, and inputs whose names have hyphens.
# Usage: tests/container.sh           (as root; needs buildah, unshare, git, python3 and cargo)
#   PROGRAM=FILE    takes this static program instead of building one
#   BUILDER=IMAGE   compiles in the image that the Dockerfile names, with this one as the builder
#   BUILDER=host    compiles as the Dockerfile says, with the toolchain of this machine mounted into the build
# Without BUILDER the program is compiled outside and handed to the Dockerfile as the files of its first stage.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in buildah unshare git python3; do
  command -v "$tool" >/dev/null || { echo "container.sh needs $tool" >&2; exit 2; }
done

work=$(mktemp -d)
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
silent=
finish() {
  [ -z "$silent" ] || kill "$silent" 2>/dev/null || true
  [ -z "${container:-}" ] || buildah "${storage[@]}" rm "$container" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

passed=0
failed=0
ok() { passed=$((passed + 1)); printf 'ok    %s\n' "$1"; }
# is WHAT GOT WANTED
is() {
  if [ "$2" = "$3" ]; then ok "$1"; else
    failed=$((failed + 1))
    printf 'FAIL  %s\n      got:    %s\n      wanted: %s\n' "$1" "$2" "$3"
  fi
}
# has WHAT FILE TEXT
has() {
  if grep -qF -e "$3" "$2"; then ok "$1"; else
    failed=$((failed + 1))
    printf 'FAIL  %s: no «%s» in:\n' "$1" "$3"
    sed 's/^/      | /' "$2"
  fi
}

# --- the image -------------------------------------------------------------------------------------------------------

bud=(buildah "${storage[@]}" bud --isolation chroot --quiet)
case "${BUILDER:-}" in
  "")
    if [ -z "${PROGRAM:-}" ]; then
      host=$(rustc -vV | sed -n 's/^host: //p')
      target=$host
      musl=${host/-gnu/-musl}
      [ -d "$(rustc --print sysroot)/lib/rustlib/$musl" ] && target=$musl
      RUSTFLAGS="-C target-feature=+crt-static" cargo build --profile dist --locked --bin portcullis --target "$target"
      PROGRAM=${CARGO_TARGET_DIR:-target}/$target/dist/portcullis
    fi
    mkdir -p "$work/context/out"
    cp "$PROGRAM" "$work/context/out/portcullis"
    cp /etc/ssl/certs/ca-certificates.crt "$work/context/out/"
    bud+=(--build-context "build=$work/context")
    ;;
  host)
    home=${CARGO_HOME:-$HOME/.cargo}
    rust=${RUSTUP_HOME:-$HOME/.rustup}
    bud+=(--build-arg BUILDER=scratch)
    for folder in /usr /bin /lib /lib64 /etc/ssl "$home" "$rust"; do
      [ -e "$folder" ] && bud+=(--volume "$folder:$folder:ro")
    done
    bud+=(--env "PATH=$(dirname "$(command -v cargo)"):/usr/bin:/bin" --env "CARGO_HOME=$home" --env "RUSTUP_HOME=$rust")
    ;;
  *) bud+=(--build-arg "BUILDER=$BUILDER") ;;
esac
for target in action nonroot; do
  "${bud[@]}" --target "$target" --tag "portcullis-$target" . >/dev/null
done
container=$(buildah "${storage[@]}" from portcullis-action)
root=$(buildah "${storage[@]}" mount "$container")

config() { buildah "${storage[@]}" inspect --type image --format "{{.OCIv1.Config.$2}}" "$1"; }
is "the image holds the program and the certificates, and no shell" \
  "$(cd "$root" && find . -type f -o -type l | LC_ALL=C sort | tr '\n' ' ')" \
  "./etc/ssl/certs/ca-certificates.crt ./portcullis "
size=$(find "$root" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
is "the image has at most 8 MB ($size bytes)" "$((size <= 8000000))" 1
is "the program is static" "$(readelf --program-headers --wide "$root/portcullis" | grep -c INTERP)" 0
is "the image runs a review" "$(config portcullis-action Entrypoint)" "[/portcullis review]"
is "the image stops by SIGINT" "$(config portcullis-action StopSignal)" SIGINT
is "the image of the action runs as root" "$(config portcullis-action User)" ""
is "the other image does not" "$(config portcullis-nonroot User)" "65532:65532"

# --- what a runner gives ---------------------------------------------------------------------------------------------

mkdir -p "$root"/{dev,proc,tmp,github/{workspace,home,workflow,file_commands,runner_temp}}
runner=$work/runner
mkdir -p "$runner"/{workspace,home,workflow,file_commands,runner_temp}
git=(git -C "$runner/workspace" -c user.name=t -c user.email=t@example.com -c init.defaultBranch=main)
"${git[@]}" init -q
mkdir -p "$runner/workspace/.github/workflows"
cat >"$runner/workspace/.github/workflows/ci.yml" <<'END'
on: push
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: make test
END
"${git[@]}" add -A && "${git[@]}" commit -qm base
base=$("${git[@]}" rev-parse HEAD)
"${git[@]}" checkout -qb topic
cat >"$runner/workspace/.github/workflows/fix.yml" <<'END'
on: workflow_dispatch
permissions:
  contents: write
jobs:
  fix:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: claude -p "Repair the build" --max-turns 5 --dangerously-skip-permissions
END
"${git[@]}" add -A && "${git[@]}" commit -qm head
head=$("${git[@]}" rev-parse HEAD)
"${git[@]}" checkout -q main && "${git[@]}" merge -q --no-ff -m merge topic
merge=$("${git[@]}" rev-parse HEAD)

# event HEAD_REPOSITORY
event() {
  cat >"$runner/workflow/event.json" <<END
{"action": "synchronize", "number": 7,
 "repository": {"full_name": "acme/shop", "name": "shop", "owner": {"login": "acme"}, "default_branch": "main",
  "private": false, "fork": false},
 "sender": {"login": "mona", "type": "User"},
 "pull_request": {"number": 7, "state": "open", "draft": false, "locked": false, "merged": false,
  "user": {"login": "mona", "type": "User"},
  "head": {"sha": "$head", "ref": "topic", "repo": {"full_name": "$1", "fork": true}},
  "base": {"sha": "$base", "ref": "main", "repo": {"full_name": "acme/shop"}}}}
END
}

# In the end the program is the first process of its name space, as it is in a container, where a signal without a
# handler does nothing. The folders are mounted into a name space that ends with it.
# contained [NAME=VALUE…] -- ARGUMENT…
contained() {
  local variables=()
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  exec env -i CI=true GITHUB_ACTIONS=true HOME=/github/home RUNNER_TEMP=/github/runner_temp RUNNER_OS=Linux \
    GITHUB_WORKSPACE=/github/workspace GITHUB_EVENT_PATH=/github/workflow/event.json GITHUB_EVENT_NAME=pull_request \
    GITHUB_REPOSITORY=acme/shop GITHUB_REPOSITORY_OWNER=acme GITHUB_SHA="$merge" GITHUB_REF=refs/pull/7/merge \
    GITHUB_REF_NAME=7/merge GITHUB_HEAD_REF=topic GITHUB_BASE_REF=main GITHUB_ACTOR=mona GITHUB_RUN_ID=1 \
    GITHUB_RUN_ATTEMPT=1 GITHUB_RUN_NUMBER=1 GITHUB_WORKFLOW=Portcullis GITHUB_JOB=portcullis \
    GITHUB_SERVER_URL=https://github.com GITHUB_API_URL=http://127.0.0.1:9 \
    GITHUB_GRAPHQL_URL=http://127.0.0.1:9/graphql INPUT_PATH=. INPUT_FAIL-ON= INPUT_PROFILE= \
    INPUT_COMMENTS=auto INPUT_SARIF=off INPUT_SARIF-FILE=portcullis.sarif INPUT_REPORT-FILE= \
    INPUT_REQUIRE-DELIVERY=false INPUT_GITHUB-TOKEN=ghs_container_test \
    GITHUB_OUTPUT=/github/file_commands/set_output GITHUB_STEP_SUMMARY=/github/file_commands/step_summary \
    "${variables[@]}" \
    "$(command -v unshare)" --mount --propagation private "$BASH" -c '
      PATH=/usr/sbin:/usr/bin:/sbin:/bin; root=$1; runner=$2; shift 2
      for folder in workspace home workflow file_commands runner_temp; do
        mount --bind "$runner/$folder" "$root/github/$folder"
      done
      exec unshare --pid --fork --kill-child --root="$root" --wd=/github/workspace "$@"' \
    sh "$root" "$runner" /portcullis "$@"
}
# run LOG [NAME=VALUE…] -- ARGUMENT…      sets `code`
run() {
  local log=$1
  shift
  code=0
  : >"$runner/file_commands/set_output"
  : >"$runner/file_commands/step_summary"
  (contained "$@") >"$work/$log" 2>&1 || code=$?
}

event stranger/shop
run version -- --version
is "the program starts" "$code" 0
run check -- check --base HEAD^1
is "a check in the container finds what the pull request brings" "$code" 1
has "and shows where" "$work/check" ".github/workflows/fix.yml:9:57"
run clean -- check .github/workflows/ci.yml
is "a check of a clean workflow passes" "$code" 0
chown -R 1001:1001 "$runner/workspace"
run owner -- check --base HEAD^1
is "a workspace of another user is judged all the same" "$code" 1

# CPU of the program alone, without what sets the name spaces up.
cp -r "$runner/workspace" "$root/measured"
code=0
python3 - "$root" <<'END' || code=$?
import os, resource, statistics, subprocess, sys
def enter():
    os.chroot(sys.argv[1])
    os.chdir("/measured")
times = []
for _ in range(21):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["/portcullis", "check", "--base", "HEAD^1"], preexec_fn=enter, env={}, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    times.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
print(f"      start to verdict of a small repository: {statistics.median(times):.1f} ms of CPU (median of {len(times)})")
sys.exit(statistics.median(times) > 50)
END
is "start to verdict takes at most 50 ms of CPU" "$code" 0

# --- review ----------------------------------------------------------------------------------------------------------

run help -- review --help
if [ "$code" -ne 0 ]; then
  printf 'skip  this program has no review yet\n'
else
  event stranger/shop
  run review -- review
  is "a review of a pull request from a fork fails by its finding" "$code" 1
  has "the finding is an annotation" "$work/review" "::error "
  has "the verdict is an output" "$runner/file_commands/set_output" "verdict"
  has "the summary names the file" "$runner/file_commands/step_summary" "fix.yml"
  run never INPUT_FAIL-ON=never "INPUT_REPORT-FILE=report.json" -- review
  has "an input with a hyphen is read" "$runner/workspace/report.json" '"schema_version"'
  run unwritable GITHUB_OUTPUT=/github/file_commands/none/set_output \
    GITHUB_STEP_SUMMARY=/github/file_commands/none/step_summary -- review
  is "outputs that cannot be written change no verdict" "$code" 1
  has "and are a warning" "$work/unwritable" "::warning"

  # A server that takes connections and never answers: the review waits until the signal comes.
  python3 - "$work/port" <<'END' &
import socket, sys, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(8)
open(sys.argv[1], "w").write(str(server.getsockname()[1]))
time.sleep(60)
END
  silent=$!
  for _ in $(seq 50); do [ -s "$work/port" ] && break; sleep 0.1; done
  api=http://127.0.0.1:$(cat "$work/port")
  event acme/shop
  for signal in TERM:143 INT:130; do
    (contained "GITHUB_API_URL=$api" "GITHUB_GRAPHQL_URL=$api/graphql" -- review) >"$work/signal" 2>&1 &
    outer=$!
    sleep 1.5
    first=$(pgrep -P "$outer" -x portcullis || true)
    if [ -z "$first" ]; then
      is "a review waits for the server" "$(cat "$work/signal")" "nothing, still running"
      wait "$outer" || true
      continue
    fi
    start=$(date +%s%N)
    kill "-${signal%:*}" "$first"
    code=0
    wait "$outer" || code=$?
    is "SIG${signal%:*} ends the first process with ${signal#*:}" "$code" "${signal#*:}"
    is "within two seconds" "$(((($(date +%s%N) - start) / 1000000) <= 2000))" 1
  done
fi

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
