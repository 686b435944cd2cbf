#include "workers/library/regular_file.h"

#include <cerrno>
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

class FileBytes final : public Bytes {
 public:
  explicit FileBytes(fs::path path)
      : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    // A socket, or a device without a driver, cannot even be opened.
    if (file_.get() < 0 && errno != ENXIO && errno != ENODEV) throw file_failure(path_, errno);
    const auto found = file_.get() < 0 ? look() : state();
    if (!S_ISREG(found.st_mode)) refuse(kind_of(found.st_mode));
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
      throw workers::TaskFailed(
          "S3.PreconditionFailed", fmt::format("{} was changed while it was read", path_.string()),
          "write a file under another name and rename it when it is complete", "ORCH-0640");
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
  [[noreturn]] void refuse(const char* kind) const {
    throw workers::TaskFailed(
        "S3.NoSuchKey", fmt::format("{} is {}, not a file", path_.string(), kind),
        "the key is the path of a file inside the bucket's folder", "ORCH-0640");
  }

  fs::path path_;
  Descriptor file_;
  std::string etag_;
};

}  // namespace

workers::TaskFailed file_failure(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR)
    return {"S3.NoSuchKey", fmt::format("no file {}", path.string()),
            "the key is the file's path inside the bucket's folder", "ORCH-0640"};
  return {error == EACCES ? "S3.AccessDenied" : "S3.Failed",
          fmt::format("{}: {}", path.string(), std::strerror(error)),
          {},
          "ORCH-0640"};
}

std::string etag_of(const struct stat& file) {
  return fmt::format("\"{:x}-{:x}.{:x}\"", file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

std::string etag_of(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) throw file_failure(path, errno);
  return etag_of(found);
}

std::unique_ptr<Bytes> open_file(const fs::path& path) { return std::make_unique<FileBytes>(path); }

}  // namespace orch::library
