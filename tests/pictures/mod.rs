//! Pictures of machines: of all in the repository, and those that the documentation shows.
//!
//! `LEVERFRAME_UPDATE=1 cargo test --test it pictures` writes the latter anew.

mod parcel;

use std::path::Path;
use std::{env, fs};

use leverframe::Machine;
use leverframe::chart::{Chart, Event, Step, Trail};
use leverframe::orchestrator::Orchestrator;

use self::parcel::parcel::Parcel;
use crate::walk::machines;

/// Compares a file of the documentation with what it should hold, or writes it anew.
fn check_file(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name);
    if env::var_os("LEVERFRAME_UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let help = "`LEVERFRAME_UPDATE=1 cargo test --test it pictures` writes it anew";
    assert!(found == expected, "{} is not current; {help}", path.display());
}

#[test]
fn the_documentation_shows_present_pictures() {
    for (name, chart) in [("orchestrator", Orchestrator::CHART), ("parcel", Parcel::CHART)] {
        check_file(&format!("{name}.svg"), &format!("{}\n", chart.picture().svg()));
    }
    assert_eq!(Parcel::CHART.states().len(), 20);
}

#[test]
fn no_picture_has_a_flaw() {
    let charts = machines::charts().into_iter().chain([("parcel", Parcel::CHART)]);
    for (name, chart) in charts {
        let flaws = chart.picture().flaws();
        assert!(flaws.is_empty(), "{name}: {flaws:#?}");
    }
}

#[test]
fn a_picture_shows_all_of_a_machine() {
    let charts = machines::charts().into_iter().chain([("parcel", Parcel::CHART)]);
    for (name, chart) in charts {
        let svg = chart.picture().svg().to_string();
        let text = chart.picture().text(usize::MAX, false).to_string();
        for part in words(chart) {
            assert!(svg.contains(&format!(">{part}</text>")), "{name} shows `{part}`: {svg}");
            assert!(text.contains(&part), "{name} shows `{part}`:\n{text}");
        }
    }
}

/// What has to be in a picture on lines of their own.
fn words(chart: &Chart) -> Vec<String> {
    let states = chart.states().iter().chain(chart.superstates());
    let mut words: Vec<String> = states.map(|state| state.wire().to_owned()).collect();
    words.extend(chart.tasks().iter().map(|task| format!("task {}", task.name())));
    let moving = chart.events().iter().filter(|event| !event.is_internal());
    words.extend(moving.clone().map(|event| event.name().to_owned()));
    for clause in moving.flat_map(Event::clauses).filter(|clause| !clause.is_internal()) {
        words.extend(clause.guards().iter().map(|guard| format!("[{guard}]")));
        words.extend((clause.approvals() == 1).then(|| "by human".to_owned()));
    }
    words
}

#[test]
fn an_outline_shows_what_is_too_wide_to_draw() {
    let outline = Parcel::CHART.picture().text(40, false).to_string();
    for part in
        ["▣ FULFILLING", "  ▣ WAREHOUSE", "● CART", "◎ DELIVERED", "proceed → FULFILLING (history)"]
    {
        assert!(outline.contains(part), "{part}:\n{outline}");
    }
    assert!(!outline.contains('\u{1b}'));
    assert!(Parcel::CHART.picture().text(40, true).to_string().contains("\u{1b}[35m"));
}

#[test]
fn a_run_is_marked() {
    let chart = Parcel::CHART;
    let step = |from: &str, event: &str, to: &str| Step {
        from: chart.state_named(from).unwrap().0,
        event: chart.event_named(event).unwrap().0,
        to: chart.state_named(to).unwrap().0,
    };
    // A step in the name of a superstate, one that stays, and one over a history.
    let taken = vec![
        step("Cart", "add", "Cart"),
        step("Picking", "pause", "OnHold"),
        step("OnHold", "proceed", "Picking"),
        step("Picking", "pack", "Packing"),
    ];
    let trail = Trail { present: Some(taken[3].to), taken };
    let picture = chart.picture().with_trail(Some(&trail));
    let svg = picture.svg().to_string();
    // The arrow of the initial state, and those of `pause`, `proceed` and `pack`.
    assert_eq!(svg.matches("class=\"head taken\"").count(), 4, "{svg}");
    assert_eq!(svg.matches("class=\"present\"").count(), 1, "{svg}");
    assert!(svg.contains("class=\"inverse bold\""), "{svg}");
    let text = picture.text(usize::MAX, false).to_string();
    assert!(text.contains("┃ PACKING ┃") && text.contains("╋"), "{text}");
    let outline = picture.text(40, false).to_string();
    for part in ["▶ PACKING", "✓ pause → ON_HOLD", "✓ pack → PACKING", "    pick → PICKING"]
    {
        assert!(outline.contains(part), "{part}:\n{outline}");
    }
}
