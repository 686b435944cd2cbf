// Which value was too large to be read.
#pragma once

#include <string>
#include <vector>

#include "workers/data/failure.h"
#include "workers/data/source.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// The largest value among the columns of a read, for the message of a row that was refused.
class LargestValue {
 public:
  LargestValue(Settings settings, const Described& described, const data::ReadRequest& request);

  /// In words: `column "b" of the row with id = 7 has 1073741824 bytes`. Reads the table once, but
  /// of its large texts and bytes only the sizes.
  std::string find() const;

 private:
  Settings settings_;
  std::vector<data::Column> columns_;
  std::string from_;  ///< what comes after FROM
  std::string row_;   ///< SQL that names a row
};

/// "Source.ValueTooLarge" (ORCH-0446).
workers::TaskFailed value_too_large(const data::Place& place, const std::string& which);

}  // namespace orch::postgres
