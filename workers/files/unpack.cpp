#include "workers/files/unpack.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <new>
#include <utility>
#include <zlib.h>
#include <zstd.h>

#include "workers/files/failures.h"
#include "workers/files/folder.h"

namespace orch::files {
namespace {

constexpr std::size_t file_block_bytes = std::size_t{64} * 1024;
constexpr std::size_t block_bytes = std::size_t{256} * 1024;
constexpr int gzip_window = 15 + 16;  // zlib's largest window; + 16 asks for a gzip header
constexpr std::string_view gzip_mark = "\x1f\x8b\x08";
constexpr std::string_view zstd_mark = "\x28\xb5\x2f\xfd";
constexpr std::array<std::string_view, 2> packed_endings = {".gz", ".zst"};

/// What zlib and zstd have in common: blocks in, blocks out, several packed parts in one file.
class Unpacker {
 public:
  Unpacker(ReadBlock packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)) {}
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  virtual ~Unpacker() = default;

  bool read(std::string& out) {
    const auto before = out.size();
    while (out.size() == before) {
      if (block_.empty() && !more_inside_ && !refill()) {
        if (inside_) refuse("it ends too early");
        return false;
      }
      out.resize(before + block_bytes);
      inside_ = inside_ || !block_.empty();
      const auto made = step(out.data() + before);
      out.resize(before + made);
      more_inside_ = inside_ && made == block_bytes;
    }
    return true;
  }

 protected:
  /// Unpacks some of block() to `out`, which has room for block_bytes; answers how many came.
  virtual std::size_t step(char* out) = 0;

  std::string_view block() const { return block_; }
  void used(std::size_t bytes) { block_.remove_prefix(bytes); }
  void at_end_of_part() { inside_ = false; }

  [[noreturn]] void refuse(const char* why) const { throw broken_pack(name_, why); }

 private:
  bool refill() {
    bytes_.clear();
    const bool more = packed_(bytes_);
    block_ = bytes_;
    return more;
  }

  ReadBlock packed_;
  std::string name_;
  std::string bytes_;
  std::string_view block_;    ///< of bytes_, not yet unpacked
  bool inside_ = false;       ///< a packed part has begun and not ended
  bool more_inside_ = false;  ///< the library may hold bytes that there was no room for
};

class Gunzip final : public Unpacker {
 public:
  Gunzip(ReadBlock packed, std::string name) : Unpacker(std::move(packed), std::move(name)) {
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~Gunzip() override { inflateEnd(&stream_); }

 private:
  std::size_t step(char* out) override {
    // zlib does not write to what it reads; its header was made before const.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(block().data()));
    stream_.avail_in = static_cast<uInt>(block().size());
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(block_bytes);
    const auto result = inflate(&stream_, Z_NO_FLUSH);
    used(block().size() - stream_.avail_in);
    if (result == Z_STREAM_END) {
      at_end_of_part();
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      refuse(stream_.msg ? stream_.msg : "damaged data");
    }
    return block_bytes - stream_.avail_out;
  }

  z_stream stream_{};
};

class Unzstd final : public Unpacker {
 public:
  Unzstd(ReadBlock packed, std::string name)
      : Unpacker(std::move(packed), std::move(name)),
        stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    if (!stream_) throw std::bad_alloc();
  }

 private:
  std::size_t step(char* out) override {
    ZSTD_inBuffer from{block().data(), block().size(), 0};
    ZSTD_outBuffer to{out, block_bytes, 0};
    const auto result = ZSTD_decompressStream(stream_.get(), &to, &from);
    if (ZSTD_isError(result)) refuse(ZSTD_getErrorName(result));
    used(from.pos);
    if (result == 0) at_end_of_part();
    return to.pos;
  }

  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
};

template <class Kind>
ReadBlock reader_of(ReadBlock packed, std::string name) {
  const auto unpacker = std::make_shared<Kind>(std::move(packed), std::move(name));
  return [unpacker](std::string& out) { return unpacker->read(out); };
}

/// Gives `first` again before what `bytes` has left.
ReadBlock with_first(std::string first, ReadBlock bytes) {
  return [first = std::move(first), bytes = std::move(bytes)](std::string& out) mutable {
    if (first.empty()) return bytes(out);
    out += std::exchange(first, {});
    return true;
  };
}

}  // namespace

ReadBlock blocks_of(const std::filesystem::path& path) {
  return blocks_of(path, path.filename().string());
}

ReadBlock blocks_of(const std::filesystem::path& path, std::string name) {
  const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* open) {
    if (open) std::fclose(open);
  });
  if (!file) throw unreadable(name, errno);
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return [file, name = std::move(name)](std::string& out) {
    const auto kept = out.size();
    out.resize(kept + file_block_bytes);
    const auto got = std::fread(out.data() + kept, 1, file_block_bytes, file.get());
    if (std::ferror(file.get())) throw unreadable(name, errno);
    out.resize(kept + got);
    return got > 0;
  };
}

ReadBlock gunzip(ReadBlock packed, std::string name) {
  return reader_of<Gunzip>(std::move(packed), std::move(name));
}

ReadBlock unpacked(ReadBlock bytes, std::string name) {
  std::string first;
  while (first.size() < zstd_mark.size() && bytes(first)) {
  }
  const bool gzip = first.starts_with(gzip_mark);
  const bool zstd = first.starts_with(zstd_mark);
  auto all = with_first(std::move(first), std::move(bytes));
  if (gzip) return gunzip(std::move(all), std::move(name));
  if (zstd) return reader_of<Unzstd>(std::move(all), std::move(name));
  return all;
}

std::string_view unpacked_name(std::string_view file) {
  for (const auto ending : packed_endings)
    if (same_ending(file, ending)) file.remove_suffix(ending.size());
  return file;
}

}  // namespace orch::files
