#include "workers/csv/folder.h"

#include <algorithm>
#include <array>
#include <fnmatch.h>
#include <fstream>
#include <map>
#include <set>
#include <strings.h>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/utf8.h"
#include "workers/csv/failures.h"
#include "workers/csv/record_parser.h"

namespace orch::csv {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 3> endings = {".csv", ".tsv", ".tab"};
constexpr std::array delimiters = {';', '\t', '|', ','};
constexpr int rows_looked_at = 20;

workers::TaskFailed missing(const std::string& name, const std::string& why) {
  return {"Source.TableMissing",
          fmt::format("no table \"{}\": {}", name, why),
          "a table is the name of a file in the connection's folder, with or without .csv",
          "ORCH-0430",
          {{"table", name}}};
}

std::vector<std::string> file_names(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw unreadable(folder.filename().string(), error.value());
  std::vector<std::string> names;
  for (const auto& entry : entries)
    if (entry.is_regular_file(error)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool same_ending(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() &&
         strncasecmp(name.data() + name.size() - ending.size(), ending.data(), ending.size()) == 0;
}

/// The name without the ending that makes the file a table; empty for other files.
std::string table_name(const std::string& file) {
  for (const std::string_view ending : endings)
    if (same_ending(file, ending)) return file.substr(0, file.size() - ending.size());
  return {};
}

std::vector<std::string> matching(const std::vector<std::string>& names, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& wanted : {name, name + ".csv"}) {
    for (const auto& candidate : names)
      if (candidate == wanted) return {candidate};
  }
  for (const auto& candidate : names)
    if (table_name(candidate) == name) return {candidate};
  for (const auto& candidate : names) {
    if (fnmatch(name.c_str(), candidate.c_str(), FNM_PERIOD) == 0) found.push_back(candidate);
  }
  return found;
}

/// Why a file is not taken by a discovery; empty when it is.
std::string why_left_out(const std::string& file, const Options& options) {
  if (valid_prefix(file) != file.size()) return "its name is not UTF-8";
  for (const auto* packed : {".gz", ".zip", ".bz2", ".xz", ".zst"})
    if (same_ending(file, packed)) return "it is packed: unpack it";
  if (table_name(file).empty())
    return fmt::format(
        "its name does not end in .csv; an entry of the catalog can name it all the "
        "same: \"table\": \"{}\"",
        file);
  if (options.delimiter != '\t' && !same_ending(file, ".csv"))
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

FileState look(const fs::path& path) {
  std::error_code error;
  FileState state{path, fs::file_size(path, error), {}};
  if (!error) state.modified = fs::last_write_time(path, error);
  if (error) throw unreadable(path.filename().string(), error.value());
  return state;
}

std::vector<data::Listed> list_files(const fs::path& folder, const Options& options) {
  using Taken = data::Listed::Taken;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw unreadable(folder.filename().string(), error.value());
  std::vector<data::Listed> all;
  const auto files = file_names(folder);
  for (const auto& entry : entries) {
    const auto file = entry.path().filename().string();
    if (file.starts_with('.')) continue;
    data::Listed one{{"", file}, "file"};
    if (entry.is_directory(error)) {
      one.kind = "folder";
      one.reason = "a connection reads one folder: make a connection for it";
    } else {
      one.reason = why_left_out(file, options);
    }
    if (!one.reason.empty()) {
      one.taken = Taken::never;
    } else if (matching(files, table_name(file)) == std::vector{file}) {
      one.name.name = table_name(file);  // else another file has the better right to that name
    }
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& one, const auto& other) { return one.name.name < other.name.name; });
  return all;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& name) {
  if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
    throw missing(name, "a name cannot leave the folder");
  const auto names = matching(file_names(folder), name);
  if (names.empty()) {
    std::vector<std::string> near;
    for (const auto& file : file_names(folder)) near.push_back(table_name(file));
    throw missing(name, "no such file" + did_you_mean(name, near));
  }
  std::vector<fs::path> files;
  files.reserve(names.size());
  for (const auto& file : names) files.push_back(folder / file);
  return files;
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
  std::string sample(std::size_t{64} * 1024, '\0');
  std::ifstream input(files.front(), std::ios::binary);
  input.read(sample.data(), static_cast<std::streamsize>(sample.size()));
  const auto read = static_cast<double>(input.gcount());
  const auto lines =
      static_cast<double>(std::count(sample.begin(), sample.begin() + input.gcount(), '\n'));
  double bytes = 0;
  for (const auto& file : files) bytes += static_cast<double>(look(file).bytes);
  return read > 0 ? static_cast<std::int64_t>(bytes * lines / read) : 0;
}

}  // namespace orch::csv
