//! What makes clients find the server.

use serde_json::Value;

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
