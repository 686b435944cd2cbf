#include "workers/library/folder_listing.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/time.h"
#include "orchestrator/base/utf8.h"
#include "workers/library/regular_file.h"
#include "workers/library/s3_failure.h"

namespace orch::library {
namespace fs = std::filesystem;
namespace {

class Walk {
 public:
  explicit Walk(const std::string& prefix) : prefix_(prefix) {}

  /// `keys`: what the keys below begin with: "", or a path that ends in "/".
  void folder(const fs::path& place, const std::string& keys) {
    std::error_code error;
    fs::directory_iterator entries(place, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const auto key = keys + entries->path().filename().string();
      std::error_code gone;
      if (entries->symlink_status(gone).type() == fs::file_type::directory)
        enter(entries->path(), key + "/");
      else if (key.starts_with(prefix_))
        take(entries->path(), key);
    }
    const bool vanished = error.value() == ENOENT && !keys.empty();
    if (error && !vanished) throw file_failure(place, error.value());
  }

  std::vector<Listed> found;

 private:
  void enter(const fs::path& place, const std::string& keys) {
    if (keys.starts_with(prefix_) || prefix_.starts_with(keys)) folder(place, keys);
  }

  void take(const fs::path& place, const std::string& key) {
    struct stat file {};
    if (::stat(place.c_str(), &file) != 0) {
      if (errno == ENOENT) return;
      throw file_failure(place, errno);
    }
    if (!S_ISREG(file.st_mode) || is_draft(key)) return;
    if (valid_prefix(key) != key.size())
      throw S3Failed(400, "InvalidKey",
                     fmt::format("the name of the file {} is not UTF-8", repaired(key)),
                     "rename it, or list with a Prefix that leaves it out");
    found.push_back({key, etag_of(file), to_iso(modified_at(file)), file.st_size});
  }

  const std::string& prefix_;
};

}  // namespace

std::vector<Listed> list_folder(const fs::path& folder, const std::string& prefix) {
  Walk walk(prefix);
  walk.folder(folder, "");
  std::sort(walk.found.begin(), walk.found.end(),
            [](const Listed& a, const Listed& b) { return a.key < b.key; });
  return std::move(walk.found);
}

}  // namespace orch::library
