#include <utility>

#include "workers/files/folder.h"
#include "workers/jsonl/jsonl.h"

namespace orch::jsonl {
namespace {

namespace fs = std::filesystem;

class Folder final : public data::Connection {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  std::string display() const override { return "jsonl:" + path_; }
  std::string database(const fs::path& folder) const override {
    return files::database_of("jsonl", path_, folder);
  }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    files::ping(path_, opening.folder, "JSON Lines files");
    return jsonl::open_source(files::open_store(path_, opening.folder, opening.stop), display());
  }

  data::Health ping(const data::Opening& opening, data::Role) const override {
    files::ping(path_, opening.folder, "JSON Lines files");
    return {};
  }

 private:
  std::string path_;
};

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  return std::make_unique<Folder>(data::path_of_url(url, fields));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = "jsonl",
      .schemes = {"jsonl"},
      .url_form = "jsonl:FOLDER",
      .can = {.source = true},
      .names_path = true,
      .by_members = false,
      .secret = "",
      .naming = {},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::jsonl
