#include "workers/csv/folder.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/utf8.h"
#include "workers/csv/failures.h"
#include "workers/csv/record_parser.h"
#include "workers/files/unpack.h"

namespace orch::csv {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 3> endings = {".csv", ".tsv", ".tab"};
constexpr std::array delimiters = {';', '\t', '|', ','};
constexpr int rows_looked_at = 20;

/// Why a file is not taken by a discovery; empty when it is.
std::string why_left_out(const std::string& file, const Options& options) {
  if (valid_prefix(file) != file.size()) return "its name is not UTF-8";
  for (const auto* packed : {".zip", ".bz2", ".xz"})
    if (files::same_ending(file, packed)) return "it is packed: unpack it, or use gzip or zstd";
  if (files::table_name(file, endings).empty())
    return fmt::format(
        "its name does not end in .csv; an entry of the catalog can name it all the "
        "same: \"table\": \"{}\"",
        file);
  if (options.delimiter != '\t' && !files::same_ending(files::unpacked_name(file), ".csv"))
    return R"(tabs separate its fields: make a connection with "csv": {"delimiter": "\t"} for it)";
  return {};
}

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
void check_dialect_of_rows(const fs::path& file, const Options& options) {
  RecordParser parser(file, options);
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

std::vector<std::string> read_header(const fs::path& file, const Options& options) {
  RecordParser parser(file, options);
  if (!parser.next()) throw malformed(parser.file(), 1, "an empty file", "a header");
  if (options.header)
    check_dialect(parser, options);
  else
    check_dialect_of_rows(file, options);
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

}  // namespace

std::vector<data::Listed> list_files(const fs::path& folder, const Options& options) {
  return files::list_files(folder, endings,
                           [&](const std::string& file) { return why_left_out(file, options); });
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& name) {
  return files::files_of(folder, name, endings);
}

std::vector<std::string> header_of(const std::vector<fs::path>& files, const Options& options) {
  auto first = read_header(files.front(), options);
  for (const auto& file : files) {
    const auto header = read_header(file, options);
    if (header == first) continue;
    throw malformed(
        file.filename().string(), 1, fmt::format("the columns {}", fmt::join(header, ", ")),
        fmt::format("those of {}: {}", files.front().filename().string(), fmt::join(first, ", ")));
  }
  return first;
}

std::int64_t estimate_rows(const std::vector<fs::path>& files) {
  // Of a packed file, too: the lines that a block of packed bytes gives.
  std::size_t taken = 0;
  const auto blocks = files::unpacked(
      [more = files::blocks_of(files.front()), &taken](std::string& out) {
        const auto before = out.size();
        const bool got = more(out);
        taken += out.size() - before;
        return got;
      },
      files.front().filename().string());
  std::string sample;
  blocks(sample);
  const auto lines = static_cast<double>(std::ranges::count(sample, '\n'));
  const auto read = static_cast<double>(taken);
  double bytes = 0;
  for (const auto& file : files) bytes += static_cast<double>(files::look(file).bytes);
  return read > 0 ? static_cast<std::int64_t>(bytes * lines / read) : 0;
}

}  // namespace orch::csv
