#include "workers/library/folder_bucket.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/access/file_place.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/replace_file.h"
#include "workers/library/folder_listing.h"
#include "workers/library/regular_file.h"
#include "workers/worker.h"

namespace orch::library {
namespace fs = std::filesystem;
namespace {

class FolderBucket final : public Bucket {
 public:
  explicit FolderBucket(fs::path folder) : folder_(std::move(folder)) {}

  std::unique_ptr<Bytes> open(const std::string& key) override { return open_file(path_of(key)); }

  void list(const std::string& prefix, const std::function<void(const Listed&)>& take) override {
    for (const auto& object : list_folder(folder_, prefix)) {
      const auto path = folder_ / object.key;
      if (!fs::is_symlink(path) || stays_inside(path)) take(object);
    }
  }

  std::string put(const std::string& key, std::string_view body) override {
    const auto path = path_of(key);
    try {
      make_private_folders(path.parent_path());
      replace_file(path, body, "bucket");
    } catch (const std::system_error& error) {
      throw file_failure(path, error.code().value());
    }
    return etag_of(path);
  }

 private:
  fs::path path_of(const std::string& key) const {
    const auto path = fs::path(key).lexically_normal();
    if (key.empty() || path.is_absolute() || *path.begin() == "..")
      throw workers::TaskFailed("S3.InvalidKey",
                                fmt::format("the key \"{}\" is no path inside the bucket", key),
                                "name a file inside the folder, without \"..\"", "ORCH-0640");
    if (!stays_inside(folder_ / path))
      throw workers::TaskFailed(
          "S3.AccessDenied",
          fmt::format("the key \"{}\" is a link that leads out of the bucket", key),
          "put the file itself into the folder", "ORCH-0640");
    return folder_ / path;
  }

  bool stays_inside(const fs::path& path) const {
    const auto place = access::true_place(path);
    const auto bucket = access::true_place(folder_);
    return place && bucket && access::lies_in(*place, *bucket);
  }

  fs::path folder_;
};

}  // namespace

std::unique_ptr<Bucket> open_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return std::make_unique<FolderBucket>(folder);
  throw workers::TaskFailed("S3.NoSuchBucket", fmt::format("no folder {}", folder.string()),
                            "a bucket \"file:FOLDER\" is a folder of this machine", "ORCH-0640");
}

}  // namespace orch::library
