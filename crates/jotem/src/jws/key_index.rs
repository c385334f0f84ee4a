//! Where the keys of one name stand: a gateway with a thousand keys finds one as fast as with ten.

use crate::jwk::VerifyingKey;

/// The places of keys in their list, in order of the keys' names; those without a name come first.
///
/// Sorted, and not hashed: no name is slower to find than another, whoever chose the names.
#[derive(Debug, Clone)]
pub(super) struct KeyIndex(Box<[usize]>);

/// Fewer keys are compared one by one in less time.
const FEWEST: usize = 6;

impl KeyIndex {
    /// Makes the index of a list, if it is worth having.
    pub(super) fn of(keys: &[VerifyingKey]) -> Option<Self> {
        if keys.len() < FEWEST {
            return None;
        }
        let mut places: Vec<usize> = (0..keys.len()).collect();
        // Stable: keys of one name stay in the order of the list.
        places.sort_by_key(|place| name(keys, *place));
        Some(Self(places.into()))
    }

    /// Returns the keys of a name and then those without one, both in the order of the list.
    pub(super) fn named_or_nameless<'k>(
        &'k self,
        keys: &'k [VerifyingKey],
        key_id: Option<&str>,
    ) -> impl Iterator<Item = &'k VerifyingKey> + Clone + use<'k> {
        let places = self.named(keys, key_id).iter().chain(self.named(keys, None));
        places.filter_map(|place| keys.get(*place))
    }

    /// Returns where the keys of a name are, or those without one.
    fn named(&self, keys: &[VerifyingKey], key_id: Option<&str>) -> &[usize] {
        let begin = self.0.partition_point(|place| name(keys, *place) < key_id);
        let rest = self.0.get(begin..).unwrap_or_default();
        let count = rest.partition_point(|place| name(keys, *place) <= key_id);
        rest.get(..count).unwrap_or_default()
    }
}

fn name(keys: &[VerifyingKey], place: usize) -> Option<&str> {
    keys.get(place).and_then(VerifyingKey::key_id)
}
