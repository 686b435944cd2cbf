// The steps of a replication as workers: orch:stage, orch:verify, orch:merge, orch:reconcile.
//
// Each takes one complete catalog entry as "table" in its input, opens the entry's connections and
// may be delivered again at any time: staging truncates and loads anew, verifying reads again,
// merging a load that is published answers "repeated", reconciling only reads the target. A
// delivery that was overtaken fails with "Fence.Stale" before it changes anything. Every failure's
// cause names the metadata key ("key") and the connection ("connection").
#pragma once

#include <memory>

#include <boost/json/value.hpp>

#include "workers/catalog/entry.h"
#include "workers/data/source.h"
#include "workers/data/target.h"
#include "workers/worker.h"

namespace orch::replication {

/// orch:stage copies the source's rows into the staging table, in one transaction with the load
/// row.
///
/// Input {"table": entry}. Output {"key", "load", "rows", "bytes", "digest", "duration_ms",
/// "rows_per_second", "method", "parts", "as_of", "watermark"?, "files"?}: `load` is the load's id
/// for the next steps; `as_of` {"time", "lsn"?, "data_version"?} the moment of the source's
/// snapshot; `digest` the 32 hex digits of what was read; `method` "cells", "binary passthrough" or
/// "text passthrough"; `watermark` {"column", "target_column", "after"} when only newer rows were
/// read; `files` (FileChoice::told) where files are loaded once each. The source's whole position
/// and the plan stay with the load. Errors: Input.Invalid, Source.TableMissing,
/// Source.ColumnMissing, Source.QueryFailed, Source.Malformed, Source.Changed, Source.Unsupported,
/// Source.Failed, Source.Locked, Schema.Mismatch, Type.Unsupported, Type.ValueRefused, Fence.Stale,
/// Target.Locked, Target.Full, Target.Failed, and Connection.* of both ends.
std::unique_ptr<workers::Worker> make_stage();

/// orch:verify reads the staged rows back, compares them with what was read, runs the entry's
/// checks and marks the load as verified.
///
/// Input {"table": entry, "load": output of orch:stage}. Output {"key", "load", "rows", "digest",
/// "checks": [{"name", "passed", "found", "expected"}], "duration_ms"}.
/// Errors: Load.Superseded (another load is staged), Verify.Different (the staged rows are not
/// those that were read), Check.Failed (lists every failed check), Check.Invalid, Schema.Changed
/// (of a load that another version staged), Fence.Stale, Target.*, Connection.*.
std::unique_ptr<workers::Worker> make_verify();

/// orch:merge publishes the verified load by the entry's strategy, with its evidence, in one
/// transaction.
///
/// Input {"table": entry, "load": output of orch:stage}. Output {"key", "load", "strategy",
/// "method", "rows", "inserted", "updated", "deleted", "repeated", "lock_ms", "proof": {"mode",
/// "rows", "digest"} or null, "duration_ms"}. The proof is what the publish found of the load's
/// rows before it committed; rows that are not those that were read are Merge.Different. Errors:
/// Merge.NotVerified, Merge.ForeignKey (a retry helps once the other table has arrived),
/// Merge.Conflict, Schema.Changed, Fence.Stale, Target.*, Connection.*.
std::unique_ptr<workers::Worker> make_merge();

/// orch:reconcile says whether what is published is what was read. Of a load that it is given, it
/// tells the proof that the publish took before it committed: the load's rows (after a replace: the
/// whole table) with their digest ("full"), their number ("count"), or nothing ("off"), as the
/// entry says. Without a load, or for one of an older version, it reads the published table and
/// compares it with the evidence of the newest load: after a replace the whole table, else the
/// number of rows. The source is not read: it may have changed.
///
/// Input {"table": entry, "load"?: output of orch:stage}. Output {"key", "mode", "equal", "load",
/// "as_of", "source": {"rows", "digest"}, "target": {"rows", "digest"}, "superseded_by"?,
/// "deletes"?, "duration_ms"}: `as_of` {"time", "lsn"?, "data_version"?} is when the source was
/// read; `equal` and both sides are null when nothing was compared, because of "off" or because a
/// later load ("superseded_by") is published by now; the digests are null when only counted;
/// "deletes" is "not followed" after upsert and append.
/// Errors: Reconcile.Different (somebody else wrote to the target) with both sides in its cause;
/// Target.TableMissing, Schema.Changed, Target.*, Connection.*.
std::unique_ptr<workers::Worker> make_reconcile();

/// orch:audit compares source and target as they are now; see RowComparison for what a difference
/// is where both are written to. Rows that only the target has after upsert and append are kept,
/// not different. The pause is between two looks at what differs.
///
/// Input {"table": entry, "pause_seconds"?: 0 to 3600 (2)}. Output {"key", "equal": true, "source"
/// and "target": {"rows", "digest", "as_of"}, "missing", "extra", "different", "kept", "changing",
/// "all", "examples", "last_load", "duration_ms"}.
/// Errors: Audit.Different, whose cause has the same members, with up to five "examples" {"row",
/// "difference", "columns"?}; Schema.Drift, Target.TableMissing, Source.*, Target.*, Connection.*.
std::unique_ptr<workers::Worker> make_audit();

/// A table's work in one task.
struct Work {
  const workers::Task& task;
  workers::TaskContext& context;
  catalog::Entry entry;
};

// What the workers do once the ends are open; they return the outputs described above.
boost::json::object stage(const Work& work, data::Source& source, data::Target& target);
boost::json::object verify(const Work& work, data::Target& target, const boost::json::value& load);
boost::json::object merge(const Work& work, data::Target& target, const boost::json::value& load);
/// `load` may be null: the newest published load.
boost::json::object reconcile(const Work& work, data::Target& target,
                              const boost::json::value* load);

}  // namespace orch::replication
