//! The upgrades, by which records of earlier versions are read.

/// What has changed.
#[doc(hidden)]
#[macro_export]
macro_rules! __change {
    ((Event $from:literal $to:literal)) => {
        $crate::upgrade::Change::Event { from: $from, to: $to }
    };
    ((Dropped $event:literal)) => {
        $crate::upgrade::Change::Dropped { event: $event }
    };
    ((State $from:literal [$($to:literal)+])) => {
        $crate::upgrade::Change::State { from: $from, to: &[$($to),+] }
    };
    ((Field ($Holder:ident $($name:literal)?) $from:literal $to:literal)) => {
        $crate::upgrade::Change::Field {
            of: $crate::upgrade::Holder::$Holder $(($name))?,
            from: $from,
            to: $to,
        }
    };
    ((Rewritten ($Holder:ident $($name:literal)?) $function:literal $by:ident)) => {
        $crate::upgrade::Change::Rewritten {
            what: $crate::upgrade::Holder::$Holder $(($name))?,
            name: $function,
            by: self::$by,
        }
    };
}
