// Codes 01xx and 02xx: definitions, the run store and runs.
#include <array>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {
namespace {

constexpr std::array codes_of_runs = {
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
};

}  // namespace

std::span<const ErrorCode> runs_codes() { return codes_of_runs; }

}  // namespace orch
