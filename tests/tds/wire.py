"""Packets and messages of TDS, and the little types they are made of. Source: [MS-TDS] 2.2.3."""
import select
import struct

BATCH, RPC, ANSWER, ATTENTION, TRANSACTION, LOGIN, PRELOGIN = 0x01, 0x03, 0x04, 0x06, 0x0E, 0x10, 0x12
END_OF_MESSAGE = 0x01
HEADER = struct.Struct(">BBHHBB")


class ClientGone(Exception):
    """The client closed the connection."""


class Attention(Exception):
    """The client asked to end the answer that is being sent."""


def b_varchar(text):
    return struct.pack("<B", units(text)) + utf16(text)


def us_varchar(text):
    return struct.pack("<H", units(text)) + utf16(text)


def utf16(text):
    return text.encode("utf-16-le", "surrogatepass")


def units(text):
    return len(utf16(text)) // 2


class Reader:
    """Takes values from the bytes of one message."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def more(self):
        return self.at < len(self.data)

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"message ends at byte {len(self.data)}, {count} wanted at {self.at}")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size, signed=False):
        return int.from_bytes(self.take(size), "little", signed=signed)

    def text(self, count):
        return self.take(2 * count).decode("utf-16-le", "surrogatepass")

    def skip_headers(self):
        """ALL_HEADERS of TDS 7.2 and later."""
        self.take(self.number(4) - 4)


class Wire:
    """The socket of one client: messages in, one answer at a time out, split into packets."""

    def __init__(self, sock):
        self.sock = sock
        self.packet_size = 4096
        self.buffer = bytearray()
        self.packet_id = 0

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.sock.recv(count - len(data))
            if not piece:
                raise ClientGone()
            data += piece
        return data

    def message(self):
        """Type and bytes of the next message; waits for it."""
        data = b""
        while True:
            kind, status, length, _, _, _ = HEADER.unpack(self.exactly(HEADER.size))
            data += self.exactly(length - HEADER.size)
            if status & END_OF_MESSAGE:
                return kind, data

    def wait(self, seconds):
        """Waits that long. Raises Attention or ClientGone when the client does not."""
        if not select.select([self.sock], [], [], seconds)[0]:
            return
        kind, _ = self.message()
        if kind != ATTENTION:
            raise ValueError(f"a message of type {kind} while an answer is under way")
        raise Attention()

    def put(self, data):
        """Adds whole tokens to the answer; full packets leave."""
        self.buffer += data
        room = self.packet_size - HEADER.size
        if len(self.buffer) <= room:
            return
        self.wait(0)
        while len(self.buffer) > room:
            self.packet(self.buffer[:room], 0)
            del self.buffer[:room]

    def end(self):
        """Sends what is left, as the end of the message."""
        self.packet(self.buffer, END_OF_MESSAGE)
        self.buffer.clear()
        self.packet_id = 0

    def flush(self):
        """Sends what there is of a message that goes on."""
        if self.buffer:
            self.packet(self.buffer, 0)
            self.buffer.clear()

    def packet(self, data, status):
        self.packet_id = (self.packet_id + 1) % 256
        head = HEADER.pack(ANSWER, status, HEADER.size + len(data), 0, self.packet_id, 0)
        self.sock.sendall(head + data)
