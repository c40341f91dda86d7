//! Types of payloads are named as the author does, also where an event is called like them.
#![deny(warnings)]
pub mod parts {
    #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
    pub struct Bulb;
}
pub struct Force(pub u8);
pub type Words = Vec<String>;
#[leverframe::machine]
pub mod lamp {
    use super::parts;
    use std::collections::BTreeMap as Map;
    pub struct Watt(pub u32);
    pub type Press = u8;
    pub struct Dim;
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press(
        a: Press,
        b: self::Watt,
        c: super::Force,
        d: crate::Words,
        e: parts::Bulb,
        f: Map<Press, Box<dyn Fn(&str) -> u8>>,
        g: [Watt; 2],
        h: (Dim, fn(&str) -> Off),
        i: Option<super::parts::Bulb>,
        j: std::borrow::Cow<'static, str>,
        k: &'static str,
        l: self::parts::Bulb,
    ) -> On {
        let _ = (a, b, c, d, e, f, g, h, i, j, k, l);
        On
    }
    #[transition(from = Off)]
    fn dim(dim: Option<Dim>, off: Box<Off>, press: Press) -> On {
        let _ = (dim, off, press);
        On
    }
    #[transition(from = Off)]
    fn off(on: (On, Option<self::Off>)) -> On {
        on.0
    }
}
pub fn walk() -> lamp::Lamp<lamp::On> {
    let off = lamp::Lamp::new();
    off.fire(lamp::events::Dim { dim: None, off: Box::new(lamp::Off), press: 1 })
}
