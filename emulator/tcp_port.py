"""The device's network port: a TCP server for one client at a time."""

from __future__ import annotations

import socket

READ_SIZE = 4096


class TcpPort:
    """Listens on ``host:port``; port 0 takes any free one. A second client is hung up on while the first is served."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self.plug()
        self.address = f"tcp:{host}:{self._port}"

    def plug(self) -> None:
        """Start listening, again on the same port."""
        if self._listener is not None:
            return
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._listener = socket.create_server((self._host, self._port), family=family)
        self._listener.setblocking(False)
        self._port = self._listener.getsockname()[1]

    def plug_renamed(self) -> None:
        """A network address has no device name: the same as :meth:`plug`."""
        self.plug()

    def unplug(self) -> None:
        """Pull the cable: the client is cut off and nobody listens."""
        self._drop()
        if self._listener is not None:
            self._listener.close()
        self._listener = None

    def close(self) -> None:
        """Stop for good."""
        self.unplug()

    def descriptors(self) -> list[int]:
        """What to wait on."""
        return [each.fileno() for each in (self._client, self._listener) if each is not None]

    def receive(self, alive: bool) -> bytes:
        """Bytes of the client; takes a waiting client when there is none, so that its bytes come with the next call."""
        data = self._read()
        self._accept()
        return data

    def send(self, data: bytes) -> None:
        """Send to the client; a client that has gone, or that does not read, is dropped."""
        if self._client is None or not data:
            return
        try:
            self._client.sendall(data)
        except OSError:
            self._drop()

    def _read(self) -> bytes:
        if self._client is None:
            return b""
        try:
            data = self._client.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._drop()
        return data

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        if self._client is not None:
            client.close()
            return
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None
