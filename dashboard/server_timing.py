"""How long the server took for a reply, told with it: browsers show it, and benchmarks read it."""

import time

from flask import Flask, Response, g


def register_server_timing(server: Flask) -> None:
    """Add a Server-Timing header, "app;dur=" and milliseconds, to every reply."""

    @server.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @server.after_request
    def end(reply: Response) -> Response:
        began = g.get("began")
        if began is not None:  # a request that was refused before it reached anything of ours
            reply.headers["Server-Timing"] = f"app;dur={1e3 * (time.perf_counter() - began):.1f}"
        return reply
