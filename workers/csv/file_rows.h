// The rows of one file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "workers/csv/record_parser.h"
#include "workers/csv/table.h"
#include "workers/data/cell.h"
#include "workers/files/values.h"

namespace orch::csv {

/// What is wrong with one record.
struct Fault {
  std::int64_t line = 0;
  std::string found;
  std::string expected;
  std::vector<std::string> fields;  ///< of the record
};

/// Reads records as rows of some columns. One thread at a time.
class FileRows {
 public:
  /// `picked` are places in the layout's columns; `partitions` are what the folders say. Columns
  /// with a pinned type are checked, picked or not: what is a row is the same for every read.
  FileRows(const Layout& layout, std::span<const std::size_t> picked, std::string name,
           files::ReadBlock bytes, const std::vector<files::Partition>& partitions);

  enum class Next : std::uint8_t { row, fault, end };
  /// The next record. A file that cannot be split into records throws TaskFailed
  /// "Source.Malformed"; a record that is no row is a fault().
  Next next();
  /// Of a row; their bytes live until the next call.
  std::span<const data::Cell> cells() const { return std::span(cells_).first(picked_); }
  /// Where the record begins, from 1.
  std::int64_t line() const { return parser_.line(); }
  /// Of a fault.
  const Fault& fault() const { return fault_; }

 private:
  /// What one of the picked columns is made of.
  struct Pick {
    std::size_t field = 0;                  ///< of the record
    std::optional<std::string> fixed = {};  ///< a partition's value
    bool partition = false;
    std::optional<files::ValueReader> value = {};  ///< of a column that is no text
    const data::Column* column = nullptr;
  };

  void add(std::size_t place, const std::vector<files::Partition>& partitions);
  bool next_record();
  bool take(Pick& pick, data::Cell& cell);
  Next refuse(std::string found, std::string expected);

  const Layout& layout_;
  RecordParser parser_;
  std::vector<Pick> picks_;  ///< first those that were asked for
  std::size_t picked_;
  std::vector<data::Cell> cells_;
  Fault fault_;
  std::optional<std::int64_t> blank_line_;  ///< the first of those since the last record
  bool again_ = false;                      ///< the record after blank lines is still to be taken
};

}  // namespace orch::csv
