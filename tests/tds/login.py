"""PRELOGIN and LOGIN7. Source: [MS-TDS] 2.2.6.4 and 2.2.6.5."""
import struct

from wire import Reader

NOT_ENCRYPTED = 2


def prelogin_answer(version):
    """Version, no encryption, no instance, no thread, no MARS."""
    major, minor, build = version
    options = [(0, struct.pack(">BBHH", major, minor, build, 0)), (1, bytes([NOT_ENCRYPTED])), (2, b"\x00"),
               (3, b""), (4, b"\x00")]
    at = 5 * len(options) + 1
    heads, values = b"", b""
    for token, value in options:
        heads += struct.pack(">BHH", token, at + len(values), len(value))
        values += value
    return heads + b"\xff" + values


def password_of(data):
    """Every byte has its halves exchanged after an exclusive or with 0xA5."""
    plain = bytes((b ^ 0xA5) >> 4 | ((b ^ 0xA5) & 0x0F) << 4 for b in data)
    return plain.decode("utf-16-le")


class Login:
    def __init__(self, data):
        reader = Reader(data)
        reader.take(4)
        self.tds_version = reader.number(4)
        self.packet_size = reader.number(4)
        reader.at = 36
        places = [(reader.number(2), reader.number(2)) for _ in range(9)]

        def text(i):
            at, count = places[i]
            return data[at:at + 2 * count].decode("utf-16-le")

        self.host, self.user, self.program = text(0), text(1), text(3)
        at, count = places[2]
        self.password = password_of(data[at:at + 2 * count])
        self.database = text(8)
