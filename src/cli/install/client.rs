//! The clients: where each keeps its configuration, and what it writes there for a server.
//!
//! The files and forms are those that the clients document:
//!
//! - Claude Desktop: <https://modelcontextprotocol.io/docs/develop/connect-local-servers>
//! - Claude Code: <https://code.claude.com/docs/en/mcp>
//! - Cursor: <https://cursor.com/docs/context/mcp>
//! - VS Code: <https://code.visualstudio.com/docs/copilot/reference/mcp-configuration>
//! - Zed: <https://zed.dev/docs/ai/mcp>, with its folders from `crates/paths/src/paths.rs` in its sources

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::edit::{Entry, Syntax, Value};

/// A program that starts or calls MCP servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Client {
    ClaudeDesktop,
    ClaudeCode,
    Cursor,
    #[value(name = "vscode")]
    VsCode,
    Zed,
}

/// Whose configuration is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    /// The user's, for all projects
    User,
    /// That of the project in the current folder, which others can share
    Project,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    Linux,
    MacOs,
    Windows,
}

impl Platform {
    pub(super) fn present() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// What the path of a configuration depends on.
pub(super) struct Environment<'a> {
    pub(super) platform: Platform,
    /// The values of environment variables.
    pub(super) variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The folder of the project.
    pub(super) project: &'a Path,
}

impl Environment<'_> {
    fn folder(&self, variable: &'static str) -> Result<PathBuf, ClientError> {
        let value = (self.variable)(variable).filter(|value| !value.is_empty());
        value.map(PathBuf::from).ok_or(ClientError::UnknownFolder { variable })
    }

    fn home(&self) -> Result<PathBuf, ClientError> {
        self.folder(if self.platform == Platform::Windows { "USERPROFILE" } else { "HOME" })
    }

    /// `XDG_CONFIG_HOME`, or what stands for it.
    fn xdg_config(&self) -> Result<PathBuf, ClientError> {
        match self.folder("XDG_CONFIG_HOME") {
            Ok(folder) if folder.has_root() => Ok(folder),
            _ => Ok(self.home()?.join(".config")),
        }
    }

    /// Where graphical programs keep their configuration.
    fn application_data(&self) -> Result<PathBuf, ClientError> {
        match self.platform {
            Platform::Linux => self.xdg_config(),
            Platform::MacOs => Ok(joined(self.home()?, &["Library", "Application Support"])),
            Platform::Windows => self.folder("APPDATA"),
        }
    }
}

fn joined(mut path: PathBuf, parts: &[&str]) -> PathBuf {
    path.extend(parts);
    path
}

/// How a client reaches the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It starts the program.
    Command { program: String, arguments: Vec<String> },
    /// It calls a server that runs.
    Url(String),
}

impl Client {
    /// The name of the client, for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Zed => "Zed",
        }
    }

    /// How the user gets the client to read the change.
    pub(super) fn next_step(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "quit Claude Desktop, and start it again",
            Self::ClaudeCode => "start a new session; `claude mcp list` shows the server",
            Self::Cursor => "check that the server is enabled in Cursor's settings, under MCP",
            Self::VsCode => "start the server by the command `MCP: List Servers`",
            Self::Zed => "see the server in the settings of Zed's agent panel",
        }
    }

    /// The configuration file.
    pub(super) fn file(
        self,
        scope: Scope,
        environment: &Environment<'_>,
    ) -> Result<PathBuf, ClientError> {
        let project = |parts: &[&str]| Ok(joined(environment.project.to_path_buf(), parts));
        let platform = environment.platform;
        match (self, scope) {
            (Self::ClaudeDesktop, Scope::User) => {
                let folder = environment.application_data()?;
                Ok(joined(folder, &["Claude", "claude_desktop_config.json"]))
            }
            (Self::ClaudeDesktop, Scope::Project) => Err(ClientError::NoProject(self)),
            (Self::ClaudeCode, Scope::User) => {
                let moved = environment.folder("CLAUDE_CONFIG_DIR");
                Ok(moved.or_else(|_| environment.home())?.join(".claude.json"))
            }
            (Self::ClaudeCode, Scope::Project) => project(&[".mcp.json"]),
            (Self::Cursor, Scope::User) => {
                Ok(joined(environment.home()?, &[".cursor", "mcp.json"]))
            }
            (Self::Cursor, Scope::Project) => project(&[".cursor", "mcp.json"]),
            (Self::VsCode, Scope::User) => {
                Ok(joined(environment.application_data()?, &["Code", "User", "mcp.json"]))
            }
            (Self::VsCode, Scope::Project) => project(&[".vscode", "mcp.json"]),
            (Self::Zed, Scope::User) => match platform {
                Platform::Linux => Ok(joined(environment.xdg_config()?, &["zed", "settings.json"])),
                Platform::MacOs => {
                    Ok(joined(environment.home()?, &[".config", "zed", "settings.json"]))
                }
                Platform::Windows => {
                    Ok(joined(environment.application_data()?, &["Zed", "settings.json"]))
                }
            },
            (Self::Zed, Scope::Project) => project(&[".zed", "settings.json"]),
        }
    }

    /// The key of the object that has a member for each server.
    pub(super) fn servers(self) -> &'static str {
        match self {
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => "mcpServers",
            Self::VsCode => "servers",
            Self::Zed => "context_servers",
        }
    }

    /// What the client reads.
    pub(super) fn syntax(self) -> Syntax {
        match self {
            Self::ClaudeDesktop | Self::ClaudeCode => Syntax::Json,
            Self::Cursor | Self::VsCode | Self::Zed => Syntax::Commented,
        }
    }

    /// The member for a server.
    pub(super) fn entry(self, target: &Target) -> Result<Entry, ClientError> {
        let is_typed = matches!(self, Self::ClaudeCode | Self::VsCode);
        match target {
            Target::Command { program, arguments } => {
                let kind = (is_typed || self == Self::Cursor).then(|| ("type", "stdio".into()));
                let rest = [
                    ("command", program.as_str().into()),
                    ("args", Value::List(arguments.clone())),
                ];
                Ok(kind.into_iter().chain(rest).collect())
            }
            Target::Url(_) if self == Self::ClaudeDesktop => Err(ClientError::NoUrl(self)),
            Target::Url(url) => {
                let kind = is_typed.then(|| ("type", "http".into()));
                Ok(kind.into_iter().chain([("url", url.as_str().into())]).collect())
            }
        }
    }
}

/// Why there is no place or form for a server.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ClientError {
    #[error(
        "the variable `{variable}` is not set, so that the client's folder is unknown; name its file by `--file`"
    )]
    UnknownFolder { variable: &'static str },
    #[error("{} has no configuration for a project; leave out `--scope project`", .0.title())]
    NoProject(Client),
    #[error("{} takes no URL in its configuration file; add the URL under Settings, Connectors, or leave out `--http`", .0.title())]
    NoUrl(Client),
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENTS: [Client; 5] =
        [Client::ClaudeDesktop, Client::ClaudeCode, Client::Cursor, Client::VsCode, Client::Zed];

    /// Checks the files of all clients; `/` stands for every separator.
    fn check(platform: Platform, scope: Scope, set: &[(&str, &str)], expected: [&str; 5]) {
        let variable = |name: &str| {
            set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        };
        let environment =
            Environment { platform, variable: &variable, project: Path::new("/project") };
        for (client, expected) in CLIENTS.into_iter().zip(expected) {
            let path = match client.file(scope, &environment) {
                Ok(path) => path.display().to_string().replace('\\', "/"),
                Err(error) => error.to_string(),
            };
            assert_eq!(path, expected.replace('\\', "/"), "{client:?} {platform:?}");
        }
    }

    #[test]
    fn the_files_of_a_user() {
        check(
            Platform::Linux,
            Scope::User,
            &[("HOME", "/home/me"), ("XDG_CONFIG_HOME", "relative"), ("APPDATA", "/no")],
            [
                "/home/me/.config/Claude/claude_desktop_config.json",
                "/home/me/.claude.json",
                "/home/me/.cursor/mcp.json",
                "/home/me/.config/Code/User/mcp.json",
                "/home/me/.config/zed/settings.json",
            ],
        );
        check(
            Platform::Linux,
            Scope::User,
            &[("HOME", "/home/me"), ("XDG_CONFIG_HOME", "/xdg"), ("CLAUDE_CONFIG_DIR", "/claude")],
            [
                "/xdg/Claude/claude_desktop_config.json",
                "/claude/.claude.json",
                "/home/me/.cursor/mcp.json",
                "/xdg/Code/User/mcp.json",
                "/xdg/zed/settings.json",
            ],
        );
        check(
            Platform::MacOs,
            Scope::User,
            &[("HOME", "/Users/me"), ("XDG_CONFIG_HOME", "/xdg")],
            [
                "/Users/me/Library/Application Support/Claude/claude_desktop_config.json",
                "/Users/me/.claude.json",
                "/Users/me/.cursor/mcp.json",
                "/Users/me/Library/Application Support/Code/User/mcp.json",
                "/Users/me/.config/zed/settings.json",
            ],
        );
        check(
            Platform::Windows,
            Scope::User,
            &[
                ("USERPROFILE", r"C:\Users\me"),
                ("APPDATA", r"C:\Users\me\AppData\Roaming"),
                ("HOME", "/no"),
            ],
            [
                r"C:\Users\me\AppData\Roaming\Claude\claude_desktop_config.json",
                r"C:\Users\me\.claude.json",
                r"C:\Users\me\.cursor\mcp.json",
                r"C:\Users\me\AppData\Roaming\Code\User\mcp.json",
                r"C:\Users\me\AppData\Roaming\Zed\settings.json",
            ],
        );
    }

    #[test]
    fn the_files_of_a_project() {
        for platform in [Platform::Linux, Platform::MacOs, Platform::Windows] {
            check(
                platform,
                Scope::Project,
                &[],
                [
                    "Claude Desktop has no configuration for a project; leave out `--scope project`",
                    "/project/.mcp.json",
                    "/project/.cursor/mcp.json",
                    "/project/.vscode/mcp.json",
                    "/project/.zed/settings.json",
                ],
            );
        }
    }

    #[test]
    fn without_a_folder_the_variable_is_named() {
        let unknown = |variable: &str| {
            format!(
                "the variable `{variable}` is not set, so that the client's folder is unknown; name its file by `--file`"
            )
        };
        let (home, profile, data) = (unknown("HOME"), unknown("USERPROFILE"), unknown("APPDATA"));
        check(Platform::Linux, Scope::User, &[("HOME", "")], [home.as_str(); 5]);
        check(Platform::MacOs, Scope::User, &[], [home.as_str(); 5]);
        check(Platform::Windows, Scope::User, &[], [&data, &profile, &profile, &data, &data]);
    }
}
