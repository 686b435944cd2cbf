#include "workers/lake/leftovers.h"

#include <chrono>
#include <set>
#include <system_error>

#include "orchestrator/base/public_file.h"

namespace orch::lake {
namespace {

namespace fs = std::filesystem;

void remove_drafts(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (is_draft(entry->path().filename().string())) fs::remove(entry->path(), ignored);
  }
}

}  // namespace

void remove_leftovers(const Zone& zone, const std::string& table, const delta::Snapshot& snapshot,
                      const std::vector<delta::AddedFile>& staged) {
  const auto folder = zone.table(table);
  std::set<std::string> kept;
  for (const auto& file : staged) kept.insert(file.path);
  const auto since = millis_of(std::chrono::system_clock::now() - zone.retention);
  const auto is_needed = [&](const std::string& path, const std::string& name) {
    if (snapshot.files.contains(path) || kept.contains(path)) return true;
    const auto removed = snapshot.removed.find(path);
    if (removed != snapshot.removed.end()) return removed->second.removed >= since;
    return !is_ours(name);
  };
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('_') || name.starts_with('.'))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file(ignored) &&
             !is_needed(entry->path().lexically_relative(folder).string(), name))
      fs::remove(entry->path(), ignored);
  }
  remove_drafts(delta::log_folder(folder));
}

}  // namespace orch::lake
