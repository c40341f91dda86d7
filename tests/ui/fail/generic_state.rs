#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb<'a>(&'a str);
    //~^ ERROR(<'a>) a context has no generics: name the types
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On<T>(T);
    //~^ ERROR(<T>) a state has no generics: name the types
    #[state(final)] pub struct Dim where u8: Copy;
    //~^ ERROR(where u8: Copy) a state has no `where` clause
    #[transition(from = Off)] fn press() -> Dim { Dim }
}
