#include <utility>

#include "workers/sqlite/sqlite.h"

namespace orch::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int largest_mib = 1'024;  // SQLite's own limit of a value

class File final : public data::Connection {
 public:
  File(std::string path, int largest_value_mib)
      : path_(std::move(path)), largest_value_mib_(largest_value_mib) {}

  std::string display() const override { return "sqlite:" + path_; }
  std::string database(const fs::path& folder) const override {
    return data::database_of_path(engine_name, folder / path_);
  }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return sqlite::open_source(opening.folder / path_, display(), opening.stop, largest_value_mib_);
  }
  std::unique_ptr<data::Target> open_target(const data::Opening& opening) const override {
    return sqlite::open_target(opening.folder / path_, display(), std::chrono::seconds(60),
                               opening.stop);
  }
  std::unique_ptr<data::SqlSession> open_sql(const data::Opening& opening) const override {
    return sqlite::open_sql(opening.folder / path_, display());
  }

  /// A file that is only written to need not exist yet.
  data::Health ping(const data::Opening& opening, data::Role role) const override {
    const auto path = opening.folder / path_;
    const bool to_be_made =
        role == data::Role::target && !fs::exists(path) && fs::is_directory(path.parent_path());
    if (!to_be_made) sqlite::ping(path);
    return {};
  }

 private:
  std::string path_;
  int largest_value_mib_;
};

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto path = data::path_of_url(url, fields);
  const auto mib = fields.integer("largest_row_mib", 0, largest_mib).value_or(256);
  return std::make_unique<File>(std::move(path), static_cast<int>(mib));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = engine_name,
      .schemes = {"sqlite"},
      .url_form = "sqlite:FILE",
      .can = {.source = true, .target = true, .sql = true},
      .names_path = true,
      .by_members = false,
      .secret = "",
      .naming = naming(),
      .parse = parse,
  };
  return made;
}

}  // namespace orch::sqlite
