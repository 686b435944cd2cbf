#include <algorithm>
#include <system_error>
#include <utility>

#include "orchestrator/base/replace_file.h"
#include "workers/files/failures.h"
#include "workers/files/store.h"

namespace orch::files {
namespace fs = std::filesystem;
namespace {

class FolderStore final : public Store {
 public:
  explicit FolderStore(fs::path folder) : folder_(std::move(folder)) {}

  void visit(const std::string& below, bool deep, const Take& take) const override {
    std::error_code error;
    fs::directory_iterator entries(folder_ / below, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
      return;
    if (error) throw unreadable(below.empty() ? folder_.filename().string() : below, error.value());
    for (const auto& entry : entries) {
      const auto file = entry.path().filename().string();
      if (file.starts_with('.')) continue;
      if (entry.is_regular_file(error)) {
        if (auto state = found(entry.path(), below + file)) take(std::move(*state));
      } else if (deep && entry.is_directory(error) && !entry.is_symlink(error)) {
        visit(below + file + '/', true, take);
      }
    }
  }

  std::optional<FileState> find(const std::string& name) const override {
    std::error_code error;
    if (!fs::is_regular_file(folder_ / name, error)) return std::nullopt;
    return named(folder_ / name, name);
  }

  FileState look(const FileState& file) const override { return named(file.path, file.name); }
  ReadBlock open(const FileState& file) const override { return blocks_of(file.path, file.name); }

  void write(const std::string& name, std::string_view text) const override {
    make_folder_of(name);
    replace_file(folder_ / name, text, "orch-files");
  }

  void move(const std::string& name, const std::string& to) const override {
    make_folder_of(to);
    std::error_code error;
    fs::rename(folder_ / name, folder_ / to, error);
    if (error && error != std::errc::no_such_file_or_directory)
      throw unreadable(name, error.value());
  }

 private:
  static FileState named(const fs::path& path, const std::string& name) {
    auto state = files::look(path);
    state.name = name;
    return state;
  }

  // A file that is renamed or removed meanwhile is none.
  static std::optional<FileState> found(const fs::path& path, const std::string& name) {
    try {
      return named(path, name);
    } catch (const workers::TaskFailed&) {
      std::error_code error;
      if (fs::exists(path, error)) throw;
      return std::nullopt;
    }
  }

  void make_folder_of(const std::string& name) const {
    std::error_code error;
    fs::create_directories((folder_ / name).parent_path(), error);
    if (error) throw unreadable(name, error.value());
  }

  fs::path folder_;
};

}  // namespace

std::vector<FileState> Store::list(const std::string& folder, bool deep) const {
  std::vector<FileState> all;
  visit(folder, deep, [&](FileState file) { all.push_back(std::move(file)); });
  std::ranges::sort(all, {}, &FileState::name);
  return all;
}

StorePointer folder_store(fs::path folder) {
  return std::make_shared<FolderStore>(std::move(folder));
}

}  // namespace orch::files
