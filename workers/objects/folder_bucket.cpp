#include "workers/objects/folder_bucket.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/replace_file.h"
#include "orchestrator/base/time.h"
#include "workers/worker.h"

namespace orch::objects {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t block_bytes = std::size_t{256} * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

workers::TaskFailed failed(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR)
    return {"S3.NoSuchKey", fmt::format("no file {}", path.string()),
            "the key is the file's path inside the bucket's folder", "ORCH-0640"};
  return {error == EACCES ? "S3.AccessDenied" : "S3.Failed",
          fmt::format("{}: {}", path.string(), std::strerror(error)),
          {},
          "ORCH-0640"};
}

/// Changes with every change of the file.
std::string etag_of(const fs::path& path) {
  const auto changed = fs::last_write_time(path).time_since_epoch().count();
  return fmt::format("\"{:x}-{:x}\"", fs::file_size(path), changed);
}

class FileBytes final : public Bytes {
 public:
  explicit FileBytes(fs::path path)
      : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb")) {
    if (!file_) throw failed(path_, errno);
    etag_ = etag_of(path_);
  }

  bool read(std::string& out) override {
    const auto before = out.size();
    out.resize(before + block_bytes);
    const auto got = std::fread(out.data() + before, 1, block_bytes, file_.get());
    if (std::ferror(file_.get()) != 0) throw failed(path_, errno);
    out.resize(before + got);
    if (got > 0) return true;
    if (etag_of(path_) != etag_)
      throw workers::TaskFailed(
          "S3.PreconditionFailed", fmt::format("{} was changed while it was read", path_.string()),
          "write a file under another name and rename it when it is complete", "ORCH-0640");
    return false;
  }

 private:
  fs::path path_;
  File file_;
  std::string etag_;
};

class FolderBucket final : public Bucket {
 public:
  explicit FolderBucket(fs::path folder) : folder_(std::move(folder)) {}

  std::unique_ptr<Bytes> open(const std::string& key) override {
    return std::make_unique<FileBytes>(path_of(key));
  }

  void list(const std::string& prefix, const std::function<void(const Listed&)>& take) override {
    std::vector<Listed> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      auto key = entry.path().lexically_relative(folder_).generic_string();
      if (!key.starts_with(prefix)) continue;
      const auto changed = std::chrono::file_clock::to_sys(entry.last_write_time());
      found.push_back({std::move(key), etag_of(entry.path()),
                       to_iso(std::chrono::floor<Millis>(changed)),
                       static_cast<std::int64_t>(entry.file_size())});
    }
    std::sort(found.begin(), found.end(),
              [](const Listed& a, const Listed& b) { return a.key < b.key; });
    for (const auto& object : found) take(object);
  }

  std::string put(const std::string& key, std::string_view body) override {
    const auto path = path_of(key);
    try {
      fs::create_directories(path.parent_path());
      replace_file(path, body, "bucket");
    } catch (const std::system_error& error) {
      throw failed(path, error.code().value());
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
    return folder_ / path;
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

}  // namespace orch::objects
