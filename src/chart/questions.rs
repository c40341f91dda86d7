//! Payloads, queries and prompts.

/// One value of a payload, or one argument of a query or a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    name: &'static str,
    ty: &'static str,
    docs: &'static str,
    optional: bool,
    sensitive: bool,
}

impl Parameter {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str, docs: &'static str) -> Self {
        Self { name, ty, docs, optional: false, sensitive: false }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The type as it is written in the declaration.
    #[must_use]
    pub const fn ty(&self) -> &'static str {
        self.ty
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Whether the wire form may leave it out: it has a default, or is an `Option`.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it is marked `#[sensitive]`: its value is recorded, and shown nowhere.
    #[must_use]
    pub const fn is_sensitive(&self) -> bool {
        self.sensitive
    }
}

/// A question about the machine that changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    name: &'static str,
    docs: &'static str,
    parameters: &'static [Parameter],
    about: Option<u16>,
}

impl Query {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        Self { name, docs, parameters, about: None }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn about_state(mut self, state: u16) -> Self {
        self.about = Some(state);
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The arguments.
    #[must_use]
    pub const fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }

    /// The number of the leaf whose data the query reads; it can be answered there alone.
    #[must_use]
    pub const fn about(&self) -> Option<u16> {
        self.about
    }
}

/// A text of instructions for a language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt {
    query: Query,
    states: &'static [u16],
}

impl Prompt {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(query: Query, states: &'static [u16]) -> Self {
        Self { query, states }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.query.name
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.query.docs
    }

    /// The arguments, each a text.
    #[must_use]
    pub const fn parameters(&self) -> &'static [Parameter] {
        self.query.parameters
    }

    /// The number of the leaf whose data the prompt reads; it can be given there alone.
    #[must_use]
    pub const fn about(&self) -> Option<u16> {
        self.query.about
    }

    /// The numbers of the states and superstates that the prompt is for.
    #[must_use]
    pub const fn states(&self) -> &'static [u16] {
        self.states
    }
}
