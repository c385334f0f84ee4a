//! What is said about samples: order statistics, because noise on a shared machine is one-sided.

use serde::Serialize;

use crate::rounds::Samples;

/// One entrant's nanoseconds per call.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Summary {
    pub(crate) median_ns: f64,
    pub(crate) min_ns: f64,
    pub(crate) lower_quartile_ns: f64,
    pub(crate) upper_quartile_ns: f64,
}

impl Summary {
    pub(crate) fn of(samples: &Samples) -> Self {
        let sorted = sorted(samples.per_round.iter().copied());
        Self {
            median_ns: quantile(&sorted, 0.5),
            min_ns: quantile(&sorted, 0.0),
            lower_quartile_ns: quantile(&sorted, 0.25),
            upper_quartile_ns: quantile(&sorted, 0.75),
        }
    }
}

/// The median of the ratios taken round by round, so that drift between rounds cancels.
pub(crate) fn paired_ratio(samples: &Samples, reference: &Samples) -> f64 {
    let rounds = samples.per_round.iter().zip(&reference.per_round);
    quantile(&sorted(rounds.map(|(one, other)| one / other)), 0.5)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which `share` of the sorted values lie, interpolated between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(per_round: &[f64]) -> Samples {
        Samples { name: "test", per_round: per_round.to_vec() }
    }

    #[test]
    fn summarises_by_rank_not_by_order() {
        let summary = Summary::of(&samples(&[50.0, 10.0, 40.0, 20.0, 30.0]));
        assert_eq!(summary.min_ns, 10.0);
        assert_eq!(summary.lower_quartile_ns, 20.0);
        assert_eq!(summary.median_ns, 30.0);
        assert_eq!(summary.upper_quartile_ns, 40.0);
    }

    #[test]
    fn interpolates_between_an_even_number_of_rounds() {
        assert_eq!(Summary::of(&samples(&[1.0, 2.0])).median_ns, 1.5);
    }

    #[test]
    fn a_ratio_survives_a_machine_that_slows_down() {
        let steady = samples(&[100.0, 200.0, 400.0]);
        let twice = samples(&[200.0, 400.0, 800.0]);
        assert_eq!(paired_ratio(&twice, &steady), 2.0);
    }
}
