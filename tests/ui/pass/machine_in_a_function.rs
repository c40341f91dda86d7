#![deny(warnings)]
fn main() {
    #[leverframe::machine]
    mod lamp {
        #[state(initial)]
        pub(super) struct Off;
        #[state(final)]
        pub(super) struct On;
        #[transition(from = Off)]
        fn press() -> On {
            On
        }
    }
    let lamp = lamp::Lamp::new().press();
    let _ = lamp.state();
}
