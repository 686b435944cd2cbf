// A folder for one test, and the data shared between checkouts.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace orch::test {

/// Made empty, removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    auto name = (std::filesystem::temp_directory_path() / "orch_test_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// The folder with sample data that is not part of the repository: ORCH_SHARED, else ../shared.
/// May not exist: skip the test then.
inline std::filesystem::path shared_folder() {
  const char* given = std::getenv("ORCH_SHARED");
  return given ? std::filesystem::path(given)
               : std::filesystem::path(ORCH_SOURCE_DIR) / ".." / "shared";
}

}  // namespace orch::test
