//! Pages and headers as they came, read: pure, and for any bytes.

pub mod charset;
mod cookie;
mod document;
pub mod headers;
mod location;
mod marked;
mod reference;
mod robots;
mod security_txt;
pub mod theme;

pub use cookie::{Jar, cookies};
pub use document::{Document, Tag};
pub use location::{follow, refresh};
pub use marked::marked_links;
pub use reference::references;
pub use robots::Robots;
pub use security_txt::security_txt;
