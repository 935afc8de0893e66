//! The `mlsearch` program: the porch of the house, which owns arguments, terminal and exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
