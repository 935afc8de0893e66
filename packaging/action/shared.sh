# shellcheck shell=bash
# What the steps of the action share. Each step sources this file.
set -euo pipefail

# Ends the step with a message that GitHub shows at the run, and a hint in the log.
fail() {
  printf '::error::mlsearch: %s\n' "$(one_line "$1")"
  printf 'hint: %s\n' "$2"
  exit 2
}

warn() {
  printf '::warning::mlsearch: %s\n' "$(one_line "$1")"
}

# A text as GitHub's log takes it: what ends a line would begin a command.
one_line() {
  local text=${1//'%'/'%25'}
  text=${text//$'\r'/'%0D'}
  printf '%s' "${text//$'\n'/'%0A'}"
}

# Sets an output of the step. A value of two lines would be another output.
output() {
  case $2 in
    *$'\n'* | *$'\r'*) fail "the output \`$1\` has more than one line" "report this at https://github.com/mlsearch/mlsearch/issues" ;;
  esac
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Runs the program, whose messages may have words of others in them: GitHub obeys no line of these.
run_program() {
  local mark code=0
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$mark" >&2
  "$ACTION_PROGRAM" "$@" || code=$?
  printf '::%s::\n' "$mark" >&2
  return "$code"
}

need() {
  command -v "$1" >/dev/null || fail "this step needs $1, which is not on this runner" "install $1 in a step before this one"
}

# Asks GitHub's API: method, path, and where the answer goes; the body comes from a file, if there is
# one. Prints the status.
api() {
  local method=$1 path=$2 answer=$3 body=${4:-}
  local args=(--silent --show-error --max-time 60 --request "$method"
    --header "Accept: application/vnd.github+json" --header "X-GitHub-Api-Version: 2022-11-28"
    --output "$answer" --write-out '%{http_code}')
  # What creates something is sent once: it may be there though the answer was lost.
  [ "$method" = POST ] || args+=(--retry 2)
  [ -z "$body" ] || args+=(--header "Content-Type: application/json" --data-binary "@$body")
  # The token is in no argument, since other processes see those.
  printf 'header = "Authorization: Bearer %s"\n' "$ACTION_TOKEN" |
    curl --config - "${args[@]}" "$GITHUB_API_URL/$path" || true
}

# The same, and anything but success ends the step.
api_or_fail() {
  local status
  status=$(api "$@")
  case $status in
    2??) ;;
    000) fail "GitHub does not answer to $1 $2" "run the job again" ;;
    *) fail "GitHub answers $status to $1 $2" "give the job the permissions that docs/maintainers.md names" ;;
  esac
}

# Runs git on the repository with the token of the action, whatever the checkout has left; no hook of
# it runs. All of it is in the environment of that one command: nothing is written anywhere, and no
# argument has the token.
git_with_token() (
  origin=$(git remote get-url origin 2>/dev/null) || origin=''
  at=${GIT_CONFIG_COUNT:-0}
  config() {
    export "GIT_CONFIG_KEY_$at=$1" "GIT_CONFIG_VALUE_$at=$2"
    at=$((at + 1))
  }
  config core.hooksPath /dev/null
  case $origin in
    "$GITHUB_SERVER_URL"/*)
      # Nothing is set for more of an address than all of it, and an empty value takes away the others.
      config "http.$origin.extraheader" ''
      config "http.$origin.extraheader" "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$ACTION_TOKEN" | base64 | tr -d '\n')"
      ;;
  esac
  GIT_CONFIG_COUNT=$at exec git "$@"
)

# Fetches a branch as FETCH_HEAD; fails when there is none, and ends the step when nobody can tell.
fetch_branch() {
  local code=0
  git_with_token ls-remote --exit-code --quiet origin "refs/heads/$1" >/dev/null || code=$?
  case $code in
    0) git_with_token fetch --quiet --no-tags --depth=1 origin "refs/heads/$1" ;;
    2) return 1 ;;
    *) fail "the branch $1 could not be looked up" "see whether actions/checkout came before this step" ;;
  esac
}

# Who makes the commits of the action.
export BOT_NAME='github-actions[bot]' BOT_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'

# Makes a commit as the bot; reads the message from its arguments as git does.
as_bot() {
  GIT_AUTHOR_NAME=$BOT_NAME GIT_AUTHOR_EMAIL=$BOT_EMAIL \
    GIT_COMMITTER_NAME=$BOT_NAME GIT_COMMITTER_EMAIL=$BOT_EMAIL git "$@"
}
