//! Bundles, and the entry of a server in the registry.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::bufread::DeflateDecoder;
use rawzip::ZipArchive;
use serde_json::{Value, json};

use super::{Folder, program, said};

/// The member of a bundle, and its permissions.
fn member(bundle: &Path, name: &str) -> (Vec<u8>, u32) {
    let bundle = fs::read(bundle).unwrap();
    let archive = ZipArchive::from_slice(&bundle).unwrap();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        if entry.file_path().try_normalize().unwrap().as_ref() == name {
            let local = archive.get_entry(entry.wayfinder()).unwrap();
            let mut content = Vec::new();
            let decoder = DeflateDecoder::new(local.data());
            local.verifying_reader(decoder).read_to_end(&mut content).unwrap();
            return (content, entry.mode().permissions());
        }
    }
    panic!("the bundle has `{name}`");
}

/// Starts the program as a client does, and answers its first answer.
fn asked(program: &Path, arguments: &[String]) -> Value {
    let server =
        Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut server = server.unwrap();
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    });
    writeln!(server.stdin.take().unwrap(), "{request}").unwrap();
    let output = server.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_bundle_starts_as_its_manifest_says() {
    let folder = Folder::new("bundle");
    let arguments = ["bundle", "lf.mcpb", "--author", "Ada", "--", "--store", "memory"];
    said(0, program(&folder.0, &arguments).output().unwrap());
    let bundle = folder.path("lf.mcpb");
    let manifest: Value = serde_json::from_slice(&member(&bundle, "manifest.json").0).unwrap();
    assert_eq!(manifest["name"], "leverframe");
    assert_eq!(manifest["author"], json!({"name": "Ada"}));
    let tools = manifest["tools"].as_array().unwrap();
    assert!(tools.iter().any(|tool| tool["name"] == "transition_state"), "{tools:?}");

    let entry_point = manifest["server"]["entry_point"].as_str().unwrap();
    let (content, permissions) = member(&bundle, entry_point);
    assert_eq!(permissions & 0o777, 0o755);
    assert!(content == fs::read(env!("CARGO_BIN_EXE_leverframe")).unwrap());
    let unpacked = folder.path("server-leverframe");
    fs::copy(env!("CARGO_BIN_EXE_leverframe"), &unpacked).unwrap();
    let start = &manifest["server"]["mcp_config"];
    assert_eq!(start["command"], format!("${{__dirname}}/{entry_point}"));
    let arguments: Vec<String> = serde_json::from_value(start["args"].clone()).unwrap();
    assert_eq!(asked(&unpacked, &arguments)["result"]["serverInfo"]["version"], "0.1.0");

    for (arguments, code, expected) in [
        (&["bundle", "x.mcpb"][..], 2, "--author <NAME>"),
        (&["bundle", "x.mcpb", "--author", "A", "--", "--no"], 1, "unexpected argument '--no'"),
        (&["bundle", "none/x.mcpb", "--author", "A"], 1, "No such file"),
    ] {
        let text = said(code, program(&folder.0, arguments).output().unwrap());
        assert!(text.contains(expected), "{text}");
    }
    assert!(!folder.path("x.mcpb").exists());
}

#[test]
fn the_entry_has_the_hashes_of_the_bundles() {
    let folder = Folder::new("entry");
    fs::write(folder.path("a.mcpb"), "abc").unwrap();
    let name = "io.github.ada/leverframe";
    let bundle = "a.mcpb=https://github.com/ada/x/a.mcpb";
    let entry = |code, arguments: &[&str]| {
        said(code, program(&folder.0, &[&["server-json"], arguments].concat()).output().unwrap())
    };
    let repository = ["--repository", "https://github.com/ada/x"];
    let text = entry(0, &[&[name, "--bundle", bundle][..], &repository].concat());
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        found["packages"],
        json!([{
            "registryType": "mcpb", "identifier": "https://github.com/ada/x/a.mcpb",
            "version": "0.1.0", "transport": {"type": "stdio"},
            "fileSha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        }])
    );
    assert_eq!(found["repository"]["source"], "github");
    let long = "x".repeat(101);
    for (arguments, code, expected) in [
        (&[name][..], 2, "--bundle <FILE=URL>"),
        (&["leverframe", "--bundle", bundle], 2, "such as `io.github.ada/note`"),
        (&["a/b/c", "--bundle", bundle], 2, "such as `io.github.ada/note`"),
        (&[name, "--bundle", "a.mcpb"], 2, "write a file and a URL"),
        (&[name, "--bundle", "a.mcpb=http://x"], 2, "write a file and a URL"),
        (&[name, "--bundle", "b.mcpb=https://x"], 1, "the bundle `b.mcpb` cannot be read"),
        (&[name, "--bundle", bundle, "--repository", "https://x.org"], 1, "at neither"),
        (&[name, "--bundle", bundle, "--description", &long], 1, "this one has 101"),
    ] {
        let text = entry(code, arguments);
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}
