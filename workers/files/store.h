// Where files lie: a folder of this machine, or a bucket.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/files/folder.h"
#include "workers/files/unpack.h"

namespace orch::files {

/// Files under names with '/'. From any thread. Throws TaskFailed "Source.Failed" for what the
/// operating system refuses, and as library::Bucket does.
class Store {
 public:
  using Take = std::function<void(FileState)>;

  virtual ~Store() = default;
  /// Gives `take` the regular files whose name begins with `folder` (empty, or ending in '/') and
  /// has no further '/' unless `deep`, in any order; without hidden ones and hidden folders. What
  /// `take` throws ends it.
  virtual void visit(const std::string& folder, bool deep, const Take& take) const = 0;
  /// The same, sorted by name.
  std::vector<FileState> list(const std::string& folder, bool deep) const;
  /// The file of that name; unset when there is none.
  virtual std::optional<FileState> find(const std::string& name) const = 0;
  virtual FileState look(const FileState& file) const = 0;
  virtual ReadBlock open(const FileState& file) const = 0;
  /// Replaces the file as a whole, making its folder.
  virtual void write(const std::string& name, std::string_view text) const = 0;
  /// Moves a file, making the folder; nothing when it is gone.
  virtual void move(const std::string& name, const std::string& to) const = 0;
};

using StorePointer = std::shared_ptr<const Store>;

StorePointer folder_store(std::filesystem::path folder);
/// The objects of a bucket (library::open_bucket() says where it is) below `prefix`, which is empty
/// or ends in '/'. `stop` true ends what waits for the endpoint, from any thread.
StorePointer bucket_store(std::string bucket, std::string prefix, std::function<bool()> stop);

/// The store of a connection's place: "s3://BUCKET/PREFIX", or a folder, relative to `base`.
StorePointer open_store(const std::string& place, const std::filesystem::path& base,
                        std::function<bool()> stop = {});
/// data::Connection::database() of a connection to such a place.
std::string database_of(std::string_view engine, const std::string& place,
                        const std::filesystem::path& base);
/// Throws TaskFailed "Connection.Down" when the place cannot be listed; `files` are the ones that
/// belong there: "CSV files".
void ping(const std::string& place, const std::filesystem::path& base, std::string_view files);

}  // namespace orch::files
