//! Draws a description of a machine on standard input as SVG.
fn main() {
    let text = std::io::read_to_string(std::io::stdin()).expect("text");
    let chart: leverframe_draw::Statechart = text.parse().expect("a description");
    let args: Vec<String> = std::env::args().collect();
    let place = if args.iter().any(|a| a == "page") {
        leverframe_draw::Place::Page
    } else {
        leverframe_draw::Place::File
    };
    #[cfg(feature = "png")]
    if args.iter().any(|a| a == "png") {
        use std::io::Write;
        let t = if args.iter().any(|a| a == "dark") {
            leverframe_draw::Theme::Dark
        } else {
            leverframe_draw::Theme::Light
        };
        std::io::stdout().write_all(&leverframe_draw::png(&chart.graph(), t, 1).unwrap()).unwrap();
        return;
    }
    if args.iter().any(|a| a == "text") {
        println!("{}", leverframe_draw::Text::new(&chart.graph(), 150, false));
        return;
    }
    print!("{}", leverframe_draw::Svg::new(&chart.graph(), place));
}
