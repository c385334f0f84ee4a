//! The scripts that run on the server, each in one step.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use fred::bytes_utils::Str;
use fred::util::static_str;

/// A script, by its text and by the name that the server gives it: the SHA-1 of the text.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) text: &'static str,
    pub(super) name: Str,
}

impl Script {
    fn new(text: &'static str) -> Self {
        let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        let name: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { text, name: name.into() }
    }

    pub(super) fn text(&self) -> Str {
        static_str(self.text)
    }
}

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $($file:literal)+;)+) => {
        $(
            $(#[$doc])*
            pub(super) static $name: LazyLock<Script> =
                LazyLock::new(|| Script::new(concat!($(include_str!($file)),+)));
        )+
    };
}

scripts! {
    ROTATE = "clock.lua" "notice.lua" "rotate.lua";
    START = "clock.lua" "start.lua";
    REVOKE = "clock.lua" "notice.lua" "revoke.lua";
    SESSION = "clock.lua" "session.lua";
    SESSIONS = "clock.lua" "sessions.lua";
    IMPORT = "clock.lua" "import.lua";
    LABELS = "labels.lua";
    UNLABEL = "unlabel.lua";
    NAME = "name.lua";
    PUBLISH = "clock.lua" "notice.lua" "publish.lua";
    FEED = "clock.lua" "feed.lua";
    TRIM = "clock.lua" "trim.lua";
    UNTOLD = "untold.lua";
    TOLD = "told.lua";
    NUMBER = "clock.lua" "notice.lua" "number.lua";
    NAME_OF = "name_of.lua";
    DOCUMENT = "document.lua";
    PUT_DOCUMENT = "put_document.lua";
    LEASE = "lease.lua";
    LAYOUT = "layout.lua";
}
