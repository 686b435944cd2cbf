"""Parameters of remote procedure calls. Source: [MS-TDS] 2.2.6.6."""
import datetime
import struct
import uuid

from wire import Reader

PROCEDURES = {10: "sp_executesql", 11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 15: "sp_unprepare"}
BY_REFERENCE = 0x01
INTN, BITN, FLTN, DECIMALN, NUMERICN, DATETIMN, DATEN, GUID = 0x26, 0x68, 0x6D, 0x6A, 0x6C, 0x6F, 0x28, 0x24
NTEXT, TEXT, NVARCHAR, NCHAR, BIGVARCHAR, BIGCHAR, BIGVARBINARY = 0x63, 0x23, 0xE7, 0xEF, 0xA7, 0xAF, 0xA5
WIDE = (NTEXT, NVARCHAR, NCHAR)
TICKS_A_SECOND = 300


def plp(reader):
    if reader.number(8) == 0xFFFFFFFFFFFFFFFF:
        return None
    data = b""
    while size := reader.number(4):
        data += reader.take(size)
    return data


def text_value(reader, kind):
    size = reader.number(4 if kind in (NTEXT, TEXT) else 2)
    collation = reader.take(5) if kind != BIGVARBINARY else b""
    if kind in (NTEXT, TEXT):
        length = reader.number(4, signed=True)
        data = None if length < 0 else reader.take(length)
    elif size == 0xFFFF:
        data = plp(reader)
    else:
        length = reader.number(2)
        data = None if length == 0xFFFF else reader.take(length)
    if data is None or not collation:
        return data
    return data.decode("utf-16-le", "surrogatepass") if kind in WIDE else data.decode("cp1252")


def decimal_value(reader):
    reader.take(1)
    _, scale = reader.number(1), reader.number(1)
    length = reader.number(1)
    if length == 0:
        return None
    sign, digits = reader.number(1), str(reader.number(length - 1)).rjust(scale + 1, "0")
    text = digits[:-scale] + "." + digits[-scale:] if scale else digits
    return text if sign else "-" + text


def moment_value(data):
    days, ticks = struct.unpack("<iI", data)
    at = datetime.datetime(1900, 1, 1) + datetime.timedelta(
        days=days, milliseconds=round(ticks * 1000 / TICKS_A_SECOND))
    return at.isoformat(" ", "milliseconds")


def value(reader):
    """A value with its TYPE_INFO in front."""
    kind = reader.number(1)
    if kind in (NTEXT, TEXT, NVARCHAR, NCHAR, BIGVARCHAR, BIGCHAR, BIGVARBINARY):
        return text_value(reader, kind)
    if kind in (DECIMALN, NUMERICN):
        return decimal_value(reader)
    if kind != DATEN:
        reader.take(1)
    data = reader.take(reader.number(1))
    if not data:
        return None
    if kind in (INTN, BITN):
        return int.from_bytes(data, "little", signed=len(data) > 1)
    if kind == FLTN:
        return struct.unpack("<f" if len(data) == 4 else "<d", data)[0]
    if kind == GUID:
        return str(uuid.UUID(bytes_le=data)).upper()
    if kind == DATETIMN:
        return moment_value(data)
    if kind == DATEN:
        return str(datetime.date.fromordinal(int.from_bytes(data, "little") + 1))
    raise ValueError(f"a parameter of type 0x{kind:02x}")


class Call:
    """`values` in order, `names` in lower case with their @."""

    def __init__(self, data):
        reader = Reader(data)
        reader.skip_headers()
        count = reader.number(2)
        if count == 0xFFFF:
            number = reader.number(2)
            self.procedure = PROCEDURES.get(number, f"procedure {number}")
        else:
            self.procedure = reader.text(count).lower()
        reader.take(2)
        self.values, self.names, self.outputs = [], [], []
        while reader.more():
            name = reader.text(reader.number(1)).lower()
            status = reader.number(1)
            self.names.append(name)
            self.values.append(value(reader))
            if status & BY_REFERENCE:
                self.outputs.append(len(self.values) - 1)

    def parameters(self, first, declaration=""):
        """Those from number `first` by name: their own, or that of the declaration."""
        declared = [part.split()[0].lower() for part in declaration.split(",") if part.strip().startswith("@")]
        named = {}
        for i, (name, content) in enumerate(zip(self.names[first:], self.values[first:])):
            named[name or (declared[i] if i < len(declared) else f"@p{i + 1}")] = content
        return named
