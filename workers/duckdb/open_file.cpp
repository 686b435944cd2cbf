#include "workers/duckdb/open_file.h"

#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "workers/worker.h"

namespace orch::duckdb {
namespace {

constexpr std::chrono::milliseconds pause{20};

struct Entry {
  std::optional<Connection> root;
  FileUse use = FileUse::read;
  int users = 0;
};

struct Files {
  std::mutex mutex;  ///< also held while a file is opened and closed
  std::map<std::string, Entry> open;
};

Files& files() {
  static Files all;
  return all;
}

Connection opened(const std::string& path, FileUse use) {
  Connection connection(
      {.path = path,
       .read_only = use == FileUse::read,
       .temporary_folder = std::filesystem::temp_directory_path() / "orch-duckdb"});
  connection.exec("SET GLOBAL TimeZone = 'UTC'");
  connection.confine({});
  return connection;
}

bool is_held(const Error& error) {
  return std::string_view(error.what()).find("lock on file") != std::string_view::npos;
}

/// False: readers of this process have the file.
bool enter(const std::string& name, FileUse use) {
  auto& all = files();
  const std::scoped_lock lock(all.mutex);
  auto& entry = all.open[name];
  if (entry.users > 0 && use == FileUse::write && entry.use == FileUse::read) return false;
  if (entry.users == 0) {
    try {
      entry.root = opened(name, use);
    } catch (...) {
      all.open.erase(name);
      throw;
    }
    entry.use = use;
  }
  ++entry.users;
  return true;
}

}  // namespace

OpenFile::OpenFile(const std::filesystem::path& path, FileUse use, const Waiting& waiting)
    : name_(std::filesystem::weakly_canonical(path).string()) {
  const auto end = std::chrono::steady_clock::now() + waiting.patience;
  for (;;) {
    const bool last = std::chrono::steady_clock::now() >= end;
    try {
      if (enter(name_, use)) return;
      if (last)
        throw Error("readers of this process hold a lock on file " + name_, Error::Type::io);
    } catch (const Error& error) {
      if (last || !is_held(error)) throw;
    }
    if (waiting.stop && waiting.stop()) throw workers::Cancelled();
    std::this_thread::sleep_for(pause);
  }
}

OpenFile::~OpenFile() {
  auto& all = files();
  const std::scoped_lock lock(all.mutex);
  const auto found = all.open.find(name_);
  if (--found->second.users == 0) all.open.erase(found);
}

Connection OpenFile::connect() const {
  auto& all = files();
  const std::scoped_lock lock(all.mutex);
  return all.open.at(name_).root->another();
}

}  // namespace orch::duckdb
