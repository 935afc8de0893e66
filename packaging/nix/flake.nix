# nix run 'github:mlsearch/mlsearch?dir=packaging/nix' -- feature store drift
{
  description = "Full-text search with ranking over curated lists of articles";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      manifest = (builtins.fromTOML (builtins.readFile ../../Cargo.toml)).package;
      package =
        pkgs:
        pkgs.rustPlatform.buildRustPackage {
          pname = manifest.name;
          inherit (manifest) version;
          src = ../..;
          cargoLock.lockFile = ../../Cargo.lock;
          # The tests want git, curl and servers on loopback, which a sandbox may not have; CI runs them.
          doCheck = false;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = ''
            $out/bin/mlsearch man > mlsearch.1
            installManPage mlsearch.1
            installShellCompletion --cmd mlsearch \
              --bash <($out/bin/mlsearch completions bash) \
              --zsh <($out/bin/mlsearch completions zsh) \
              --fish <($out/bin/mlsearch completions fish)
          '';
          meta = {
            inherit (manifest) description;
            homepage = manifest.repository;
            license = with pkgs.lib.licenses; [ mit asl20 ];
            mainProgram = "mlsearch";
          };
        };
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system: {
        default = package nixpkgs.legacyPackages.${system};
      });
    };
}
