"""Tokens taken back before they expire: their identifiers in a table, through SQLAlchemy.

It prints::

    fresh: False
    revoked: True
    the other one: False
    the row: True 123
    of another key: True
    expired: True
    no token: True
    rows: 1
    without an identifier: False
    twice: IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint failed: token_blacklist.jti
"""

import datetime
import uuid

import jwt
from outcome import outcome
from sqlalchemy import create_engine

# sample: tutorial 1, SQLAlchemy Integration
from sqlalchemy import Column, Integer, String, DateTime, Text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import sessionmaker

Base = declarative_base()

class TokenBlacklist(Base):
    __tablename__ = "token_blacklist"

    id = Column(Integer, primary_key=True)
    jti = Column(String(36), unique=True, nullable=False)
    user_id = Column(Integer, nullable=False)
    created_at = Column(DateTime, default=datetime.datetime.utcnow)
    expires_at = Column(DateTime, nullable=False)

class DatabaseTokenManager:
    def __init__(self, db_session, secret: str):
        self.db = db_session
        self.secret = secret

    def create_token_with_jti(self, user_id: int, payload: dict):
        """Create a token with a JTI for blacklist tracking"""
        jti = str(uuid.uuid4())
        payload.update({
            "jti": jti,
            "sub": str(user_id),
            "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1)
        })
        token = jwt.encode(payload, self.secret, algorithm="HS256")
        return token, jti

    def blacklist_token(self, token: str):
        """Add token to blacklist"""
        try:
            payload = jwt.decode(token, self.secret, algorithms=["HS256"])
            jti = payload.get("jti")
            user_id = payload.get("sub")
            expires_at = datetime.datetime.fromtimestamp(payload.get("exp"))
            if jti:
                blacklisted_token = TokenBlacklist(
                    jti=jti,
                    user_id=int(user_id),
                    expires_at=expires_at
                )
                self.db.add(blacklisted_token)
                self.db.commit()
        except jwt.InvalidTokenError:
            pass

    def is_token_blacklisted(self, token: str) -> bool:
        """Check if token is blacklisted"""
        try:
            payload = jwt.decode(token, self.secret, algorithms=["HS256"])
            jti = payload.get("jti")
            if jti:
                return self.db.query(TokenBlacklist).filter_by(jti=jti).first() is not None
            return False
        except jwt.InvalidTokenError:
            return True
# end of sample


SECRET = "a secret of the length that HS256 wants"
engine = create_engine("sqlite:///:memory:")
Base.metadata.create_all(engine)
with sessionmaker(bind=engine)() as session:
    manager = DatabaseTokenManager(session, SECRET)
    token, jti = manager.create_token_with_jti(123, {})
    other, _ = manager.create_token_with_jti(123, {})
    print("fresh:", manager.is_token_blacklisted(token))

    manager.blacklist_token(token)
    print("revoked:", manager.is_token_blacklisted(token))
    print("the other one:", manager.is_token_blacklisted(other))
    row = session.query(TokenBlacklist).one()
    print("the row:", row.jti == jti, row.user_id)

    forged = jwt.encode({"jti": jti}, "another secret of a sufficient length")
    expired = jwt.encode({"jti": jti, "exp": 1}, SECRET)
    for name, bad in (("of another key", forged), ("expired", expired), ("no token", "no token")):
        manager.blacklist_token(bad)
        print(f"{name}:", manager.is_token_blacklisted(bad))
    print("rows:", session.query(TokenBlacklist).count())
    print("without an identifier:", manager.is_token_blacklisted(jwt.encode({}, SECRET)))
    print("twice:", outcome(manager.blacklist_token, token).splitlines()[0])
engine.dispose()
