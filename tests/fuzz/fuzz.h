// What the fuzz targets share. A target is one function, LLVMFuzzerTestOneInput(): it gives bytes
// to a module and checks the laws that hold whatever the bytes are. In the preset `fuzz` libFuzzer
// calls it (see scripts/fuzz); in every other build replay.cpp does, with the kept inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace orch::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Takes the next line from `rest`, without its line feed; all of it when there is none. So a seed
/// of several parts is a text that people can read and edit.
inline std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return line;
}

/// Ends the process, with the input saved by libFuzzer, unless the law holds.
inline void require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "broken law: %s\n", law);
  std::abort();
}

}  // namespace orch::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
