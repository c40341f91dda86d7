#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order { #[input] pub run: String, #[input] pub request_key: u8 }
    //~^ ERROR(run) `run` is an argument with which the server starts every run: choose another name
    //~^^ ERROR(request_key) `request_key` is an argument with which the server starts every run: choose another name
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Input;
    //~^ ERROR(Input) `Input` is the name of an item that `#[machine]` generates: choose another
    #[transition(from = Open)] fn pay() -> Input { Input }
}
