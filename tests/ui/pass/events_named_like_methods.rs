//! Events may be called like methods of the prelude and of the runtime form.
#![deny(warnings)]
#[leverframe::machine]
pub mod odd {
    #[context]
    pub struct Count(pub u8);
    #[state(initial)]
    pub struct A;
    #[state]
    pub struct B;
    #[state(final)]
    pub struct C;
    #[transition(from = _)]
    fn drop(n: &mut Count) {
        n.0 += 1;
    }
    #[transition(from = A)]
    fn clone(n: &mut Count) {
        n.0 += 1;
    }
    #[transition(from = A)]
    fn into(n: &mut Count) -> Result<(), String> {
        n.0 += 1;
        Ok(())
    }
    #[transition(from = B)]
    fn into() -> A {
        A
    }
    #[transition(from = A)]
    fn from() -> B {
        B
    }
    #[transition(from = [A, B])]
    fn default() -> C {
        C
    }
    #[transition(from = [A, B])]
    fn apply() -> C {
        C
    }
    #[transition(from = _)]
    fn legal() -> C {
        C
    }
    #[transition(from = _)]
    fn blocked() {}
    #[transition(from = _)]
    fn into_typed() -> Result<C, String> {
        Ok(C)
    }
    #[transition(from = A)]
    fn try_into() -> B {
        B
    }
    #[transition(from = A)]
    fn try_from() {}
    #[transition(from = A)]
    fn fmt() {}
    #[transition(from = A)]
    fn name() {}
    #[transition(from = A)]
    fn parts() {}
    #[transition(from = A)]
    fn state_() {}
    #[transition(from = A)]
    fn r#move(r#type: u8, r#fn: u8) -> B {
        let _ = (r#type, r#fn);
        B
    }
    #[transition(from = B)]
    fn r#type() {}
    #[transition(from = A)]
    fn press_1() {}
    #[transition(from = A)]
    fn press() -> B {
        B
    }
    #[transition(from = B)]
    fn press() -> A {
        A
    }
    #[transition(from = A)]
    fn event() {}
    #[transition(from = A)]
    fn option(of: ::core::option::Option<u8>) {
        let _ = of;
    }
    #[transition(from = A)]
    fn some() {}
    #[transition(from = A)]
    fn ok() {}
    #[transition(from = A)]
    fn result() {}
    #[transition(from = A)]
    fn odd() {}
    #[transition(from = A)]
    fn typed() {}
    #[transition(from = A)]
    fn with_state() {}
}

pub fn walk() -> odd::Odd<odd::C> {
    let mut a = odd::Odd::new(odd::Count(0));
    a.clone();
    a.try_from();
    a.drop();
    let b = a.r#move(1, 2).press().from();
    b.default()
}
