//! Completions and manual pages, made from the options themselves.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man as Page;

use super::{Exit, terminal};

/// The options of `sfn-run completions`.
#[derive(Args)]
#[command(after_help = COMPLETIONS)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  sfn-run completions bash > ~/.local/share/bash-completion/completions/sfn-run
  sfn-run completions zsh > ~/.zfunc/_sfn-run
  sfn-run completions fish > ~/.config/fish/completions/sfn-run.fish";

/// The options of `sfn-run man`.
#[derive(Args)]
pub(super) struct Man {
    /// Writes sfn-run.1 and a page for each command into that folder
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(&self, mut command: Command) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "sfn-run", &mut script);
        printed(&script)
    }
}

impl Man {
    pub(super) fn run(&self, command: Command) -> Exit {
        let written = match &self.output {
            None => {
                return page(command)
                    .map_or_else(|problem| terminal::refuse(&problem), |page| printed(&page));
            }
            Some(folder) => write(command, folder),
        };
        match written {
            Ok(()) => Exit::Success,
            Err(problem) => terminal::refuse(&problem),
        }
    }
}

fn printed(text: &[u8]) -> Exit {
    match terminal::print(&String::from_utf8_lossy(text)) {
        Ok(()) => Exit::Success,
        Err(problem) => terminal::refuse(&problem),
    }
}

fn page(command: Command) -> Result<Vec<u8>, String> {
    let mut page = Vec::new();
    let rendered = Page::new(command).render(&mut page);
    rendered.map_err(|error| format!("the page cannot be made: {error}"))?;
    Ok(page)
}

fn write(mut command: Command, folder: &Path) -> Result<(), String> {
    command.build();
    let subcommands: Vec<_> = command.get_subcommands().cloned().collect();
    let named = subcommands.into_iter().map(|subcommand| {
        let name = format!("sfn-run-{}", subcommand.get_name());
        (name.clone(), subcommand.display_name(name))
    });
    let pages = std::iter::once(("sfn-run".to_owned(), command.clone())).chain(named);
    for (name, command) in pages {
        let file = folder.join(format!("{name}.1"));
        fs::write(&file, page(command)?)
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    Ok(())
}
