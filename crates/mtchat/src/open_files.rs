use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// So many sockets and files may be open before this process asks for more.
pub(crate) const ENOUGH: u64 = 65_536;

/// The limits on open files now: what holds, and up to where it may be raised without rights.
pub(crate) fn limits() -> Option<(u64, u64)> {
    getrlimit(Resource::RLIMIT_NOFILE).ok()
}

/// Every socket is an open file, and the usual limit of 1,024 is for terminals: raise it as far as is allowed.
pub(crate) fn raise() {
    let Some((soft, hard)) = limits() else { return };
    if soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_err() {
        tracing::warn!(files.limit = soft, "the limit on open files can not be raised");
    }
}
