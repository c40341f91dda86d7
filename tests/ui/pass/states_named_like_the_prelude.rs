//! States may bear any name of the prelude; paths in handlers are then written out.
#![deny(warnings)]
#[leverframe::machine]
pub mod odd {
    #[state(initial)]
    pub struct None;
    #[state]
    pub struct Some(pub u8);
    #[state]
    pub struct Ok;
    #[state]
    pub struct Err {
        pub code: u8,
    }
    #[state]
    pub struct Result;
    #[state]
    pub struct Option;
    #[state]
    pub struct Box;
    #[state]
    pub struct Vec;
    #[state]
    pub struct String;
    #[state]
    pub struct Clone;
    #[state]
    pub struct Copy;
    #[state]
    pub struct Debug;
    #[state]
    pub struct Default;
    #[state]
    pub struct From;
    #[state]
    pub struct Into;
    #[state]
    pub struct Iterator;
    #[state]
    pub struct Self_;
    #[state]
    pub struct Error;
    #[state]
    pub struct Machine;
    #[state]
    pub struct Leaf;
    #[state]
    pub struct Parts;
    #[state]
    pub struct Sized;
    #[state]
    pub struct Send;
    #[state]
    pub struct Fn;
    #[state]
    pub struct F;
    #[state]
    pub struct S;
    #[state(final)]
    pub struct Drop;
    #[transition(from = None)]
    fn some(value: ::core::option::Option<u8>) -> Some {
        Some(value.unwrap_or_default())
    }
    #[transition(from = Some)]
    fn ok(some: &mut Some) -> ::core::result::Result<Ok, ::std::string::String> {
        match some.0 {
            0 => ::core::result::Result::Err(::std::string::String::new()),
            _ => ::core::result::Result::Ok(Ok),
        }
    }
    #[transition(from = Ok)]
    fn err(code: u8) -> Err {
        Err { code }
    }
    #[transition(from = Err)]
    fn result() -> Result {
        Result
    }
    #[transition(from = Result)]
    fn option() -> Option {
        Option
    }
    #[transition(from = Option)]
    fn r#box() -> Box {
        Box
    }
    #[transition(from = Box)]
    fn vec() -> Vec {
        Vec
    }
    #[transition(from = Vec)]
    fn string() -> String {
        String
    }
    #[transition(from = String)]
    fn clone() -> Clone {
        Clone
    }
    #[transition(from = Clone)]
    fn copy() -> Copy {
        Copy
    }
    #[transition(from = Copy)]
    fn debug() -> Debug {
        Debug
    }
    #[transition(from = Debug)]
    fn default() -> Default {
        Default
    }
    #[transition(from = Default)]
    fn from() -> From {
        From
    }
    #[transition(from = From)]
    fn into() -> Into {
        Into
    }
    #[transition(from = Into)]
    fn iterator() -> Iterator {
        Iterator
    }
    #[transition(from = Iterator)]
    fn the_self() -> Self_ {
        Self_
    }
    #[transition(from = Self_)]
    fn error() -> Error {
        Error
    }
    #[transition(from = Error)]
    fn machine() -> Machine {
        Machine
    }
    #[transition(from = Machine)]
    fn leaf() -> Leaf {
        Leaf
    }
    #[transition(from = Leaf)]
    fn parts() -> Parts {
        Parts
    }
    #[transition(from = Parts)]
    fn sized() -> Sized {
        Sized
    }
    #[transition(from = Sized)]
    fn send() -> Send {
        Send
    }
    #[transition(from = Send)]
    fn r#fn() -> Fn {
        Fn
    }
    #[transition(from = Fn)]
    fn f() -> F {
        F
    }
    #[transition(from = F)]
    fn s() -> S {
        S
    }
    #[transition(from = _)]
    fn drop() -> Drop {
        Drop
    }
    #[query]
    fn code(err: &Err) -> u8 {
        err.code
    }
    #[prompt(Err)]
    fn help(err: &Err, word: ::core::option::Option<::std::string::String>) -> ::std::string::String {
        ::std::format!("{}{}", err.code, word.unwrap_or_default())
    }
}
