// Plays one case of the exam against one target.
//
// A case is an object:
//   "name", "why"?   what holds, in words
//   "needs"?         capabilities of the target; the others leave the case out
//   "source"?        SQL for the source, a SQLite file
//   "target"?        SQL for the target before the first load: a text, or {target: text}
//   "entry"?         members of the catalog entry; "source": {"table": "t"} unless given
//   "steps"          an array of objects, each one of
//     {"source": SQL}                    changes the source
//     {"target": SQL, "session"?: name}  another session at the target; named ones stay open
//     {"load": run, …}                   stage, verify and merge, one after the other
//     {"stage": run, …} {"verify": run, …} {"merge": run, …}
//     {"release": run, …}                a stage with "pause" reads on, and ends as this step says
//     {"join": run, …}                   a step "in": "background" ends as this step says
//     {"until": SQL, "rows": […]}        waits (20 s at most) until the target answers so
//     {"rows": […], "of": SQL}           what a query of the target finds now
//     {"evidence": n}                    published loads of all tables
//     {"books": {"staged": run or "", "abandoned": n}}    what loads keep of t beside its rows
//     {"clean": removed}                 removes the staged load and abandoned tables of t
//     {"compare": result, "rows"?: n, "depth"?: "digest"}  t and its newest evidence
//
// Steps of the product take "entry" (members that replace the case's), "fence" (else larger than
// all before), "store", and what is expected: "error" (a name, or several of which one is right, ""
// being success), "code" and "says" (parts of the message), or "answers" (members of the result).
// "stage" takes "pause": true: it stands still after its first row. Runs have names; each has
// connections of its own.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tests/publishing/exam_target.h"

namespace orch::test {

/// True when the target has all that `one`, a case or a step, names in "needs", and takes the SQL
/// that it says.
bool able(const TargetKind& kind, const boost::json::object& one);

/// Everything in which the target departs from the case; empty when it passes.
std::vector<std::string> play(const boost::json::object& one, const TargetKind& kind);

}  // namespace orch::test
