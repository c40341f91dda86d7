#[leverframe::machine(serde)]
pub mod till {
    #[derive(Clone, serde::Serialize, serde::Deserialize)] pub struct Card { pub number: String }
    #[state(initial)] pub struct Open;
    #[state(final)] #[derive(Clone, serde::Serialize, serde::Deserialize)]
    pub struct Paid { #[sensitive] #[serde(flatten)] pub card: Card }
    //~^ ERROR(sensitive) a flattened field has no name on the wire by which it could be redacted: remove `flatten`
    #[transition(from = Open)] fn pay(number: String) -> Paid { Paid { card: Card { number } } }
}
