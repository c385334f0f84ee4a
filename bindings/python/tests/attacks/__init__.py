"""The attack catalogue (`vectors/attacks.json`) through both Python interfaces.

The files are the families of attack; a test's name begins with the id of its class. `native` and
`pyjwt` are the two interfaces: each says what it made of an attack and notes that it was asked, so
that a test that forgets one of them fails. Every key and every signature is made here or by
`cryptography`, never by jotem.
"""
