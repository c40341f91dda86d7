#[leverframe::machine]
#[ensure(from = Waiting, to = Deployed, through = Approved)]
pub mod change {
    #[state(initial)] pub struct Draft;
    #[state] pub struct Waiting;
    #[state] pub struct Approved;
    #[state(final)] pub struct Deployed;
    #[transition(from = Draft)] fn submit() -> Waiting { Waiting }
    #[transition(from = Waiting)] fn approve() -> Approved { Approved }
    #[transition(from = Approved)] fn deploy() -> Deployed { Deployed }
    #[transition(from = Waiting)] fn hotfix() -> Deployed { Deployed }
    //~^ ERROR(hotfix) `Deployed` is reached from `Waiting` without `Approved`: Draft --submit--> Waiting --hotfix--> Deployed
}
