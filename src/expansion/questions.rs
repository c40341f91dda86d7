//! The queries and prompts.

/// The enum of queries or of prompts.
#[doc(hidden)]
#[macro_export]
macro_rules! __questions {
    ([$($unknown:ty),+] #[$bounds:meta] $(#[$meta:meta])* $vis:vis $Question:ident: $(
        $(#[$variant_meta:meta])* $Variant:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
    )*) => {
        $(#[$meta])*
        #[derive($crate::__private::serde::Deserialize)]
        #[serde(crate = "::leverframe::__private::serde", deny_unknown_fields)]
        #[$bounds]
        #[allow(missing_docs, reason = "an argument may explain itself")]
        $vis enum $Question {
            $($(#[$variant_meta])* $Variant { $($(#[$field_meta])* $field: $ty,)* },)*
        }
        $crate::__schema! {
            $Question where [$($unknown: Argument),+]
            $(#[$meta])* enum { $($(#[$variant_meta])* $Variant { $($(#[$field_meta])* $field: $ty,)* },)* }
        }
    };
    ($(#[$meta:meta])* $vis:vis $Question:ident: $(
        $(#[$variant_meta:meta])* $Variant:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
    )*) => {
        $(#[$meta])*
        #[derive(
            $crate::__private::serde::Deserialize,
            $crate::__private::schemars::JsonSchema,
        )]
        #[serde(crate = "::leverframe::__private::serde", deny_unknown_fields)]
        #[schemars(crate = "::leverframe::__private::schemars")]
        #[allow(missing_docs, reason = "an argument may explain itself")]
        $vis enum $Question {
            $($(#[$variant_meta])* $Variant { $($(#[$field_meta])* $field: $ty,)* },)*
        }
    };
}

/// The dispatch of queries and prompts.
#[doc(hidden)]
#[macro_export]
macro_rules! __portable {
    (
        $Machine:ident, $at:ident:
        queries { $($answer:ident $Query:ident $arguments:tt $about:tt => $value:expr;)* }
        prompts { $($text:ident $Prompt:ident $parameters:tt $subject:tt => $prompt:expr;)* }
        $(tasks { $($tasks:tt)* })?
        $(upgrades { $($since:literal $change:tt;)* })?
        $(inputs $Input:ident of $Given:ident = $default:expr, { $($input:ident),* })?
    ) => {
        #[allow(unused_variables, reason = "a machine need not have queries and prompts")]
        impl $crate::Portable for $Machine
        where
            for<'a> <$Machine as $crate::Machine>::Context: $crate::__private::Context<'a>,
            for<'a> Event: $crate::__private::Events<'a>,
            for<'a> Query: $crate::__private::Questions<'a>,
            $(for<'a> $Input: $crate::__private::Questions<'a>,)?
        {
            type Query = Query;
            type Prompt = Prompt;
            $(const UPGRADES: &'static [$crate::upgrade::Upgrade] =
                &[$($crate::upgrade::Upgrade::new($since, $crate::__change!($change))),*];)?
            $crate::__inputs! { $($Input of $Given = $default, { $($input),* })? }
            $crate::__task_inputs! { $at $(tasks { $($tasks)* })? }
            fn answer<Z: $crate::__private::serde::Serializer>(
                &self,
                query: Query,
                to: Z,
            ) -> ::core::result::Result<Z::Ok, $crate::QueryError<Self, Z::Error>> {
                let $at = &self.0;
                match query {
                    $(Query::$Query $arguments => {
                        $crate::__about!($at $about $crate::__private::$answer($value, to))
                    })*
                }
            }
            fn prompt(
                &self,
                prompt: Prompt,
            ) -> ::core::result::Result<
                $crate::__private::String,
                $crate::QueryError<Self, ::core::convert::Infallible>,
            > {
                let $at = &self.0;
                match prompt {
                    $(Prompt::$Prompt $parameters => {
                        $crate::__about!($at $subject $crate::__private::$text($prompt))
                    })*
                }
            }
        }
        $crate::__taskless! { $Machine [$($Input)?] $(tasks { $($tasks)* })? }
    };
}

/// The inputs of a run, and the context that is made of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __inputs {
    () => {
        type Input = $crate::__private::Empty;
    };
    ($Input:ident of $Context:ident = $default:expr, { $($input:ident),* }) => {
        type Input = $Input;
        #[allow(clippy::field_reassign_with_default, reason = "most contexts have other fields too")]
        fn context(input: $Input) -> $Context {
            let $Input::Start { $($input),* } = input;
            let mut context = $default;
            $(context.$input = $input;)*
            context
        }
    };
}

/// Something about the data of one state, or about none.
#[doc(hidden)]
#[macro_export]
macro_rules! __about {
    ($at:ident () $answer:expr) => {
        $answer
    };
    ($at:ident ($State:ident $source:ident) $answer:expr) => {
        match &$at.state {
            State::$State($source) => $answer,
            #[allow(unreachable_patterns, reason = "a machine may have one state")]
            other => ::core::result::Result::Err($crate::QueryError::WrongState {
                state: other.name(),
                about: StateName::$State,
            }),
        }
    };
}
