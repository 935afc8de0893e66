#!/usr/bin/env bash
# Prints the formula for Homebrew, with the digests of a release:
#
#   packaging/release/homebrew.sh VERSION SHA256SUMS >mlsearch.rb
#
# A tap is a repository `homebrew-NAME` with the formula in its folder `Formula`.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 VERSION SHA256SUMS" >&2; exit 2; }
version=$1 sums=$2

# The lines that say where an archive is and what its digest is.
archive() {
  local name=mlsearch-$version-$1.tar.gz digest
  digest=$(awk -v name="$name" '$2 == name { print $1 }' "$sums")
  [[ $digest =~ ^[0-9a-f]{64}$ ]] || { echo "$sums does not name $name once" >&2; exit 1; }
  printf '      url "https://github.com/mlsearch/mlsearch/releases/download/v%s/%s"\n' "$version" "$name"
  printf '      sha256 "%s"\n' "$digest"
}
mac_arm=$(archive aarch64-apple-darwin)
mac_intel=$(archive x86_64-apple-darwin)
linux_arm=$(archive aarch64-unknown-linux-musl)
linux_intel=$(archive x86_64-unknown-linux-musl)

cat <<END
class Mlsearch < Formula
  desc "Full-text search with ranking over curated lists of articles"
  homepage "https://github.com/mlsearch/mlsearch"
  version "$version"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
$mac_arm
    end
    on_intel do
$mac_intel
    end
  end

  on_linux do
    on_arm do
$linux_arm
    end
    on_intel do
$linux_intel
    end
  end

  def install
    bin.install "mlsearch"
    man1.install "mlsearch.1"
    bash_completion.install "completions/mlsearch.bash" => "mlsearch"
    zsh_completion.install "completions/_mlsearch"
    fish_completion.install "completions/mlsearch.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mlsearch --version")
    (testpath/"notes.jsonl").write '{"id": 1, "title": "Feature stores", "text": "Drift of features"}'
    system bin/"mlsearch", "--index", "notes", "import", "notes.jsonl"
    assert_match "Feature stores", shell_output("#{bin}/mlsearch --index notes drift")
  end
end
END
