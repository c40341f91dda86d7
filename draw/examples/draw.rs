//! Draws a description of a machine on standard input as SVG.
fn main() {
    let text = std::io::read_to_string(std::io::stdin()).expect("text");
    let chart: leverframe_draw::Statechart = text.parse().expect("a description");
    let args: Vec<String> = std::env::args().collect();
    let place = if args.iter().any(|a| a == "page") { leverframe_draw::Place::Page } else { leverframe_draw::Place::File };
    print!("{}", leverframe_draw::Svg::new(&chart.graph(), place));
}
