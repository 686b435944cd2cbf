#include "workers/csv/folder.h"

#include <algorithm>
#include <fnmatch.h>
#include <fstream>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/csv/failures.h"
#include "workers/csv/record_parser.h"

namespace orch::csv {
namespace fs = std::filesystem;
namespace {

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

std::vector<std::string> matching(const std::vector<std::string>& names, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& wanted : {name, name + ".csv"}) {
    for (const auto& candidate : names)
      if (candidate == wanted) return {candidate};
  }
  for (const auto& candidate : names) {
    if (fnmatch(name.c_str(), candidate.c_str(), FNM_PERIOD) == 0) found.push_back(candidate);
  }
  return found;
}

std::vector<std::string> read_header(const fs::path& file, const Options& options) {
  RecordParser parser(file, options);
  if (!parser.next()) throw malformed(parser.file(), 1, "an empty file", "a header");
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

std::vector<std::string> table_names(const fs::path& folder) {
  std::vector<std::string> tables;
  for (const auto& name : file_names(folder))
    if (name.size() > 4 && name.ends_with(".csv"))
      tables.push_back(name.substr(0, name.size() - 4));
  return tables;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& name) {
  if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
    throw missing(name, "a name cannot leave the folder");
  const auto names = matching(file_names(folder), name);
  if (names.empty()) throw missing(name, "no such file" + did_you_mean(name, table_names(folder)));
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
