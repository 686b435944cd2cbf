#include <utility>

#include "orchestrator/db/duckdb.h"
#include "workers/duckdb/duckdb.h"

namespace orch::duckdb {
namespace {

namespace fs = std::filesystem;

class File final : public data::Connection {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}

  std::string display() const override { return "duckdb:" + path_; }
  std::string database(const fs::path& folder) const override {
    return data::database_of_path("duckdb", folder / path_);
  }
  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return duckdb::open_source(place(opening));
  }
  std::unique_ptr<data::Target> open_target(const data::Opening& opening) const override {
    return duckdb::open_target(opening.folder / path_, display(), std::chrono::seconds(60),
                               opening.stop);
  }
  /// A file that is only written to need not exist yet.
  data::Health ping(const data::Opening& opening, data::Role role) const override {
    const auto path = fs::absolute(opening.folder / path_);
    if (role == data::Role::target && !fs::exists(path) && fs::is_directory(path.parent_path()))
      return {.degraded = {}, .version = "DuckDB " + library_version()};
    return {.degraded = {}, .version = "DuckDB " + duckdb::ping(place(opening))};
  }

 private:
  Place place(const data::Opening& opening) const {
    return {opening.folder / path_, false, display()};
  }

  std::string path_;
};

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  return std::make_unique<File>(data::path_of_url(url, fields));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = "duckdb",
      .schemes = {"duckdb"},
      .url_form = "duckdb:FILE",
      .can = {.source = true, .target = true},
      .names_path = true,
      .by_members = false,
      .secret = "",
      .naming = {.longest = 0, .ignores_ascii_case = true, .default_schema = {}},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::duckdb
