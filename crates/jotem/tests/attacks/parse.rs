//! Layer P: parsing a compact JWS.

use crate::forge::*;

#[test]
fn p01_refuses_all_but_three_segments() {
    let verifier = verifier();
    let good = with_claims(GOOD_CLAIMS);
    assert_eq!(verdict(&verifier, &good), "accepted");
    for bad in [good.replacen('.', "", 1), format!("{good}."), format!("{good}.AAAA"), "..".into()]
    {
        assert_ne!(verdict(&verifier, &bad), "accepted", "{bad}");
    }
    assert_eq!(verdict(&verifier, ""), "token_empty");
}
