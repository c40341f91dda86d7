//! Three versions of one machine, `Order`, as they follow one another in the life of a program.

/// Prices are whole, and whoever reviews is a part of one state.
#[leverframe::machine(serde, name = Order)]
pub(crate) mod first {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub(crate) struct Cart {
        pub(crate) total: u64,
        pub(crate) lines: Vec<String>,
    }
    #[state(initial)]
    pub(crate) struct Draft;
    #[superstate(default = Reviewing)]
    pub(crate) struct Open;
    #[state(parent = Open)]
    #[derive(Default)]
    pub(crate) struct Reviewing {
        pub(crate) by: Option<String>,
    }
    #[state]
    pub(crate) struct Halted;
    #[state]
    pub(crate) struct Paid {
        pub(crate) sum: u64,
    }
    #[state(final)]
    pub(crate) struct Done;

    #[transition(from = Draft)]
    fn put(cart: &mut Cart, name: String, price: u64) {
        cart.lines.push(name);
        cart.total += price;
    }
    #[transition(from = Draft)]
    fn ping() {}
    #[transition(from = Draft)]
    fn send(by: Option<String>) -> Reviewing {
        Reviewing { by }
    }
    #[transition(from = Reviewing)]
    fn take(by: String) -> Reviewing {
        Reviewing { by: Some(by) }
    }
    #[transition(from = Open)]
    fn halt() -> Halted {
        Halted
    }
    #[transition(from = Halted)]
    fn resume() -> History<Open> {
        History(Open)
    }
    #[transition(from = Reviewing)]
    fn pay(cart: &Cart) -> Paid {
        Paid { sum: cart.total }
    }
    #[transition(from = Paid)]
    fn finish() -> Done {
        Done
    }
}

/// Prices are in cents, and the review has two states.
macro_rules! later {
    ($module:ident, $version:literal, [$($upgrade:meta),*], { $($item:item)* }) => {
        #[leverframe::machine(serde, name = Order, version = $version)]
        #[upgrade(since = 2, event(add = "put"), state(Charged = "PAID"), field(Cart.cents = "total"))]
        #[upgrade(since = 2, state(Waiting | Reading = "REVIEWING"), field(Charged.cents = "sum"))]
        $(#[$upgrade])*
        pub(crate) mod $module {
            use leverframe::upgrade::Value;

            #[context]
            #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
            pub(crate) struct Cart {
                pub(crate) cents: u64,
                pub(crate) lines: Vec<String>,
            }
            #[state(initial)]
            pub(crate) struct Draft;
            #[superstate(default = Waiting)]
            pub(crate) struct Open;
            #[state(parent = Open)]
            pub(crate) struct Waiting;
            #[state(parent = Open)]
            pub(crate) struct Reading {
                pub(crate) by: String,
            }
            #[state]
            pub(crate) struct Halted;
            #[state]
            pub(crate) struct Charged {
                pub(crate) cents: u64,
            }
            #[state(final)]
            pub(crate) struct Done;

            #[choice]
            pub(crate) enum Sent {
                Open(Waiting),
                Taken(Reading),
            }

            #[transition(from = Draft)]
            fn add(cart: &mut Cart, name: String, price: u64) {
                cart.lines.push(name);
                cart.cents += price;
            }
            #[transition(from = Draft)]
            fn send(by: Option<String>) -> Sent {
                match by {
                    Some(by) => Sent::Taken(Reading { by }),
                    None => Sent::Open(Waiting),
                }
            }
            #[transition(from = [Waiting, Reading])]
            fn take(by: String) -> Reading {
                Reading { by }
            }
            #[transition(from = Open)]
            fn halt() -> Halted {
                Halted
            }
            #[transition(from = Halted)]
            fn resume() -> History<Open> {
                History(Open)
            }
            #[transition(from = Open)]
            fn pay(cart: &Cart) -> Charged {
                Charged { cents: cart.cents }
            }
            #[transition(from = Charged)]
            fn finish() -> Done {
                Done
            }
            $($item)*

            #[upgrade(since = 2, event = add)]
            fn price_in_cents(payload: Value) -> Result<Value, String> {
                in_cents(payload, "price")
            }
            #[upgrade(since = 2, context)]
            fn total_in_cents(context: Value) -> Result<Value, String> {
                in_cents(context, "cents")
            }
            #[upgrade(since = 2, state = Charged)]
            fn sum_in_cents(data: Value) -> Result<Value, String> {
                in_cents(data, "cents")
            }

            fn in_cents(mut value: Value, field: &str) -> Result<Value, String> {
                let price = value[field].as_u64().ok_or("no number")?;
                let cents = price.checked_mul(100).ok_or("the price is too large")?;
                value[field] = cents.into();
                Ok(value)
            }
        }
    };
}
later!(second, 2, [], {
    #[transition(from = Draft)]
    fn ping() {}
});
later!(third, 3, [upgrade(since = 3, dropped("ping"))], {});
