#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/csv/csv.h"
#include "workers/csv/failures.h"
#include "workers/csv/file_rows.h"
#include "workers/csv/header.h"
#include "workers/csv/inspect.h"
#include "workers/csv/table.h"
#include "workers/files/landing.h"

namespace orch::csv {
namespace {

using files::FileState;

constexpr std::int64_t rows_between_stops = 4096;

/// What all readers of one read share.
struct Read {
  files::StorePointer store;
  data::Relation relation;
  Layout layout;
  files::TableFiles table;
  std::vector<std::size_t> picked;  ///< of the layout's columns
};

workers::TaskFailed failure_of(const std::string& file, const Fault& fault) {
  return malformed(file, fault.line, fault.found, fault.expected,
                   "quote fields that hold the delimiter or a line break");
}

/// Reads some files of one table, one after the other.
class CsvReader final : public data::RowReader {
 public:
  CsvReader(std::shared_ptr<const Read> read, std::vector<FileState> files)
      : read_(std::move(read)), files_(std::move(files)), batch_(read_->picked.size()) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    for (const auto& file : files_)
      files::read_file(*read_->store, file, read_->relation, [&](files::ReadBlock bytes) {
        FileRows rows(read_->layout, read_->picked, file.name,
                      files::unpacked(std::move(bytes), file.name),
                      read_->table.partitions_of(file));
        take_rows(rows, file.name, sink, stop);
      });
    sink.rows(batch_);
  }

 private:
  void take_rows(FileRows& rows, const std::string& file, data::RowSink& sink,
                 const std::function<bool()>& stop) {
    for (auto next = rows.next(); next != FileRows::Next::end; next = rows.next()) {
      if (++rows_ % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      if (next == FileRows::Next::row) {
        take(rows.cells(), sink);
      } else if (!read_->layout.sets_aside()) {
        throw failure_of(file, rows.fault());
      }
    }
  }

  void take(std::span<const data::Cell> cells, data::RowSink& sink) {
    std::ranges::copy(cells, batch_.add().begin());
    batch_.keep();
    if (!batch_.full()) return;
    sink.rows(batch_);
    batch_.clear();
  }

  std::shared_ptr<const Read> read_;
  std::vector<FileState> files_;
  data::RowBatch batch_;
  std::int64_t rows_ = 0;
};

class CsvSource final : public data::Source, public data::FileSource {
 public:
  CsvSource(files::StorePointer store, Options options, std::string display)
      : store_(std::move(store)), options_(std::move(options)), display_(std::move(display)) {}

  std::string engine() const override { return "csv"; }
  data::Traits traits() const override { return {.texts = true}; }

  std::vector<data::Listed> list() override { return list_tables(*store_, options_); }
  std::vector<std::string> schemas() override { return {}; }

  bool empty(const data::Relation& relation) override {
    const auto options = options_of(relation, options_);
    const auto files = files_for(relation).files;
    return std::ranges::all_of(files, [&](const auto& file) {
      RecordParser parser(file.name, open_text(*store_, file), options);
      if (options.header) parser.next();
      return !parser.next() || parser.blank();
    });
  }

  data::Table describe(const data::Relation& relation) override {
    const auto table = files_for(relation);
    auto layout = layout_of(*store_, table, relation, options_);
    return {{"", relation.table.name},
            std::move(layout.columns),
            {},
            files::estimate_rows(*store_, table.files)};
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation&, const std::string&,
                                            const std::string&) override {
    throw no_watermark();
  }

  data::FileSource* file_source() override { return this; }
  boost::json::object position() override { return files::position_of(opened_); }

  data::FileFindings inspect(const data::Relation& relation) override {
    return csv::inspect(*store_, relation, options_);
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
      throw files::unsupported(display_, "a folder of CSV files answers no queries",
                               "name a file in \"table\"");
  }

  files::TableFiles files_for(const data::Relation& relation) const {
    refuse_query(relation);
    return files_of(*store_, relation);
  }

  workers::TaskFailed no_watermark() const {
    return files::unsupported(display_, "CSV files have no watermark",
                              "leave \"watermark\" out: every load reads the files whole");
  }

  void refuse_what_files_cannot(const data::ReadRequest& request) const;
  std::vector<std::size_t> pick(const Layout& layout, const std::vector<std::string>& wanted,
                                const std::string& table) const;

  files::StorePointer store_;
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

std::vector<std::size_t> CsvSource::pick(const Layout& layout,
                                         const std::vector<std::string>& wanted,
                                         const std::string& table) const {
  std::vector<std::string> names;
  for (const auto& column : layout.columns) names.push_back(column.name);
  std::vector<std::size_t> picked;
  for (const auto& name : wanted) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) throw files::no_column(display_, name, table, names);
    picked.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  return picked;
}

std::vector<std::unique_ptr<data::RowReader>> CsvSource::open(const data::ReadRequest& request) {
  refuse_what_files_cannot(request);
  const auto read = std::make_shared<Read>();
  read->store = store_;
  read->relation = request.from;
  read->table = files_for(request.from);
  read->layout = layout_of(*store_, read->table, request.from, options_);
  read->picked = pick(read->layout, request.columns, request.from.table.name);
  opened_ = read->table.files;

  std::vector<std::unique_ptr<data::RowReader>> readers;
  for (auto& share : files::shares_of(opened_, request.parts))
    readers.push_back(std::make_unique<CsvReader>(read, std::move(share)));
  return readers;
}

data::FileReport CsvSource::survey(const data::Relation& relation, const data::File& file,
                                   const std::function<bool()>& stop) {
  const auto options = options_of(relation, options_);
  files::Survey survey(*store_, relation, file);
  return survey.run([&](const FileState& state, files::ReadBlock bytes) {
    const files::TableFiles table{relation.table.name, {state}};
    const auto layout = layout_of(options, read_header(*store_, state, options),
                                  files::partition_names(table), relation.files, state.name);
    FileRows rows(layout, {}, state.name, files::unpacked(std::move(bytes), state.name),
                  table.partitions_of(state));
    survey.columns(layout.columns);
    std::int64_t read = 0;
    for (auto next = rows.next(); next != FileRows::Next::end; next = rows.next()) {
      if (++read % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      if (next == FileRows::Next::row) {
        survey.row();
        continue;
      }
      const auto& fault = rows.fault();
      survey.fault(failure_of(state.name, fault), fault.line,
                   boost::json::array(fault.fields.begin(), fault.fields.end()));
    }
  });
}

}  // namespace

void ping(const std::filesystem::path& folder) { files::ping(folder, "CSV files"); }

std::unique_ptr<data::Source> open_source(const std::filesystem::path& folder, Options options,
                                          std::string display) {
  ping(folder);
  return open_source(files::folder_store(folder), std::move(options), std::move(display));
}

std::unique_ptr<data::Source> open_source(files::StorePointer store, Options options,
                                          std::string display) {
  return std::make_unique<CsvSource>(std::move(store), std::move(options), std::move(display));
}

}  // namespace orch::csv
