//! Inputs of a run, wherever one can be marked.

use leverframe::Portable;

#[leverframe::machine(serde)]
pub mod claim {
    #[context]
    #[derive(Default, Clone, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Order {
        /// Who pays.
        #[input]
        pub customer: String,
        #[input]
        #[sensitive]
        #[default = "none".to_owned()]
        pub r#type: String,
        #[input]
        note: Option<Vec<u8>>,
        pub paid: u32,
    }
    #[state(initial)]
    pub struct Open;
    #[state(final)]
    pub struct Paid;
    #[transition(from = Open)]
    fn pay(order: &mut Order, cents: u32) -> Paid {
        order.paid = cents + u32::from(order.note.is_none());
        Paid
    }
}

fn main() {
    let input =
        claim::Input::Start { customer: "Ada".into(), r#type: "book".into(), note: Some(vec![1]) };
    let order = <claim::Claim as Portable>::context(input);
    assert_eq!((&*order.customer, &*order.r#type, order.paid), ("Ada", "book", 0));
    let [customer, kind, note] = claim::CHART.inputs() else { panic!("three inputs") };
    assert_eq!((customer.docs().trim(), customer.is_optional()), ("Who pays.", false));
    assert!(kind.is_optional() && kind.is_sensitive() && note.is_optional());
    assert_eq!(claim::CHART.sensitive_context(), ["type"]);
    assert!(claim::CHART.requires_input());
}
