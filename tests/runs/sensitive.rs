//! Sensitive values of a record that another program wrote.

use std::sync::Arc;

use leverframe::api::{Api, ApiLimits, Style};
use leverframe::runs::{Request, Runs};
use leverframe::store::memory::MemoryStore;
use serde_json::{Map, Value};

use crate::mcp::{local, main_run};

/// Two programs with one machine, whose payload is of another type or name in each.
macro_rules! programs {
    ($($program:ident($code:ident: $ty:ty);)*) => {
        $(
            #[leverframe::machine(serde, name = Safe)]
            mod $program {
                #[state(initial)]
                pub(super) struct Shut;
                #[state(final)]
                pub(super) struct Open;
                #[transition(from = Shut)]
                fn open(#[sensitive] $code: $ty) -> Open {
                    drop($code);
                    Open
                }
            }
        )*
    };
}

programs! {
    former(code: String);
    retyped(code: Vec<u8>);
    renamed(secret: String);
}

/// What a program answers about a run that the former one wrote.
async fn check<M>(store: &Arc<MemoryStore>)
where
    M: leverframe::Portable<Context: Default>,
{
    let runs = Runs::<M>::new(store.clone());
    let api = Api::new(runs, Style::Events, ApiLimits::default()).unwrap();
    for name in ["get_current_state", "get_history"] {
        let operation = api.operation(name).unwrap();
        let answer = api.call(&local(), operation, Map::new()).await;
        assert!(!answer.text().contains("4242"), "{}", answer.text());
        if name == "get_history" {
            let answer: Value = serde_json::from_str(answer.text()).unwrap();
            assert_eq!(answer["records"][1]["arguments"]["code"], "[redacted]");
            assert!(answer["unreplayable"]["reason"].is_string(), "{answer}");
        }
    }
}

#[tokio::test]
async fn what_another_program_wrote_is_not_repeated() {
    let store = Arc::new(MemoryStore::new());
    let runs = Runs::<former::Safe>::new(store.clone());
    runs.start(&local(), &main_run(), None).await.unwrap();
    let open: former::Event = former::events::Open { code: "4242".to_owned() }.into();
    runs.apply(&local(), &main_run(), open, Request::new()).await.unwrap();
    check::<retyped::Safe>(&store).await;
    check::<renamed::Safe>(&store).await;
}
