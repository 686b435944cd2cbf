#include "workers/duckdb/files.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/utf8.h"
#include "workers/delta/log.h"
#include "workers/files/failures.h"

namespace orch::duckdb {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 1> endings = {".parquet"};

bool is_data(const fs::path& path) {
  const auto name = path.filename().string();
  return !name.starts_with('.') && !name.starts_with('_');
}

bool is_parquet(const fs::path& path) {
  return files::same_ending(path.filename().string(), endings.front());
}

// All Parquet files below `folder`, sorted.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  fs::recursive_directory_iterator entries(folder, error);
  for (const fs::recursive_directory_iterator end; !error && entries != end;
       entries.increment(error)) {
    if (!is_data(entries->path())) {
      entries.disable_recursion_pending();
    } else if (is_parquet(entries->path()) && entries->is_regular_file(error)) {
      found.push_back(entries->path());
    }
  }
  if (error) throw files::unreadable(folder.filename().string(), error.value());
  std::ranges::sort(found);
  return found;
}

}  // namespace

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos && is_data(name);
}

std::vector<std::string> partitions_in(const fs::path& path) {
  std::vector<std::string> names;
  for (const auto& part : path) {
    const auto text = part.string();
    const auto equals = text.find('=');
    if (equals != std::string::npos && equals > 0) names.push_back(text.substr(0, equals));
  }
  return names;
}

ParquetTable parquet_table(const fs::path& folder, const std::string& name) {
  std::error_code error;
  ParquetTable table;
  const auto inside = folder / name;
  if (!is_plain_name(name) || !fs::is_directory(inside, error)) {
    for (const auto& file : files::files_of(folder, name, endings))
      table.files.push_back(files::look(file));
    return table;
  }
  for (const auto& file : files_below(inside)) {
    const auto partitions = partitions_in(file.parent_path().lexically_relative(inside));
    if (table.files.empty()) table.partitions = partitions;
    if (partitions != table.partitions)
      throw workers::TaskFailed(
          "Source.Malformed",
          fmt::format("{}: its folders name the columns [{}], those of {} name [{}]",
                      file.lexically_relative(folder).string(), fmt::join(partitions, ", "),
                      table.files.front().path.lexically_relative(folder).string(),
                      fmt::join(table.partitions, ", ")),
          "every file of a table lies in folders of the same columns", "ORCH-0432",
          {{"file", file.filename().string()}});
    table.files.push_back(files::look(file));
  }
  if (table.files.empty())
    throw workers::TaskFailed(
        "Source.TableMissing",
        fmt::format("no table \"{}\": its folder holds no Parquet file", name),
        "a table is a Parquet file or a folder with some", "ORCH-0430", {{"table", name}});
  return table;
}

std::vector<data::Listed> list_parquet(const fs::path& folder) {
  auto all = files::list_files(folder, endings, [](const std::string& file) -> std::string {
    if (valid_prefix(file) != file.size()) return "its name is not UTF-8";
    return files::same_ending(file, endings.front()) ? "" : "its name does not end in .parquet";
  });
  std::erase_if(all, [](const auto& one) { return one.name.name.starts_with('_'); });
  for (auto& one : all) {
    if (one.kind != "folder") continue;
    const auto inside = folder / one.name.name;
    if (files_below(inside).empty() && !delta::is_table(inside)) {
      one.reason = "it holds no Parquet file";
    } else {
      one.taken = data::Listed::Taken::always;
      one.reason.clear();
    }
  }
  return all;
}

}  // namespace orch::duckdb
