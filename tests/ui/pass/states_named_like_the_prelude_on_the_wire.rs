#![deny(warnings)]
#[leverframe::machine(serde)]
pub mod odd {
    #[context]
    #[derive(::serde::Serialize, ::serde::Deserialize)]
    pub struct Context;
    #[state(initial)]
    pub struct None;
    #[state]
    pub struct Some {
        pub value: u8,
    }
    #[state]
    pub struct Ok;
    #[state]
    pub struct Err;
    #[state]
    pub struct Result;
    #[state]
    pub struct Option;
    #[state]
    pub struct Vec;
    #[state]
    pub struct String;
    #[state]
    pub struct Clone;
    #[state]
    pub struct Serialize;
    #[state]
    pub struct Deserialize;
    #[state]
    pub struct JsonSchema;
    #[state]
    pub struct Default;
    #[state(final)]
    pub struct Into;
    #[transition(from = None)]
    fn some(value: ::core::option::Option<u8>, #[default = 3] more: u8) -> Some {
        Some { value: value.unwrap_or_default() + more }
    }
    #[transition(from = Some)]
    fn ok() -> ::core::result::Result<Ok, ::std::string::String> {
        ::core::result::Result::Ok(Ok)
    }
    #[transition(from = Ok)]
    fn err() -> Err {
        Err
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
    fn vec(of: ::std::vec::Vec<u8>) -> Vec {
        ::core::mem::drop(of);
        Vec
    }
    #[transition(from = Vec)]
    fn string(text: ::std::string::String) -> String {
        ::core::mem::drop(text);
        String
    }
    #[transition(from = String)]
    fn clone() -> Clone {
        Clone
    }
    #[transition(from = Clone)]
    fn serialize() -> Serialize {
        Serialize
    }
    #[transition(from = Serialize)]
    fn deserialize() -> Deserialize {
        Deserialize
    }
    #[transition(from = Deserialize)]
    fn json_schema() -> JsonSchema {
        JsonSchema
    }
    #[transition(from = JsonSchema)]
    fn default() -> Default {
        Default
    }
    #[transition(from = Default)]
    fn into() -> Into {
        Into
    }
    #[transition(from = Default)]
    fn none() {}
    #[query]
    fn value(some: &Some) -> ::core::result::Result<u8, ::std::string::String> {
        ::core::result::Result::Ok(some.value)
    }
    #[prompt]
    fn help() -> ::core::result::Result<::std::string::String, ::std::string::String> {
        ::core::result::Result::Ok(::std::string::String::new())
    }
}
