//! Drawings of random machines, and of hostile ones.

use std::time::Instant;

use crate::{Place, State, Statechart, Svg, Target, Task, Text, Transition, flaws::flaws};

mod random;

use self::random::random;

fn state(name: &str, parent: Option<usize>) -> State {
    State { name: name.to_owned(), parent, ..State::default() }
}

fn event(name: &str, from: &[usize], to: &[Target]) -> Transition {
    Transition {
        event: name.to_owned(),
        from: from.to_vec(),
        to: to.to_vec(),
        ..Transition::default()
    }
}

#[test]
fn nothing_collides_in_random_machines() {
    for seed in 0..200 {
        let states = 2 + usize::try_from(seed % 30).unwrap();
        let chart = random(seed, states);
        let found = flaws(&chart.graph());
        assert!(found.is_empty(), "seed {seed}: {found:#?}\n{chart}");
    }
}

#[test]
fn the_same_machine_gives_the_same_bytes() {
    for seed in 0..20 {
        let draw = || {
            let graph = random(seed, 24).graph();
            let svg = [Place::File, Place::Page].map(|place| Svg::new(&graph, place).to_string());
            (svg, Text::new(&graph, usize::MAX, true).to_string())
        };
        assert_eq!(draw(), draw());
    }
}

#[cfg(feature = "png")]
#[test]
fn the_same_machine_gives_the_same_pixels() {
    use crate::Theme;

    let graph = random(7, 4).graph();
    let draw = |theme| crate::png(&graph, theme, 1).unwrap();
    let dark = draw(Theme::Dark);
    assert_eq!(dark, draw(Theme::Dark));
    assert_ne!(dark, draw(Theme::Light));
    let pixmap = tiny_skia::Pixmap::decode_png(&dark).unwrap();
    let page = pixmap.pixel(0, 0).unwrap().demultiply();
    assert_eq!([page.red(), page.green(), page.blue()], [0x0d, 0x11, 0x17]);
    let dots = pixmap.pixels().iter().filter(|pixel| pixel.red() > 0xc0).count();
    assert!(dots > 200, "letters are drawn: {dots} light pixels");
}

#[test]
fn a_hundred_states_take_less_than_a_second() {
    let graph = random(1, 100).graph();
    let start = Instant::now();
    let svg = Svg::new(&graph, Place::File).to_string();
    let taken = start.elapsed();
    assert!(svg.len() > 10_000);
    assert!(taken.as_millis() < 1000, "the layout takes {taken:?}");
}

#[test]
fn hostile_texts_stay_texts() {
    let hostile = "</text><script>alert('\"&]]>\u{0}\u{1b}[2J\u{ffff}\r\n</script>";
    let chart = Statechart {
        name: hostile.to_owned(),
        states: vec![
            State { docs: hostile.to_owned(), ..state(hostile, Some(2)) },
            State { is_final: true, ..state("END", None) },
            State { is_superstate: true, ..state(hostile, None) },
        ],
        transitions: vec![
            Transition {
                guards: vec![hostile.to_owned()],
                docs: hostile.to_owned(),
                ..event(hostile, &[0, 2], &[Target::State(1)])
            },
            event(hostile, &[0], &[]),
        ],
        tasks: vec![Task {
            name: hostile.to_owned(),
            state: 0,
            outcomes: vec![hostile.to_owned()],
        }],
        ..Statechart::default()
    };
    for place in [Place::File, Place::Page] {
        let svg = Svg::new(&chart.graph(), place).to_string();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let known = ["svg", "title", "desc", "style", "rect", "circle", "path", "g", "text"];
        for element in document.descendants().filter(roxmltree::Node::is_element) {
            assert!(known.contains(&element.tag_name().name()), "{element:?}");
        }
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert!(root.attribute("aria-label").unwrap().contains("<script>"));
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let texts: Vec<_> = texts.filter_map(|node| node.text()).collect();
        assert!(texts.iter().any(|text| text.starts_with("</text><script>")), "{texts:?}");
        assert_eq!(svg.contains('\n'), place == Place::File);
    }
    let text = Text::new(&chart.graph(), usize::MAX, false).to_string();
    assert!(!text.contains(['\u{1b}', '\r', '\u{0}']), "{text}");
}

#[test]
fn a_description_is_read_as_it_is_written() {
    for seed in 0..50 {
        let mut chart = random(seed, 20);
        "a,b\\c\td\ne\\".clone_into(&mut chart.states[0].docs);
        chart.name = "x,\\n\u{fc}".to_owned();
        assert_eq!(chart.to_string().parse(), Ok(chart));
    }
    for text in ["state\tA", "machine\tA\t0\nstate\tA\t7\t", "on\ta\t0\t\t0\t\t\t\t", "x"] {
        let error = text.parse::<Statechart>().unwrap_err().to_string();
        assert!(error.contains("describes no part of a machine"), "{error}");
    }
}

#[test]
fn a_drawing_in_text() {
    let chart = Statechart {
        name: "Release".to_owned(),
        states: vec![
            state("DRAFT", None),
            state("WAITING", Some(4)),
            state("READING", Some(4)),
            State { is_final: true, ..state("DEPLOYED", None) },
            State { is_superstate: true, ..state("IN_REVIEW", None) },
        ],
        transitions: vec![
            event("submit", &[0], &[Target::State(1)]),
            event("assign", &[1, 2], &[Target::State(2)]),
            Transition {
                approvals: 1,
                guards: vec!["is_named".to_owned()],
                ..event("approve", &[2], &[Target::State(3)])
            },
            Transition {
                after: Some(std::time::Duration::from_hours(336)),
                ..event("expire", &[4], &[Target::State(0)])
            },
            event("log", &[0, 4], &[]),
        ],
        ..Statechart::default()
    };
    expect_test::expect_file!["tests/release.txt"]
        .assert_eq(&format!("{}\n", Text::new(&chart.graph(), 80, false)));
    expect_test::expect_file!["tests/release_outline.txt"]
        .assert_eq(&format!("{}\n", Text::new(&chart.graph(), 20, false)));
}
