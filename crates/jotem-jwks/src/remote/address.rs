//! Where a URL may lead: addresses are checked after the name was resolved, and the connection goes
//! to the address that was checked.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use jotem::error::Excerpt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::endpoint::{Endpoint, Host};
use super::error::RemoteError;

/// Which addresses a URL may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The program named the host: any address that a server can have.
    Anywhere,
    /// Somebody else named the host: public addresses only.
    Public,
    /// Without TLS: only this machine.
    ThisMachine,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        let address = unmapped(address);
        match self {
            Self::Anywhere => !is_nobodys(address),
            Self::Public => is_public(address),
            Self::ThisMachine => address.is_loopback(),
        }
    }

    /// Checks a URL whose host is an address: no name is resolved for it.
    pub(super) fn check(self, endpoint: &Endpoint) -> Result<(), RemoteError> {
        match endpoint.host() {
            Host::Address(address) if !self.allows(*address) => {
                Err(RemoteError::AddressRefused { host: endpoint.shown_host(), address: *address })
            }
            Host::Address(_) | Host::Name(_) => Ok(()),
        }
    }
}

/// Resolves names: the system's way, or the program's.
#[derive(Clone)]
pub(super) struct Names(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

impl Names {
    pub(super) fn new(
        lookup: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(lookup))
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new(|host| Ok((host, 0).to_socket_addrs()?.map(|address| address.ip()).collect()))
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Names")
    }
}

/// Resolves the name of one URL, and leaves out the addresses where it must not lead.
pub(super) struct CheckedNames {
    pub(super) names: Names,
    pub(super) reach: Reach,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let Names(lookup) = self.names.clone();
        let reach = self.reach;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let shown = Excerpt::new(&host);
            let found = tokio::task::spawn_blocking(move || lookup(&host)).await;
            let Ok(Ok(addresses)) = found else {
                return Err(RemoteError::NameUnresolved { host: shown }.into());
            };
            let allowed: Vec<SocketAddr> = addresses
                .iter()
                .filter(|address| reach.allows(**address))
                // The port is the URL's.
                .map(|address| SocketAddr::new(*address, 0))
                .collect();
            match addresses.first() {
                None => Err(RemoteError::NameUnresolved { host: shown }.into()),
                Some(address) if allowed.is_empty() => {
                    Err(RemoteError::AddressRefused { host: shown, address: *address }.into())
                }
                Some(_) => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// An address of IPv4 that is written as one of IPv6 is what it stands for (RFC 4291 §2.5.5).
fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

/// Addresses that no server of keys can have, not even an internal one: metadata services of clouds
/// are at link-local ones.
fn is_nobodys(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            four.is_unspecified()
                || four.is_link_local()
                || four.is_multicast()
                || four.is_broadcast()
        }
        IpAddr::V6(six) => {
            six.is_unspecified() || six.is_unicast_link_local() || six.is_multicast()
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_four(four),
        IpAddr::V6(six) => is_public_six(six),
    }
}

/// Whether an address is none of the special ones of RFC 6890 and its registry.
fn is_public_four(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127 | 224..=255, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        [169, 254, ..] | [192, 168, ..] | [198, 18 | 19, ..] => true,
        [172, second, ..] => (16..32).contains(&second),
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !special
}

/// Whether an address is global unicast, and none that leads into a network of IPv4 where it
/// should not.
fn is_public_six(address: Ipv6Addr) -> bool {
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_four(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an address of IPv4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => four(high, low),
        // Protocol assignments, Teredo among them; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;
    use std::net::IpAddr;

    const SPECIAL: [&str; 30] = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "ff02::1",
    ];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_host_that_somebody_else_named_is_at_a_public_address() {
        for special in SPECIAL {
            assert!(!Reach::Public.allows(address(special)), "{special}");
        }
        let public = ["1.1.1.1", "100.128.0.1", "172.32.0.1", "193.0.0.1", "2606:4700::1111"];
        for public in public.into_iter().chain(["::ffff:1.1.1.1", "64:ff9b::101:101"]) {
            assert!(Reach::Public.allows(address(public)), "{public}");
        }
    }

    #[test]
    fn no_host_is_where_no_server_can_be() {
        let nobodys = ["0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::"];
        for nobodys in nobodys.into_iter().chain(["fe80::1", "ff02::1", "::ffff:169.254.169.254"]) {
            assert!(!Reach::Anywhere.allows(address(nobodys)), "{nobodys}");
        }
        for own in ["127.0.0.1", "10.0.0.1", "fd00::1", "1.1.1.1"] {
            assert!(Reach::Anywhere.allows(address(own)), "{own}");
        }
    }

    #[test]
    fn without_tls_only_this_machine_is_reached() {
        for own in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert!(Reach::ThisMachine.allows(address(own)), "{own}");
        }
        for other in ["10.0.0.1", "1.1.1.1", "0.0.0.0", "fd00::1"] {
            assert!(!Reach::ThisMachine.allows(address(other)), "{other}");
        }
    }
}
