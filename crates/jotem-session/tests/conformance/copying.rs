//! Copies between stores: what arrives means the same as where it came from.

use std::sync::Arc;
use std::time::Duration;

use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, Presented, RotationPolicy, State};
use jotem_session::store::{
    Copied, Document, Memory, NameKind, NewSession, Notice, Position, Revoke, Rotate, Store,
    Subject, Target, copy,
};

const GRANT: &str = r#"{"scope":"read"}"#;

struct Stores {
    from: Arc<dyn Store>,
    to: Arc<dyn Store>,
}

impl Stores {
    /// Two stores in which the same names have other numbers.
    async fn new() -> Self {
        let (from, to): (Arc<dyn Store>, Arc<dyn Store>) =
            (Arc::new(Memory::new()), Arc::new(Memory::new()));
        for name in ["another", "one more", "web"] {
            to.number(NameKind::Client, name).await.unwrap();
        }
        to.number(NameKind::Grant, "{}").await.unwrap();
        Self { from, to }
    }

    /// Starts a session where they come from.
    async fn start(&self, number: u8, client: &str) {
        let mut new = NewSession::new(subject(number), &who(number), session(number), [number; 12]);
        new.client = self.from.number(NameKind::Client, client).await.unwrap();
        new.grant = self.from.number(NameKind::Grant, GRANT).await.unwrap();
        new.label = Some(format!("label {number}"));
        self.from.start(&new).await.unwrap();
    }

    async fn copy(&self) -> Copied {
        copy(&self.from, &self.to, &[], |_| ()).await.unwrap()
    }
}

fn subject(number: u8) -> SubjectKey {
    SubjectKey::from_bytes([number; 12])
}

fn who(number: u8) -> Subject {
    Subject::new(format!("subject {number}"))
}

fn session(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn notice(number: u64) -> Notice {
    Notice::new(Fingerprint::from_u64(number), 930)
}

/// Presents a token to a store, by a client's name.
async fn present(store: &Arc<dyn Store>, number: u8, generation: u32, client: &str) -> Decision {
    let client = store.number(NameKind::Client, client).await.unwrap();
    let presented = Presented { generation, secret_hash: [number; 12], client, binding: None };
    let (subject, session, policy) = (subject(number), session(number), RotationPolicy::strict());
    let rotate = Rotate { subject, session, presented, policy, notice: notice(number.into()) };
    store.rotate(&rotate).await.unwrap().unwrap().decision
}

async fn end(store: &Arc<dyn Store>, target: Target) {
    let revoke = Revoke { target, state: State::LoggedOut, notice: notice(99) };
    store.revoke(&revoke).await.unwrap();
}

#[tokio::test]
async fn a_session_rotates_in_the_other_store_as_it_would_have() {
    let stores = Stores::new().await;
    for number in 1..=3 {
        stores.start(number, if number == 3 { "tool" } else { "web" }).await;
    }
    assert_eq!(present(&stores.from, 2, 1, "web").await, Decision::Rotate);
    let copied = stores.copy().await;
    assert_eq!(copied, {
        let mut wanted = Copied::default();
        wanted.sessions = 3;
        wanted
    });
    for (number, generation, client) in [(1, 1, "web"), (2, 2, "web"), (3, 1, "tool")] {
        let kept = stores.to.find(subject(number), session(number)).await.unwrap().unwrap();
        let grant = stores.to.name_of(NameKind::Grant, kept.record.grant).await.unwrap();
        assert_eq!(grant.as_deref(), Some(GRANT));
        assert_eq!((kept.who, kept.label), (who(number), Some(format!("label {number}"))));
        assert_eq!(
            present(&stores.to, number, generation, "another").await,
            Decision::ClientMismatch
        );
        assert_eq!(present(&stores.to, number, generation, client).await, Decision::Rotate);
        assert_eq!(present(&stores.to, number, generation, client).await, Decision::Reuse);
    }
    let numbers = [&stores.from, &stores.to].map(|store| store.number(NameKind::Client, "web"));
    let [from, to] = numbers;
    assert_ne!(from.await.unwrap(), to.await.unwrap(), "the numbers differ, or nothing was shown");
}

#[tokio::test]
async fn what_does_not_live_is_not_carried_and_is_counted() {
    let stores = Stores::new().await;
    for number in 1..=5 {
        stores.start(number, if number == 4 { "gone" } else { "web" }).await;
    }
    end(&stores.from, Target::Session(subject(1), session(1))).await;
    let mut over = stores.from.find(subject(3), session(3)).await.unwrap().unwrap();
    over.record.idle_end_s = 1_700_000_000;
    stores.from.import(&[over]).await.unwrap();
    end(&stores.from, Target::Client("gone".to_owned())).await;
    let mut nameless = stores.from.find(subject(5), session(5)).await.unwrap().unwrap();
    nameless.record.grant = 77;
    stores.from.import(&[nameless]).await.unwrap();
    let copied = stores.copy().await;
    assert_eq!((copied.sessions, copied.over), (1, 2));
    assert_eq!((copied.without_client, copied.without_grant), (1, 1));
    for number in [1, 3, 4, 5] {
        assert_eq!(stores.to.find(subject(number), session(number)).await, Ok(None), "{number}");
    }
}

#[tokio::test]
async fn it_is_run_again_until_nothing_changes() {
    let stores = Stores::new().await;
    for number in 1..=4 {
        stores.start(number, if number == 4 { "gone" } else { "web" }).await;
    }
    let first = stores.copy().await;
    assert_eq!(first.sessions, 4);
    assert_eq!(stores.copy().await, first, "nothing happened in between");
    // In between one is used, one ends, one's client ends, one is new.
    assert_eq!(present(&stores.from, 1, 1, "web").await, Decision::Rotate);
    end(&stores.from, Target::Session(subject(2), session(2))).await;
    end(&stores.from, Target::Client("gone".to_owned())).await;
    stores.start(5, "web").await;
    let copied = stores.copy().await;
    assert_eq!((copied.sessions, copied.ended, copied.over), (3, 2, 0));
    assert_eq!(present(&stores.to, 1, 2, "web").await, Decision::Rotate);
    assert_eq!(present(&stores.to, 2, 1, "web").await, Decision::Dead(State::LoggedOut));
    assert_eq!(present(&stores.to, 4, 1, "gone").await, Decision::Dead(State::Revoked));
    assert_eq!(present(&stores.to, 5, 1, "web").await, Decision::Rotate);
}

#[tokio::test]
async fn what_the_other_store_knows_later_is_never_set_back() {
    let stores = Stores::new().await;
    for number in 1..=4 {
        stores.start(number, "web").await;
    }
    stores.copy().await;
    // The other store is in use by now.
    assert_eq!(present(&stores.to, 1, 1, "web").await, Decision::Rotate);
    assert_eq!(present(&stores.to, 2, 0, "web").await, Decision::Reuse);
    end(&stores.to, Target::Session(subject(3), session(3))).await;
    end(&stores.to, Target::Subject(subject(4))).await;
    let epoch = stores.to.list(subject(4)).await.unwrap().epoch;
    let copied = stores.copy().await;
    assert_eq!((copied.sessions, copied.later_there), (0, 4));
    assert_eq!(stores.to.list(subject(4)).await.unwrap().epoch, epoch);
    assert_eq!(present(&stores.to, 1, 1, "web").await, Decision::Reuse, "theft is seen still");
    assert_eq!(present(&stores.to, 2, 1, "web").await, Decision::Dead(State::Reused));
    assert_eq!(present(&stores.to, 3, 1, "web").await, Decision::Dead(State::LoggedOut));
    assert_eq!(present(&stores.to, 4, 1, "web").await, Decision::Dead(State::LoggedOut));
}

#[tokio::test]
async fn the_epoch_of_a_subject_goes_with_the_sessions() {
    let stores = Stores::new().await;
    end(&stores.from, Target::Subject(subject(1))).await;
    stores.start(1, "web").await;
    let epoch = stores.from.list(subject(1)).await.unwrap().epoch;
    let copied = stores.copy().await;
    assert_eq!(stores.to.list(subject(1)).await.unwrap().epoch, epoch);
    // Verifiers of the other store do not hear of it; the caller does, and until when it matters.
    assert_eq!(copied.subjects_not_told, 1);
    let feed = stores.from.feed(Position::default(), 10).await.unwrap();
    assert_eq!(copied.wait_until_s, feed.revocations[0].until_s());
}

#[tokio::test]
async fn verifiers_of_the_other_store_are_told_what_matters_still() {
    let stores = Stores::new().await;
    let names = [1, 2, 3].map(Fingerprint::from_u64);
    let [long, over, twice] = names;
    let notices = [
        Notice::new(long, 86_400),
        Notice::new(over, 0),
        Notice::new(twice, 10),
        Notice::new(twice, 930),
    ];
    let told = stores.from.publish(&notices).await.unwrap();
    let copied = stores.copy().await;
    assert!((2..=3).contains(&copied.revocations), "one is over within a second: {copied:?}");
    let feed = stores.to.feed(Position::default(), 10).await.unwrap().revocations;
    let until = |what| feed.iter().filter(|it| it.what() == what).map(|it| it.until_s()).max();
    for wanted in [&told[0], &told[3]] {
        let until_s = until(wanted.what()).unwrap();
        assert!((wanted.until_s()..wanted.until_s() + 5).contains(&until_s), "never earlier");
    }
    assert_eq!((copied.subjects_not_told, copied.wait_until_s), (0, 0));
}

#[tokio::test]
async fn documents_go_with_their_revision_and_replace_none_that_is_as_late() {
    let stores = Stores::new().await;
    let document = |revision, text: &str| Document { revision, text: text.to_owned() };
    let names = ["ring", "same", "later", "none"];
    for (name, revision, text) in [("ring", 7, "ring"), ("same", 2, "same"), ("later", 2, "mine")] {
        let put = stores.from.put_document(name, 0, &document(revision, text)).await;
        assert_eq!(put, Ok(true));
    }
    for (name, revision, text) in [("ring", 3, "old"), ("same", 2, "same"), ("later", 2, "theirs")]
    {
        let put = stores.to.put_document(name, 0, &document(revision, text)).await;
        assert_eq!(put, Ok(true));
    }
    let copied = copy(&stores.from, &stores.to, &names, |_| ()).await.unwrap();
    assert_eq!((copied.documents, copied.documents_left), (2, vec!["later".to_owned()]));
    for (name, wanted) in [("ring", document(7, "ring")), ("later", document(2, "theirs"))] {
        assert_eq!(stores.to.document(name, 0).await, Ok(Some(wanted)));
    }
    assert_eq!(stores.to.document("none", 0).await, Ok(None));
}

#[tokio::test]
async fn many_sessions_go_page_by_page_and_the_caller_is_told() {
    let stores = Stores::new().await;
    let client = stores.from.number(NameKind::Client, "web").await.unwrap();
    for number in 0..1_234_u32 {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let mut key = [0; 12];
        key[..4].copy_from_slice(&(number / 3).to_be_bytes());
        let (key, id) = (SubjectKey::from_bytes(key), SessionId::from_bytes(id));
        let mut new = NewSession::new(key, &"many".into(), id, [7; 12]);
        new.client = client;
        new.policy = RotationPolicy::web().idle(Duration::from_secs(60));
        stores.from.start(&new).await.unwrap();
    }
    let mut steps = Vec::new();
    let copied = copy(&stores.from, &stores.to, &[], |so_far| steps.push(so_far.sessions)).await;
    assert_eq!(copied.unwrap().sessions, 1_234);
    assert!(steps.len() > 2 && steps.is_sorted() && steps.last() == Some(&1_234), "{steps:?}");
    let mut count = 0;
    let mut from = None;
    loop {
        let page = stores.to.export(from.as_deref(), 100).await.unwrap();
        count += page.sessions.len();
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(count, 1_234);
}
