//! Names that the expansion uses for its own variables.
#![deny(warnings)]
#[leverframe::machine(serde)]
pub mod odd {
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Sum {
        pub of: u32,
    }
    #[state(initial)]
    pub struct A {
        n: u32,
    }
    impl Default for A {
        fn default() -> Self {
            Self { n: 1 }
        }
    }
    #[state(final)]
    pub struct B;
    #[transition(from = A)]
    fn go(
        a: &mut A,
        sum: &mut Sum,
        self_: u32,
        source: u32,
        context: u32,
        at: u32,
        event: u32,
        state: u32,
        machine: u32,
        query: u32,
        to: u32,
        next: u32,
        r#type: u32,
        verdict: u32,
        go: u32,
        handler: u32,
        value: u32,
        call: u32,
        from: u32,
    ) -> Result<B, String> {
        a.n += self_ + source + context + at + event + state + machine + query + to + next;
        sum.of += a.n + r#type + verdict + go + handler + value + call + from;
        Ok(B)
    }
    #[transition(from = A)]
    fn stay(a: &mut A, sum: &mut Sum, source: u32, context: u32, machine: u32, mut next: u32) {
        next += a.n;
        sum.of += source + context + machine + next;
    }
    #[query]
    fn ask(
        a: &A,
        sum: &Sum,
        at: u32,
        source: u32,
        query: u32,
        to: u32,
        #[default = 7] state: u32,
        other: u32,
    ) -> u32 {
        a.n + sum.of + at + source + query + to + state + other
    }
    #[query]
    fn ask_other(#[default = 1] b_c: u32) -> u32 {
        b_c
    }
    #[query]
    fn ask_other_b(#[default = 2] c: u32) -> u32 {
        c
    }
    #[prompt]
    fn tell(sum: &Sum, at: String, source: Option<String>, prompt: String) -> String {
        format!("{}{at}{source:?}{prompt}", sum.of)
    }
}
