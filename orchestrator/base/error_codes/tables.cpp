// Codes 03xx, 04xx, 05xx: connections, catalogs, staging, verification and merge.
#include <array>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {
namespace {

constexpr std::array codes_of_tables = {
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
    ErrorCode{"ORCH-0433", "a source file or table changed while it was read",
              "Size or time of a file differ from those at the beginning of the read, so its rows "
              "may belong to two versions. Write files under another name and rename them when "
              "complete. A PostgreSQL table that was truncated or rewritten (ALTER TABLE, VACUUM "
              "FULL) after the snapshot shows no rows to it: a retry reads the table anew."},
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
        "was set back, the clock of this host is behind."},
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
};

}  // namespace

std::span<const ErrorCode> tables_codes() { return codes_of_tables; }

}  // namespace orch
