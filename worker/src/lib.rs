//! mtchat-worker
