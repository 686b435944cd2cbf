// Tuples of COPY … BINARY as cells.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/data/row.h"
#include "workers/data/table.h"

namespace orch::postgres {

/// True when the binary form of a value of `kind` is decoded into a typed cell, or is its text or
/// bytes; values of other kinds are selected as text.
bool read_as_is(data::Kind kind);

/// Decodes tuples whose fields are of `kinds`. One thread at a time.
class Decoder {
 public:
  explicit Decoder(std::vector<data::Kind> kinds)
      : kinds_(std::move(kinds)), digits_(kinds_.size()) {}

  /// Fills one cell for each kind, which are NULL before. They point into `tuple` and this object,
  /// until the next call. Throws pg::Error (08P01) when the tuple is not as the protocol says.
  void decode(std::string_view tuple, std::span<data::Cell> cells);

 private:
  std::vector<data::Kind> kinds_;
  std::vector<std::string> digits_;  ///< of each column's decimal
};

}  // namespace orch::postgres
