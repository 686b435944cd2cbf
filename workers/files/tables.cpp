#include "workers/files/tables.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/files/failures.h"

namespace orch::files {
namespace {

std::string_view file_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool is_data(std::string_view name) {
  return !name.starts_with('_') && name.find("/_") == std::string_view::npos;
}

bool has_ending(const FileState& file, Endings endings) {
  return !table_name(std::string(file_of(file.name)), endings).empty();
}

/// The file that a name without wildcards means, with or without its ending.
std::vector<FileState> exact(const std::vector<FileState>& all, const std::string& name,
                             Endings endings) {
  for (const auto& wanted : {name, name + std::string(endings.front())})
    for (const auto& file : all)
      if (file.name == wanted) return {file};
  const auto folder = name.substr(0, name.size() - file_of(name).size());
  for (const auto& file : all)
    if (file.name == folder + std::string(file_of(file.name)) &&
        folder + table_name(std::string(file_of(file.name)), endings) == name)
      return {file};
  return {};
}

TableFiles below(const Store& store, const std::string& folder, Endings endings) {
  TableFiles table{folder, {}};
  for (auto& file : store.list(folder, true))
    if (has_ending(file, endings) && is_data("/" + file.name.substr(folder.size())))
      table.files.push_back(std::move(file));
  return table;
}

std::string listed_folder(std::string_view name) {
  std::string folder;
  for (auto rest = name; rest.find('/') != std::string_view::npos;) {
    const auto part = rest.substr(0, rest.find('/'));
    const bool splits = part.starts_with("source=") || part.starts_with("table=");
    if (!folder.empty() && !splits) break;
    if (!folder.empty()) folder += '/';
    folder += part;
    rest.remove_prefix(part.size() + 1);
  }
  return folder;
}

}  // namespace

TableFiles table_files(const Store& store, const std::string& name, Endings endings) {
  const auto plain = name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  if (const auto problem = name_problem(plain); !problem.empty())
    throw missing_table(name, problem, endings.front());
  const auto folder = fixed_folder(plain);
  const bool deep = plain.find('/', folder.size()) != std::string::npos ||
                    plain.find("**", folder.size()) != std::string::npos;
  const auto all = store.list(folder, deep);
  if (auto one = exact(all, plain, endings); !one.empty()) return {plain, std::move(one)};
  if (!has_wildcard(plain)) return below(store, plain + '/', endings);
  TableFiles table{plain, {}};
  for (const auto& file : all)
    if (matches(plain, file.name)) table.files.push_back(file);
  return table;
}

TableFiles present_files(const Store& store, const std::string& name, Endings endings) {
  auto table = table_files(store, name, endings);
  if (!table.files.empty()) return table;
  std::vector<std::string> near;
  for (const auto& file : store.list("", false)) near.push_back(table_name(file.name, endings));
  throw missing_table(name, "no such file" + did_you_mean(name, near), endings.front());
}

std::vector<std::string> partition_names(const TableFiles& table) {
  const auto names_of = [&](const FileState& file) {
    std::vector<std::string> names;
    for (const auto& [name, value] : table.partitions_of(file)) names.push_back(name);
    return names;
  };
  if (table.files.empty()) return {};
  const auto first = names_of(table.files.front());
  for (const auto& file : table.files) {
    const auto names = names_of(file);
    if (names == first) continue;
    throw workers::TaskFailed(
        "Source.Malformed",
        fmt::format("{}: its folders name the columns [{}], those of {} name [{}]", file.name,
                    fmt::join(names, ", "), table.files.front().name, fmt::join(first, ", ")),
        "every file of a table lies in folders of the same columns", "ORCH-0432",
        {{"file", file.name}});
  }
  return first;
}

std::vector<data::Listed> list_tables(
    const Store& store, Endings endings,
    const std::function<std::string(const std::string& file)>& why_left_out) {
  std::vector<FileState> here;
  std::map<std::string, bool> folders;  // whether they hold a file to be read
  for (const auto& file : store.list("", true)) {
    if (!is_data(file.name)) continue;
    const auto folder = listed_folder(file.name);
    if (folder.empty())
      here.push_back(file);
    else
      folders[folder] |= has_ending(file, endings);
  }
  std::vector<data::Listed> all;
  for (const auto& file : here) {
    data::Listed one{{"", file.name}, "file"};
    one.reason = why_left_out(file.name);
    if (!one.reason.empty()) {
      one.taken = data::Listed::Taken::never;
    } else if (const auto name = table_name(file.name, endings);
               exact(here, name, endings).front().name == file.name) {
      one.name.name = name;  // else another file has the better right to that name
    }
    all.push_back(std::move(one));
  }
  for (const auto& [folder, taken] : folders) {
    data::Listed one{{"", folder}, "folder"};
    if (!taken) {
      one.taken = data::Listed::Taken::never;
      one.reason = fmt::format("it holds no file whose name ends in {}", endings.front());
    }
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, [](const auto& one) { return one.name.name; });
  return all;
}

std::int64_t estimate_rows(const Store& store, const std::vector<FileState>& files) {
  if (files.empty()) return 0;
  // Of a packed file, too: the lines that a block of packed bytes gives.
  std::size_t taken = 0;
  const auto blocks = unpacked(
      [more = store.open(files.front()), &taken](std::string& out) {
        const auto before = out.size();
        const bool got = more(out);
        taken += out.size() - before;
        return got;
      },
      files.front().name);
  std::string sample;
  blocks(sample);
  const auto lines = static_cast<double>(std::ranges::count(sample, '\n'));
  double bytes = 0;
  for (const auto& file : files) bytes += static_cast<double>(file.bytes);
  return taken > 0 ? static_cast<std::int64_t>(bytes * lines / static_cast<double>(taken)) : 0;
}

}  // namespace orch::files
