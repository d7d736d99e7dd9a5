use crate::{Storage, storage::MOST_OF_NO_APP};

/// How the connections to the database are used at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Those for what is asked about an app.
    pub app: PoolUsage,
    /// Those for what belongs to no app or to all of them.
    pub common: PoolUsage,
    /// Who waits for one of the former.
    pub waiting: u32,
}

/// Of connections of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUsage {
    /// At work.
    pub used: u32,
    /// Open and not at work.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

impl Storage {
    /// Count them. Costs two locks that are held for nanoseconds.
    pub fn usage(&self) -> Usage {
        let (app, waiting) = self.apps.usage();
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        Usage {
            app,
            common: PoolUsage {
                used: self.pool.size().saturating_sub(idle),
                idle,
                most: MOST_OF_NO_APP,
            },
            waiting,
        }
    }
}
