#include "orchestrator/base/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/private_file.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

// Not through a link that somebody has put there.
std::FILE* create(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                          private_modes.file);
  return file < 0 ? nullptr : ::fdopen(file, "wb");
}

// A history will say that the file is there, and histories are durable.
void write_durably(const fs::path& path, std::string_view content) {
  const std::unique_ptr<std::FILE, CloseFile> file(create(path));
  if (!file || std::fwrite(content.data(), 1, content.size(), file.get()) != content.size() ||
      std::fflush(file.get()) != 0 || ::fsync(::fileno(file.get())) != 0)
    throw std::system_error(errno, std::generic_category(), path.string());
}

// A name lasts once its folder does.
void sync_folder(const fs::path& folder) {
  const auto& path = folder.empty() ? fs::path(".") : folder;
  const int opened = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int synced = opened < 0 ? -1 : ::fsync(opened);
  const int error = errno;
  if (opened >= 0) ::close(opened);
  // Some file systems cannot sync a folder, and say so.
  if (synced != 0 && error != EINVAL && error != ENOTSUP)
    throw std::system_error(error, std::generic_category(), path.string());
}

}  // namespace

void replace_file(const fs::path& path, std::string_view content, std::string_view writer) {
  const auto draft = fs::path(path).concat(fmt::format(".{}.part", writer));
  write_durably(draft, content);
  std::error_code failed;
  fs::rename(draft, path, failed);
  if (failed) {
    std::error_code ignored;
    fs::remove(draft, ignored);
    throw fs::filesystem_error("cannot rename", draft, path, failed);
  }
  sync_folder(path.parent_path());
}

}  // namespace orch
