#include "orchestrator/store/owner_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/time.h"

namespace orch::store {
namespace {

std::filesystem::path lock_path(const std::filesystem::path& store) {
  auto path = store;
  path += ".lock";
  return path;
}

std::string content(int file) {
  char buffer[512];
  const auto size = ::pread(file, buffer, sizeof buffer, 0);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string("a process");
}

}  // namespace

OwnerLock::OwnerLock(const std::filesystem::path& store, const std::string& command) {
  const auto path = lock_path(store);
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw Error("ORCH-0002", fmt::format("{}: {}", path.string(), std::strerror(errno)),
                "choose a folder you can write to with --store or ORCH_STORE");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const auto other = content(file_);
    ::close(file_);
    throw Error("ORCH-0201", fmt::format("the run store {} is owned by {}", store.string(), other),
                "wait for it, stop it, or use another store with --store");
  }
  const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const auto text = fmt::format("process {} ({}) since {}", ::getpid(), command, to_iso(now));
  if (::ftruncate(file_, 0) != 0 ||
      ::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    throw Error("ORCH-0002", fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

OwnerLock::~OwnerLock() { ::close(file_); }

std::optional<std::string> OwnerLock::owner(const std::filesystem::path& store) {
  const int file = ::open(lock_path(store).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::optional<std::string> found;
  if (::flock(file, LOCK_SH | LOCK_NB) != 0) found = content(file);
  ::close(file);
  return found;
}

}  // namespace orch::store
