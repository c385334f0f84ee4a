"""The walk: everything that can be replaced in `jotem.jwt` is replaced, one thing at a time.

A program may patch any method or global of PyJWT, and PyJWT then calls what was put there. The
fast path must notice each. So the same walk goes over PyJWT, as control, and over jotem.jwt:
`places` finds what can be replaced, `replace` makes replacements that count, `scene` is what is
run under each, `walk` compares, `explained` lists what differs knowingly.
"""
