#include "orchestrator/store/packed_text.h"

#include <memory>
#include <stdexcept>
#include <zstd.h>

namespace orch::store {
namespace {

// A history of 1.3 MB: 15.6 KB in 15 ms. Level 12 takes four times as long for 8 % less.
constexpr int thorough_level = 6;
// A payload that a state hands on comes again after megabytes: 5 MB with four copies of a list take
// 21 KB and 2.6 ms, without such a window 83 KB and 6.5 ms.
constexpr int quick_level = 1;
constexpr int quick_window = 23;  // bytes, as a power of two

// What a frame may claim to hold; a row of `history` is less than SQLite's 1 GB.
constexpr unsigned long long most = 1ULL << 31;

void require(std::size_t result) {
  if (ZSTD_isError(result) != 0) throw std::runtime_error(ZSTD_getErrorName(result));
}

void set(ZSTD_CCtx& context, ZSTD_cParameter parameter, int value) {
  require(ZSTD_CCtx_setParameter(&context, parameter, value));
}

template <auto free>
struct Free {
  template <class T>
  void operator()(T* context) const {
    free(context);
  }
};

}  // namespace

std::string pack(std::string_view text, Effort effort) {
  const std::unique_ptr<ZSTD_CCtx, Free<ZSTD_freeCCtx>> context(ZSTD_createCCtx());
  const bool quick = effort == Effort::quick;
  set(*context, ZSTD_c_compressionLevel, quick ? quick_level : thorough_level);
  if (quick) set(*context, ZSTD_c_windowLog, quick_window);
  // Most of it is never touched.
  const auto most = ZSTD_compressBound(text.size());
  const auto frame = std::make_unique_for_overwrite<char[]>(most);
  const auto size = ZSTD_compress2(context.get(), frame.get(), most, text.data(), text.size());
  require(size);
  return {frame.get(), size};
}

std::string unpack(std::string_view frame) {
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > most) throw std::runtime_error("are no Zstandard frame");  // both errors are larger
  std::string text(size, '\0');
  const auto got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
  require(got);
  if (got != text.size()) throw std::runtime_error("are not complete");
  return text;
}

}  // namespace orch::store
