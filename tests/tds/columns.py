"""Column types of SQL Server: TYPE_INFO and values as they travel. Source: [MS-TDS] 2.2.5.

Values are what a JSON data file holds: numbers; texts for decimals, money, dates, times, uniqueidentifier
and xml, as SQL Server prints them; "0x00ff" or bytes for binary types.
"""
import datetime
import decimal
import json
import re
import struct
import uuid

from wire import b_varchar, us_varchar, utf16

PLP_NULL = b"\xff" * 8
CHUNK = 1 << 16

# LCID, flags, version and sort id as they travel, and the code page.
COLLATIONS = {
    "SQL_Latin1_General_CP1_CI_AS": (bytes.fromhex("0904d00034"), "cp1252"),
    "Polish_CI_AS": (bytes.fromhex("1504d00000"), "cp1250"),
    "Cyrillic_General_CI_AS": (bytes.fromhex("1904d00000"), "cp1251"),
    "Greek_CI_AS": (bytes.fromhex("0804d00000"), "cp1253"),
    "Japanese_CI_AS": (bytes.fromhex("1104d00000"), "cp932"),
    "Latin1_General_100_CI_AS_SC_UTF8": (bytes.fromhex("0904d02400"), "utf-8"),
}
DEFAULT_COLLATION = "SQL_Latin1_General_CP1_CI_AS"


class Fixed:
    """A type that travels as so many bytes, with a nullable variant in front of which the length is."""

    def __init__(self, token, variant, size, pack):
        self.token, self.variant, self.size, self.pack = token, variant, size, pack

    def info(self, nullable):
        return bytes([self.variant, self.size]) if nullable else bytes([self.token])

    def table_part(self):
        return b""

    def encode(self, value, nullable):
        if not nullable:
            return self.pack(value)
        return b"\x00" if value is None else bytes([self.size]) + self.pack(value)


class Sized:
    """A type whose values have a length of one byte in front, 0 for NULL."""

    def __init__(self, type_info, pack):
        self.type_info, self.pack = type_info, pack

    def info(self, _nullable):
        return self.type_info

    def table_part(self):
        return b""

    def encode(self, value, _nullable):
        data = b"" if value is None else self.pack(value)
        return bytes([len(data)]) + data


class Plp:
    """(max) types, xml and types of the CLR: in chunks."""

    def __init__(self, type_info, pack):
        self.type_info, self.pack = type_info, pack

    def info(self, _nullable):
        return self.type_info

    def table_part(self):
        return b""

    def encode(self, value, _nullable):
        if value is None:
            return PLP_NULL
        data = self.pack(value)
        parts = [struct.pack("<Q", len(data))]
        for at in range(0, len(data), CHUNK):
            piece = data[at:at + CHUNK]
            parts += [struct.pack("<I", len(piece)), piece]
        return b"".join(parts) + b"\x00" * 4


class Short:
    """Texts and bytes of up to 8,000 bytes: a length of two bytes in front."""

    def __init__(self, token, size, collation, pack):
        self.type_info = struct.pack("<BH", token, size) + collation
        self.size, self.pack = size, pack

    def info(self, _nullable):
        return self.type_info

    def table_part(self):
        return b""

    def encode(self, value, _nullable):
        if value is None:
            return b"\xff\xff"
        data = self.pack(value)
        if len(data) > self.size:
            raise ValueError(f"{len(data)} bytes in a column of {self.size}: {value!r}")
        return struct.pack("<H", len(data)) + data


class Old:
    """text, ntext, image: a pointer and a time stamp in front of the value."""

    def __init__(self, token, size, collation, pack):
        self.type_info = struct.pack("<BI", token, size) + collation
        self.pack = pack

    def info(self, _nullable):
        return self.type_info

    def table_part(self):
        return b"\x01" + us_varchar("t")

    def encode(self, value, _nullable):
        if value is None:
            return b"\x00"
        data = self.pack(value)
        return b"\x10" + b"p" * 16 + b"s" * 8 + struct.pack("<I", len(data)) + data


class Variant:
    """sql_variant: {"type": …, "value": …} of a type whose properties are known here."""

    def info(self, _nullable):
        return struct.pack("<BI", 0x62, 8009)

    def table_part(self):
        return b""

    def encode(self, value, _nullable):
        if value is None:
            return b"\x00" * 4
        value = json.loads(value) if isinstance(value, str) else value
        name, inner = value["type"], value["value"]
        if name == "int":
            data = b"\x38\x00" + struct.pack("<i", inner)
        elif name == "nvarchar":
            collation = COLLATIONS[DEFAULT_COLLATION][0]
            data = b"\xe7\x07" + collation + struct.pack("<H", 8000) + utf16(inner)
        else:
            raise ValueError(f"no sql_variant of {name}")
        return struct.pack("<I", len(data)) + data


def money(value, size):
    scaled = int(decimal.Decimal(value).scaleb(4))
    if size == 4:
        return struct.pack("<i", scaled)
    return struct.pack("<iI", scaled >> 32, scaled & 0xFFFFFFFF)


def moment(value):
    """Days since 0001-01-01, 100 ns since midnight and minutes east of UTC of "2026-11-30 12:34:56.1234567
    +05:30", any part of which may be missing."""
    match = re.fullmatch(r"(?:(\d{4})-(\d\d)-(\d\d))?[ T]?(?:(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?)?"
                         r"(?: ?([+-])(\d\d):(\d\d))?", value)
    if not match:
        raise ValueError(f"no date or time: {value!r}")
    year, month, day, hour, minute, second, fraction, sign, east, east_minutes = match.groups()
    days = datetime.date(int(year), int(month), int(day)).toordinal() - 1 if year else 0
    ticks = 0
    if hour:
        ticks = (int(hour) * 3600 + int(minute) * 60 + int(second)) * 10**7
        ticks += int((fraction or "").ljust(7, "0"))
    offset = (int(east) * 60 + int(east_minutes)) * (-1 if sign == "-" else 1) if sign else 0
    return days, ticks, offset


def in_utc(value):
    """The same moment, at +00:00."""
    days, ticks, offset = moment(value)
    ticks -= offset * 60 * 10**7
    days, ticks = days + ticks // TICKS_A_DAY, ticks % TICKS_A_DAY
    seconds, fraction = divmod(ticks, 10**7)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:07}"
    return f"{datetime.date.fromordinal(days + 1)} {clock} +00:00"


DAYS_TO_1900 = datetime.date(1900, 1, 1).toordinal() - 1
TICKS_A_DAY = 24 * 3600 * 10**7


def old_datetime(value):
    """A datetime keeps 1/300 s."""
    days, ticks, _ = moment(value)
    return struct.pack("<iI", days - DAYS_TO_1900, (ticks * 300 + 5 * 10**6) // 10**7)


def small_datetime(value):
    days, ticks, _ = moment(value)
    return struct.pack("<HH", days - DAYS_TO_1900, ticks // (60 * 10**7))


def time_bytes(ticks, scale):
    size = 3 if scale <= 2 else 4 if scale <= 4 else 5
    return (ticks // 10**(7 - scale)).to_bytes(size, "little")


def date_bytes(days):
    return days.to_bytes(3, "little")


def datetime2(value, scale):
    days, ticks, _ = moment(value)
    return time_bytes(ticks, scale) + date_bytes(days)


def datetimeoffset(value, scale):
    days, ticks, offset = moment(value)
    utc = days * TICKS_A_DAY + ticks - offset * 60 * 10**7
    return (time_bytes(utc % TICKS_A_DAY, scale) + date_bytes(utc // TICKS_A_DAY) +
            struct.pack("<h", offset))


def decimal_type(precision, scale):
    size = 4 * (1 if precision <= 9 else 2 if precision <= 19 else 3 if precision <= 28 else 4)

    def pack(value):
        with decimal.localcontext() as context:
            context.prec = 60
            scaled = decimal.Decimal(value).scaleb(scale)
            number = int(scaled)
            if number != scaled or abs(number) >= 10**precision:
                raise ValueError(f"{value} is no decimal({precision},{scale})")
        return bytes([number >= 0]) + abs(number).to_bytes(size, "little")

    return Sized(bytes([0x6C, size + 1, precision, scale]), pack)


def as_bytes(value):
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if not value.startswith("0x"):
        raise ValueError(f"no bytes: {value!r}")
    return bytes.fromhex(value[2:])


def simple(code):
    packer = struct.Struct("<" + code)
    return lambda value: packer.pack(value)


FIXED = {
    "tinyint": (0x30, 0x26, 1, simple("B")),
    "smallint": (0x34, 0x26, 2, simple("h")),
    "int": (0x38, 0x26, 4, simple("i")),
    "bigint": (0x7F, 0x26, 8, simple("q")),
    "bit": (0x32, 0x68, 1, simple("B")),
    "real": (0x3B, 0x6D, 4, lambda value: struct.pack("<f", float(value))),
    "float": (0x3E, 0x6D, 8, lambda value: struct.pack("<d", float(value))),
    "money": (0x3C, 0x6E, 8, lambda value: money(value, 8)),
    "smallmoney": (0x7A, 0x6E, 4, lambda value: money(value, 4)),
    "datetime": (0x3D, 0x6F, 8, old_datetime),
    "smalldatetime": (0x3A, 0x6F, 4, small_datetime),
}
CLR = ("geography", "geometry", "hierarchyid")


def character(name, length, collation):
    wire, codec = COLLATIONS[collation]
    wide = name in ("nchar", "nvarchar", "ntext", "sysname")
    codec = "utf-16-le" if wide else codec
    if name in ("text", "ntext"):
        return Old(0x63 if wide else 0x23, 0x7FFFFFFE if wide else 0x7FFFFFFF, wire,
                   lambda value: value.encode(codec))
    fixed = name in ("char", "nchar")
    token = (0xEF if fixed else 0xE7) if wide else (0xAF if fixed else 0xA7)
    if length == "max":
        return Plp(struct.pack("<BH", token, 0xFFFF) + wire,
                   lambda value: value.encode(codec, "surrogatepass" if wide else "strict"))
    size = int(length) * (2 if wide else 1)

    def pack(value):
        data = value.encode(codec, "surrogatepass" if wide else "strict")
        return data + " ".encode(codec) * ((size - len(data)) // len(" ".encode(codec))) if fixed else data

    return Short(token, size, wire, pack)


def binary(name, length):
    if name == "image":
        return Old(0x22, 0x7FFFFFFF, b"", as_bytes)
    if length == "max":
        return Plp(struct.pack("<BH", 0xA5, 0xFFFF), as_bytes)
    size = int(length)
    if name == "varbinary":
        return Short(0xA5, size, b"", as_bytes)
    return Short(0xAD, size, b"", lambda value: as_bytes(value).ljust(size, b"\x00"))


def times(name, scale):
    if name == "time":
        return Sized(bytes([0x29, scale]), lambda value: time_bytes(moment(value)[1], scale))
    if name == "datetime2":
        return Sized(bytes([0x2A, scale]), lambda value: datetime2(value, scale))
    return Sized(bytes([0x2B, scale]), lambda value: datetimeoffset(value, scale))


def parse(text, collation=None):
    """The type of "decimal(38,10)", "nvarchar(max)", "varchar(20)" …"""
    match = re.fullmatch(r"(\w+)\s*(?:\(\s*(\w+)\s*(?:,\s*(\d+)\s*)?\))?", text.strip().lower())
    if not match:
        raise ValueError(f"no type: {text!r}")
    name, first, second = match.groups()
    collation = collation or DEFAULT_COLLATION
    if name in FIXED:
        return Fixed(*FIXED[name])
    if name in ("decimal", "numeric"):
        return decimal_type(int(first or 18), int(second or 0))
    if name in ("char", "varchar", "nchar", "nvarchar", "text", "ntext"):
        return character(name, first or "1", collation)
    if name == "sysname":
        return character("nvarchar", "128", collation)
    if name in ("binary", "varbinary", "image"):
        return binary(name, first or "1")
    if name in ("timestamp", "rowversion"):
        return binary("binary", "8")
    if name == "date":
        return Sized(b"\x28", lambda value: date_bytes(moment(value)[0]))
    if name in ("time", "datetime2", "datetimeoffset"):
        return times(name, int(first or 7))
    if name == "uniqueidentifier":
        return Sized(b"\x24\x10", lambda value: uuid.UUID(value).bytes_le)
    if name == "xml":
        return Plp(b"\xf1\x00", utf16)
    if name == "sql_variant":
        return Variant()
    if name in CLR:
        return Plp(b"\xf0\xff\xff" + b_varchar("db") + b_varchar("sys") + b_varchar(name) +
                   us_varchar("Microsoft.SqlServer.Types"), as_bytes)
    raise ValueError(f"no type: {text!r}")
