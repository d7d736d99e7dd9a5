//! Who is in a dialog, as the database keeps it.

use mtchat_protocol::{
    DialogId, FactData, MessageId, NotificationLevel, Participant, ParticipantSummary, ParticipantView, Role,
    UserId,
};

/// Somebody who is in a dialog. Who leaves and comes back begins anew.
pub struct Seat {
    pub participant: Participant,
    /// Everything up to here is read …
    pub read: u64,
    /// … which is this message, or nothing.
    pub read_message: Option<MessageId>,
    /// Where the pointer stood before it was moved back, while it has not come that far again: others are not told of the way back.
    pub before: Vec<(u64, Option<MessageId>)>,
    /// Receipts of less than was read by then: an edge that knew an older state sent them. Others are told; whoever has loaded a later
    /// way back takes them for news.
    behind: Vec<(u64, Option<MessageId>)>,
    archived: Option<u64>,
    pub pinned: bool,
    pub level: NotificationLevel,
}

impl Seat {
    pub fn new(participant: &Participant) -> Self {
        Self {
            participant: participant.clone(),
            read: 0,
            read_message: None,
            before: Vec::new(),
            behind: Vec::new(),
            archived: None,
            pinned: false,
            level: NotificationLevel::All,
        }
    }

    pub fn user(&self) -> &UserId {
        &self.participant.user
    }

    pub fn set_role(&mut self, role: Role) {
        self.participant.role = role;
    }

    /// The pointer moves forward only.
    pub fn reads(&mut self, seq: u64, message: MessageId) {
        if self.read < seq {
            (self.read, self.read_message) = (seq, Some(message));
            self.before.retain(|(before, _)| *before > seq);
        } else {
            self.behind.push((seq, Some(message)));
        }
    }

    /// The pointer moves back only. `message` is the newest up to there.
    pub fn marks_unread(&mut self, seq: u64, message: Option<MessageId>) {
        if self.read > seq {
            self.before.push((self.read, self.read_message));
            let told = self.behind.iter().filter(|(told, _)| *told > seq);
            self.before.extend(told.copied());
            (self.read, self.read_message) = (seq, message);
        }
    }

    /// Who writes brings the dialog back for themselves …
    pub fn writes(&mut self) {
        self.archived = None;
    }

    /// … and for those who had archived it when fewer messages were there; whether that is so.
    pub fn wakes(&mut self, count: u64) -> bool {
        let wakes = self.archived.is_some_and(|archived| archived < count);
        if wakes {
            self.archived = None;
        }
        wakes
    }

    /// It is out of sight when so many messages are there: until the next one.
    pub fn archives(&mut self, count: u64) {
        self.archived = Some(count);
    }

    pub fn is_archived(&self, count: u64) -> bool {
        self.archived.is_some_and(|archived| archived >= count)
    }

    /// What a user changes for themselves, but for the pointer.
    pub fn own(&mut self, data: &FactData) {
        match data {
            FactData::Archived(archived) => self.archives(archived.count),
            FactData::Unarchived(_) => self.archived = None,
            FactData::Pinned(_) => self.pinned = true,
            FactData::Unpinned(_) => self.pinned = false,
            FactData::NotificationsSet(set) => self.level = set.level(),
            other => panic!("not one's own: {other:?}"),
        }
    }

    pub fn summary(&self) -> ParticipantSummary {
        ParticipantSummary::from(&self.participant)
    }

    pub fn view(&self, dialog_id: DialogId, count: u64, unread_count: u64) -> ParticipantView {
        let Participant {
            user,
            joined_as,
            joined_at,
            role,
            profile,
        } = self.participant.clone();
        ParticipantView {
            dialog_id,
            user_id: user,
            joined_at,
            joined_as,
            role,
            notifications_enabled: self.level.enabled(),
            notification_level: self.level,
            last_read_message_id: self.read_message,
            unread_count,
            display_name: Some(profile.display_name),
            company: profile.company,
            email: profile.email,
            phone: profile.phone,
            is_archived: self.is_archived(count),
            is_pinned: self.pinned,
            is_online: None,
            last_seen: None,
        }
    }
}
