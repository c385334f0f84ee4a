from types import ModuleType
from typing import Any, Optional

def arm(
    api_jwt: ModuleType,
    api_jws: ModuleType,
    api_jwk: ModuleType,
    algorithms: ModuleType,
    utils: ModuleType,
) -> None: ...
def encode(
    jwt: object, payload: object, key: object, algorithm: object, headers: object, /
) -> Optional[str]: ...
def decode(
    jwt: object,
    token: object,
    key: object,
    algorithms: object,
    options: object,
    audience: object,
    subject: object,
    issuer: object,
    leeway: object,
    /,
) -> Optional[dict[str, Any]]: ...
def decode_complete(
    jwt: object,
    token: object,
    key: object,
    algorithms: object,
    options: object,
    audience: object,
    subject: object,
    issuer: object,
    leeway: object,
    /,
) -> Optional[dict[str, Any]]: ...
