//! The program `kinfolk`: see `kinfolk --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kinfolk::cli::run(std::env::args_os())
}
