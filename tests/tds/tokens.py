"""Tokens of a TDS 7.2 to 7.4 answer. Source: [MS-TDS] 2.2.7."""
import struct

from wire import b_varchar, us_varchar

MORE, ERROR, IN_TRANSACTION, COUNT, ATTENTION = 0x01, 0x02, 0x04, 0x10, 0x20
DATABASE, LANGUAGE, PACKET_SIZE, COLLATION = 1, 2, 4, 7
BEGIN, COMMIT, ROLLBACK = 8, 9, 10
NULLABLE = 0x0001
SERVER = "TDSTEST"


def sized(token, body):
    return struct.pack("<BH", token, len(body)) + body


def login_ack(tds_version, version):
    major, minor, build = version
    return sized(0xAD, b"\x01" + struct.pack(">I", tds_version) + b_varchar("Microsoft SQL Server") +
                 struct.pack(">BBH", major, minor, build))


def env_change(kind, new, old=""):
    return sized(0xE3, struct.pack("<B", kind) + b_varchar(new) + b_varchar(old))


def env_change_bytes(kind, new, old=b""):
    return sized(0xE3, struct.pack("<BB", kind, len(new)) + new + struct.pack("<B", len(old)) + old)


def message(token, number, text, severity, state=1, line=1):
    return sized(token, struct.pack("<iBB", number, state, severity) + us_varchar(text) +
                 b_varchar(SERVER) + b_varchar("") + struct.pack("<i", line))


def info(number, text):
    return message(0xAB, number, text, 10)


def error(number, text, severity=16, state=1):
    return message(0xAA, number, text, severity, state)


def done(status=0, rows=0, command=0xC1):
    return struct.pack("<BHHQ", 0xFD, status, command, rows)


def done_proc(status=0, rows=0):
    return struct.pack("<BHHQ", 0xFE, status, 0xE0, rows)


def done_in_proc(status=0, rows=0):
    return struct.pack("<BHHQ", 0xFF, status, 0xC1, rows)


def return_status(value=0):
    return struct.pack("<Bi", 0x79, value)


def return_value(ordinal, name, number):
    """An int of an output parameter."""
    return (struct.pack("<BH", 0xAC, ordinal) + b_varchar(name) +
            struct.pack("<BIHBBBi", 0x01, 0, 0, 0x26, 4, 4, number))


def column_metadata(columns):
    """`columns`: (name, column type, may be NULL)."""
    data = struct.pack("<BH", 0x81, len(columns))
    for name, kind, nullable in columns:
        data += struct.pack("<IH", 0, NULLABLE if nullable else 0)
        data += kind.info(nullable) + kind.table_part() + b_varchar(name)
    return data


def row(columns, values):
    """ROW, or NBCROW where it is shorter: when one value in eight is NULL."""
    nulls = sum(value is None for value in values)
    if nulls * 8 < len(values) or len(values) < 2:
        return b"\xd1" + b"".join(
            kind.encode(value, nullable) for (_, kind, nullable), value in zip(columns, values))
    bitmap = bytearray((len(values) + 7) // 8)
    for i, value in enumerate(values):
        if value is None:
            bitmap[i // 8] |= 1 << (i % 8)
    return b"\xd2" + bytes(bitmap) + b"".join(
        kind.encode(value, nullable)
        for (_, kind, nullable), value in zip(columns, values) if value is not None)
