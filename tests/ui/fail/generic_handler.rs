#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press<T: Copy>(force: T) -> On { drop(force); On }
    //~^ ERROR(<T: Copy>) a handler has no generics: name the types
    #[transition(from = Off)] fn push() -> On where u8: Copy { On }
    //~^ ERROR(where u8: Copy) a handler has no `where` clause: name the types
    #[query] fn name<'a>(off: &'a Off) -> &'a str { "" }
    //~^ ERROR(<'a>) a query has no generics: name the types
}
