//! What makes clients find the server.

use serde_json::{Value, json};

use crate::program::{Collection, program};

#[test]
fn the_settings_of_clients_name_this_program_and_the_collection() {
    let collection = Collection::offline();
    let dir = collection.path().to_str().unwrap();
    let check = |server: &Value| {
        let command = server["command"].as_str().unwrap();
        assert_eq!(command, program().get_program().to_str().unwrap());
        let args: Vec<&str> =
            server["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        assert_eq!(args, ["mcp", "--index", dir]);
    };
    for (client, key) in [("claude", "mcpServers"), ("cursor", "mcpServers"), ("vscode", "servers")]
    {
        check(&collection.json(&["mcp", "--print-config", client])[key]["mlsearch"]);
    }
    let printed = collection.ok(&["mcp", "--print-config", "codex"]).stdout;
    let settings: toml::Table = toml::from_str(&printed).unwrap();
    check(&serde_json::to_value(&settings["mcp_servers"]["mlsearch"]).unwrap());
    let unknown = collection.run(&["mcp", "--print-config", "emacs"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("claude, codex, vscode, cursor"), "{}", unknown.stderr);
}

#[test]
fn a_client_that_says_nothing_is_no_failure() {
    let collection = Collection::offline();
    let run = collection.run(&["mcp"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
}

/// What registries of the protocol check before they list a server: the package must name it, where
/// readers see it, and versions are exact.
#[test]
fn registries_find_the_package_and_its_name() {
    let server: Value =
        serde_json::from_str(include_str!("../../../packaging/server.json")).unwrap();
    let package = &server["packages"][0];
    for version in [&server["version"], &package["version"]] {
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
    }
    assert_eq!(
        (&package["registryType"], &package["identifier"]),
        (&json!("cargo"), &json!("mlsearch"))
    );
    assert_eq!(package["transport"], json!({"type": "stdio"}));
    assert!(server["description"].as_str().unwrap().chars().count() <= 100);
    let name = format!("`mcp-name: {}`", server["name"].as_str().unwrap());
    assert!(include_str!("../../../README.md").contains(&name), "{name}");
    // A client starts it with the arguments as they are listed.
    let arguments = package["packageArguments"].as_array().unwrap();
    assert_eq!((&arguments[0]["value"], &arguments[1]["name"]), (&json!("mcp"), &json!("--index")));
}
