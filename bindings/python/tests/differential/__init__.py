"""PyJWT and jotem.jwt side by side on generated cases: what one does, the other must.

`keys` and `forge` are the material, `claims`, `tokens`, `headers` what cases are drawn from,
`areas` draws them, `sides` runs one on both, `outcomes` names what came of it, `tally` counts,
`explained` lists the differences that are meant.
"""
