import io

import pytest
from flask import Flask

from dashboard.answers import answered
from dashboard.posted import posted_bytes

MOST = 1_000


class Endless(io.RawIOBase):
    """A body that never ends, and how much of it was taken."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, into):
        self.taken += len(into)
        into[:] = b"x" * len(into)
        return len(into)


@pytest.fixture
def client():
    server = Flask(__name__)

    @server.post("/")
    @answered
    def length():
        return {"n": len(posted_bytes(MOST, "At most 1 kB; send less."))}

    return server.test_client()


def test_what_fits_is_read(client):
    assert client.post("/", data=bytes(MOST)).json == {"n": MOST}
    assert client.post("/").json == {"n": 0}


def test_a_body_that_says_that_it_is_longer_is_not_read(client):
    body = Endless()
    said = {"wsgi.input": body, "CONTENT_LENGTH": str(2 * MOST)}
    reply = client.post("/", environ_overrides=said)
    assert reply.status_code == 400 and reply.text == "At most 1 kB; send less."
    assert body.taken == 0


def test_of_a_body_in_chunks_no_more_is_read_than_may_come(client):
    body = Endless()
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True}
    chunked |= {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    reply = client.post("/", environ_overrides=chunked)
    assert reply.status_code == 400 and reply.text == "At most 1 kB; send less."
    assert body.taken <= 100 * MOST


def test_one_byte_too_many_is_too_many(client):
    assert client.post("/", data=bytes(MOST + 1)).status_code == 400
