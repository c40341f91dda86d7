//! The configuration of clients.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Folder, program, said};

struct User(Folder);

impl User {
    fn new(name: &str) -> Self {
        Self(Folder::new(&format!("install-{name}")))
    }

    fn install(&self, code: i32, arguments: &[&str]) -> String {
        said(code, program(&self.0.0, &[&["install"], arguments].concat()).output().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0.0).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_leverframe");

#[test]
fn each_client_gets_its_form() {
    let user = User::new("forms");
    let data = if cfg!(target_os = "macos") { "Library/Application Support/" } else { "" };
    let zed = if cfg!(target_os = "macos") { ".config/zed" } else { "zed" };
    let command = |kind: &str| {
        let mut entry =
            json!({"command": PROGRAM, "args": ["serve", "--store", user.path("a b.db")]});
        if !kind.is_empty() {
            entry["type"] = kind.into();
        }
        entry
    };
    for (client, file, servers, kind) in [
        ("claude-desktop", format!("{data}Claude/claude_desktop_config.json"), "mcpServers", ""),
        ("claude-code", ".claude.json".into(), "mcpServers", "stdio"),
        ("cursor", ".cursor/mcp.json".into(), "mcpServers", "stdio"),
        ("vscode", format!("{data}Code/User/mcp.json"), "servers", "stdio"),
        ("zed", format!("{zed}/settings.json"), "context_servers", ""),
    ] {
        let arguments = [client, "--store", "a b.db", "--yes"];
        let text = user.install(0, &arguments);
        assert!(text.contains(&format!("+  \"{servers}\": {{")), "{text}");
        assert!(text.contains("which is new"), "{text}");
        assert_eq!(user.json(&file), json!({servers: {"leverframe": command(kind)}}), "{client}");
        let text = user.install(0, &arguments);
        assert!(text.contains("nothing changes"), "{text}");
        user.install(0, &[client, "--remove", "--yes"]);
        assert_eq!(user.json(&file), json!({servers: {}}), "{client}");
        let text = user.install(0, &[client, "--uninstall", "--yes"]);
        assert!(text.contains("nothing changes"), "{text}");
    }
}

#[test]
fn a_url_and_a_project() {
    let user = User::new("urls");
    let url = "http://127.0.0.1:8080/mcp";
    for (client, file, entry) in [
        ("claude-code", ".mcp.json", json!({"mcpServers": {"x": {"type": "http", "url": url}}})),
        ("cursor", ".cursor/mcp.json", json!({"mcpServers": {"x": {"url": url}}})),
        ("vscode", ".vscode/mcp.json", json!({"servers": {"x": {"type": "http", "url": url}}})),
        ("zed", ".zed/settings.json", json!({"context_servers": {"x": {"url": url}}})),
    ] {
        user.install(0, &[client, "--scope", "project", "--http", url, "--name", "x", "-y"]);
        assert_eq!(user.json(file), entry, "{client}");
    }
    for (arguments, code, expected) in [
        (&["claude-desktop", "--http", url, "-y"][..], 1, "Claude Desktop takes no URL"),
        (&["claude-desktop", "--scope", "project", "-y"], 1, "no configuration for a project"),
        (&["cursor", "--http", "ftp://x"], 2, "write a URL such as"),
        (&["cursor", "--http", url, "--store", "x"], 2, "cannot be used with"),
        (&["cursor", "--name", "a b"], 2, "`a b` cannot name a server"),
        (&["cursor", "-y", "--", "--max-page", "5x"], 1, "invalid value '5x'"),
        (&["cursor", "-y", "--", "--http", "127.0.0.1:1"], 1, "does not listen"),
        (&[], 2, "<CLIENT>"),
        (&["emacs"], 2, "claude-desktop, claude-code, cursor, vscode, zed"),
    ] {
        let text = user.install(code, arguments);
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    assert_eq!(user.files(), [".cursor", ".mcp.json", ".vscode", ".zed"]);
}

#[test]
fn arguments_are_passed_on() {
    let user = User::new("arguments");
    let text = user.install(0, &["--print", "--store", "memory", "--", "--max-page", "1MiB"]);
    let printed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        printed["mcpServers"]["leverframe"]["args"],
        json!(["serve", "--store", "memory", "--max-page", "1MiB"])
    );
    let text = user.install(0, &["zed", "--print"]);
    assert!(text.contains("\"context_servers\"") && text.contains("settings.json"), "{text}");
    assert!(user.files().is_empty(), "nothing is written: {:?}", user.files());
}

#[test]
fn nothing_is_written_without_consent() {
    let user = User::new("consent");
    let text = user.install(1, &["claude-code"]);
    assert!(text.contains("+    \"leverframe\": {"), "{text}");
    assert!(text.contains("`--yes` writes the change without asking"), "{text}");
    assert!(user.files().is_empty());
}

#[test]
fn the_old_file_is_kept() {
    let user = User::new("backup");
    let old = "{\"keep\": [1.50, \"\\u00e9\"], \"mcpServers\": {\"other\": {\"command\": \"x\"}}}";
    fs::write(user.path(".claude.json"), old).unwrap();
    let text = user.install(0, &["claude-code", "--yes"]);
    let backup = user.files().into_iter().find(|name| name.contains(".json.2")).unwrap();
    assert!(text.contains(&backup), "{text}");
    assert_eq!(user.read(&backup), old);
    assert_eq!(user.files().len(), 2, "{:?}", user.files());
    let new = user.read(".claude.json");
    assert!(new.contains("\"keep\": [1.50, \"\\u00e9\"]"), "{new}");
    assert_eq!(user.json(".claude.json")["mcpServers"]["other"], json!({"command": "x"}));
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    let user = User::new("invalid");
    for (content, expected) in [
        (&b"{\n  \"mcpServers\": {\n"[..], "at line 3 column 0"),
        (b"{\n  // mine\n}", "key must be a string at line 2 column 3"),
        (b"{\"a\": \"\xff\"}", "not text in UTF-8"),
        (b"\xff\xfe{\0}\0", "not text in UTF-8"),
        (b"\"text\"", "the content is not an object"),
    ] {
        fs::write(user.path(".claude.json"), content).unwrap();
        for arguments in [&["claude-code", "--yes"][..], &["claude-code", "--remove", "--yes"]] {
            let text = user.install(1, arguments);
            assert!(text.contains(expected), "{text}");
            assert!(text.contains(".claude.json`"), "the file is named: {text}");
        }
        assert_eq!(fs::read(user.path(".claude.json")).unwrap(), content);
        assert_eq!(user.files(), [".claude.json"]);
    }
    fs::remove_file(user.path(".claude.json")).unwrap();
    fs::create_dir(user.path(".claude.json")).unwrap();
    let text = user.install(1, &["claude-code", "--yes"]);
    assert!(text.contains("cannot be read"), "{text}");
}

#[test]
fn comments_of_zed_are_kept() {
    let user = User::new("zed");
    let old = "// Zed settings\n{\n  \"theme\": \"One\", // dark\n  \"context_servers\": {\n    // none yet\n  },\n}\n";
    fs::write(user.path("settings.json"), old).unwrap();
    let file = ["--file", "settings.json", "--yes"];
    user.install(0, &[&["zed"], &file[..]].concat());
    let new = user.read("settings.json");
    assert!(old.lines().all(|line| new.contains(line)), "{new}");
    assert!(new.contains("\"leverframe\": {"), "{new}");
    user.install(0, &[&["zed", "--remove"], &file[..]].concat());
    let removed = user.read("settings.json");
    assert!(old.lines().all(|line| removed.contains(line)), "{removed}");
    assert!(!removed.contains("leverframe"), "{removed}");
}

#[cfg(unix)]
#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let user = User::new("links");
    let mode = |name: &str| fs::metadata(user.path(name)).unwrap().permissions().mode() & 0o777;
    fs::create_dir(user.path("dotfiles")).unwrap();
    fs::write(user.path("dotfiles/claude"), "{}").unwrap();
    fs::set_permissions(user.path("dotfiles/claude"), PermissionsExt::from_mode(0o640)).unwrap();
    symlink("dotfiles/claude", user.path(".claude.json")).unwrap();
    user.install(0, &["claude-code", "--yes"]);
    assert!(user.path(".claude.json").is_symlink());
    assert!(user.read("dotfiles/claude").contains("leverframe"));
    assert_eq!(mode("dotfiles/claude"), 0o640);

    fs::set_permissions(user.path("dotfiles/claude"), PermissionsExt::from_mode(0o440)).unwrap();
    let text = user.install(1, &["claude-code", "--remove", "--yes"]);
    assert!(text.contains("read-only"), "{text}");

    fs::remove_file(user.path(".claude.json")).unwrap();
    symlink("nowhere", user.path(".claude.json")).unwrap();
    let text = user.install(1, &["claude-code", "--yes"]);
    assert!(text.contains("a link to a file that does not exist"), "{text}");
}
