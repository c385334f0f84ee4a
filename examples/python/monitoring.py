"""A log line for each token, and counters: made, verified, expired, forged.

It prints::

    {'sub': '123'}
    ExpiredSignatureError: Signature has expired
    InvalidSignatureError: Signature verification failed
    DecodeError: Not enough segments
    INFO token_created 123 access 0
    INFO token_created 123 access -60
    INFO token_verified 123 True
    WARNING token_verified unknown False expired
    WARNING token_verified unknown False invalid_signature
    WARNING token_verified unknown False invalid_token
    INFO token_revoked 123 logged out
    tokens_created: 2
    tokens_verified: 1
    verification_failures: 3
    expired_tokens: 1
    invalid_signatures: 1
"""

import os
import tempfile

import jwt
from freezegun import freeze_time
from outcome import outcome

# sample: tutorial 1, JWT Operations Logging System
import logging
import json
from datetime import datetime

class JWTLogger:
    def __init__(self, logger_name: str = "jwt_operations"):
        self.logger = logging.getLogger(logger_name)
        self.logger.setLevel(logging.INFO)

        # File handler
        handler = logging.FileHandler("jwt_operations.log")
        formatter = logging.Formatter(
            '%(asctime)s - %(name)s - %(levelname)s - %(message)s'
        )
        handler.setFormatter(formatter)
        self.logger.addHandler(handler)

    def log_token_creation(self, user_id: int, token_type: str, expires_in: int):
        self.logger.info(json.dumps({
            "operation": "token_created",
            "user_id": user_id,
            "token_type": token_type,
            "expires_in": expires_in,
            "timestamp": datetime.utcnow().isoformat()
        }))

    def log_token_verification(self, user_id: int, success: bool, error: str = None):
        log_data = {
            "operation": "token_verified",
            "user_id": user_id,
            "success": success,
            "timestamp": datetime.utcnow().isoformat()
        }
        if error:
            log_data["error"] = error
        if success:
            self.logger.info(json.dumps(log_data))
        else:
            self.logger.warning(json.dumps(log_data))

    def log_token_revocation(self, user_id: int, reason: str):
        self.logger.info(json.dumps({
            "operation": "token_revoked",
            "user_id": user_id,
            "reason": reason,
            "timestamp": datetime.utcnow().isoformat()
        }))
# end of sample

# sample: tutorial 1, Metrics and Monitoring
from dataclasses import dataclass
from typing import Dict
import time

@dataclass
class JWTMetrics:
    tokens_created: int = 0
    tokens_verified: int = 0
    verification_failures: int = 0
    expired_tokens: int = 0
    invalid_signatures: int = 0

    def to_dict(self) -> Dict[str, int]:
        return {
            "tokens_created": self.tokens_created,
            "tokens_verified": self.tokens_verified,
            "verification_failures": self.verification_failures,
            "expired_tokens": self.expired_tokens,
            "invalid_signatures": self.invalid_signatures
        }

class MonitoredJWTHandler:
    def __init__(self, secret: str):
        self.secret = secret
        self.metrics = JWTMetrics()
        self.logger = JWTLogger()

    def create_token(self, payload: dict) -> str:
        start_time = time.time()
        token = jwt.encode(payload, self.secret, algorithm="HS256")
        # Update metrics
        self.metrics.tokens_created += 1
        # Log operation
        user_id = payload.get("sub", "unknown")
        expires_in = payload.get("exp", 0) - time.time() if payload.get("exp") else 0
        self.logger.log_token_creation(user_id, "access", int(expires_in))
        return token

    def verify_token(self, token: str) -> dict:
        try:
            payload = jwt.decode(token, self.secret, algorithms=["HS256"])
            # Update metrics
            self.metrics.tokens_verified += 1
            # Log success
            user_id = payload.get("sub", "unknown")
            self.logger.log_token_verification(user_id, True)
            return payload
        except jwt.ExpiredSignatureError:
            self.metrics.expired_tokens += 1
            self.metrics.verification_failures += 1
            self.logger.log_token_verification("unknown", False, "expired")
            raise
        except jwt.InvalidSignatureError:
            self.metrics.invalid_signatures += 1
            self.metrics.verification_failures += 1
            self.logger.log_token_verification("unknown", False, "invalid_signature")
            raise
        except jwt.InvalidTokenError:
            self.metrics.verification_failures += 1
            self.logger.log_token_verification("unknown", False, "invalid_token")
            raise

    def get_metrics(self) -> Dict[str, int]:
        return self.metrics.to_dict()
# end of sample


with tempfile.TemporaryDirectory() as folder, freeze_time("2023-01-01 12:00:00"):
    os.chdir(folder)
    handler = MonitoredJWTHandler("a secret of the length that HS256 wants")
    token = handler.create_token({"sub": "123"})
    expired = handler.create_token({"sub": "123", "exp": int(time.time()) - 60})
    forged = jwt.encode({"sub": "123"}, "another secret of a sufficient length")
    for each in (token, expired, forged, "no token"):
        print(outcome(handler.verify_token, each))
    handler.logger.log_token_revocation("123", "logged out")
    logging.shutdown()
    with open("jwt_operations.log") as log:
        for line in log:
            level, message = line.rstrip().split(" - ")[2:]
            said = json.loads(message)
            del said["timestamp"]
            print(level, *said.values())
    os.chdir(os.path.dirname(folder))

for name, value in handler.get_metrics().items():
    print(f"{name}: {value}")
