#include <array>

#include "orchestrator/base/error.h"

namespace orch {
namespace {

// Sorted by code. A code is never reused; groups: 00xx command line and files, 01xx definitions,
// 02xx store and runs, 03xx connections and catalogs, 04xx staging and types, 05xx verify, merge
// and reconcile, 06xx other workers, 07xx schedules, 080x pipelines, 081x projects.
constexpr std::array codes = {
    ErrorCode{"ORCH-0001", "wrong command line",
              "An option or argument is unknown, missing or has a value outside its range. The "
              "message names it; `orch COMMAND --help` lists what is accepted."},
    ErrorCode{"ORCH-0002", "a file cannot be read or written",
              "The operating system refused; the message carries its reason. Check the path, the "
              "permissions and the free space."},
    ErrorCode{"ORCH-0003", "not JSON",
              "A document is not one valid JSON text (RFC 8259), or would lose information when "
              "read: duplicate keys, numbers outside 64 bits or a double, nesting deeper than 128. "
              "The message gives line and column."},
    ErrorCode{"ORCH-0004", "fault injected",
              "ORCH_FAULT asked for a failure at this point. Only tests set it."},
    ErrorCode{"ORCH-0005", "invalid configuration",
              "The configuration file is not a JSON object of known settings. Every problem is "
              "listed with its place; `orch config` shows which settings there are."},
    ErrorCode{"ORCH-0006", "no such definition",
              "What was given is neither a file nor the name of a workflow that orch ships. The "
              "hint lists the shipped ones."},
    ErrorCode{"ORCH-0007", "the control socket failed",
              "The process that owns a run store listens on a socket beside it (STORE.sock), so "
              "that other orch commands can hand runs over or stop them. It cannot be made (the "
              "file system has no sockets, the folder cannot be written, the name is too long), or "
              "the other side answered with what this version does not know, or not at all (a "
              "process that "
              "was stopped, say). Asking again is safe: what the owner has heard happens once."},
    ErrorCode{"ORCH-0008", "no process owns the run store",
              "--no-follow hands a run over to the process that owns the store; there is none. "
              "Without the option the run is done by this process."},
    ErrorCode{"ORCH-0009", "a URL or table name of replicate is wrong",
              "--from and --to take URLs of databases, --tables names or patterns of tables that "
              "the source has. Nothing was started."},
    ErrorCode{"ORCH-0010", "the project folder is of another replication",
              "`orch replicate` found a connections file with other databases in its folder and "
              "does not overwrite it. --folder chooses another."},
    ErrorCode{"ORCH-0011", "no picture",
              "`orch graph` draws SVG and PNG with the program dot of the package graphviz, which "
              "is not installed or refused the graph. -o dot and -o mermaid need no program."},
    ErrorCode{"ORCH-0012", "the server cannot listen",
              "The address of `orch serve --listen` is not one of this machine's, or another "
              "program has the port. The message carries the system's reason."},
    ErrorCode{
        "ORCH-0013", "the server needs keys and TLS",
        "An address that other machines can reach is served only over TLS (--certificate, "
        "--private-key), to clients that sign their requests with a known key: of the --keys "
        "file, a JSON object of secret keys by key id, or of ORCH_ACCESS_KEY_ID and "
        "ORCH_SECRET_ACCESS_KEY. On loopback, where every user of the machine is a client, keys "
        "are needed as soon as --allow gives clients rights on the host, unless it says "
        "without-keys."},
    ErrorCode{
        "ORCH-0014", "wrong bindings file",
        "The file that --bindings or ORCH_BINDINGS names does not say how resources are bound. "
        "Every problem is listed with its line; nothing was started."},
    ErrorCode{
        "ORCH-0015", "the certificate or its key cannot be used",
        "The PEM files of `orch serve --certificate` and `--private-key` could not be loaded. "
        "The message carries OpenSSL's reason; nothing listens."},
    ErrorCode{
        "ORCH-0016", "no such word of --allow",
        "What clients of `orch serve` may reach is said with --allow, ORCH_ALLOW or \"allow\" in "
        "the configuration file: process, url:URL, urls, private-urls, folder:PATH, "
        "without-keys, separated by commas. docs/serve.md has a table."},
    ErrorCode{"ORCH-0017", "a key file is open to other users",
              "The file that --keys names, or the private key of --private-key, may be read or "
              "written by others than its owner; like ssh, orch does not use it. chmod 600 is what "
              "it takes. A file of root's may be readable by its group."},
    ErrorCode{"ORCH-0040", "no such resource of the API",
              "`orch serve` has no resource at the address, or the resource is not for the "
              "method. /v1/openapi.json lists what there is, and `orch api` prints it."},
    ErrorCode{"ORCH-0041", "a parameter of a request to the API is wrong",
              "A value in the query of an address is unknown, comes twice, or is not what its "
              "route takes. The message names it and says what is expected."},
    ErrorCode{"ORCH-0042", "a request to the API cannot be read",
              "What came is not HTTP/1.1, or its header or body is larger than the server takes. "
              "The message says which."},
    ErrorCode{"ORCH-0043", "the request is meant for another server",
              "Its Host header names a host that this server does not answer for, or a page of "
              "another site has sent it. `orch serve --host-name` adds names."},
    ErrorCode{"ORCH-0044", "the server failed",
              "A fault of the server: its log has the reason. Asking again is safe for requests "
              "that only read."},
    ErrorCode{"ORCH-0045", "the server is busy",
              "As many clients listen to events, or ask, as the server takes at once. Ask again "
              "some seconds later."},
    ErrorCode{
        "ORCH-0046", "the server does not know who asks",
        "The server takes a token (`orch token add`), a token or certificate that --identities "
        "knows, a request signed with one of --keys, the session of a browser, or, over "
        "loopback, a connection of the user who owns the server. This request has none of "
        "them, or a wrong one."},
    ErrorCode{"ORCH-0047", "the role of who asks does not allow it",
              "Each route of the REST API has a least role: viewer, operator, approver, editor or "
              "admin; /v1/openapi.json has it as x-role, /v1/session tells the caller's. What "
              "changes something and comes from a browser's session must repeat its secret in "
              "X-Orch-CSRF."},
    ErrorCode{
        "ORCH-0048", "the file of tokens cannot be used",
        "Tokens of the REST API are in STORE.tokens, which `orch token` reads and writes: there "
        "is one of the name already, or none, or the file is not what it wrote."},
    ErrorCode{"ORCH-0049", "too many wrong tokens",
              "More than ten wrong tokens came from the address within a minute. Those that are "
              "right are taken all the same."},
    ErrorCode{
        "ORCH-0050", "the audit log is not what was written",
        "Each line of STORE.audit has the hash of the one before. Where they do not fit, a line "
        "was changed or taken out after it was written."},
    ErrorCode{"ORCH-0051", "the file of identities cannot be used",
              "--identities names a JSON file: for whom an identity provider vouches, and which "
              "certificates of clients are known, each with a role. The message says what is wrong "
              "with it, or with the key set that the provider answers with."},
    ErrorCode{"ORCH-0101", "invalid workflow definition",
              "The definition breaks the rules of the Amazon States Language. Every problem is "
              "listed with its JSON pointer, line and column; nothing was started."},
    ErrorCode{"ORCH-0102", "the JSONata expression cannot be evaluated",
              "The message begins with the code of the JSONata language: S… for what cannot be "
              "parsed, T… for values of the wrong type, D… for what fails while it is evaluated."},
    ErrorCode{
        "ORCH-0201", "the run store has another owner",
        "One process at a time writes a run store. The message names the one that does. Reading "
        "commands (status, history) work beside it."},
    ErrorCode{
        "ORCH-0202", "the name is taken",
        "A run of this name exists with another input or definition. The same name with the same "
        "input and definition gives the existing run, so that a submit can be repeated safely."},
    ErrorCode{
        "ORCH-0203", "no such run",
        "No run has this id or name, several ids begin with what was given, or the run has not "
        "written the report that is asked for."},
    ErrorCode{"ORCH-0204", "a resource has no worker",
              "A Task state names a Resource that no built-in worker serves. Nothing was started."},
    ErrorCode{
        "ORCH-0205", "the run cannot be resumed like this",
        "It is running or has succeeded, the state to resume from does not exist or was never "
        "entered, or the new definition changes a state that has already been completed. A run "
        "that is under way or paused continues with its own input and definition; a part of a "
        "paused run continues with it."},
    ErrorCode{
        "ORCH-0206", "the run store is damaged",
        "Something in the file is not what was written: rows of runs and histories carry "
        "checksums, a definition is named by its hash, and all are compared when they are "
        "read. The message names the file, the run and the row. Only that run is affected: it "
        "is set aside, and the others continue. `orch stop RUN` ends it, and it can be "
        "submitted again; or restore a backup of the store. A disk that has damaged one row "
        "has perhaps damaged others: check it, and the file with `sqlite3 STORE 'PRAGMA "
        "integrity_check'`."},
    ErrorCode{"ORCH-0207", "the store's schema is not this program's",
              "The file was written by a newer orch, or by a build with other migrations."},
    ErrorCode{"ORCH-0208", "there is no run store",
              "The file does not exist; the first submit makes it. --store or ORCH_STORE choose "
              "another."},
    ErrorCode{"ORCH-0209", "the disk of the run store is full",
              "Nothing that was committed is lost. The engine retries for a while, then ends; the "
              "next orch "
              "continues the runs."},
    ErrorCode{"ORCH-0210", "the run store is locked by another program",
              "A program other than orch holds a transaction on the file."},
    ErrorCode{"ORCH-0211", "the run store failed", "SQLite reported the error in the message."},
    ErrorCode{"ORCH-0212", "the engine has stopped",
              "The program is ending, or the run store failed for too long. Runs that were under "
              "way continue "
              "with the next orch that owns the store."},
    ErrorCode{
        "ORCH-0213", "no such task token",
        "A task token is given to the worker of an activity, and to the service of a task that "
        "waits for it. It has to come back byte for byte, to the server that gave it."},
    ErrorCode{
        "ORCH-0214", "the task is no longer open",
        "Its token has been used, the task has timed out, or its execution has ended. What the "
        "worker did is not taken into the execution."},
    ErrorCode{
        "ORCH-0215", "another run has the tables",
        "One run at a time writes to a table. The message names the run that does and the tables "
        "both want. By default a run waits for the other; with \"if_running\": \"fail\" in its "
        "input (--if-running fail) it ends like this instead, and when it already works on other "
        "tables of its own, since two runs could then wait for each other."},
    ErrorCode{"ORCH-0217", "the run store refuses what one run has to record",
              "An event is larger than the store takes (1 GB), or breaks a rule of it. That run "
              "ends as failed; the others continue. Payloads carry references, not data."},
    ErrorCode{
        "ORCH-0218", "a run cannot be carried on",
        "Its history cannot be read or does not fit its definition, or deciding what follows "
        "failed for another reason, which the message tells. The run is set aside: it stays "
        "where it is, and the others continue. `orch resume RUN` tries again, `orch stop RUN` "
        "ends it."},
    ErrorCode{
        "ORCH-0219", "it is unknown whether a commit was kept",
        "The store failed while it committed and could not be asked afterwards. The engine ends "
        "instead of doing again what may have been done; the next owner reads what was kept."},
    ErrorCode{"ORCH-0220", "no such kind of run store",
              "--store or ORCH_STORE is a path, or a URL whose scheme names what keeps the runs: "
              "sqlite:PATH."},
    ErrorCode{"ORCH-0221", "a copy of the run store is not sound",
              "A backup is read back and every checksum compared, after it was written and before "
              "it is restored. The message says what differs. Nothing was replaced: `orch doctor` "
              "looks at the store itself; restore another backup."},
    ErrorCode{
        "ORCH-0222", "a restore would replace a run store",
        "There is a store where the backup is to be restored. With --replace it is kept under "
        "another name beside the restored one."},
    ErrorCode{"ORCH-0301", "invalid connections file",
              "Every problem is listed with its JSON pointer, line and column. Keep secrets in "
              "environment variables or files, never in the connections file."},
    ErrorCode{"ORCH-0302", "there is no connections file",
              "--connections FILE or ORCH_CONNECTIONS names the file; the default is "
              "connections.json in the current folder."},
    ErrorCode{"ORCH-0303", "a secret is missing",
              "A connection takes its password or token from an environment variable or a file "
              "that does not exist."},
    ErrorCode{
        "ORCH-0304", "no such connection",
        "A catalog or a workflow names a connection that the connections file does not have."},
    ErrorCode{"ORCH-0305", "a connection cannot be used like this",
              "Not every kind of connection can be a source and a target: files of CSV and JSON "
              "Lines cannot be written, and an HTTP endpoint has no tables. The message names the "
              "kinds that can be used."},
    ErrorCode{"ORCH-0306", "a database is down",
              "A connection did not answer before the deadline. The message gives the reason for "
              "each connection."},
    ErrorCode{"ORCH-0310", "invalid catalog",
              "Every problem is listed with its JSON pointer, line and column."},
    ErrorCode{"ORCH-0311", "invalid catalog entry",
              "A task received a table that is not a complete catalog entry, as orch:catalog makes "
              "them."},
    ErrorCode{
        "ORCH-0312", "no such table",
        "A key, name or pattern given to choose tables matches none, of the catalog or of the "
        "source. The message names near matches; nothing was started."},
    ErrorCode{"ORCH-0313", "no such schema",
              "A schema, or a pattern of schemas, is not in the source's database. The hint lists "
              "the schemas there are."},
    ErrorCode{"ORCH-0314", "no table is chosen",
              "The source has no table that is taken, the catalog has no entries, or \"only\" and "
              "\"tags\" leave none. Nothing was started: a run over no tables would look like a "
              "success. If no tables is a valid case, set \"allow_empty\": true in the input, or "
              "use --allow-empty."},
    ErrorCode{"ORCH-0315", "no such tag",
              "No entry of the catalog has a tag that was given to choose tables."},
    ErrorCode{"ORCH-0316", "two tables are one in the target",
              "Two names become the same table in the target's database (PostgreSQL cuts names at "
              "63 bytes, SQLite ignores the case of ASCII letters), or a name would be cut. One "
              "table would replace the rows of the other. Give one of them another target.table."},
    ErrorCode{"ORCH-0317", "another catalog publishes to the table",
              "The evidence in the target says that the table's rows come from another catalog and "
              "another source: publishing would replace them. Nothing was started. Give the entry "
              "another target, or confirm the change of owner with \"takeover\": true in the entry "
              "or in the run's input, or with `orch replicate --takeover`."},
    ErrorCode{"ORCH-0401", "a database does not answer",
              "No server listens at the address, the server is starting or stopping, or it has no "
              "free connection; or the file of a SQLite connection is missing."},
    ErrorCode{"ORCH-0402", "the connection to a database was lost",
              "The server stopped or crashed, or the network failed. The transaction was rolled "
              "back, unless only the answer to its commit was lost: a retry finds out and repeats "
              "what is missing."},
    ErrorCode{"ORCH-0403", "a database refused the connection",
              "User, password or database name are wrong; pg_hba.conf or file permissions refuse "
              "the client; TLS or another setting does not match the server; or a file is not a "
              "database. Waiting does not help: the hint says what to check."},
    ErrorCode{"ORCH-0405", "the disk of a database is full",
              "The transaction was rolled back. Free space, then resume the run."},
    ErrorCode{
        "ORCH-0406", "a database denied the work",
        "The user lacks a privilege, or the server is read-only. The message names the object."},
    ErrorCode{
        "ORCH-0407", "the library of DuckDB is missing",
        "DuckDB files and Parquet files are read by DuckDB, whose library (libduckdb.so) orch "
        "loads when it is first needed. scripts/install-duckdb puts it into your data folder, "
        "where orch looks; ORCH_DUCKDB names another file."},
    ErrorCode{"ORCH-0408", "a database refused a statement",
              "A query, condition or name of the catalog is not valid in this database."},
    ErrorCode{"ORCH-0410", "a type cannot arrive unchanged",
              "Columns of the source have no type in the target that keeps all their values. All "
              "of them are listed; nothing was changed."},
    ErrorCode{"ORCH-0411", "a name is not UTF-8",
              "A database in the encoding SQL_ASCII has a table or column whose name is not UTF-8. "
              "Rename it, or read it through a view or a query."},
    ErrorCode{"ORCH-0430", "a source table does not exist",
              "The catalog names a table, view or file that the source does not have. The message "
              "names near matches; `orch catalog discover` lists what is there."},
    ErrorCode{"ORCH-0431", "a source query is refused",
              "The query of a catalog entry is not one SELECT that the source accepts, or two of "
              "its columns have the same name. Run it in the database's own client."},
    ErrorCode{"ORCH-0432", "a source file is malformed",
              "A CSV file breaks RFC 4180, a line of a JSON Lines file is not a JSON object, a "
              "packed file is damaged, or the text is not in the declared encoding. The message "
              "gives file, line, what was found and what was expected; nothing was staged."},
    ErrorCode{"ORCH-0433", "a source file changed while it was read",
              "Size or time of a file differ from those at the beginning of the read, so its rows "
              "may belong to two versions. Write files under another name and rename them when "
              "complete."},
    ErrorCode{"ORCH-0435", "source and target columns do not match",
              "Columns of the plan cannot be written to the target: missing, computed, of another "
              "kind, or needed and not filled. Every one is listed; nothing was changed."},
    ErrorCode{"ORCH-0436", "a value is refused",
              "A value cannot be kept exactly by its target column. The message gives the column, "
              "the value, the row and the reason; the load was rolled back. Correct the value or "
              "choose another type."},
    ErrorCode{
        "ORCH-0437", "a late delivery",
        "A later delivery of the same work has written with a larger fence. This one stops "
        "before it changes anything; the later one continues. A fence holds the time at which "
        "the run store was opened: where every run fails so after an older copy of the store "
        "was put back, the clock of this host is behind."},
    ErrorCode{"ORCH-0438", "a database is locked",
              "Another process holds the lock of the database or table for longer than the worker "
              "waits. End its transaction; a retry or `orch resume` continues."},
    ErrorCode{
        "ORCH-0439", "a target database failed",
        "The target's database reported an error. The transaction was rolled back; the message "
        "carries the database's reason, the cause its code."},
    ErrorCode{"ORCH-0440", "a source failed",
              "The source's database or the operating system reported an error while rows were "
              "read. Nothing was staged."},
    ErrorCode{"ORCH-0443", "a file connection cannot be opened",
              "The file or folder of a connection is missing, is not what the connection says, or "
              "permissions forbid it."},
    ErrorCode{
        "ORCH-0444", "a source cannot do this",
        "The catalog asks a folder of files for something that only a database can do, or for "
        "an encoding that is unknown."},
    ErrorCode{"ORCH-0445", "a source column does not exist",
              "The catalog names columns that the source table does not have. The message names "
              "near matches."},
    ErrorCode{
        "ORCH-0446", "a value is too large to be read",
        "A row of the source is larger than largest_row_mib of its connection (256 when "
        "absent). The message names the table, the column and the row; nothing was published. "
        "Reading a row takes up to three times its size in memory."},
    ErrorCode{"ORCH-0501", "staged rows differ from those read",
              "The rows read back from the staging table have another count or digest than those "
              "read from the source. Nothing was published; stage the table again, and report it "
              "if it happens twice."},
    ErrorCode{"ORCH-0502", "a check failed",
              "Staged rows break a check of the catalog. Every failed check is listed with what "
              "was found and expected; nothing was published."},
    ErrorCode{"ORCH-0503", "a load is not verified",
              "A merge was asked for a load that is not staged, was replaced by another or has not "
              "passed its verification."},
    ErrorCode{"ORCH-0504", "a foreign key would break",
              "Publishing the load would leave rows without the row they refer to. Publish the "
              "referred table first; a retry succeeds when it has arrived."},
    ErrorCode{"ORCH-0505", "staged rows conflict with the table",
              "A unique key, NOT NULL or CHECK rule of the target refuses the staged rows, or "
              "another load was published since they were selected."},
    ErrorCode{"ORCH-0506", "the target is not as the load left it",
              "The published table has other rows, or another digest, than the evidence of its "
              "newest load says. Find out who else writes to the target, then load the table "
              "again. The source plays no part in this: it may change at any time."},
    ErrorCode{"ORCH-0507", "a load was superseded",
              "Another run staged the same target table since. Its rows are the staged ones now; "
              "stage again to publish these."},
    ErrorCode{"ORCH-0508", "a check is invalid",
              "A check of the catalog is not a condition that the target's database accepts on the "
              "staged columns."},
    ErrorCode{"ORCH-0509", "a table changed after staging",
              "The columns of the target changed between staging and publishing, so that the "
              "staged rows may not fit. Stage the table again."},
    ErrorCode{"ORCH-0510", "a target table does not exist",
              "Reconciliation found no published table. Load and merge it first."},
    ErrorCode{"ORCH-0511", "published rows would differ from those read",
              "Before it commits, a publish reads the rows of the load back from the table. They "
              "were not those that were read from the source: a trigger or rule of the table "
              "changes rows, or the key does not name one row. Nothing was published."},
    ErrorCode{"ORCH-0520", "the source's columns changed",
              "The source table has other columns, types, nullability or key than when the last "
              "load was published. Every difference is listed and nothing was loaded: a dropped "
              "column would have become NULL in the target. `orch catalog refresh --accept KEY` "
              "accepts the columns as they are; or say in the catalog entry what is wanted."},
    ErrorCode{"ORCH-0521", "rows have no place in the watermark's order",
              "Rows of the source have NULL in the watermark's column, or a value that does not "
              "compare with the others (a text among numbers, an invalid date, infinity), so "
              "that later loads would miss rows. The message has a count and an example. Correct "
              "the rows, include those with NULL (\"nulls\": \"include\"), or choose another "
              "watermark."},
    ErrorCode{
        "ORCH-0522", "source and target differ",
        "Source and target were compared as they are now. Rows are missing in the target, "
        "extra in it, or different, and neither side of them changed over a pause. Up to five "
        "are named by key, with the columns that differ. What was written to the source since "
        "the last load differs until the next one: load the table, and compare again. When a "
        "difference stays, another program writes to the target."},
    ErrorCode{"ORCH-0530", "wrong input of a step",
              "A workflow gave a built-in worker something else than it takes. The message names "
              "the member, what "
              "was found and what is expected."},
    ErrorCode{"ORCH-0531", "the report cannot be written",
              "The folder of the reports refused a file; the message carries the reason."},
    ErrorCode{"ORCH-0532", "tables failed",
              "Some tables of the run could not be replicated; the cause names each with its "
              "error. The others are "
              "published. `orch resume` repeats only those that failed."},
    ErrorCode{"ORCH-0601", "wrong input of a worker",
              "The input of orch:sql, orch:http, orch:process or orch:notify lacks a member, has "
              "one that is unknown, or one of the wrong kind. The cause lists everything that is "
              "wrong; docs/workers.md lists what is accepted."},
    ErrorCode{"ORCH-0602", "an HTTP server refused",
              "The server answered with a status other than 2xx. The error's name ends with it "
              "(Http.StatusCode.503), so that Retry and Catch can tell them apart; the cause holds "
              "the start of the body."},
    ErrorCode{"ORCH-0603", "an HTTP server is down",
              "The server's name is unknown, it does not listen, or it closed the connection "
              "before it had answered."},
    ErrorCode{"ORCH-0604", "an HTTP server is slow",
              "No complete response came within timeout_seconds. The server may have done the work "
              "all the same; it can tell a repetition by the Idempotency-Key."},
    ErrorCode{"ORCH-0605", "TLS failed",
              "The certificate is not trusted, not valid for the server's name, or the server "
              "speaks no TLS. Certificates of an own authority are found through SSL_CERT_FILE."},
    ErrorCode{
        "ORCH-0606", "an HTTP response is too large",
        "The response is larger than max_response_bytes. Payloads carry references, not data."},
    ErrorCode{
        "ORCH-0607", "an HTTP response is invalid",
        "What came is not HTTP, or its body is not the JSON that its content type announces."},
    ErrorCode{"ORCH-0610", "a program cannot be started",
              "There is no such program, it may not be executed, or the folder does not exist."},
    ErrorCode{"ORCH-0611", "a program failed",
              "It ended with another exit code than 0, or by a signal. The cause holds the end of "
              "its standard error."},
    ErrorCode{
        "ORCH-0612", "a program is slow",
        "It was not done within timeout_seconds. It and all programs it started have been killed."},
    ErrorCode{"ORCH-0613", "a program says too much",
              "It wrote more than max_output_bytes to its standard output, and was killed."},
    ErrorCode{"ORCH-0614", "a program does not speak JSON",
              "Its standard output must be one JSON text, or nothing; or the task must ask for "
              "\"output\": \"text\". Messages belong to standard error."},
    ErrorCode{"ORCH-0620", "a statement failed",
              "The database refused the statement of orch:sql; nothing has changed. The message is "
              "the database's own."},
    ErrorCode{"ORCH-0621", "wrong parameters of a statement",
              "orch:sql needs one element of params for each placeholder, of a kind that the "
              "database can take."},
    ErrorCode{"ORCH-0622", "a result is too large",
              "The rows that orch:sql would return exceed max_rows or max_bytes; nothing has "
              "changed. Payloads carry references, not data."},
    ErrorCode{"ORCH-0623", "a value cannot be a payload",
              "A text in the database is not UTF-8, and JSON can carry nothing else."},
    ErrorCode{"ORCH-0624", "once means something else",
              "The \"once\" key of orch:sql is recorded in the database with another statement or "
              "other params. Nothing has changed; every statement needs a key of its own."},
    ErrorCode{
        "ORCH-0625", "a constraint would break",
        "The statement of orch:sql violates a constraint of the database; nothing has changed."},
    ErrorCode{
        "ORCH-0626", "a statement took too long",
        "It was not done within timeout_seconds, or an administrator cancelled it; nothing has "
        "changed."},
    ErrorCode{"ORCH-0630", "a notice cannot be written",
              "The file that orch:notify appends to cannot be opened or written."},
    ErrorCode{"ORCH-0640", "an object cannot be read or written",
              "A bucket, or an object in it, is not there, may not be read, changed while it was "
              "read, or the endpoint refused. Buckets are folders (file:FOLDER) or belong to the "
              "endpoint that ORCH_S3_ENDPOINT names."},
    ErrorCode{
        "ORCH-0651", "a binding failed",
        "An expression of a binding could not be evaluated on the task's input or result. The "
        "state fails with Binding.Failed; the input is in `orch history`."},
    ErrorCode{
        "ORCH-0660", "the endpoint of a fleet refuses",
        "`orch work` polls activities at an endpoint that answers nothing, or refuses: the "
        "activity does not exist, the keys are not the endpoint's or may not do this. While "
        "no server answers, and when the service is busy, it tries again with growing pauses."},
    ErrorCode{"ORCH-0661", "no keys for AWS",
              "Requests to AWS are signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else "
              "with those of the profile AWS_PROFILE in ~/.aws/credentials or ~/.aws/config, else "
              "with those of the container's or instance's role. There are none, only half a pair, "
              "or no such profile."},
    ErrorCode{"ORCH-0662", "the result of a task is too large",
              "A task of an activity may return 256 KiB. Payloads carry references, not data."},
    ErrorCode{
        "ORCH-0663", "the worker of a task was stopped",
        "`orch work` was told to end, and the task was not done within --drain. What it had "
        "not committed did not happen. A Retry for Worker.Stopped lets another worker do it."},
    ErrorCode{
        "ORCH-0670", "a client of the API may not reach this",
        "A definition or an execution that came through the API of `orch serve` wants a program, "
        "a URL, an address or a file of the server's host that the operator has not allowed. It "
        "is refused when the definition is created, as far as its text tells, and fails with "
        "Access.Denied when the state runs. The hint names what allows it: a binding, a "
        "connection or a word of --allow. Runs of `orch submit` have the rights of their user."},
    ErrorCode{"ORCH-0701", "a schedule that cannot be read",
              "A cron expression, an interval or a word of a schedule is not as docs/schedules.md "
              "has it, or names times that never come. `orch schedule preview` shows what a "
              "schedule means before it is used."},
    ErrorCode{"ORCH-0702", "no such time zone",
              "Time zones have the names of the IANA database, which the package tzdata brings. "
              "Abbreviations such as CEST are no zones: they do not say when clocks change."},
    ErrorCode{"ORCH-0703", "a list of holidays that cannot be read",
              "A list of holidays has one day a line, 2027-12-24, and what follows a blank or # "
              "is a remark. Every line that is wrong is listed."},
    ErrorCode{
        "ORCH-0740", "a hold that cannot be read",
        "A hold is of a connection, a run, a pipeline or the server, its mode is pause, drain "
        "or finish, and it ends in the future, or when it is released. See docs/limits.md."},
    ErrorCode{"ORCH-0741", "nothing is held so",
              "There is no hold of this connection, run, pipeline or of the server: it was "
              "released before, or its time is over. `orch limits` lists the holds."},
    ErrorCode{"ORCH-0801", "wrong pipeline document",
              "A pipeline is a JSON object: its workflow, input, triggers and rules, as "
              "docs/pipelines.md has them. Every problem is listed with its place."},
    ErrorCode{"ORCH-0802", "no such pipeline",
              "No pipeline of this name is deployed in the run store. `orch pipelines` lists those "
              "that are."},
    ErrorCode{
        "ORCH-0803", "a run of a pipeline cannot start",
        "What the pipeline says cannot be turned into a run: an expression of its input fails, "
        "or its definition is refused. The fire is recorded as refused, with the reason."},
    ErrorCode{"ORCH-0804", "wrong parameters of an operation",
              "What a command or a client of the REST API asks for lacks a parameter, or has one "
              "that the operation does not know or cannot take. Nothing was done."},
    ErrorCode{"ORCH-0805", "a backfill cannot be made",
              "A backfill names the times of one schedule of a pipeline that have no run yet: the "
              "schedule, the range or the number of the backfill is not one. Nothing was queued."},
    ErrorCode{"ORCH-0806", "no such webhook",
              "A webhook is a trigger of a deployed pipeline, and is asked for at "
              "/v1/hooks/PIPELINE/TRIGGER. See docs/triggers.md."},
    ErrorCode{"ORCH-0807", "a delivery is too large for its webhook",
              "Its body is longer than \"max_bytes\" of the webhook, or its id is no short text. "
              "Nothing was recorded."},
    ErrorCode{"ORCH-0808", "a delivery is not signed",
              "The header that the webhook names has no signature of the body by one of its "
              "secrets. Sender and webhook have different secrets, sign in different ways, or "
              "something between them has changed the body. Nothing was recorded."},
    ErrorCode{"ORCH-0809", "too many deliveries",
              "More came within a minute than \"per_minute\" of the webhook says, or more than ten "
              "wrong signatures from one address. Deliver again later."},
    ErrorCode{"ORCH-0810", "no project",
              "A project is a folder with project.json, which names it. `orch project init` makes "
              "one, `orch replicate` makes one for its copy."},
    ErrorCode{"ORCH-0811", "no such environment",
              "--env names one of the environments in project.json. It may be left out when there "
              "is one only, or when \"default\" says which is meant."},
    ErrorCode{"ORCH-0812", "there is a project already",
              "`orch project init` writes into no folder that has a project.json."},
    ErrorCode{"ORCH-0813", "a delivery was signed at another time",
              "The time that was signed with the body is further from now than "
              "\"tolerance_seconds\" of the webhook: the delivery was kept back or is played back, "
              "or a clock is wrong. Nothing was recorded."},
    ErrorCode{"ORCH-0814", "the name of a pipeline is taken",
              "Pipelines of a store have names of their own: another project has deployed one of "
              "this name, or a client of the API has created a state machine of it."},
    ErrorCode{"ORCH-0815", "the store is of another environment",
              "A project is deployed to a store for one environment. dev, test and prod have "
              "stores of their own; nothing was changed."},
    ErrorCode{"ORCH-0816", "no such revision",
              "The pipeline has no revision of the number that `orch rollback --to` names, or "
              "none before the present one."},
    ErrorCode{"ORCH-0817", "the plan is no longer what would be done",
              "Somebody has deployed since `orch deploy` has shown its plan. Nothing was changed; "
              "the next plan shows what would be done now."},
    ErrorCode{"ORCH-0818", "a folder of a files trigger has too many files",
              "Files are dropped into the folder and nothing moves them away again: with more than "
              "100,000 each look takes long. Archive what was loaded (docs/files.md)."},
    ErrorCode{"ORCH-0819", "the secret of a webhook cannot be read",
              "The environment variable or file that the webhook names for its secret is missing "
              "or empty on the server. Its deliveries are refused until it is there."},
    ErrorCode{"ORCH-0820", "a key was used before for something else",
              "The id of a delivery names one delivery: the same id came before with another "
              "body. Nothing was recorded."},
    ErrorCode{"ORCH-0830", "wrong alerts file, or no such channel",
              "The message names what is wrong in the file that `orch serve --alerts` reads, or a "
              "channel that an alert names and the file does not. docs/alerts.md has all members; "
              "`orch alerts test CHANNEL` tries a channel."},
};

}  // namespace

std::span<const ErrorCode> error_codes() { return codes; }

}  // namespace orch
