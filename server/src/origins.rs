use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use mtchat_protocol::AppId;

use crate::gateway::Origin;

/// Which web pages the apps themselves allow to call and to open sockets. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct AppOrigins(Arc<RwLock<Arc<Known>>>);

#[derive(Default)]
struct Known {
    own: HashMap<AppId, Vec<Origin>>,
    /// Of all apps together.
    anybodys: HashSet<Origin>,
}

impl AppOrigins {
    /// These apps have pages of their own, and no others.
    pub(crate) fn replace(&self, own: HashMap<AppId, Vec<Origin>>) {
        let anybodys = own.values().flatten().cloned().collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Known { own, anybodys });
    }

    /// What an app says of an origin; `None` where it leaves that to what is configured. Who names none is on no list.
    pub(crate) fn own(&self, app: &AppId, origin: Option<&Origin>) -> Option<bool> {
        let known = self.known();
        let own = known.own.get(app)?;
        Some(origin.is_some_and(|origin| own.contains(origin)))
    }

    /// Whether any app allows this origin.
    pub(crate) fn anybodys(&self, origin: Option<&Origin>) -> bool {
        origin.is_some_and(|origin| self.known().anybodys.contains(origin))
    }

    fn known(&self) -> Arc<Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_speaks_for_itself_only() {
        let [acme, umbrella] = ["acme", "umbrella"].map(|app| AppId::new(app).unwrap());
        let [shop, other] =
            ["https://shop.example", "https://other.example"].map(|origin| origin.parse::<Origin>().unwrap());
        let origins = AppOrigins::default();
        assert_eq!(origins.own(&acme, Some(&shop)), None);
        origins.replace(HashMap::from([(acme.clone(), vec![shop.clone()])]));
        assert_eq!(origins.own(&acme, Some(&shop)), Some(true));
        assert_eq!(origins.own(&acme, Some(&other)), Some(false));
        assert_eq!(origins.own(&acme, None), Some(false));
        assert_eq!(origins.own(&umbrella, Some(&shop)), None);
        assert!(origins.anybodys(Some(&shop)) && !origins.anybodys(Some(&other)) && !origins.anybodys(None));
    }
}
