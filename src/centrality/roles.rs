//! Guimerà–Amaral roles.

use super::Role;

/// From this within-module z-score on, a node is a hub.
const HUB_Z: f64 = 2.5;

/// The role of each node by its within-module z-score and its participation coefficient.
///
/// | | participation |
/// |---|---|
/// | z < 2.5 | ≤ 0.05 ultra-peripheral, ≤ 0.62 peripheral, ≤ 0.80 connector, above: kinless |
/// | hubs | ≤ 0.30 provincial, ≤ 0.75 connector, above: kinless |
///
/// Length: the shorter of both. `O(n)`. Guimerà and Amaral, Nature 433, 895 (2005), who found the limits on
/// metabolic networks by eye.
///
/// ```
/// use kinfolk::centrality::{Role, roles};
///
/// assert_eq!(roles(&[0.1, 3.0], &[0.7, 0.5]), [Role::Connector, Role::ConnectorHub]);
/// ```
pub fn roles(within_module_z: &[f64], participation: &[f64]) -> Vec<Role> {
    within_module_z
        .iter()
        .zip(participation)
        .map(|(&z, &p)| role(z, p))
        .collect()
}

fn role(z: f64, p: f64) -> Role {
    if z < HUB_Z {
        match p {
            p if p <= 0.05 => Role::UltraPeripheral,
            p if p <= 0.62 => Role::Peripheral,
            p if p <= 0.80 => Role::Connector,
            _ => Role::Kinless,
        }
    } else {
        match p {
            p if p <= 0.30 => Role::ProvincialHub,
            p if p <= 0.75 => Role::ConnectorHub,
            _ => Role::KinlessHub,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_belong_to_the_lower_participation_and_to_the_hubs() {
        use Role::*;
        let below = [0.05, 0.051, 0.62, 0.63, 0.80, 0.81];
        let expected = [
            UltraPeripheral,
            Peripheral,
            Peripheral,
            Connector,
            Connector,
            Kinless,
        ];
        assert_eq!(roles(&[2.49; 6], &below), expected);
        let hubs = [0.30, 0.31, 0.75, 0.76];
        assert_eq!(
            roles(&[2.5; 4], &hubs),
            [ProvincialHub, ConnectorHub, ConnectorHub, KinlessHub]
        );
    }
}
