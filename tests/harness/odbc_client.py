"""The least of an ODBC client, through the driver manager and ctypes: shares no code with orch."""
import ctypes
import ctypes.util

SUCCESS, WITH_INFO, NO_DATA = 0, 1, 100
ENVIRONMENT, CONNECTION, STATEMENT = 1, 2, 3
VERSION_ATTRIBUTE, VERSION_3 = 200, 3
AUTOCOMMIT, COMMIT, ROLLBACK = 102, 0, 1
AS_WIDE, AS_BYTES, NULL_DATA = -8, -2, -1
PIECE = 4096


class OdbcError(Exception):
    def __init__(self, state, native, text):
        super().__init__(f"{state} ({native}): {text}")
        self.state, self.native, self.text = state, native, text


def library():
    found = ctypes.util.find_library("odbc")
    return ctypes.CDLL(found) if found else None


class Client:
    def __init__(self, connection_string):
        self.odbc = library()
        self.environment, self.connection = ctypes.c_void_p(), ctypes.c_void_p()
        self.odbc.SQLAllocHandle(ENVIRONMENT, None, ctypes.byref(self.environment))
        self.odbc.SQLSetEnvAttr(self.environment, VERSION_ATTRIBUTE, ctypes.c_void_p(VERSION_3), 0)
        self.odbc.SQLAllocHandle(CONNECTION, self.environment, ctypes.byref(self.connection))
        text = connection_string.encode()
        code = self.odbc.SQLDriverConnect(self.connection, None, text, len(text), None, 0, None, 0)
        self.check(code, CONNECTION, self.connection)

    def close(self):
        self.odbc.SQLDisconnect(self.connection)
        self.odbc.SQLFreeHandle(CONNECTION, self.connection)
        self.odbc.SQLFreeHandle(ENVIRONMENT, self.environment)

    def check(self, code, kind, handle):
        if code in (SUCCESS, WITH_INFO, NO_DATA):
            return code
        state, text = ctypes.create_string_buffer(6), ctypes.create_string_buffer(2000)
        native, length = ctypes.c_int(), ctypes.c_short()
        self.odbc.SQLGetDiagRec(kind, handle, 1, state, ctypes.byref(native), text, 2000, ctypes.byref(length))
        raise OdbcError(state.value.decode(), native.value, text.value.decode("utf-8", "replace"))

    def autocommit(self, on):
        code = self.odbc.SQLSetConnectAttr(self.connection, AUTOCOMMIT, ctypes.c_void_p(int(on)), 0)
        self.check(code, CONNECTION, self.connection)

    def end(self, how=COMMIT):
        self.check(self.odbc.SQLEndTran(CONNECTION, self.connection, how), CONNECTION, self.connection)

    def query(self, sql, as_bytes=(), stop_after=None, prepared=False):
        """Column names and rows of texts (bytes for the columns numbered in `as_bytes`); `stop_after`: rows
        after which the statement is cancelled."""
        statement = ctypes.c_void_p()
        self.odbc.SQLAllocHandle(STATEMENT, self.connection, ctypes.byref(statement))
        try:
            text = sql.encode()
            if prepared:
                self.check(self.odbc.SQLPrepare(statement, text, len(text)), STATEMENT, statement)
                self.check(self.odbc.SQLExecute(statement), STATEMENT, statement)
            else:
                self.check(self.odbc.SQLExecDirect(statement, text, len(text)), STATEMENT, statement)
            count = ctypes.c_short()
            self.check(self.odbc.SQLNumResultCols(statement, ctypes.byref(count)), STATEMENT, statement)
            names = [self.name(statement, i) for i in range(1, count.value + 1)]
            rows = []
            while count.value and self.check(self.odbc.SQLFetch(statement), STATEMENT, statement) != NO_DATA:
                rows.append([self.value(statement, i, i in as_bytes) for i in range(1, count.value + 1)])
                if stop_after and len(rows) == stop_after:
                    self.check(self.odbc.SQLCancel(statement), STATEMENT, statement)
                    break
            return names, rows
        finally:
            self.odbc.SQLFreeHandle(STATEMENT, statement)

    def name(self, statement, number):
        name, length = ctypes.create_string_buffer(300), ctypes.c_short()
        self.check(self.odbc.SQLDescribeCol(statement, number, name, 300, ctypes.byref(length), None, None, None,
                                            None), STATEMENT, statement)
        return name.value.decode()

    def value(self, statement, number, as_bytes):
        data, got = b"", ctypes.c_ssize_t()
        buffer = ctypes.create_string_buffer(PIECE)
        kind, end = (AS_BYTES, 0) if as_bytes else (AS_WIDE, 2)
        while True:
            code = self.check(self.odbc.SQLGetData(statement, number, kind, buffer, PIECE, ctypes.byref(got)),
                              STATEMENT, statement)
            if code == NO_DATA:
                break
            if got.value == NULL_DATA:
                return None
            whole = 0 <= got.value <= PIECE - end
            data += buffer.raw[:got.value if whole else PIECE - end]
            if whole:
                break
        return data if as_bytes else data.decode("utf-16-le", "surrogatepass")
