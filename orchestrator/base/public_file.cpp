#include "orchestrator/base/public_file.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/random.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

constexpr mode_t for_all = 0666;  // less the umask

[[noreturn]] void fail(const fs::path& path, int error) {
  throw std::system_error(error, std::generic_category(), path.string());
}

/// A file beside `path`, gone with this object.
class NewFile {
 public:
  NewFile(const fs::path& path, std::string_view content)
      : path_(path.parent_path() /
              fmt::format(".{}.{:016x}.draft", path.filename().string(), random_bits())) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, for_all);
    if (file < 0) fail(path_, errno);
    int error = 0;
    while (!content.empty() && error == 0) {
      const auto written = ::write(file, content.data(), content.size());
      if (written < 0) error = errno;
      if (error == EINTR) error = 0;
      if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (error == 0 && ::fsync(file) != 0) error = errno;
    ::close(file);
    if (error == 0) return;
    ::unlink(path_.c_str());
    fail(path_, error);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() { ::unlink(path_.c_str()); }

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void sync_path(const fs::path& path) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int synced = opened < 0 ? -1 : ::fsync(opened);
  const int error = errno;
  if (opened >= 0) ::close(opened);
  // Some file systems cannot sync a folder, and say so.
  if (synced != 0 && error != EINVAL && error != ENOTSUP) fail(path, error);
}

bool put_file(const fs::path& path, std::string_view content) {
  const NewFile draft(path, content);
  if (::link(draft.path().c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail(path, errno);
  }
  sync_path(path.parent_path());
  return true;
}

void exchange_file(const fs::path& path, std::string_view content) {
  const NewFile draft(path, content);
  if (::rename(draft.path().c_str(), path.c_str()) != 0) fail(path, errno);
  sync_path(path.parent_path());
}

bool is_draft(std::string_view file_name) {
  return file_name.starts_with('.') && file_name.ends_with(".draft");
}

}  // namespace orch
