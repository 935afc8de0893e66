#!/usr/bin/env bash
# Keeps the visits in a branch of one commit, which is replaced each time.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"

branch=${ACTION_STATE#branch:}
if fetch_branch "$branch" && [ "$(git ls-tree --name-only FETCH_HEAD)" != pages.sqlite ]; then
  fail "the branch \`$branch\` has other files, which would be lost" "name a branch that nothing else uses"
fi
blob=$(git hash-object -w "$ACTION_COLLECTION/pages.sqlite")
tree=$(printf '100644 blob %s\tpages.sqlite\n' "$blob" | git mktree)
commit=$(as_bot commit-tree "$tree" -m "mlsearch: what the visits have found")
git_with_token push --quiet --force origin "$commit:refs/heads/$branch"
echo "kept the visits in the branch $branch"
