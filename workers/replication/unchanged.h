// A table whose rows are those that are published already: it is read, and not written.
#pragma once

#include <optional>
#include <string>

#include "workers/data/pipeline.h"
#include "workers/replication/steps.h"

namespace orch::replication {

/// Whether reading alone is likely to be enough: nothing says that the source, whose `mark` it is
/// (see data::Source::change_mark()), has changed since the newest published load, `last`.
bool likely_unchanged(const data::LoadPlan& plan, const std::optional<data::PublishedRecord>& last,
                      const std::string& mark);

/// Reads the source without writing anything when its `mark` says that it may be worth
/// it. What was read, if it is to the byte what the newest published load,
/// `last`, read, and what the table holds now; the source's position is that of this read. Unset
/// otherwise, and the rows are read again to be staged.
std::optional<data::Moved> read_unchanged(const Work& work, const data::LoadPlan& plan,
                                          const std::optional<data::PublishedRecord>& last,
                                          const std::string& mark, data::Source& source,
                                          data::Target& target);

}  // namespace orch::replication
