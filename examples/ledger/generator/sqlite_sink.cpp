#include <optional>
#include <type_traits>

#include <fmt/format.h>

#include "examples/ledger/generator/sink.h"
#include "orchestrator/db/sqlite_db.h"

namespace ledger {
namespace {

using orch::sqlite::Database;
using orch::sqlite::Statement;

/// Amounts are bound as text: the column's affinity makes them numbers, as a shell's INSERT would.
void bind(Statement& insert, int index, const Value& value, std::string& scratch) {
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, Null>) {
          insert.set_null(index);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          insert.set_integer(index, v);
        } else if constexpr (std::is_same_v<T, double>) {
          insert.set_real(index, v);
        } else if constexpr (std::is_same_v<T, Boolean>) {
          insert.set_integer(index, v.value ? 1 : 0);
        } else if constexpr (std::is_same_v<T, Decimal>) {
          scratch = to_text(v);
          insert.set_text(index, scratch);
        } else if constexpr (std::is_same_v<T, Blob>) {
          insert.set_blob(index, v.bytes);
        } else {
          insert.set_text(index, v);
        }
      },
      value);
}

std::filesystem::path unfinished(const std::filesystem::path& file) {
  auto path = file;
  path += ".part";
  std::filesystem::remove(path);
  return path;
}

class SqliteSink : public Sink {
 public:
  SqliteSink(const std::filesystem::path& file, std::string_view schema)
      : file_(file), part_(unfinished(file)), db_(std::in_place, part_) {
    // A file that is thrown away unless it is complete needs no journal and no fsync.
    db_->exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    db_->exec(std::string(schema));
  }

  void begin(std::string_view table) override {
    Statement count(*db_, fmt::format("SELECT count(*) FROM pragma_table_info('{}')", table));
    count.step();
    std::string places = "?";
    for (std::int64_t i = 1; i < count.int64(0); ++i) places += ", ?";
    insert_.emplace(*db_, fmt::format("INSERT INTO {} VALUES ({})", table, places));
  }

  void row(std::span<const Value> cells) override {
    scratch_.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      bind(*insert_, static_cast<int>(i) + 1, cells[i], scratch_[i]);
    }
    insert_->run();
    insert_->reset();
  }

  void end() override { insert_.reset(); }

  void commit() override {
    db_->exec("COMMIT");
    db_.reset();
    std::filesystem::rename(part_, file_);
  }

 private:
  std::filesystem::path file_;
  std::filesystem::path part_;
  std::optional<Database> db_;
  std::optional<Statement> insert_;
  std::vector<std::string> scratch_;  ///< texts of the decimals of one row
};

}  // namespace

std::unique_ptr<Sink> sqlite_sink(const std::filesystem::path& file, std::string_view schema) {
  return std::make_unique<SqliteSink>(file, schema);
}

}  // namespace ledger
