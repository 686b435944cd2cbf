// Whether a published table still has what its last load left in it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "workers/data/target.h"

namespace orch::replication {

enum class Depth : std::uint8_t {
  count,  ///< the number of rows
  digest  ///< also the digest, where a load wrote the whole table
};

struct EvidenceCheck {
  enum class Result : std::uint8_t {
    never_published,
    equal,
    gone,    ///< the table is not there
    count,   ///< `found`.rows differs from the evidence's
    digest,  ///< `found`.hex() differs from the evidence's
    unlike,  ///< the columns are others than those of the digest: only the rows were counted
  };
  Result result = Result::never_published;
  std::optional<data::PublishedRecord> evidence;
  data::Digest found;
  bool digested = false;  ///< `found` is the digest of all rows
};

/// Reads `table` in `target` and compares it with its newest evidence; looks a second time when
/// they differ and a load was published meanwhile. `stop` answering true throws workers::Cancelled.
/// Throws TaskFailed "Target.…", "Connection.…".
EvidenceCheck check_evidence(data::Target& target, const data::TableName& table, Depth depth,
                             const std::function<bool()>& stop);

}  // namespace orch::replication
