#include "workers/csv/header.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/csv/failures.h"
#include "workers/csv/record_parser.h"
#include "workers/files/unpack.h"

namespace orch::csv {
namespace {

constexpr std::array delimiters = {';', '\t', '|', ','};
constexpr int rows_looked_at = 20;

std::string spelled(char delimiter) {
  return delimiter == '\t' ? R"(\t)" : std::string(1, delimiter);
}

workers::TaskFailed other_delimiter(const std::string& file, std::string_view line, char found,
                                    char expected) {
  return malformed(
      file, 1, fmt::format("one column, {}", line),
      fmt::format("columns separated by \"{}\"", spelled(expected)),
      fmt::format("set \"delimiter\": \"{}\" in the connection's \"csv\" options; if it is one "
                  "column, put its name in quotes in the file",
                  spelled(found)));
}

/// Refuses a header of one column that holds another delimiter: the file is of another dialect.
void check_dialect(const RecordParser& parser, const Options& options) {
  const auto fields = parser.fields();
  if (fields.front().text.starts_with("sep="))
    throw malformed(parser.file(), 1, fmt::format("Excel's line {}", fields.front().text),
                    "a header", "remove the line, and set \"delimiter\" to what it names");
  if (fields.size() != 1 || fields.front().quoted) return;
  for (const char delimiter : delimiters)
    if (fields.front().text.find(delimiter) != std::string_view::npos)
      throw other_delimiter(parser.file(), fields.front().text, delimiter, options.delimiter);
}

/// The same without a header: every line is one field, and each holds the delimiter equally often.
void check_dialect_of_rows(const files::Store& store, const files::FileState& file,
                           const Options& options) {
  RecordParser parser(file.name, open_text(store, file), options);
  std::map<char, std::ptrdiff_t> counts;
  std::string first;
  int records = 0;
  for (; records < rows_looked_at && parser.next(); ++records) {
    const auto& field = parser.fields().front();
    if (parser.fields().size() != 1 || field.quoted) return;
    if (records == 0) first = field.text;
    for (const char delimiter : delimiters) {
      const auto count = std::count(field.text.begin(), field.text.end(), delimiter);
      const auto [known, added] = counts.emplace(delimiter, count);
      if (known->second != count) known->second = 0;
    }
  }
  for (const auto& [delimiter, count] : counts)
    if (count > 0 && records > 1)
      throw other_delimiter(parser.file(), first, delimiter, options.delimiter);
}

}  // namespace

files::ReadBlock open_text(const files::Store& store, const files::FileState& file) {
  return files::unpacked(store.open(file), file.name);
}

std::vector<std::string> read_header(const files::Store& store, const files::FileState& file,
                                     const Options& options) {
  RecordParser parser(file.name, open_text(store, file), options);
  if (!parser.next()) throw malformed(parser.file(), 1, "an empty file", "a header");
  if (options.header)
    check_dialect(parser, options);
  else
    check_dialect_of_rows(store, file, options);
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const auto& field : parser.fields()) {
    const auto number = names.size() + 1;
    if (!options.header) {
      names.push_back(fmt::format("column{}", number));
      continue;
    }
    if (field.text.empty())
      throw malformed(parser.file(), 1, fmt::format("no name for column {}", number), "a name");
    if (!seen.insert(field.text).second)
      throw malformed(parser.file(), 1, fmt::format("column \"{}\" twice", field.text),
                      "a name for each column of its own");
    names.emplace_back(field.text);
  }
  return names;
}

std::vector<std::string> header_of(const files::Store& store,
                                   const std::vector<files::FileState>& files,
                                   const Options& options) {
  auto first = read_header(store, files.front(), options);
  for (const auto& file : files) {
    const auto header = read_header(store, file, options);
    if (header == first) continue;
    throw malformed(file.name, 1, fmt::format("the columns {}", fmt::join(header, ", ")),
                    fmt::format("those of {}: {}", files.front().name, fmt::join(first, ", ")));
  }
  return first;
}

}  // namespace orch::csv
