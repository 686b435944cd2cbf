#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/files/failures.h"
#include "workers/files/folder.h"
#include "workers/files/landing.h"
#include "workers/jsonl/columns.h"
#include "workers/jsonl/jsonl.h"
#include "workers/jsonl/members.h"

namespace orch::jsonl {
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

/// What all readers of one read share.
struct Read {
  files::StorePointer store;
  data::Relation relation;
  files::TableFiles table;
  std::vector<data::Column> columns;
};

/// Reads some files of one table, one after the other.
class Reader final : public data::RowReader {
 public:
  Reader(std::shared_ptr<const Read> read, std::vector<FileState> files)
      : read_(std::move(read)),
        files_(std::move(files)),
        records_(read_->relation.files),
        batch_(read_->columns.size()) {
    for (std::size_t i = 0; i < read_->columns.size(); ++i) {
      places_.emplace(read_->columns[i].name, i);
      values_.emplace_back(read_->columns[i], read_->relation.files);
    }
  }

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    for (const auto& file : files_)
      files::read_file(*read_->store, file, read_->relation, [&](files::ReadBlock bytes) {
        Lines lines(file.name, std::move(bytes));
        const auto partitions = read_->table.partitions_of(file);
        while (lines.next()) {
          if (++rows_ % rows_between_stops == 0 && stop()) throw workers::Cancelled();
          const auto fault = records_.take(lines);
          if (fault && !sets_aside(read_->relation.files)) throw *fault;
          if (!fault) take(lines, partitions, sink);
        }
      });
    sink.rows(batch_);
  }

 private:
  void take(const Lines& line, const std::vector<files::Partition>& partitions,
            data::RowSink& sink) {
    const auto cells = batch_.add();
    for (const auto& member : records_.members()) {
      const auto place = places_.find(member.name);
      if (place == places_.end()) continue;
      cells[place->second] = values_[place->second].read(line, member.value);
    }
    for (const auto& [name, value] : partitions)
      if (const auto place = places_.find(name); place != places_.end() && value)
        cells[place->second] = partition_cell(line.file(), values_[place->second], *value);
    batch_.keep();
    if (!batch_.full()) return;
    sink.rows(batch_);
    batch_.clear();
  }

  data::Cell partition_cell(const std::string& file, Value& column, const std::string& text) {
    if (const auto cell = column.read_text(text)) return *cell;
    throw files::malformed(file, 1,
                           fmt::format("{} in the folder of \"{}\"", text, column.column().name),
                           fmt::format("a value of the kind {}", column.column().native.shown()));
  }

  std::shared_ptr<const Read> read_;
  std::vector<FileState> files_;
  Records records_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<Value> values_;
  data::RowBatch batch_;
  std::int64_t rows_ = 0;
};

class JsonlSource final : public data::Source, public data::FileSource {
 public:
  JsonlSource(files::StorePointer store, std::string display)
      : store_(std::move(store)), display_(std::move(display)) {}

  std::string engine() const override { return "jsonl"; }
  data::Traits traits() const override { return {.typed = true}; }

  std::vector<data::Listed> list() override {
    return files::list_tables(*store_, endings, why_left_out);
  }
  std::vector<std::string> schemas() override { return {}; }

  bool empty(const data::Relation& relation) override {
    return std::ranges::none_of(files_for(relation).files, [&](const auto& file) {
      return Lines(file.name, store_->open(file)).next();
    });
  }

  data::Table describe(const data::Relation& relation) override {
    const auto& contents = survey(relation, files_for(relation));
    return {{"", relation.table.name}, contents.columns, {}, contents.rows};
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation&, const std::string&,
                                            const std::string&) override {
    throw no_watermark();
  }

  data::FileSource* file_source() override { return this; }
  boost::json::object position() override { return files::position_of(opened_); }

  data::FileFindings inspect(const data::Relation& relation) override {
    data::FileFindings found;
    for (const auto& column : describe(relation).columns)
      found.options.types.emplace_back(column.name, column.kind);
    return found;
  }
  std::vector<data::File> files(const data::Relation& relation) override {
    refuse_query(relation);
    return files::landed_files(*store_, relation, endings);
  }
  data::FileReport survey(const data::Relation& relation, const data::File& file,
                          const std::function<bool()>& stop) override;
  void archive(const data::Relation& relation, const std::string& name) override {
    files::archive_file(*store_, relation, name);
  }

 private:
  void refuse_query(const data::Relation& relation) const {
    if (!relation.query.empty())
      throw files::unsupported(display_, "a folder of JSON Lines files answers no queries",
                               "name a file in \"table\"");
  }

  files::TableFiles files_for(const data::Relation& relation) const {
    refuse_query(relation);
    if (!relation.chosen) return files::present_files(*store_, relation.table.name, endings);
    auto table = files::table_files(*store_, relation.table.name, endings);
    files::choose(table, *relation.chosen);
    return table;
  }

  workers::TaskFailed no_watermark() const {
    return files::unsupported(display_, "JSON Lines files have no watermark",
                              "leave \"watermark\" out: every load reads the files whole");
  }

  const Contents& survey(const data::Relation& relation, const files::TableFiles& table);
  void refuse_what_files_cannot(const data::ReadRequest& request) const;
  std::vector<data::Column> pick(const data::ReadRequest& request) const;

  files::StorePointer store_;
  std::string display_;
  std::vector<FileState> surveyed_;  ///< the files of contents_
  std::string surveyed_table_;
  Contents contents_;
  std::vector<FileState> opened_;
};

/// The columns of the files as they are now; read again only when one has changed.
const Contents& JsonlSource::survey(const data::Relation& relation,
                                    const files::TableFiles& table) {
  if (table.files == surveyed_ && relation.table.name == surveyed_table_ && !table.files.empty())
    return contents_;
  contents_ = contents_of(*store_, table.files, relation.files);
  if (contents_.columns.empty())
    throw files::malformed(table.files.front().name, 1, "no object with a member",
                           "rows, from which the columns are known");
  for (const auto& name : files::partition_names(table)) {
    const auto pinned =
        std::ranges::find(relation.files.types, name, &std::pair<std::string, data::Kind>::first);
    const auto there = std::ranges::find(contents_.columns, name, &data::Column::name);
    if (there != contents_.columns.end() && pinned != relation.files.types.end()) continue;
    if (there != contents_.columns.end())
      throw files::malformed(table.files.front().name, 1, fmt::format("a member \"{}\"", name),
                             "none of that name, for a folder gives it");
    contents_.columns.push_back(partition_column(name, relation.files));
  }
  surveyed_ = table.files;
  surveyed_table_ = relation.table.name;
  return contents_;
}

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
  const auto read = std::make_shared<Read>();
  read->store = store_;
  read->relation = request.from;
  read->table = files_for(request.from);
  survey(request.from, read->table);
  read->columns = pick(request);
  opened_ = surveyed_;
  std::vector<std::unique_ptr<data::RowReader>> readers;
  for (auto& share : files::shares_of(opened_, request.parts))
    readers.push_back(std::make_unique<Reader>(read, std::move(share)));
  return readers;
}

data::FileReport JsonlSource::survey(const data::Relation& relation, const data::File& file,
                                     const std::function<bool()>& stop) {
  files::Survey survey(*store_, relation, file);
  return survey.run([&](const FileState& state, files::ReadBlock bytes) {
    Lines lines(state.name, std::move(bytes));
    Records records(relation.files);
    std::int64_t read = 0;
    while (lines.next()) {
      if (++read % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      if (const auto fault = records.take(lines))
        survey.fault(*fault, lines.line(), boost::json::value(repaired(lines.text())));
      else
        survey.row();
    }
  });
}

}  // namespace

std::unique_ptr<data::Source> open_source(const std::filesystem::path& folder,
                                          std::string display) {
  files::ping(folder, "JSON Lines files");
  return open_source(files::folder_store(folder), std::move(display));
}

std::unique_ptr<data::Source> open_source(files::StorePointer store, std::string display) {
  return std::make_unique<JsonlSource>(std::move(store), std::move(display));
}

}  // namespace orch::jsonl
