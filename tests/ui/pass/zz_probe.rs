#![deny(warnings)]
#![allow(dead_code)]
pub mod a {
    struct Force;
    #[derive(Debug)] struct Bad;
    impl std::fmt::Display for Bad { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("x") } }
    #[leverframe::machine]
    pub mod lamp {
        use super::*;
        #[state(initial)] pub struct Off;
        #[state(final)] pub struct On;
        #[transition(from = Off)] fn press(force: Force) -> Result<On, Bad> { let _ = force; Ok(On) }
        impl Lamp<On> { pub fn more(&self) -> u8 { 1 } }
        impl Lamp { pub fn rt(&self) -> StateName { self.state().name() } }
    }
}
pub mod b {
    pub struct State; pub struct Event; pub mod events {} pub struct Lamp; pub struct Query;
    pub mod inner {
    use super::*;
    #[leverframe::machine(serde)]
    pub mod lamp {
        use super::*;
        #[deprecated] #[state(initial)] pub struct Off;
        #[state] #[derive(Copy, Clone)] pub struct On;
        #[state] pub struct Mid { pub v: Vec<On> }
        #[state(final)] pub struct End;
        #[transition(from = Off)] fn press(#[default = helper()] n: u8) -> On { let _ = n; On }
        #[transition(from = On)] fn press(n: u8) -> Mid { let _ = n; Mid { v: vec![] } }
        #[transition(from = Mid)] fn press(n: u8) -> Result<End, Box<dyn std::error::Error>> { let _ = n; Ok(End) }
        #[transition(from = [On, Mid])] fn wait(d: std::time::Duration) -> Result<(), std::num::ParseIntError> { let _ = d; Ok(()) }
        fn helper() -> u8 { 3 }
        impl Drop for Mid { fn drop(&mut self) {} }
    }
    }
}
