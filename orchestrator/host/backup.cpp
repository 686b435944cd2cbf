#include "orchestrator/host/backup.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/host/backup_place.h"
#include "orchestrator/store/copy.h"
#include "orchestrator/store/open.h"

namespace orch::host {
namespace {

namespace fs = std::filesystem;

/// A file that goes when nothing has taken it over.
class Draft {
 public:
  explicit Draft(fs::path path) : path_(std::move(path)) { clear(); }
  ~Draft() { clear(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const fs::path& path() const { return path_; }

 private:
  void clear() const {
    std::error_code none;
    fs::remove(path_, none);
  }
  fs::path path_;
};

std::int64_t require_sound_copy(const fs::path& copy, const std::string& name) {
  const auto found = store::check_store(copy.string());
  if (!found.damages.empty())
    throw Error(
        "ORCH-0221",
        fmt::format("{} is not sound: {}{}", name, found.damages.front(),
                    found.damages.size() > 1 ? fmt::format(" and {} more", found.damages.size() - 1)
                                             : std::string()),
        "`orch doctor` tells all that is wrong with the store; restore another backup");
  return found.runs;
}

}  // namespace

Backup back_up(const std::string& store, const std::string& to, int keep, Instant now) {
  const BackupPlace place(to, now);
  const Draft draft(place.draft());
  store::copy_store(store, draft.path());
  fault::point("backup.copied");
  Backup made{place.text(), 0, require_sound_copy(draft.path(), place.text())};
  made.bytes = static_cast<std::int64_t>(fs::file_size(draft.path()));
  place.put(draft.path());
  if (place.in_folder() && keep > 0) place.thin_out(keep);
  return made;
}

std::int64_t restore(const std::string& from, const std::string& store, bool replace, Instant now,
                     const std::string& command) {
  const auto file = fs::absolute(store::files_of(store));
  const auto beside = [&](const std::string& suffix) { return fs::path(file.string() + suffix); };
  const Draft copy(beside(fmt::format(".restoring-{}", ::getpid())));
  BackupPlace(from, now).get(copy.path());
  const auto runs = require_sound_copy(copy.path(), from);
  std::optional<fs::path> kept;
  if (replace) kept = beside(".replaced-" + backup_time(now));
  store::put_store(store, copy.path(), kept, command);
  return runs;
}

}  // namespace orch::host
