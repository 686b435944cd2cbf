#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/files/failures.h"
#include "workers/files/folder.h"
#include "workers/jsonl/columns.h"
#include "workers/jsonl/jsonl.h"
#include "workers/jsonl/members.h"

namespace orch::jsonl {
namespace fs = std::filesystem;
namespace {

using files::FileState;

constexpr std::array<std::string_view, 2> endings = {".jsonl", ".ndjson"};
constexpr std::int64_t rows_between_stops = 4096;

/// Why a file is not taken by a discovery; empty when it is.
std::string why_left_out(const std::string& file) {
  if (valid_prefix(file) != file.size()) return "its name is not UTF-8";
  if (!files::table_name(file, endings).empty()) return {};
  return fmt::format(
      "its name does not end in .jsonl or .ndjson; an entry of the catalog can name it all the "
      "same: \"table\": \"{}\"",
      file);
}

/// Reads some files of one table, one after the other.
class Reader final : public data::RowReader {
 public:
  Reader(std::vector<FileState> files, std::vector<data::Column> columns)
      : files_(std::move(files)),
        columns_(std::move(columns)),
        scratch_(columns_.size()),
        batch_(columns_.size()) {
    for (std::size_t i = 0; i < columns_.size(); ++i) places_.emplace(columns_[i].name, i);
  }

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    for (const auto& file : files_) {
      Lines lines(file.path);
      while (lines.next()) {
        if (++rows_ % rows_between_stops == 0 && stop()) throw workers::Cancelled();
        split(lines, members_);
        take(lines, sink);
      }
      if (files::look(file.path) != file) throw files::changed(lines.file());
    }
    sink.rows(batch_);
  }

 private:
  void take(const Lines& line, data::RowSink& sink) {
    const auto cells = batch_.add();
    for (const auto& member : members_) {
      const auto place = places_.find(member.name);
      if (place == places_.end()) continue;
      const auto i = place->second;
      cells[i] = cell_of(line, columns_[i], member.value, scratch_[i]);
    }
    batch_.keep();
    if (!batch_.full()) return;
    sink.rows(batch_);
    batch_.clear();
  }

  std::vector<FileState> files_;
  std::vector<data::Column> columns_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<Member> members_;
  std::vector<std::string> scratch_;  ///< bytes of the last row's cells
  data::RowBatch batch_;
  std::int64_t rows_ = 0;
};

class JsonlSource final : public data::Source {
 public:
  JsonlSource(fs::path folder, std::string display)
      : folder_(std::move(folder)), display_(std::move(display)) {}

  std::string engine() const override { return "jsonl"; }
  data::Traits traits() const override { return {.typed = true}; }

  std::vector<data::Listed> list() override {
    return files::list_files(folder_, endings, why_left_out);
  }
  std::vector<std::string> schemas() override { return {}; }

  bool empty(const data::Relation& relation) override {
    const auto files = files_for(relation);
    return std::ranges::none_of(files, [](const auto& file) { return Lines(file).next(); });
  }

  data::Table describe(const data::Relation& relation) override {
    const auto& contents = survey(files_for(relation));
    return {{"", relation.table.name}, contents.columns, {}, contents.rows};
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation&, const std::string&,
                                            const std::string&) override {
    throw no_watermark();
  }

  boost::json::object position() override { return files::position_of(opened_); }

 private:
  std::vector<fs::path> files_for(const data::Relation& relation) const {
    if (!relation.query.empty())
      throw files::unsupported(display_, "a folder of JSON Lines files answers no queries",
                               "name a file in \"table\"");
    return files::files_of(folder_, relation.table.name, endings);
  }

  workers::TaskFailed no_watermark() const {
    return files::unsupported(display_, "JSON Lines files have no watermark",
                              "leave \"watermark\" out: every load reads the files whole");
  }

  /// The columns of the files as they are now; read again only when one has changed.
  const Contents& survey(const std::vector<fs::path>& files) {
    std::vector<FileState> now;
    for (const auto& file : files) now.push_back(files::look(file));
    if (now != surveyed_ || now.empty()) {
      contents_ = contents_of(files);
      if (contents_.columns.empty())
        throw files::malformed(files.front().filename().string(), 1, "no object with a member",
                               "rows, from which the columns are known");
      surveyed_ = std::move(now);
    }
    return contents_;
  }

  void refuse_what_files_cannot(const data::ReadRequest& request) const;
  std::vector<data::Column> pick(const data::ReadRequest& request) const;

  fs::path folder_;
  std::string display_;
  std::vector<FileState> surveyed_;  ///< the files of contents_
  Contents contents_;
  std::vector<FileState> opened_;
};

void JsonlSource::refuse_what_files_cannot(const data::ReadRequest& request) const {
  if (!request.where.empty())
    throw files::unsupported(display_, "JSON Lines files know no \"where\"",
                             "leave it out, or load the file into a database first");
  if (request.watermark) throw no_watermark();
  const auto plain = [](const std::string& expression) { return expression.empty(); };
  if (request.format != data::RowFormat::cells || !std::ranges::all_of(request.expressions, plain))
    throw std::logic_error("a plan for JSON Lines asked for SQL expressions or encoded rows");
}

std::vector<data::Column> JsonlSource::pick(const data::ReadRequest& request) const {
  std::vector<data::Column> picked;
  std::vector<std::string> names;
  for (const auto& column : contents_.columns) names.push_back(column.name);
  for (const auto& name : request.columns) {
    const auto found = std::ranges::find(contents_.columns, name, &data::Column::name);
    if (found == contents_.columns.end())
      throw files::no_column(display_, name, request.from.table.name, names);
    picked.push_back(*found);
  }
  return picked;
}

std::vector<std::unique_ptr<data::RowReader>> JsonlSource::open(const data::ReadRequest& request) {
  refuse_what_files_cannot(request);
  survey(files_for(request.from));
  const auto columns = pick(request);
  opened_ = surveyed_;
  std::vector<std::unique_ptr<data::RowReader>> readers;
  for (auto& share : files::shares_of(opened_, request.parts))
    readers.push_back(std::make_unique<Reader>(std::move(share), columns));
  return readers;
}

}  // namespace

std::unique_ptr<data::Source> open_source(const fs::path& folder, std::string display) {
  files::ping(folder, "JSON Lines files");
  return std::make_unique<JsonlSource>(folder, std::move(display));
}

}  // namespace orch::jsonl
