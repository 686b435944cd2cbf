#include "workers/map_items/gunzip.h"

#include <memory>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} * 1024;
constexpr int gzip_window = 15 + 16;  // zlib's largest window; + 16 asks for a gzip header

class Gunzip {
 public:
  Gunzip(std::function<bool(std::string&)> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)) {
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&stream_); }

  bool read(std::string& out) {
    const auto before = out.size();
    while (out.size() == before) {
      if (stream_.avail_in == 0 && !fill()) {
        if (inside_) refuse("it ends too early");
        return false;
      }
      inflate_some(out);
    }
    return true;
  }

 private:
  bool fill() {
    block_.clear();
    if (!packed_(block_)) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(block_.data());
    stream_.avail_in = static_cast<uInt>(block_.size());
    return true;
  }

  // A file may hold several packed members, one behind the other.
  void inflate_some(std::string& out) {
    const auto before = out.size();
    out.resize(before + block_bytes);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(block_bytes);
    inside_ = true;
    const auto result = ::inflate(&stream_, Z_NO_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    if (result == Z_STREAM_END) {
      inside_ = false;
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      refuse(stream_.msg ? stream_.msg : "damaged data");
    }
  }

  [[noreturn]] void refuse(const char* why) const {
    throw reader_failed(fmt::format("{} cannot be unpacked: {}", name_, why));
  }

  std::function<bool(std::string&)> packed_;
  std::string name_;
  z_stream stream_{};
  std::string block_;
  bool inside_ = false;
};

}  // namespace

std::function<bool(std::string&)> gunzip(std::function<bool(std::string&)> packed,
                                         std::string name) {
  const auto state = std::make_shared<Gunzip>(std::move(packed), std::move(name));
  return [state](std::string& out) { return state->read(out); };
}

}  // namespace orch::map_items
