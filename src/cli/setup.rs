//! `completions` and `man`: made from the same definitions as the help.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a completion script.
pub(crate) fn completions(
    args: &CompletionsArgs,
    mut command: Command,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "mlsearch", &mut script);
    std::io::Write::write_all(&mut context.out, &script)?;
    Ok(Exit::Found)
}

/// Prints the manual page in roff, with a section for each command.
pub(crate) fn man(mut command: Command, context: &mut Context) -> Result<Exit, Failure> {
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands() {
        let man = clap_mangen::Man::new(sub.clone());
        let name = sub.get_name().to_uppercase();
        page.extend_from_slice(format!(".SH \"MLSEARCH {name}\"\n").as_bytes());
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    std::io::Write::write_all(&mut context.out, &page)?;
    Ok(Exit::Found)
}
