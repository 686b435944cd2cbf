#include <utility>

#include <fmt/format.h>

#include "workers/csv/csv.h"

namespace orch::csv {
namespace {

namespace fs = std::filesystem;

class Folder final : public data::Connection {
 public:
  Folder(std::string path, Options options)
      : path_(std::move(path)), options_(std::move(options)) {}

  std::string display() const override { return "csv:" + path_; }
  std::string database(const fs::path& folder) const override {
    return files::database_of("csv", path_, folder);
  }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    files::ping(path_, opening.folder, "CSV files");
    return csv::open_source(files::open_store(path_, opening.folder, opening.stop), options_,
                            display());
  }

  data::Health ping(const data::Opening& opening, data::Role) const override {
    files::ping(path_, opening.folder, "CSV files");
    return {};
  }

 private:
  std::string path_;
  Options options_;
};

void parse_options(json::Fields& fields, Options& options) {
  const auto* object = fields.object("csv");
  if (!object) return;
  json::Fields csv(*object, fields.at("csv"), fields.problems());
  const auto character = [&](const char* field, char& into) {
    const auto text = csv.string(field);
    if (!text) return;
    if (text->size() == 1)
      into = text->front();
    else
      csv.problem(field, fmt::format("{} must be one character, found \"{}\"", field, *text));
  };
  character("delimiter", options.delimiter);
  character("quote", options.quote);
  options.header = csv.boolean("header").value_or(options.header);
  options.null = csv.string("null").value_or(options.null);
  options.encoding = csv.string("encoding").value_or(options.encoding);
  csv.finish("the csv options");
}

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  Options options;
  parse_options(fields, options);
  return std::make_unique<Folder>(data::path_of_url(url, fields), std::move(options));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = "csv",
      .schemes = {"csv"},
      .url_form = "csv:FOLDER",
      .can = {.source = true},
      .names_path = true,
      .by_members = false,
      .secret = "",
      .naming = {},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::csv
