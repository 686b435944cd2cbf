#include "orchestrator/store/sqlite/owner_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"

namespace orch::store {
namespace {

std::filesystem::path lock_path(const std::filesystem::path& store) {
  auto path = store;
  path += ".lock";
  return path;
}

// A lock of the open file, not of the process (F_OFD_…): unlike flock() it can be asked for
// without being taken, so that a reader who asks never gets in the way of a new owner.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string content(int file) {
  char buffer[512];
  const auto size = ::pread(file, buffer, sizeof buffer, 0);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string("a process");
}

[[noreturn]] void refused(const std::filesystem::path& path) {
  throw Error("ORCH-0002", fmt::format("{}: {}", path.string(), std::strerror(errno)),
              "choose a folder you can write to with --store or ORCH_STORE");
}

}  // namespace

OwnerLock::OwnerLock(const std::filesystem::path& store, const std::string& command) {
  const auto path = lock_path(store);
  file_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, private_modes.file));
  if (file_.get() < 0) refused(path);
  auto lock = whole_file();
  if (::fcntl(file_.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES) refused(path);
    throw Error(
        "ORCH-0201",
        fmt::format("the run store {} is owned by {}", store.string(), content(file_.get())),
        "wait for it, stop it, or use another store with --store");
  }
  const auto now = wall_now();
  const auto text = fmt::format("process {} ({}) since {}", ::getpid(), command, to_iso(now));
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::pwrite(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    refused(path);
}

std::optional<std::string> OwnerLock::owner(const std::filesystem::path& store) {
  const File file(::open(lock_path(store).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return std::nullopt;
  auto lock = whole_file();
  if (::fcntl(file.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return content(file.get());
}

OwnerLock::File::~File() {
  if (file_ >= 0) ::close(file_);
}

void OwnerLock::File::reset(int file) {
  if (file_ >= 0) ::close(file_);
  file_ = file;
}

}  // namespace orch::store
