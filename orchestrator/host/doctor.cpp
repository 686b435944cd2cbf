#include "orchestrator/host/doctor.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/store/copy.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/store.h"

namespace orch::host {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t least_free = 1'000'000'000;
constexpr Millis clock_tolerance{60'000};
constexpr std::size_t most_damages = 20;

/// One look at everything; findings are collected.
class Examination {
 public:
  Examination(const std::string& url, Instant now)
      : url_(url), now_(now), file_(fs::absolute(store::files_of(url))) {}

  std::vector<Finding> all() {
    store();
    owner();
    runs();
    clock();
    disk();
    files();
    return std::move(found_);
  }

 private:
  void tell(std::string subject, Severity severity, std::string what, std::string hint = {}) {
    found_.push_back({std::move(subject), severity, std::move(what), std::move(hint)});
  }

  void store() {
    const auto found = store::check_store(url_);
    for (std::size_t n = 0; n < std::min(found.damages.size(), most_damages); ++n)
      tell("store", Severity::error, found.damages[n],
           "see `orch explain ORCH-0206`: end the run, or `orch restore` a backup");
    if (found.damages.size() > most_damages)
      tell("store", Severity::error,
           fmt::format("{} more rows are damaged", found.damages.size() - most_damages),
           "check the disk, then `orch restore` a backup");
    if (found.damages.empty())
      tell("store", Severity::well,
           fmt::format("{} runs, {} events, every checksum is right", found.runs, found.events));
  }

  void owner() {
    const auto owner = store::owner_of(url_);
    tell("owner", Severity::well, owner ? "owned by " + *owner : "no process owns the store");
  }

  void runs() {
    const auto reader = store::open_as_reader(url_);
    const auto before = found_.size();
    for (const auto& row : reader->list({.status = execution::Status::running, .limit = -1})) {
      if (row.set_aside)
        tell("runs", Severity::warning,
             fmt::format("{} is set aside: {}", row.made.run_id, *row.set_aside),
             "`orch resume` tries again, `orch stop` ends it");
      else if (row.paused_at && now_ - *row.paused_at > std::chrono::days(1))
        tell("runs", Severity::warning,
             fmt::format("{} is paused since {}", row.made.run_id, to_iso(*row.paused_at)),
             "`orch resume` or `orch stop`: nothing else moves it");
    }
    for (const auto& suspect : reader->suspects())
      tell("runs", Severity::warning,
           fmt::format("a process died {} times in a row over {}", suspect.deaths,
                       reader->find_unchecked(suspect.run).made.run_id),
           "`orch history` shows its latest events; `orch stop` ends it");
    if (found_.size() == before) tell("runs", Severity::well, "none is set aside or forgotten");
  }

  void clock() {
    const auto reader = store::open_as_reader(url_);
    std::optional<Instant> latest;
    for (const auto& row : reader->list({.limit = 1}))
      latest = std::max(row.made.started_at, row.ended_at.value_or(row.made.started_at));
    for (const auto& [run, at] : reader->last_recorded())
      latest = std::max(latest.value_or(at), at);
    if (latest && *latest > now_ + clock_tolerance)
      tell(
          "clock", Severity::error,
          fmt::format("it is {}, and the store has something of {}", to_iso(now_), to_iso(*latest)),
          "set the clock: `timedatectl`; schedules wait for the time they have seen");
    else
      tell("clock", Severity::well, fmt::format("{}, after all that is recorded", to_iso(now_)));
  }

  void disk() {
    const auto space = fs::space(file_.parent_path());
    const auto text = fmt::format("{} MB of {} MB are free", space.available / 1'000'000,
                                  space.capacity / 1'000'000);
    if (space.available < least_free)
      tell("disk", Severity::warning, text,
           "`orch retention` removes old runs; a full disk stops all runs until there is room");
    else
      tell("disk", Severity::well, text);
  }

  void files() {
    const auto before = found_.size();
    if ((fs::status(file_).permissions() & fs::perms::others_all) != fs::perms::none)
      tell("files", Severity::warning,
           fmt::format("every user of the machine may use {}", file_.string()),
           "chmod 600: it holds inputs and outputs of runs");
    for (const auto& entry : fs::directory_iterator(file_.parent_path())) {
      const auto name = entry.path().filename().string();
      for (const char* mark : {".restoring-", ".replaced-"})
        if (name.starts_with(file_.filename().string() + mark))
          tell("files", Severity::warning,
               fmt::format("{} is left of a restore, {} MB", entry.path().string(),
                           entry.file_size() / 1'000'000),
               "remove it when it is needed no longer");
    }
    if (found_.size() == before)
      tell("files", Severity::well, "modes are right, nothing is left over");
  }

  std::string url_;
  Instant now_;
  fs::path file_;
  std::vector<Finding> found_;
};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::well:
      return "ok";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return {};
}

std::uintmax_t store_bytes(const std::string& store_url) {
  const auto file = fs::absolute(store::files_of(store_url));
  const auto name = file.filename().string();
  std::uintmax_t bytes = 0;
  std::error_code gone;  // a file that goes meanwhile, as logs do
  for (const auto& entry : fs::directory_iterator(file.parent_path(), gone)) {
    const auto other = entry.path().filename().string();
    const auto rest = other.substr(std::min(name.size(), other.size()));
    if (!other.starts_with(name) || !(rest.empty() || rest[0] == '.' || rest[0] == '-')) continue;
    const auto size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

std::vector<Finding> examine(const std::string& store_url, Instant now) {
  return Examination(store_url, now).all();
}

}  // namespace orch::host
