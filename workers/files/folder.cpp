#include "workers/files/folder.h"

#include <algorithm>
#include <fnmatch.h>
#include <strings.h>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/time.h"
#include "workers/files/failures.h"
#include "workers/files/unpack.h"

namespace orch::files {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t files_named = 20;  // in the position; a pattern may match thousands

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

std::vector<std::string> matching(const std::vector<std::string>& names, const std::string& name,
                                  Endings endings) {
  for (const auto& wanted : {name, name + std::string(endings.front())})
    if (std::find(names.begin(), names.end(), wanted) != names.end()) return {wanted};
  for (const auto& candidate : names)
    if (table_name(candidate, endings) == name) return {candidate};
  std::vector<std::string> found;
  for (const auto& candidate : names)
    if (fnmatch(name.c_str(), candidate.c_str(), FNM_PERIOD) == 0) found.push_back(candidate);
  return found;
}

}  // namespace

FileState look(const fs::path& path) {
  std::error_code error;
  FileState state{path, path.filename().string(), fs::file_size(path, error), {}};
  if (!error) state.modified = std::chrono::file_clock::to_sys(fs::last_write_time(path, error));
  if (error) throw unreadable(path.filename().string(), error.value());
  return state;
}

bool same_ending(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() &&
         strncasecmp(name.data() + name.size() - ending.size(), ending.data(), ending.size()) == 0;
}

std::string table_name(const std::string& file, Endings endings) {
  const auto name = unpacked_name(file);
  for (const auto ending : endings)
    if (same_ending(name, ending)) return std::string(name.substr(0, name.size() - ending.size()));
  return {};
}

std::vector<data::Listed> list_files(
    const fs::path& folder, Endings endings,
    const std::function<std::string(const std::string& file)>& why_left_out) {
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
      one.reason = why_left_out(file);
    }
    if (!one.reason.empty()) {
      one.taken = data::Listed::Taken::never;
    } else if (const auto name = table_name(file, endings);
               matching(files, name, endings) == std::vector{file}) {
      one.name.name = name;  // else another file has the better right to that name
    }
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& one, const auto& other) { return one.name.name < other.name.name; });
  return all;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& name, Endings endings) {
  if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
    throw missing_table(name, "a name cannot leave the folder", endings.front());
  const auto all = file_names(folder);
  const auto names = matching(all, name, endings);
  if (names.empty()) {
    std::vector<std::string> near;
    near.reserve(all.size());
    for (const auto& file : all) near.push_back(table_name(file, endings));
    throw missing_table(name, "no such file" + did_you_mean(name, near), endings.front());
  }
  std::vector<fs::path> files;
  files.reserve(names.size());
  for (const auto& file : names) files.push_back(folder / file);
  return files;
}

std::vector<std::vector<FileState>> shares_of(const std::vector<FileState>& files, int parts) {
  const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(parts), 1, files.size());
  std::vector<std::vector<FileState>> shares(count);
  for (std::size_t i = 0; i < files.size(); ++i)
    shares[i * count / files.size()].push_back(files[i]);
  return shares;
}

boost::json::object position_of(const std::vector<FileState>& files) {
  boost::json::array named;
  std::uintmax_t bytes = 0;
  Instant newest{};
  for (const auto& file : files) {
    bytes += file.bytes;
    const auto modified = std::chrono::floor<Millis>(file.modified);
    newest = std::max(newest, modified);
    if (named.size() == files_named) continue;
    named.push_back(boost::json::object{
        {"file", file.name}, {"bytes", file.bytes}, {"modified", to_iso(modified)}});
  }
  return {{"at", to_iso(newest)},
          {"files", std::move(named)},
          {"count", files.size()},
          {"bytes", bytes}};
}

void ping(const fs::path& folder, std::string_view files) {
  std::error_code error;
  const fs::directory_iterator entries(folder, error);
  if (!error) return;
  throw workers::TaskFailed("Connection.Down",
                            fmt::format("{}: {}", folder.filename().string(), error.message()),
                            fmt::format("the connection names a folder of {}", files), "ORCH-0443");
}

}  // namespace orch::files
