"""A small process that starts the server: `keeper.py tied|detached LOG COMMAND…`; prints the server's process id.

Detached, it ends at once and the server keeps running. Tied, it holds the read end of a pipe from its starter: when
that process ends, however it ends, the pipe closes and the server gets SIGTERM, so that the store is checkpointed.
Runs without the project's packages (`python -I -S`): it imports the standard library only.
"""

import os
import signal
import subprocess
import sys
import threading

_GRACE_S = 120


def main(mode: str, log: str, command: list[str]) -> None:
    with open(log, "wb") as output:
        # Its own session: Ctrl-C in a terminal reaches only the starter, which then stops the server in order.
        server = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    os.write(1, f"{server.pid}\n".encode())
    os.close(1)
    if mode == "detached":
        return

    def pass_on(_signal: int, _frame: object) -> None:
        server.terminate()

    def end_with_starter() -> None:
        while os.read(0, 1):
            pass
        server.terminate()
        try:
            server.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            server.kill()

    signal.signal(signal.SIGTERM, pass_on)
    threading.Thread(target=end_with_starter, daemon=True).start()
    server.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
    os._exit(0)
