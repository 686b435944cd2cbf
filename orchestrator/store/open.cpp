#include "orchestrator/store/open.h"

#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/copy.h"
#include "orchestrator/store/housekeeping.h"
#include "orchestrator/store/sqlite/alerts.h"
#include "orchestrator/store/sqlite/copy.h"
#include "orchestrator/store/sqlite/housekeeping.h"
#include "orchestrator/store/sqlite/journal.h"
#include "orchestrator/store/sqlite/owner_lock.h"
#include "orchestrator/store/sqlite/soundness.h"
#include "orchestrator/store/sqlite/store.h"

namespace orch::store {
namespace {

constexpr std::string_view sqlite = "sqlite:";

// What looks like no URL is a path. A URL may hold a password: no message repeats it.
std::filesystem::path sqlite_file(std::string_view url) {
  if (url.starts_with(sqlite)) return url.substr(sqlite.size());
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    throw Error("ORCH-0220",
                fmt::format("no kind of run store is called \"{}\"", url.substr(0, scheme)),
                "a store is a SQLite file: PATH or sqlite:PATH");
  return url;
}

}  // namespace

std::unique_ptr<Store> open_as_owner(const std::string& url, const std::string& command) {
  return open_sqlite_as_owner(sqlite_file(url), command);
}

std::unique_ptr<Store> open_as_reader(const std::string& url) {
  return open_sqlite_as_reader(sqlite_file(url));
}

std::unique_ptr<Store> open_beside_owner(const std::string& url) {
  return open_sqlite_beside_owner(sqlite_file(url));
}

std::unique_ptr<Housekeeping> open_housekeeping(const std::string& url) {
  return housekeeping_in(sqlite_file(url));
}

void copy_store(const std::string& url, const std::filesystem::path& copy) {
  copy_sqlite(sqlite_file(url), copy);
}

Soundness check_store(const std::string& url) { return check_sqlite(sqlite_file(url)); }

void put_store(const std::string& url, const std::filesystem::path& copy,
               const std::optional<std::filesystem::path>& keep, const std::string& command) {
  put_sqlite(sqlite_file(url), copy, keep, command);
}

std::unique_ptr<Journal> open_journal(const std::string& url) {
  return open_sqlite_journal(sqlite_file(url));
}

std::unique_ptr<Alerts> open_alerts_beside_owner(const std::string& url) {
  return open_sqlite_alerts_beside_owner(sqlite_file(url));
}

std::unique_ptr<Alerts> open_alerts_as_reader(const std::string& url) {
  return open_sqlite_alerts_as_reader(sqlite_file(url));
}

std::optional<std::string> owner_of(const std::string& url) {
  return OwnerLock::owner(sqlite_file(url));
}

std::string resolved_url(const std::string& url, const std::filesystem::path& folder) {
  const auto path = (folder / sqlite_file(url)).lexically_normal().string();
  return url.starts_with(sqlite) ? std::string(sqlite) + path : path;
}

std::filesystem::path files_of(const std::string& url) { return sqlite_file(url); }

}  // namespace orch::store
