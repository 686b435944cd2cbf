#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "workers/csv/csv.h"
#include "workers/csv/failures.h"
#include "workers/csv/folder.h"
#include "workers/csv/record_parser.h"

namespace orch::csv {
namespace fs = std::filesystem;
namespace {

using files::FileState;

constexpr std::int64_t rows_between_stops = 4096;

std::string counted(std::size_t fields) {
  return fmt::format("{} field{}", fields, fields == 1 ? "" : "s");
}

/// Reads some files of one table, one after the other.
class CsvReader final : public data::RowReader {
 public:
  CsvReader(std::vector<FileState> files, std::vector<std::size_t> picked, std::size_t columns,
            Options options)
      : files_(std::move(files)),
        picked_(std::move(picked)),
        columns_(columns),
        options_(std::move(options)),
        batch_(picked_.size()) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    for (const auto& file : files_) {
      read_file(file, sink, stop);
      if (files::look(file.path) != file) throw files::changed(file.path.filename().string());
    }
    sink.rows(batch_);
  }

 private:
  void read_file(const FileState& file, data::RowSink& sink, const std::function<bool()>& stop) {
    RecordParser parser(file.path, options_);
    if (options_.header) parser.next();
    std::optional<std::int64_t> blank_line;
    while (parser.next()) {
      if (++rows_ % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      if (parser.blank() && columns_ > 1) {
        blank_line = blank_line.value_or(parser.line());
        continue;
      }
      if (blank_line) throw wrong_width(parser.file(), *blank_line, "a blank line");
      if (parser.fields().size() != columns_)
        throw wrong_width(parser.file(), parser.line(), counted(parser.fields().size()));
      take(parser.fields(), sink);
    }
  }

  void take(std::span<const Field> fields, data::RowSink& sink) {
    const auto cells = batch_.add();
    for (std::size_t i = 0; i < picked_.size(); ++i) {
      const auto& field = fields[picked_[i]];
      const bool null = !field.quoted && field.text == options_.null;
      if (!null) cells[i] = data::Cell(data::Cell::Type::text, field.text);
    }
    batch_.keep();
    if (!batch_.full()) return;
    sink.rows(batch_);
    batch_.clear();
  }

  workers::TaskFailed wrong_width(std::string_view file, std::int64_t line,
                                  std::string_view found) const {
    return malformed(file, line, found, counted(columns_),
                     "quote fields that hold the delimiter or a line break");
  }

  std::vector<FileState> files_;
  std::vector<std::size_t> picked_;
  std::size_t columns_;
  Options options_;
  data::RowBatch batch_;
  std::int64_t rows_ = 0;
};

class CsvSource final : public data::Source {
 public:
  CsvSource(fs::path folder, Options options, std::string display)
      : folder_(std::move(folder)), options_(std::move(options)), display_(std::move(display)) {}

  std::string engine() const override { return "csv"; }
  data::Traits traits() const override { return {.texts = true}; }

  std::vector<data::Listed> list() override { return list_files(folder_, options_); }
  std::vector<std::string> schemas() override { return {}; }

  bool empty(const data::Relation& relation) override {
    const auto files = files_for(relation);
    return std::all_of(files.begin(), files.end(), [&](const auto& file) {
      RecordParser parser(file, options_);
      if (options_.header) parser.next();
      return !parser.next() || parser.blank();
    });
  }

  data::Table describe(const data::Relation& relation) override {
    const auto files = files_for(relation);
    data::Table table{{"", relation.table.name}, {}, {}, estimate_rows(files)};
    for (const auto& name : header_of(files, options_)) {
      data::Column column;
      column.name = name;
      column.kind = data::Kind::text;
      column.native = "text";
      table.columns.push_back(std::move(column));
    }
    return table;
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
      throw files::unsupported(display_, "a folder of CSV files answers no queries",
                               "name a file in \"table\"");
    return files_of(folder_, relation.table.name);
  }

  workers::TaskFailed no_watermark() const {
    return files::unsupported(display_, "CSV files have no watermark",
                              "leave \"watermark\" out: every load reads the files whole");
  }

  void refuse_what_files_cannot(const data::ReadRequest& request) const;
  std::vector<std::size_t> pick(const std::vector<std::string>& header,
                                const std::vector<std::string>& wanted,
                                const std::string& table) const;

  fs::path folder_;
  Options options_;
  std::string display_;
  std::vector<FileState> opened_;
};

void CsvSource::refuse_what_files_cannot(const data::ReadRequest& request) const {
  if (!request.where.empty())
    throw files::unsupported(display_, "CSV files know no \"where\"",
                             "leave it out, or load the file into a database first");
  if (request.watermark) throw no_watermark();
  const auto plain = [](const std::string& expression) { return expression.empty(); };
  if (request.format != data::RowFormat::cells ||
      !std::all_of(request.expressions.begin(), request.expressions.end(), plain))
    throw std::logic_error("a plan for CSV asked for SQL expressions or encoded rows");
}

std::vector<std::size_t> CsvSource::pick(const std::vector<std::string>& header,
                                         const std::vector<std::string>& wanted,
                                         const std::string& table) const {
  std::vector<std::size_t> picked;
  for (const auto& name : wanted) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) throw files::no_column(display_, name, table, header);
    picked.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return picked;
}

std::vector<std::unique_ptr<data::RowReader>> CsvSource::open(const data::ReadRequest& request) {
  refuse_what_files_cannot(request);
  const auto files = files_for(request.from);
  const auto header = header_of(files, options_);
  const auto picked = pick(header, request.columns, request.from.table.name);
  opened_.clear();
  opened_.reserve(files.size());
  for (const auto& file : files) opened_.push_back(files::look(file));

  std::vector<std::unique_ptr<data::RowReader>> readers;
  for (auto& share : files::shares_of(opened_, request.parts))
    readers.push_back(
        std::make_unique<CsvReader>(std::move(share), picked, header.size(), options_));
  return readers;
}

}  // namespace

void ping(const fs::path& folder) { files::ping(folder, "CSV files"); }

std::unique_ptr<data::Source> open_source(const fs::path& folder, Options options,
                                          std::string display) {
  ping(folder);
  return std::make_unique<CsvSource>(folder, std::move(options), std::move(display));
}

}  // namespace orch::csv
