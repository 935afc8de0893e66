#!/usr/bin/env bash
# Keeps the visits in a branch of one commit, which is replaced each time.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"

branch=${ACTION_STATE#branch:}
file=$ACTION_COLLECTION/pages.sqlite
# GitHub takes no larger file into a branch.
most_mib=100

if [ ! -f "$file" ]; then
  echo "there are no visits to keep"
  exit 0
fi
bytes=$(wc -c <"$file")
mib=$(((bytes + 1048575) / 1048576))
told="what the visits have found has $mib MiB, and GitHub takes none of more than $most_mib into a branch"
if [ "$mib" -gt "$most_mib" ]; then
  fail "$told" "set \`state: cache\`, which takes more, or a \`list\` of its own for each part of the list"
elif [ "$mib" -gt $((most_mib / 2)) ]; then
  warn "$told: think of \`state: cache\` in time"
fi
if fetch_branch "$branch" && [ "$(git ls-tree --name-only FETCH_HEAD)" != pages.sqlite ]; then
  fail "the branch \`$branch\` has other files, which would be lost" "name a branch that nothing else uses"
fi
blob=$(git hash-object -w "$file")
tree=$(printf '100644 blob %s\tpages.sqlite\n' "$blob" | git mktree)
commit=$(as_bot commit-tree "$tree" -m "mlsearch: what the visits have found")
git_with_token push --quiet --force origin "$commit:refs/heads/$branch"
echo "kept the visits in the branch $branch"
