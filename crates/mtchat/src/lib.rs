//! mtchat

pub mod embedded;
