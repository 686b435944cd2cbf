// The digest of a file's bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "workers/files/unpack.h"

namespace orch::files {

/// SHA-256 of bytes that come in blocks. One thread at a time.
class Hash {
 public:
  Hash();
  void add(std::string_view bytes);
  /// 64 hex digits, as sha256sum prints them. Once, at the end.
  std::string hex();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// `bytes`, each block of which is added to `hash` before it is handed on.
ReadBlock hashed(ReadBlock bytes, Hash& hash);
/// Reads what is left of `bytes`: a format may end before its file does.
void drain(const ReadBlock& bytes);

}  // namespace orch::files
