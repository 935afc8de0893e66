//! `mcp`: the tools for agents over standard input and output, and how clients find them.

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::{Path, absolute},
    time::Duration,
};

use clap::{Args, ValueEnum};
use mlsearch::{
    Error,
    engine::choice::Engine,
    mcp::{McpOptions, McpServer, SearchedIndex, run_stdio},
};
use serde_json::json;

use crate::cli::{
    context::Context,
    embedder::{MODEL_VARIABLE, model_of_environment},
    failure::{Exit, Failure},
};

/// For the work on a call.
const ANSWER_TIME: Duration = Duration::from_secs(20);

#[derive(Debug, Args)]
#[command(after_help = "\
An agent starts this command itself and speaks the Model Context Protocol with
it. Its tools search, read on, and find what is similar; they change nothing and
visit no page. `mlsearch serve --mcp` has the same tools at /mcp, over HTTP.
Text from the web stands between marks that no page can forge, without characters
that nobody sees: docs/agents.md.

Examples:
  mlsearch mcp --print-config claude >.mcp.json       for Claude Code
  mlsearch mcp --print-config codex >>~/.codex/config.toml
  mlsearch mcp --print-config vscode >.vscode/mcp.json
  mlsearch mcp --print-config cursor >.cursor/mcp.json")]
pub(crate) struct McpArgs {
    /// Print what makes a client start this command: claude, codex, vscode or cursor
    #[arg(long, value_name = "CLIENT", hide_possible_values = true)]
    print_config: Option<AgentClient>,
}

/// A program with agents.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AgentClient {
    Claude,
    Codex,
    Vscode,
    Cursor,
}

/// Answers an agent until it goes away.
pub(crate) fn run(args: &McpArgs, context: &mut Context) -> Result<Exit, Failure> {
    if let Some(client) = args.print_config {
        let config = config(client, context)?;
        writeln!(context.out, "{config}")?;
        return Ok(Exit::Found);
    }
    if io::stdin().is_terminal() {
        let config = context.command("mcp --print-config CLIENT");
        context.note(&format!("agents start this command themselves, as `{config}` makes them"));
    }
    // A cluster holds no vectors, and may not answer yet.
    let embedded = match context.cluster()? {
        None => Engine::of(&context.dir()?, None)?.manifest()?.and_then(|built| built.embedded),
        Some(_) => None,
    };
    let model = context.query_model(embedded.is_some())?;
    let server = McpServer::new(McpOptions {
        index: SearchedIndex::new(context.dir()?, context.cluster()?, model, Context::now),
        named_index: context.named_at(&context.dir()?).index.map(Path::to_owned),
        named_engine: context.engine.clone(),
        is_public: false,
        answer_time: ANSWER_TIME,
        now: Context::now,
        local_now: Context::local_now,
    });
    run_stdio(server, io::stdin(), io::stdout).map_err(|e| Failure::Usage {
        message: format!("this is no client of the Model Context Protocol: {e}"),
        hint: format!(
            "run `{}` to see how clients start it",
            context.command("mcp --print-config claude")
        ),
    })?;
    Ok(Exit::Found)
}

/// The settings of a client with this program and the collection that is meant, by whole paths: it
/// starts it in a folder of its own.
fn config(client: AgentClient, context: &Context) -> Result<String, Failure> {
    let command = env::current_exe().map_err(|e| Error::io("mlsearch", e))?.display().to_string();
    let dir = absolute(context.dir()?)?.display().to_string();
    let mut args = vec!["mcp".to_owned(), "--index".to_owned(), dir];
    args.extend(context.engine.iter().flat_map(|engine| ["--engine".to_owned(), engine.clone()]));
    let mut server = json!({"type": "stdio", "command": command, "args": args});
    // A client gives a server little of the environment of its user.
    let model = model_of_environment().map(absolute).transpose()?;
    let model = model.map(|dir| (MODEL_VARIABLE.to_owned(), dir.display().to_string()));
    if let Some((name, dir)) = &model {
        server["env"] = json!({ name: dir });
    }
    let settings = match client {
        AgentClient::Claude | AgentClient::Cursor => json!({"mcpServers": {"mlsearch": server}}),
        AgentClient::Vscode => json!({"servers": {"mlsearch": server}}),
        AgentClient::Codex => {
            let mut server = toml::Table::from_iter([
                ("command".to_owned(), command.into()),
                ("args".to_owned(), args.into()),
            ]);
            if let Some((name, dir)) = model {
                let env = toml::Table::from_iter([(name, dir.into())]);
                server.insert("env".to_owned(), env.into());
            }
            let servers = toml::Table::from_iter([("mlsearch".to_owned(), server.into())]);
            let settings = toml::Table::from_iter([("mcp_servers".to_owned(), servers.into())]);
            return Ok(settings.to_string().trim_end().to_owned());
        }
    };
    Ok(format!("{settings:#}"))
}
