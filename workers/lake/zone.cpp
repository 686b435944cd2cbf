#include "workers/lake/zone.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "workers/data/digest.h"
#include "workers/worker.h"

namespace orch::lake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view state_suffix = ".json";
constexpr std::string_view ledger_suffix = ".files.json";
constexpr const char* our_prefix = "orch-";
constexpr std::chrono::milliseconds pause{20};
constexpr std::size_t hash_digits = 12;

fs::path books(const Zone& zone) { return zone.folder / "_orch"; }

int opened(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const int file = error ? -1 : ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file >= 0) return file;
  throw data::DatabaseError(
      data::ErrorClass::denied,
      fmt::format("{}: {}", path.string(),
                  error ? error.message() : std::generic_category().message(errno)));
}

}  // namespace

fs::path Zone::state(const std::string& name) const {
  return books(*this) / (name + std::string(state_suffix));
}

fs::path Zone::ledger(const std::string& name) const {
  return books(*this) / (name + std::string(ledger_suffix));
}

std::vector<std::string> tables_with_state(const Zone& zone) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(books(zone), error), end; !error && entry != end;
       entry.increment(error)) {
    auto name = entry->path().filename().string();
    if (!name.ends_with(state_suffix) || name.ends_with(ledger_suffix)) continue;
    names.push_back(name.substr(0, name.size() - state_suffix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

TableLock::TableLock(const Zone& zone, const std::string& table, const std::function<bool()>& stop)
    : turn_(books(zone) / (table + ".lock"), stop), file_(opened(books(zone) / (table + ".lock"))) {
  const auto end = std::chrono::steady_clock::now() + zone.patience;
  while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const bool late = std::chrono::steady_clock::now() >= end;
    const bool stopped = stop && stop();
    if (!late && !stopped) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    ::close(file_);
    if (stopped) throw workers::Cancelled();
    throw data::DatabaseError(data::ErrorClass::locked,
                              "another process is at work on the table " + table,
                              "wait for its end, then resume the run");
  }
}

TableLock::~TableLock() { ::close(file_); }

std::int64_t millis_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::int64_t millis_now() { return millis_of(std::chrono::system_clock::now()); }

bool is_ours(std::string_view file_name) { return file_name.starts_with(our_prefix); }

std::string file_prefix(const std::string& run, const std::string& load) {
  std::string name;
  for (const char c : run)
    name += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? c : '_';
  data::Digest hash;
  hash.add(load);
  return fmt::format("{}{}-{}", our_prefix, name.substr(0, 64), hash.hex().substr(0, hash_digits));
}

}  // namespace orch::lake
