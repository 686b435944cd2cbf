#include "orchestrator/base/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/private_file.h"
#include "orchestrator/base/public_file.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

struct Draft {
  fs::path path;
  std::unique_ptr<std::FILE, CloseFile> file;  ///< locked: no other writer has it
};

bool is_named(int file, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Null: another writer has it, or had it until now. Not through a link that somebody has put there.
Draft open_draft(fs::path path) {
  const int opened =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, private_modes.file);
  Draft draft{std::move(path),
              std::unique_ptr<std::FILE, CloseFile>(opened < 0 ? nullptr : ::fdopen(opened, "wb"))};
  if (!draft.file) throw std::system_error(errno, std::generic_category(), draft.path.string());
  if (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      throw std::system_error(errno, std::generic_category(), draft.path.string());
    draft.file.reset();
  } else if (!is_named(opened, draft.path)) {
    draft.file.reset();
  }
  return draft;
}

// What a writer that was killed has left is taken over.
Draft draft_of(const fs::path& path, std::string_view writer) {
  for (int number = 1;; ++number) {
    auto name = fs::path(path).concat(number == 1 ? fmt::format(".{}.part", writer)
                                                  : fmt::format(".{}-{}.part", writer, number));
    if (auto draft = open_draft(std::move(name)); draft.file) return draft;
  }
}

// A history will say that the file is there, and histories are durable.
void write_durably(const Draft& draft, std::string_view content) {
  auto* file = draft.file.get();
  if (::ftruncate(::fileno(file), 0) != 0 ||
      std::fwrite(content.data(), 1, content.size(), file) != content.size() ||
      std::fflush(file) != 0 || ::fsync(::fileno(file)) != 0)
    throw std::system_error(errno, std::generic_category(), draft.path.string());
}

}  // namespace

void replace_file(const fs::path& path, std::string_view content, std::string_view writer) {
  const auto draft = draft_of(path, writer);
  write_durably(draft, content);
  std::error_code failed;
  fs::rename(draft.path, path, failed);  // while it is locked
  if (failed) {
    std::error_code ignored;
    fs::remove(draft.path, ignored);
    throw fs::filesystem_error("cannot rename", draft.path, path, failed);
  }
  // A name lasts once its folder does.
  sync_path(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

}  // namespace orch
