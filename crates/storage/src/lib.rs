//! mtchat-storage
