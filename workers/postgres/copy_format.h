// The framing of COPY … BINARY. Source: PostgreSQL documentation, "COPY", section Binary Format.
//
//   signature (11 bytes) flags (int32) header extension length (int32) tuple* -1 (int16)
//   tuple := number of fields (int16) (length (int32, -1: NULL) bytes)*
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orch::postgres {

/// Before the first tuple of every COPY we write; servers write the same, without an extension.
inline constexpr std::string_view copy_header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view copy_trailer{"\377\377", 2};

inline void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}
inline void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value >> 16));
  put16(out, static_cast<std::uint16_t>(value));
}
inline void put64(std::string& out, std::uint64_t value) {
  put32(out, static_cast<std::uint32_t>(value >> 32));
  put32(out, static_cast<std::uint32_t>(value));
}

/// Reads integers of `bytes`, which the caller knows to be long enough.
inline std::uint32_t get32(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}
inline std::uint16_t get16(const char* bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                    static_cast<unsigned char>(bytes[1]));
}
inline std::uint64_t get64(const char* bytes) {
  return std::uint64_t{get32(bytes)} << 32 | get32(bytes + 4);
}

}  // namespace orch::postgres
