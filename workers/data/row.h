// Rows on their way from a source to a target.
#pragma once

#include <cstdint>
#include <string_view>

#include "workers/data/batch.h"

namespace orch::data {

/// How a row is spelled between a source and a target, agreed for one table before it is read.
enum class RowFormat : std::uint8_t {
  cells,      ///< batches of cells; the target's RowEncoder spells them
  pg_binary,  ///< one tuple of PostgreSQL's COPY … BINARY, passed through without decoding
  pg_text,    ///< one line of PostgreSQL's COPY text, with its newline, passed through
};

/// Takes every row of a read. One thread at a time.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// Rows in RowFormat::cells; they are gone afterwards.
  virtual void rows(const RowBatch& batch) = 0;
  /// A row already spelled in the agreed pg_binary or pg_text.
  virtual void encoded(std::string_view row) = 0;
};

}  // namespace orch::data
