// The steps around the tables: orch:health, orch:catalog, orch:report, orch:gate.
#pragma once

#include <memory>

#include "workers/worker.h"

namespace orch::replication {

/// orch:health asks every connection the run needs whether it is there.
///
/// Input {"connections": [names]} or {"catalog": reference}, and "options"?: {"deadline_seconds"?
/// (3600), "poll_seconds"? (15), "only"?, "tags"?}, "since"?: ISO time the waiting began. Output
/// {"status": "up" | "degraded" | "down", "verdict": "go" | "wait", "wait_seconds", "summary",
/// "connections": [{"name", "engine", "status", "latency_ms", "reason"?}]}.
/// Errors: Connection.Down when the deadline has passed, with every connection that is down; at
/// once what a database says that is there and refuses (Connection.Refused, Source.Denied, …);
/// Connection.Unknown, Catalog.Invalid, Input.Invalid.
std::unique_ptr<workers::Worker> make_health();

/// orch:catalog reads the catalog and says what is to be done with each table.
///
/// Input {"catalog": path | document, "options"?: {"only"?: [keys or globs], "tags"?: [tags],
/// "allow_empty"? (false), "max_concurrency"? (4), "tolerance"? (0: tables, or "10%"),
/// "report_folder"?, "if_running"? ("wait")}, "redrives"?, "claim"? (true)}. Options that no step
/// knows are refused. The target tables are the run's alone until it ends; "if_running" says what
/// follows when another run has some of them: "wait", "skip" or "fail".
/// Output {"verdict": "go" | "skip", "summary": which run has them, "tables": [complete entries],
/// "connections": [names], "count", "settings": {"max_concurrency", "tolerance", "report_folder"},
/// "done": [], "seen": redrives}.
/// Errors: Catalog.Invalid (every problem), Catalog.NoMatch, Catalog.Empty, Catalog.TargetClash,
/// Source.TableMissing (of tables that were never loaded), Run.Overlaps, Input.Invalid.
std::unique_ptr<workers::Worker> make_catalog();

/// orch:report says how the tables fared, for people (report.md, report.html) and programs
/// (report.json). Of a table that failed it asks the target what readers see now.
///
/// Input {"results": [one object a table: {"table", "stage"?, "verify"?, "merge"?, "reconcile"?,
/// "error"?: {"Error", "Cause"}}; "key" may stand for "table"], "done"?: [results of earlier
/// rounds], "settings", "started"?: ISO time}. Output {"outcome": "succeeded" | "failed", "tables",
/// "rows": read, "rows_in_target", "failed": [keys], "failures": [{"key", "error", "message",
/// "hint", "readers_see"?}], "summary", "files": [paths], "done": [results that count]}. Rows count
/// of tables that did not fail. The outcome is "succeeded" while not more tables failed than
/// settings.tolerance allows.
/// Errors: Report.Failed when the files cannot be written.
std::unique_ptr<workers::Worker> make_report();

/// orch:gate ends a run some of whose tables failed, and lets its resume through with those alone.
///
/// Input {"report": output of orch:report, "tables": [entries], "settings", "seen": the redrive
/// count when the tables ran, "now": the redrive count now}. While both are equal it fails with
/// "Replicate.TablesFailed", whose cause names the keys and their errors. After a redrive it
/// answers {"tables": [entries that failed], "settings", "done", "seen": now, "count"}.
std::unique_ptr<workers::Worker> make_gate();

}  // namespace orch::replication
