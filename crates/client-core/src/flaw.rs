/// A mistake that somebody could make in this crate, to be switched on in tests only: the simulation must find each of them.
#[allow(unreachable_pub, reason = "only simulations see it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// What happened while a page was on its way is forgotten.
    ForgetsWhatCameMeanwhile,
    /// What a page already knows of is applied to it once more.
    IgnoresAsOf,
    /// After a resume that did not succeed nothing is loaded anew.
    TrustsALostPlace,
    /// The position moves before the last frame of a fact.
    MovesTooEarly,
    /// A retry is another message.
    RetriesWithANewId,
    /// A message whose answer was lost is given up.
    GivesUpOnSilence,
    /// Messages of a dialog are sent side by side.
    SendsSideBySide,
    /// What was accepted stays on its way when it arrives.
    KeepsWhatArrived,
    /// Own messages count as unread.
    CountsOwnMessages,
    /// System messages count as unread.
    CountsSystemMessages,
    /// A deletion leaves the number of unread messages as it is.
    IgnoresDeletions,
    /// What is left to read is taken from the receipt, whatever came since.
    BelievesReceipts,
    /// A dialog that one was taken out of stays in the list.
    StaysWhenRemoved,
    /// An archived dialog stays archived when somebody writes.
    StaysArchived,
    /// A page joins what is there even if messages lie between them.
    JoinsAcrossGaps,
    /// Silence is taken for peace: a dead connection is never given up.
    NeverGivesUp,
    /// Nothing is asked of the position where the socket stands.
    AsksWithoutPosition,
    /// A receipt is believed, though one of later messages came before.
    TakesEveryReceipt,
    /// Who left stays among the participants.
    KeepsWhoLeft,
    /// A list of participants says who is online, whoever came or went while it was on its way.
    TrustsOldPresence,
    /// After a reconnect nobody is asked for anew who is online.
    WatchesOnce,
    /// A draft survives that it is sent.
    KeepsDrafts,
    /// What was to be sent is restored in any order.
    RestoresInAnyOrder,
    /// What one is in stays in the list of what one may join.
    JoinsTwice,
    /// A dialog that is not in the list stays unknown.
    IgnoresNewDialogs,
    /// A message that is tried once more has lost its files.
    RetriesWithoutFiles,
    /// What was to be sent is restored without its files.
    RestoresWithoutFiles,
    /// The files of a message that is heard are forgotten.
    HearsNoFiles,
    /// Links to files stay those that came first, where the message is newer than the page that brings others.
    KeepsOldLinks,
}
