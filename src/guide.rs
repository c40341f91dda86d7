//! The guide for authors, whose examples are compiled and run as documentation tests.

#[doc = include_str!("../docs/guide/constructs.md")]
struct Constructs;

#[doc = include_str!("../docs/guide/porting.md")]
struct Porting;

#[doc = include_str!("../docs/guide/tools.md")]
struct Tools;

#[doc = include_str!("../docs/guide/turnstile.md")]
struct Turnstile;

#[doc = include_str!("../docs/guide/upgrading.md")]
struct Upgrading;
