//! The picture of the demo. `UPDATE_EXPECT=1 cargo test --test it cli::demo` draws it.

use anstyle::AnsiColor;
use anstyle_svg::Term;
use expect_test::expect_file;

use super::{Folder, program, said};

#[test]
fn the_picture_shows_the_present_demo() {
    let folder = Folder::new("picture");
    let mut demo = program(&folder.0, &["demo"]);
    let output = demo.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").output().unwrap();
    let text = said(0, output);
    // The rest has the path of the program.
    let (shown, _) = text.split_once("\u{1b}[1mConnect your own client").unwrap();
    let screen = format!("$ leverframe demo\n\n{}\n", shown.trim_end());
    let white = AnsiColor::BrightWhite.into();
    // Faint text has to be read, too.
    let svg =
        Term::new().fg_color(white).render_svg(&screen).replace("opacity: 0.4", "opacity: 0.65");
    expect_file!["../../docs/pictures/demo.svg"].assert_eq(&svg);
}
