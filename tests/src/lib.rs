//! mtchat-tests
