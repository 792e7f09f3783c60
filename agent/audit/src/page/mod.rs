//! Pages and headers as they came, read: pure, and for any bytes.

pub mod charset;
mod cookie;
mod document;
pub mod headers;
mod location;
mod marked;
mod reference;
pub mod robots;
pub mod security_txt;
pub mod theme;

pub use cookie::{Jar, cookies};
pub use document::{Document, Tag};
pub use location::{follow, led_by_headers, refresh};
pub use marked::marked_links;
pub use reference::references;
