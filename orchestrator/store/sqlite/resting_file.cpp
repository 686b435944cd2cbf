#include "orchestrator/store/sqlite/resting_file.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::store {
namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& store, const char* suffix) {
  return fs::path(store).concat(suffix);
}

}  // namespace

RestingFile::RestingFile(fs::path store) : store_(std::move(store)), then_(stamp(store_)) {}

bool RestingFile::rests(const fs::path& store) {
  std::error_code unknown;
  return !fs::exists(beside(store, "-wal"), unknown) && !fs::exists(beside(store, "-shm"), unknown);
}

RestingFile::Stamp RestingFile::stamp(const fs::path& store) {
  struct stat found {};
  if (::stat(store.c_str(), &found) != 0) return {};
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return {rests(store), found.st_size, found.st_mtim.tv_sec * ns_per_s + found.st_mtim.tv_nsec};
}

void RestingFile::require_same() const {
  const auto now = stamp(store_);
  if (now.rests && now == then_) return;
  throw Error(
      "ORCH-0210",
      fmt::format("the run store {} was opened by its owner while it was read", store_.string()),
      "try again");
}

}  // namespace orch::store
