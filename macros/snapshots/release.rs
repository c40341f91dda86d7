/// The machine of [`release`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tRelease\t0\nstate\tDraft\t\t\nstate\tWaiting\t8\t\nstate\tReading\t8\t\nstate\tParked\t7\t\nstate\tApproved\t\t\nfinal\tDeployed\t\t\nfinal\tWithdrawn\t\t\nsuperstate\tOpen\t\t\nsuperstate\tInReview\t7\t\non\tsubmit\t0\t1\t0\t\t\t\t\non\tassign\t1\t2\t0\t\t\treviewer\t\non\tassign\t2\t2\t0\t\t\treviewer\t\non\tpark\t7\t3\t0\t\t\t\t\non\tpark\t1\t\t0\t\t\t\t\non\tresume\t3\t1\t0\t\t\t\t\non\tapprove\t2\t4\t1\t\thas_remarks,is_named\t\t\non\tdecline\t2\t0,6\t0\t\tis_named\tdrop,why\t\non\tremark\t8\t\t0\t\t\t\t\non\tsummarize\t7\t\t0\t\thas_remarks\t\t\non\tdeploy\t4\t5\t0\t\t\t\t\non\tgive_up\t1\t6\t0\t7200000\t\t\t\non\texpire\t8\t0\t0\t88200000\t\t\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub struct Release<S = State>(::leverframe::Parts<S, Log, ()>);
::leverframe::__machine! {
    pub Release(Log, ()) in Superstate, from Draft = Draft; at : guards { [Reading]
    source Approve => self::approve_is_allowed(source, & at.context); [Reading] source
    Decline => self::decline_is_allowed(source); [Waiting, Reading, Parked] _ Summarize
    => self::summarize_is_allowed(& at.context); } enter { 7 => { self::enter_open(at);
    }; 8 => { self::enter_review(at); }; } exit { 7 => { self::exit_open(at); }; 8 => {
    self::exit_review(at); }; } remember {}
}
impl Release<Draft> {
    /// Takes the event `submit`.
    pub fn submit(mut self) -> Release<Waiting> {
        let next = self::submit(&mut self.0.context);
        self.0.goto(next)
    }
}
impl Release<Waiting> {
    /// Takes the event `assign`.
    pub fn assign(mut self, reviewer: String) -> Release<Reading> {
        let next = self::assign_1(&mut self.0.context, reviewer);
        self.0.goto(next)
    }
    /// Takes the event `park`.
    pub fn park(&mut self) {
        self::park_2(&mut self.0.context);
    }
    /// Takes the event `remark`.
    pub fn remark(&mut self) {
        self::remark(&mut self.0.context);
    }
    /// Takes the event `summarize`.
    ///
    /// # Errors
    ///
    /// The guard's reason.
    pub fn summarize(&mut self) -> ::core::result::Result<(), Refusal> {
        self.0
            .attempt(
                EventName::Summarize,
                |_, context| self::summarize_is_allowed(context),
                |_, context| ::core::result::Result::Ok(self::summarize(context)),
            )
    }
    /// Takes the event `give_up`.
    pub fn give_up(self) -> Release<Withdrawn> {
        let next = self::give_up();
        self.0.goto(next)
    }
    /// Takes the event `expire`.
    pub fn expire(self) -> Release<Draft> {
        let next = self::expire();
        self.0.goto(next)
    }
}
impl Release<Reading> {
    /// Takes the event `assign`.
    pub fn assign(mut self, reviewer: String) -> Release<Reading> {
        let next = self::assign_2(&mut self.0.state, reviewer);
        self.0.goto(next)
    }
    /// Takes the event `park`.
    pub fn park(self) -> Release<Parked> {
        let next = self::park_1();
        self.0.goto(next)
    }
    /// Takes the event `approve`.
    ///
    /// # Errors
    ///
    /// The guard's reason; the machine is returned with it, in its former state.
    pub fn approve(self) -> ::core::result::Result<Release<Approved>, Refused<Reading>> {
        self.0
            .try_goto(
                EventName::Approve,
                |source, context| self::approve_is_allowed(source, context),
                |_, context| ::core::result::Result::Ok(self::approve(context)),
            )
    }
    /// Takes the event `decline`.
    ///
    /// # Errors
    ///
    /// The guard's reason, or the handler's; the machine is returned with it, in its former state.
    pub fn decline(
        self,
        drop: bool,
        why: u8,
    ) -> ::core::result::Result<
        Declined<Release<Draft>, Release<Withdrawn>>,
        Refused<Reading>,
    > {
        self.0
            .try_goto(
                EventName::Decline,
                |source, _| self::decline_is_allowed(source),
                |_, context| self::decline(context, drop, why).map_err(Fault::Decline),
            )
    }
    /// Takes the event `remark`.
    pub fn remark(&mut self) {
        self::remark(&mut self.0.context);
    }
    /// Takes the event `summarize`.
    ///
    /// # Errors
    ///
    /// The guard's reason.
    pub fn summarize(&mut self) -> ::core::result::Result<(), Refusal> {
        self.0
            .attempt(
                EventName::Summarize,
                |_, context| self::summarize_is_allowed(context),
                |_, context| ::core::result::Result::Ok(self::summarize(context)),
            )
    }
    /// Takes the event `expire`.
    pub fn expire(self) -> Release<Draft> {
        let next = self::expire();
        self.0.goto(next)
    }
}
impl Release<Parked> {
    /// Takes the event `park`.
    pub fn park(self) -> Release<Parked> {
        let next = self::park_1();
        self.0.goto(next)
    }
    /// Takes the event `resume`.
    pub fn resume(self) -> Release<Waiting> {
        let next = self::resume();
        self.0.goto(next)
    }
    /// Takes the event `summarize`.
    ///
    /// # Errors
    ///
    /// The guard's reason.
    pub fn summarize(&mut self) -> ::core::result::Result<(), Refusal> {
        self.0
            .attempt(
                EventName::Summarize,
                |_, context| self::summarize_is_allowed(context),
                |_, context| ::core::result::Result::Ok(self::summarize(context)),
            )
    }
}
impl Release<Approved> {
    /// Takes the event `deploy`.
    pub fn deploy(self) -> Release<Deployed> {
        let next = self::deploy();
        self.0.goto(next)
    }
}
const _: () = {
    ::leverframe::__private::context::<Log>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub Query :
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub Prompt :
}
::leverframe::__portable! {
    Release, at : queries {} prompts {}
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Release(Log), at, source : #[serde(rename =
    "DRAFT")] Draft = 0[] entry { self::enter_plain(at); } exit { self::exit_plain(at);
    }, #[serde(rename = "WAITING")] Waiting = 1[8 7] exit { self::exit_plain(at); },
    #[serde(rename = "READING")] Reading = 2[8 7] entry { self::announce(source, at); }
    exit { self::close(source, at); }, #[serde(rename = "PARKED")] Parked = 3[7] entry {
    self::enter_plain(at); } exit { self::exit_plain(at); }, #[serde(rename =
    "APPROVED")] Approved = 4[] entry { self::enter_plain(at); }, #[serde(rename =
    "DEPLOYED")] Deployed = 5[], #[serde(rename = "WITHDRAWN")] Withdrawn = 6[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub StateName of "a state" : Draft = "Draft"
    "DRAFT", Waiting = "Waiting" "WAITING", Reading = "Reading" "READING", Parked =
    "Parked" "PARKED", Approved = "Approved" "APPROVED", Deployed = "Deployed"
    "DEPLOYED", Withdrawn = "Withdrawn" "WITHDRAWN",
}
::leverframe::__wire_names! {
    StateName : Draft = "Draft" "DRAFT", Waiting = "Waiting" "WAITING", Reading =
    "Reading" "READING", Parked = "Parked" "PARKED", Approved = "Approved" "APPROVED",
    Deployed = "Deployed" "DEPLOYED", Withdrawn = "Withdrawn" "WITHDRAWN",
}
::leverframe::__superstates! {
    pub Release : [Open = 7, InReview = 8] [InReview in Open]
}
::leverframe::__choice! {
    Release(Log) : Declined { Again(Draft), Dropped(Withdrawn) }
}
/// The events of [`Release`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " The event `submit`."] pub Submit
    }
    ::leverframe::__event! {
        serde #[doc = " The event `assign`."] pub Assign { reviewer : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " The event `park`."] pub Park
    }
    ::leverframe::__event! {
        serde #[doc = " The event `resume`."] pub Resume
    }
    ::leverframe::__event! {
        serde #[doc = " The event `approve`."] pub Approve
    }
    ::leverframe::__event! {
        serde #[doc = " The event `decline`."] pub Decline { drop : bool, why : u8, }
    }
    ::leverframe::__event! {
        serde #[doc = " The event `remark`."] pub Remark
    }
    ::leverframe::__event! {
        serde #[doc = " The event `summarize`."] pub Summarize
    }
    ::leverframe::__event! {
        serde #[doc = " The event `deploy`."] pub Deploy
    }
    ::leverframe::__event! {
        serde #[doc = " The event `give_up`."] pub GiveUp
    }
    ::leverframe::__event! {
        serde #[doc = " The event `expire`."] pub Expire
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub EventName of "an event" : Submit = "submit"
    "submit", Assign = "assign" "assign", Park = "park" "park", Resume = "resume"
    "resume", Approve = "approve" "approve", Decline = "decline" "decline", Remark =
    "remark" "remark", Summarize = "summarize" "summarize", Deploy = "deploy" "deploy",
    GiveUp = "give_up" "give_up", Expire = "expire" "expire",
}
::leverframe::__events! {
    serde[] pub Event : "submit" Submit, "assign" Assign, "park" Park, "resume" Resume,
    "approve" Approve, "decline" Decline, "remark" Remark, "summarize" Summarize,
    "deploy" Deploy, "give_up" GiveUp, "expire" Expire,
}
::leverframe::__wire_names! {
    EventName : Submit = "submit" "submit", Assign = "assign" "assign", Park = "park"
    "park", Resume = "resume" "resume", Approve = "approve" "approve", Decline =
    "decline" "decline", Remark = "remark" "remark", Summarize = "summarize" "summarize",
    Deploy = "deploy" "deploy", GiveUp = "give_up" "give_up", Expire = "expire" "expire",
}
::leverframe::__faults! {
    pub Fault : Decline(String) = "`decline` failed.", HasRemarks(String) =
    "`has_remarks` forbids the event.",; IsNamed = "`is_named` forbids the event."
    "The reviewer must have a name",
}
fn approve_is_allowed(
    source: &Reading,
    context: &Log,
) -> ::core::result::Result<(), Fault> {
    self::has_remarks(context).map_err(Fault::HasRemarks)?;
    ::leverframe::__private::allowed(self::is_named(source), Fault::IsNamed)?;
    ::core::result::Result::Ok(())
}
fn decline_is_allowed(source: &Reading) -> ::core::result::Result<(), Fault> {
    ::leverframe::__private::allowed(self::is_named(source), Fault::IsNamed)?;
    ::core::result::Result::Ok(())
}
fn summarize_is_allowed(context: &Log) -> ::core::result::Result<(), Fault> {
    self::has_remarks(context).map_err(Fault::HasRemarks)?;
    ::core::result::Result::Ok(())
}
::leverframe::__legal! {
    pub Release : goto submit Submit {} [Draft] [Waiting]; goto assign Assign { reviewer
    } [Waiting] [Reading]; goto assign Assign { reviewer } [Reading] [Reading]; goto park
    Park {} [Reading, Parked] [Parked]; stay park Park {} [Waiting] []; goto resume
    Resume {} [Parked] [Waiting]; try_goto approve Approve {} [Reading] [Approved];
    try_goto decline Decline { drop, why } [Reading] [Declined]; stay remark Remark {}
    [Waiting, Reading] []; try_stay summarize Summarize {} [Waiting, Reading, Parked] [];
    goto deploy Deploy {} [Approved] [Deployed]; goto give_up GiveUp {} [Waiting]
    [Withdrawn]; goto expire Expire {} [Waiting, Reading] [Draft];
}
::leverframe::__dispatch! {
    Release, at : [Draft, Waiting, Reading, Parked, Approved, Deployed, Withdrawn]
    [Waiting in InReview, Reading in InReview, Parked in Open] goto[Draft] _ Submit _()
    => self::submit(at.context); goto[Waiting] _ Assign event() => self::assign_1(at
    .context, event.reviewer); goto[Reading] source Assign event() =>
    self::assign_2(source, event.reviewer); goto[Reading, Parked] _ Park _() =>
    self::park_1(); stay[Waiting] _ Park _() => self::park_2(at.context); goto[Parked] _
    Resume _() => self::resume(); goto[Reading] source Approve
    _(self::approve_is_allowed(source, at.context)) => self::approve(at.context);
    try_goto[Reading] source Decline event(self::decline_is_allowed(source)) =>
    self::decline(at.context, event.drop, event.why).map_err(Fault::Decline);
    stay[Waiting, Reading] _ Remark _() => self::remark(at.context); stay[Waiting,
    Reading, Parked] _ Summarize _(self::summarize_is_allowed(at.context)) =>
    self::summarize(at.context); goto[Approved] _ Deploy _() => self::deploy();
    goto[Waiting] _ GiveUp _() => self::give_up(); goto[Waiting, Reading] _ Expire _() =>
    self::expire();
}
::leverframe::__chart! {
    #[doc = " The machine [`Release`] as data."] pub CHART = "Release"
    "A machine with all that the language has: superstates two deep, overriding, actions on every level, guards of both\nkinds, a choice, a timeout, a gate."
    0 "0c741e2606b4b655084f62425e0538eab3c97e982b56849c95dbb22fc942b92e"; states {
    "Draft" "DRAFT" ""[]; "Waiting" "WAITING" ""[8]; "Reading" "READING" ""[8]; "Parked"
    "PARKED" ""[7]; "Approved" "APPROVED" ""[]; "Deployed" "DEPLOYED" ""[] final_state;
    "Withdrawn" "WITHDRAWN" ""[] final_state; } superstates { "Open" "OPEN" ""[];
    "InReview" "IN_REVIEW" ""[7]; } events { "submit" ""() [0] [State 1] [] []; "assign"
    ""("reviewer" "String" "",) [1] [State 2] [] [], [2] [State 2] [] []; "park" ""() [7]
    [State 3] [] [], [1] [] [] []; "resume" ""() [3] [State 1] [] []; "approve" ""() [2]
    [State 4] ["has_remarks" "is_named"] [] by_human(1); "decline" ""("drop" "bool" "",
    "why" "u8" "",) [2] [State 0 State 6] ["is_named"] [] fallible; "remark" ""() [8] []
    [] []; "summarize" ""() [7] [] ["has_remarks"] []; "deploy" ""() [4] [State 5] [] [];
    "give_up" ""() [1] [State 6] [] [7200000]; "expire" ""() [8] [State 0] [] [88200000];
    } queries {} prompts {}
}
