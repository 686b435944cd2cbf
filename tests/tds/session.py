"""One client: its login, its batches and calls, its transaction."""
import struct
import sys

import columns
import tokens
import wire
from database import SqlError
from login import Login, prelogin_answer
from results import Result, Runner
from rpc import Call
import transact
import script

BEGIN_TRANSACTION, COMMIT_TRANSACTION, ROLLBACK_TRANSACTION = 5, 7, 8
TDS_74 = 0x74000004
COLLATION = columns.COLLATIONS[columns.DEFAULT_COLLATION][0]


class Session:
    def __init__(self, sock, server):
        self.wire, self.server = wire.Wire(sock), server
        self.runner = None
        self.prepared = {}
        self.transaction = 0

    def serve(self):
        try:
            if self.greet():
                while True:
                    self.answer(*self.wire.message())
        except (wire.ClientGone, script.Dropped, ConnectionError):
            pass
        except Exception as error:  # a fault of this server: said, and the client sees a lost connection
            print(f"session: {type(error).__name__}: {error}", file=sys.stderr)
            raise
        finally:
            self.wire.sock.close()

    # Login.

    def greet(self):
        kind, data = self.wire.message()
        if kind == wire.PRELOGIN:
            self.wire.put(prelogin_answer(self.server.version))
            self.wire.end()
            kind, data = self.wire.message()
        if kind != wire.LOGIN:
            raise ValueError(f"a message of type {kind} where LOGIN7 was expected")
        login = Login(data)
        if refusal := self.refusal(login):
            self.wire.put(refusal + tokens.done(tokens.ERROR))
            self.wire.end()
            return False
        self.runner = Runner(self.server.database, login.user)
        self.accept(login)
        return True

    def refusal(self, login):
        data = self.server.database.data
        self.server.log({"login": login.user, "database": login.database, "program": login.program})
        if data["logins"].get(login.user) != login.password:
            return tokens.error(18456, f"Login failed for user '{login.user}'.", 14)
        if login.database not in ("", data["database"]):
            return (tokens.error(4060, f'Cannot open database "{login.database}" requested by the login. '
                                       "The login failed.", 11) +
                    tokens.error(18456, f"Login failed for user '{login.user}'.", 14))
        return b""

    def accept(self, login):
        database = self.server.database.data["database"]
        size = min(max(login.packet_size, 512), 32767)
        put = self.wire.put
        put(tokens.env_change(tokens.DATABASE, database, "master"))
        put(tokens.info(5701, f"Changed database context to '{database}'."))
        put(tokens.env_change_bytes(tokens.COLLATION, COLLATION))
        put(tokens.env_change(tokens.LANGUAGE, "us_english"))
        put(tokens.info(5703, "Changed language setting to us_english."))
        put(tokens.login_ack(TDS_74, self.server.version))
        put(tokens.env_change(tokens.PACKET_SIZE, str(size), "4096"))
        put(tokens.done())
        self.wire.end()
        self.wire.packet_size = size

    # Requests.

    def answer(self, kind, data):
        try:
            if kind == wire.BATCH:
                reader = wire.Reader(data)
                reader.skip_headers()
                self.batch(data[reader.at:].decode("utf-16-le", "surrogatepass"), {})
            elif kind == wire.RPC:
                self.call(Call(data))
            elif kind == wire.TRANSACTION:
                self.transact(data)
            elif kind == wire.ATTENTION:
                raise wire.Attention()
            else:
                raise ValueError(f"a message of type {kind}")
        except wire.Attention:
            self.wire.buffer += tokens.done(tokens.ATTENTION)
        self.wire.end()

    def state(self):
        return tokens.IN_TRANSACTION if self.runner.began_with is not None else 0

    def batch(self, sql, parameters, done=tokens.done):
        """Answers each statement; an error of most kinds ends the batch."""
        self.server.log({"sql": sql})
        statements = transact.statements(sql) or [[]]
        for i, words in enumerate(statements):
            more = tokens.MORE if i + 1 < len(statements) or done is not tokens.done else 0
            try:
                self.statement(sql, words, parameters, done, more)
            except SqlError as error:
                self.put_error(error)
                self.wire.put(done(tokens.ERROR | self.state() | (tokens.MORE if done is not tokens.done else 0)))
                return

    def put_error(self, error):
        self.wire.put(tokens.error(error.number, error.text, error.severity, error.state))

    def statement(self, sql, words, parameters, done, more):
        action = self.server.script.action(sql)
        result = action.before(self.wire)
        if result is None:
            before = self.runner.began_with
            result = self.runner.run(words, parameters) if words else None
            self.tell_of_transaction(before)
        if isinstance(result, Result):
            count = self.send(result, action)
            self.wire.put(done(more | tokens.COUNT | self.state(), count))
        else:
            counted = tokens.COUNT if result is not None else 0
            self.wire.put(done(more | counted | self.state(), result or 0))

    def send(self, result, action):
        self.wire.put(tokens.column_metadata(result.columns))
        count = 0
        for values in result.rows:
            action.at_row(count, self.wire)
            self.wire.put(tokens.row(result.columns, values))
            count += 1
        action.at_row(count, self.wire)
        return count

    # Transactions.

    def tell_of_transaction(self, before):
        after = self.runner.began_with
        if before is None and after is not None:
            self.transaction += 1
            self.wire.put(tokens.env_change_bytes(tokens.BEGIN, struct.pack("<Q", self.transaction)))
        elif before is not None and after is None:
            self.wire.put(tokens.env_change_bytes(tokens.COMMIT, b"", struct.pack("<Q", self.transaction)))

    def transact(self, data):
        reader = wire.Reader(data)
        reader.skip_headers()
        request = reader.number(2)
        before = self.runner.began_with
        self.server.log({"transaction": {BEGIN_TRANSACTION: "begin", COMMIT_TRANSACTION: "commit",
                                         ROLLBACK_TRANSACTION: "rollback"}.get(request, request)})
        if request == BEGIN_TRANSACTION:
            self.runner.begin()
        elif before is not None:
            # A flag in the request begins the next one at once.
            self.runner.finish()
        self.tell_of_transaction(before)
        if request != BEGIN_TRANSACTION:
            reader.take(reader.number(1))
            if reader.more() and reader.number(1) & 1:
                self.runner.begin()
                self.tell_of_transaction(None)
        self.wire.put(tokens.done(self.state()))

    # Calls.

    def call(self, call):
        handle = None
        if call.procedure == "sp_executesql":
            sql, declaration = call.values[0], (call.values + [""])[1] or ""
            self.batch(sql, call.parameters(2, declaration), tokens.done_in_proc)
        elif call.procedure in ("sp_prepare", "sp_prepexec"):
            handle = len(self.prepared) + 1
            self.prepared[handle] = (call.values[2], call.values[1] or "")
            if call.procedure == "sp_prepexec":
                self.batch(call.values[2], call.parameters(3, call.values[1] or ""), tokens.done_in_proc)
            else:
                self.describe(call.values[2])
        elif call.procedure == "sp_execute":
            sql, declaration = self.prepared[call.values[0]]
            self.batch(sql, call.parameters(1, declaration), tokens.done_in_proc)
        elif call.procedure == "sp_unprepare":
            self.prepared.pop(call.values[0], None)
        else:
            self.put_error(SqlError(2812, f"Could not find stored procedure '{call.procedure}'."))
            self.wire.put(tokens.done_proc(tokens.ERROR))
            return
        self.wire.put(tokens.return_status())
        if handle is not None:
            self.wire.put(tokens.return_value(0, "", handle))
        self.wire.put(tokens.done_proc(self.state()))

    def describe(self, sql):
        """The columns of a statement that is not run."""
        self.server.log({"prepare": sql})
        words = (transact.statements(sql) or [[]])[0]
        if transact.upper(words, 0) != "SELECT":
            return
        names = {f"@p{i}": None for i in range(1, 100)}
        try:
            result = self.runner.run(words, names)
        except SqlError as error:
            self.put_error(error)
            self.wire.put(tokens.done_in_proc(tokens.ERROR | tokens.MORE))
            return
        self.wire.put(tokens.column_metadata(result.columns))
        self.wire.put(tokens.done_in_proc(tokens.MORE))
