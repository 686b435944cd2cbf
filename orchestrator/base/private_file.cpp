#include "orchestrator/base/private_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

constexpr mode_t of_others = S_IRWXG | S_IRWXO;

[[noreturn]] void fail(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

}  // namespace

void make_private_folders(const fs::path& folder) {
  if (folder.empty() || fs::is_directory(folder)) return;
  make_private_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), private_modes.folder) != 0 && errno != EEXIST) fail(folder);
}

void make_private_file(const fs::path& file) {
  const int made =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_modes.file);
  if (made < 0 && errno != EEXIST) fail(file);
  if (made >= 0) ::close(made);
}

void tighten(const fs::path& file, ReadableBy by) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return;
  // What everybody may read was made so by a umask, for the group as well.
  const bool meant = by == ReadableBy::group && (found.st_mode & S_IRWXO) == 0;
  const mode_t taken = meant ? of_others & ~S_IRGRP : of_others;
  if ((found.st_mode & taken) == 0) return;
  const bool done =
      found.st_uid == ::geteuid() && ::chmod(file.c_str(), found.st_mode & 07777 & ~taken) == 0;
  log::warn("{} was open to other users ({:04o}){}", file.string(),
            static_cast<unsigned>(found.st_mode & 0777),
            done ? meant ? "; now its group may only read it" : "; now only its owner may use it"
                 : ", and belongs to another user: it stays so");
}

void copy_group(const fs::path& from, const fs::path& to) {
  struct stat found {};
  if (::stat(from.c_str(), &found) != 0) fail(from);
  if ((found.st_mode & S_IRGRP) == 0) return;
  if (::chown(to.c_str(), static_cast<uid_t>(-1), found.st_gid) != 0 ||
      ::chmod(to.c_str(), private_modes.file | S_IRGRP) != 0)
    fail(to);
}

void require_private(const fs::path& file, const std::string& what) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return;
  // The group of a file of root's is chosen by root: keys of certificates are kept so.
  const mode_t refused = found.st_uid == 0 && ::geteuid() != 0 ? of_others & ~S_IRGRP : of_others;
  if ((found.st_mode & refused) == 0) return;
  throw Error("ORCH-0017",
              fmt::format("{} {} is open to other users: its mode is {:04o}", what, file.string(),
                          static_cast<unsigned>(found.st_mode & 0777)),
              fmt::format("chmod 600 {}", file.string()));
}

}  // namespace orch
