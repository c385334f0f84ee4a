//! Shared secrets that everybody knows: what documentation, tutorials and configuration samples
//! write in the place of a secret, and the passwords that people choose first.
//!
//! Our own list, of facts that anybody can look up. It is short on purpose: lint says that a
//! secret is a known one, it is no tool for finding secrets. Each is tried as it is and, where it
//! is base64, decoded.

/// Where a known secret stands.
pub(super) struct Source {
    /// What kind of place, in words that say nothing of the secret.
    pub(super) name: &'static str,
    secrets: &'static [&'static str],
}

/// Returns every known secret with its number and where it stands.
pub(super) fn all() -> impl Iterator<Item = (usize, &'static str, &'static str)> {
    let each = SOURCES.iter().flat_map(|of| of.secrets.iter().map(|secret| (of.name, *secret)));
    each.enumerate().map(|(position, (name, secret))| (position.saturating_add(1), name, secret))
}

pub(super) const SOURCES: [Source; 6] = [
    Source { name: "an example of an RFC", secrets: &RFCS },
    Source { name: "an example of documentation", secrets: &DOCUMENTATION },
    Source { name: "a default of a framework or a product", secrets: &DEFAULTS },
    Source { name: "a placeholder of configuration samples", secrets: &PLACEHOLDERS },
    Source { name: "a list of common passwords", secrets: &PASSWORDS },
    Source { name: "a row of one character or a sequence", secrets: &SEQUENCES },
];

/// RFC 7515 appendix A.1 (also RFC 7797), RFC 7520 §3.5, RFC 7517 appendix A.3, in base64url.
const RFCS: [&str; 4] = [
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    "GawgguFyGrWKav7AX4VKUg",
    "Thus from my lips, by yours, my sin is purged.",
];

const DOCUMENTATION: [&str; 24] = [
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "secret",
    "shhhhh",
    "shhhh",
    "my-secret-key",
    "mysecretkey",
    "my_secret_key",
    "your_secret_key",
    "your-secret-key",
    "yoursecretkey",
    "super-secret",
    "supersecret",
    "super_secret",
    "super-secret-key",
    "supersecretkey",
    "top-secret",
    "topsecret",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "GQDstcKsx0NHjPOuXOYg5MbeJ1XT0uFiwDVvVBrk",
    "hs256-secret",
];

const DEFAULTS: [&str; 20] = [
    "SecretKeyConstant",
    "SECRET_KEY",
    "secret_key",
    "SecretKey",
    "JWT_SECRET",
    "jwt_secret",
    "jwt-secret",
    "jwtsecret",
    "jwtSecret",
    "JWT_SECRET_KEY",
    "jwt-secret-key",
    "jwt_secret_key",
    "jwtSecretKey",
    "APP_SECRET",
    "app_secret",
    "SESSION_SECRET",
    "keyboard cat",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "SecretKey012345678901234567890123456789012345678901234567890123456789",
    "ThisTokenIsNotSoSecretChangeIt",
];

const PLACEHOLDERS: [&str; 52] = [
    "",
    "change-me",
    "changeme",
    "change_me",
    "CHANGE_ME",
    "CHANGEME",
    "change-this",
    "changethis",
    "change-this-secret",
    "change_this_secret",
    "change-me-in-production",
    "change_me_in_production",
    "changeit",
    "replace-me",
    "replaceme",
    "REPLACE_ME",
    "todo",
    "TODO",
    "example",
    "example-secret",
    "example_secret",
    "sample",
    "sample-secret",
    "placeholder",
    "default",
    "default-secret",
    "default_secret",
    "dev",
    "dev-secret",
    "dev_secret",
    "development",
    "development-secret",
    "local",
    "test",
    "test-secret",
    "test_secret",
    "testsecret",
    "testing",
    "test-key",
    "testkey",
    "production",
    "your-secret",
    "your_secret",
    "yoursecret",
    "your_jwt_secret",
    "your-jwt-secret",
    "your-jwt-secret-key",
    "your-super-secret-key",
    "your-very-secret-key",
    "your_secret_key_here",
    "your-secret-key-here",
    "insert-secret-here",
];

const PASSWORDS: [&str; 74] = [
    "password",
    "Password",
    "PASSWORD",
    "password1",
    "Password1",
    "password123",
    "Password123",
    "passw0rd",
    "P@ssw0rd",
    "p@ssw0rd",
    "P@ssword",
    "pass",
    "pass123",
    "passphrase",
    "pwd",
    "admin",
    "Admin",
    "admin123",
    "administrator",
    "root",
    "toor",
    "user",
    "guest",
    "master",
    "letmein",
    "welcome",
    "welcome1",
    "qwerty",
    "qwerty123",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbnm",
    "iloveyou",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "abc123",
    "hello",
    "hello123",
    "helloworld",
    "hello world",
    "Hello World",
    "foo",
    "bar",
    "foobar",
    "foobarbaz",
    "baz",
    "key",
    "mykey",
    "my-key",
    "my_key",
    "private",
    "privatekey",
    "private_key",
    "secretkey",
    "secret-key",
    "secret123",
    "secret1",
    "secrets",
    "mysecret",
    "my-secret",
    "my_secret",
    "my secret",
    "token",
    "jwt",
    "jwttoken",
    "hmac",
    "none",
    "null",
    "undefined",
];

const SEQUENCES: [&str; 26] = [
    "0",
    "1",
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "0123456789abcdef",
    "0123456789ABCDEF",
    "0123456789abcdef0123456789abcdef",
    "12345678901234567890123456789012",
    "01234567890123456789012345678901",
    "111111",
    "000000",
    "abc",
    "abcd",
    "abcdef",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz123456",
    "00000000000000000000000000000000",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_stands_once_and_they_are_few() {
        let mut secrets: Vec<&str> = all().map(|(_, _, secret)| secret).collect();
        let count = secrets.len();
        assert!(count <= 300, "{count} secrets are tried for each token");
        secrets.sort_unstable();
        secrets.dedup();
        assert_eq!(secrets.len(), count, "one stands twice");
    }
}
