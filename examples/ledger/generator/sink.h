// Where the rows of the ledger go: into a SQLite file, or as SQL for psql.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <string_view>

#include "examples/ledger/generator/value.h"

namespace ledger {

/// Takes the tables one after the other, parents before children.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void begin(std::string_view table) = 0;
  /// One cell for each column of the table.
  virtual void row(std::span<const Value> cells) = 0;
  virtual void end() = 0;
  /// Everything was written; without it nothing stays.
  virtual void commit() = 0;
};

/// Creates the file, which must not exist; it appears when all of it is there.
std::unique_ptr<Sink> sqlite_sink(const std::filesystem::path& file, std::string_view schema);

/// Writes one transaction of CREATE TABLE and COPY … FROM stdin.
std::unique_ptr<Sink> copy_sink(std::ostream& out, std::string_view schema);

}  // namespace ledger
