// A file as bytes in memory that the system reads when they are looked at.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace orch::host {

class MappedFile {
 public:
  /// Throws std::system_error.
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace orch::host
