//! The command `import-chart`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn import(arguments: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.arg("import-chart").args(arguments).output().unwrap()
}

/// Checks the exit code and a part of what is said.
fn check(output: Output, code: i32, part: &str) {
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(part), "`{part}` is in `{text}`");
}

#[test]
fn a_declaration_is_printed_or_written_and_nothing_overwritten() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import-chart");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (chart, output) = (folder.join("lamp.json"), folder.join("lamp.rs"));
    let lamp = r#"{"id": "lamp", "states": {"off": {"on": {"press": "on"}}, "on": {"on": {"press": "off"}}}}"#;
    fs::write(&chart, lamp).unwrap();
    let (to, force) = (Path::new("--output"), Path::new("--force"));
    check(import(&[&chart]), 0, "pub mod lamp {");
    check(import(&[&chart, to, &output]), 0, "wrote `");
    assert!(fs::read_to_string(&output).unwrap().contains("pub mod lamp {"));
    fs::write(&output, "mine").unwrap();
    check(import(&[&chart, to, &output]), 1, "exists already: give `--force` to overwrite it");
    assert_eq!(fs::read_to_string(&output).unwrap(), "mine");
    check(import(&[&chart, to, &output, force]), 0, "wrote `");
    assert!(fs::read_to_string(&output).unwrap().contains("pub mod lamp {"));
    check(import(&[&folder.join("none.json")]), 1, "cannot read `");
    fs::write(&chart, [b'{', 0xff]).unwrap();
    check(import(&[&chart]), 1, "is no text in UTF-8");
    fs::write(&chart, lamp.replace("\"off\"}", "\"of\"}")).unwrap();
    check(import(&[&chart]), 1, "lamp.on: there is no state `of`; did you mean `off`");
}
