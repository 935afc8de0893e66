#!/usr/bin/env bash
# Finds out what is to be checked: the mode, the revision to compare with, and the collection.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"
need git
need jq
need curl

mode=$ACTION_MODE base=''
case $mode in
  auto)
    case $GITHUB_EVENT_NAME in
      pull_request | pull_request_target | merge_group) mode='pr' ;;
      push) case ${ACTION_BASE:-} in '' | 0000000*) mode=schedule ;; *) mode='pr' ;; esac ;;
      *) mode=schedule ;;
    esac
    ;;
  pr | schedule | full) ;;
  *) fail "no mode \`$mode\`" "set \`mode\` to auto, pr, schedule or full" ;;
esac
case $ACTION_STATE in
  cache | none) ;;
  branch:?*)
    git check-ref-format "refs/heads/${ACTION_STATE#branch:}" ||
      fail "\`${ACTION_STATE#branch:}\` is no name of a branch" "set \`state\` to branch:mlsearch-state"
    ;;
  *) fail "no state \`$ACTION_STATE\`" "set \`state\` to cache, branch:NAME or none" ;;
esac

if [ "$mode" = pr ]; then
  base=${ACTION_BASE:-}
  # What is checked out of a pull request is a merge of it, whose first parent is what it goes into.
  # A shallow copy has not that commit, but names it.
  if [ "$(git rev-parse HEAD)" = "${GITHUB_SHA:-}" ] && [ "$GITHUB_EVENT_NAME" = pull_request ]; then
    parents=$(git cat-file -p HEAD | sed -n '1,/^$/s/^parent //p')
    [ "$(printf '%s\n' "$parents" | wc -l)" -ne 2 ] || base=${parents%%$'\n'*}
  elif [ -n "$base" ] && [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    # What the other branch got since they parted is no change of this one, and only GitHub knows here.
    parted=$(mktemp "$RUNNER_TEMP/mlsearch-parted.XXXXXX")
    if [ "$(api GET "repos/$GITHUB_REPOSITORY/compare/$base...$(git rev-parse HEAD)" "$parted")" = 200 ]; then
      base=$(jq -r '.merge_base_commit.sha' "$parted")
    else
      warn "where the branch has parted from its base is not known: changes of the base may be taken for its own"
    fi
  fi
  [[ $base =~ ^[0-9a-f]{40,64}$ ]] || fail "there is no revision to compare with" "use \`mode: pr\` for pull requests and pushes"
  git cat-file -e "$base^{commit}" 2>/dev/null ||
    git_with_token fetch --quiet --no-tags --depth=1 origin "$base" ||
    fail "the revision $base could not be fetched" "set \`fetch-depth: 0\` of actions/checkout"
fi

lists=()
while IFS= read -r list; do
  list=${list#"${list%%[![:space:]]*}"}
  list=${list%"${list##*[![:space:]]}"}
  case $list in
    '') continue ;;
    /* | .. | ../* | */.. | */../* | *\\*) fail "\`$list\` is not within the repository" "name a file of the repository" ;;
  esac
  # With this nothing is taken for an option.
  lists+=("./$list")
done <<<"$ACTION_LIST"
[ ${#lists[@]} -gt 0 ] || fail "no list is named" "set \`list\` to the files of the list"

if [ ${#lists[@]} -eq 1 ] && [ -f "${lists[0]}/mlsearch.toml" ]; then
  collection=${lists[0]#./}
else
  collection=.mlsearch
  if [ -L "$collection" ] || [ -n "$(git ls-files "$collection")" ]; then
    fail "the repository has a \`$collection\` of its own" "name the folder of your collection as \`list\`"
  fi
  mkdir -p "$collection"
  rm -f "$collection/mlsearch.toml"
  # Whoever is visited can see who visits.
  run_program init --contact "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$collection" "${lists[@]}" >&2
  # Nothing of it shall be committed by a later step.
  exclude=$(git rev-parse --git-path info/exclude)
  mkdir -p "${exclude%/*}"
  grep -qxF "/$collection/" "$exclude" 2>/dev/null || printf '/%s/\n' "$collection" >>"$exclude"
fi

case $ACTION_STATE in
  branch:*)
    if fetch_branch "${ACTION_STATE#branch:}"; then
      git cat-file blob FETCH_HEAD:pages.sqlite >"$collection/pages.sqlite" ||
        fail "the branch \`${ACTION_STATE#branch:}\` has no pages.sqlite" "name a branch that nothing else uses"
    fi
    ;;
esac

# Issues, branches and the cache tell of the list as it is on the default branch, and of nothing else.
writes=true
case $mode-$GITHUB_EVENT_NAME in
  pr-* | *-pull_request* | *-merge_group) writes=false ;;
  *-push) [ "${GITHUB_REF:-}" = "refs/heads/${ACTION_DEFAULT_BRANCH:-}" ] || writes=false ;;
esac

output mode "$mode"
output writes "$writes"
output base "$base"
output collection "$collection"
output key "$(printf '%s' "$ACTION_LIST" | git hash-object --stdin | cut -c 1-12)"
