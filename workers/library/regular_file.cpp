#include "workers/library/regular_file.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace orch::library {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t block_bytes = std::size_t{256} * 1024;

/// A file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}
  ~Descriptor() {
    if (file_ >= 0) ::close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

S3Failed no_file(const fs::path& path, mode_t mode) {
  return {404, "NoSuchKey", fmt::format("{} is {}, not a file", path.string(), kind_of(mode)),
          "the key is the path of a file inside the bucket's folder"};
}

class FileBytes final : public Bytes {
 public:
  explicit FileBytes(fs::path path)
      : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    // A socket, or a device without a driver, cannot even be opened.
    if (file_.get() < 0 && errno != ENXIO && errno != ENODEV) throw file_failure(path_, errno);
    const auto found = file_.get() < 0 ? look() : state();
    if (!S_ISREG(found.st_mode)) throw no_file(path_, found.st_mode);
    etag_ = etag_of(found);
  }

  bool read(std::string& out) override {
    const auto before = out.size();
    out.resize(before + block_bytes);
    auto got = ::read(file_.get(), out.data() + before, block_bytes);
    while (got < 0 && errno == EINTR) got = ::read(file_.get(), out.data() + before, block_bytes);
    if (got < 0) throw file_failure(path_, errno);
    out.resize(before + static_cast<std::size_t>(got));
    if (got > 0) return true;
    if (etag_of(state()) != etag_)
      throw S3Failed(412, "PreconditionFailed",
                     fmt::format("{} was changed while it was read", path_.string()),
                     "write a file under another name and rename it when it is complete");
    return false;
  }

 private:
  struct stat state() const {
    struct stat found {};
    if (::fstat(file_.get(), &found) != 0) throw file_failure(path_, errno);
    return found;
  }
  struct stat look() const {
    struct stat found {};
    if (::stat(path_.c_str(), &found) != 0) throw file_failure(path_, errno);
    return found;
  }

  fs::path path_;
  Descriptor file_;
  std::string etag_;
};

}  // namespace

S3Failed file_failure(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR)
    return {404, "NoSuchKey", fmt::format("no file {}", path.string()),
            "the key is the file's path inside the bucket's folder"};
  const bool denied = error == EACCES;
  return {denied ? 403u : 500u, denied ? "AccessDenied" : "Failed",
          fmt::format("{}: {}", path.string(), std::strerror(error))};
}

std::string etag_of(const struct stat& file) {
  return fmt::format("\"{:x}-{:x}.{:x}\"", file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

Instant modified_at(const struct stat& file) {
  const auto since =
      std::chrono::seconds(file.st_mtim.tv_sec) + std::chrono::nanoseconds(file.st_mtim.tv_nsec);
  return Instant{std::chrono::floor<Millis>(since)};
}

struct stat look_at(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) throw file_failure(path, errno);
  if (!S_ISREG(found.st_mode)) throw no_file(path, found.st_mode);
  return found;
}

bool is_draft(std::string_view key) {
  const auto mark = key.rfind(fmt::format(".{}", draft_writer));
  return mark != key.npos && key.ends_with(".part") && key.find('/', mark) == key.npos;
}

std::unique_ptr<Bytes> open_file(const fs::path& path) { return std::make_unique<FileBytes>(path); }

}  // namespace orch::library
