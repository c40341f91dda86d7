#![deny(warnings)]
#[leverframe::machine(serde)]
pub mod odd {
    #[state(initial)]
    pub struct A;
    #[state(final)]
    pub struct B;
    #[transition(from = A)]
    fn drop(r#type: u8) -> B {
        let _ = r#type;
        B
    }
    #[transition(from = A)]
    fn clone() -> B {
        B
    }
    #[transition(from = A)]
    fn serialize(#[default = 1] r#move: u8) -> B {
        let _ = r#move;
        B
    }
    #[transition(from = A)]
    fn deserialize() -> B {
        B
    }
    #[transition(from = A)]
    fn json_schema() -> B {
        B
    }
    #[transition(from = A)]
    fn option(of: ::core::option::Option<u8>) -> B {
        let _ = of;
        B
    }
    #[transition(from = A)]
    fn string(text: ::std::string::String) -> B {
        let _ = text;
        B
    }
    #[transition(from = A)]
    fn result(ok: u8) -> B {
        let _ = ok;
        B
    }
    #[transition(from = A)]
    fn ok(value: u8) -> B {
        let _ = value;
        B
    }
    #[transition(from = A)]
    fn err(value: u8) -> B {
        let _ = value;
        B
    }
    #[transition(from = A)]
    fn some(value: u8) -> B {
        let _ = value;
        B
    }
    #[transition(from = A)]
    fn none() -> B {
        B
    }
    #[transition(from = A)]
    fn default(none: u8) -> B {
        let _ = none;
        B
    }
    #[transition(from = A)]
    fn from() -> B {
        B
    }
    #[transition(from = A)]
    fn vec() -> B {
        B
    }
    #[transition(from = A)]
    fn r#box() -> B {
        B
    }
    #[transition(from = A)]
    fn r#type() -> B {
        B
    }
}
