// Files in buckets: a folder of this machine, or any S3-compatible endpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orch::library {

/// The bytes of one object, block by block. One thread at a time.
class Bytes {
 public:
  virtual ~Bytes() = default;
  /// Appends the next block to `out`; false at the end. Throws TaskFailed "S3.…".
  virtual bool read(std::string& out) = 0;
};

/// What a listing says of an object.
struct Listed {
  std::string key;
  std::string etag;           ///< with its quotes
  std::string last_modified;  ///< ISO 8601
  std::int64_t size = 0;      ///< bytes
  std::string storage_class = "STANDARD";
};

/// A bucket; keys are paths with '/'. One thread at a time. Everything throws TaskFailed:
/// "S3.NoSuchKey", "S3.NoSuchBucket", "S3.AccessDenied" and the service's other codes,
/// "Connection.Down", Cancelled after a stop.
class Bucket {
 public:
  virtual ~Bucket() = default;
  /// An object that changes while it is read is refused, never mixed.
  virtual std::unique_ptr<Bytes> open(const std::string& key) = 0;
  /// Objects whose key starts with `prefix`, in the order of their keys.
  virtual void list(const std::string& prefix, const std::function<void(const Listed&)>& take) = 0;
  /// Replaces the object as a whole; returns its ETag.
  virtual std::string put(const std::string& key, std::string_view body) = 0;
};

/// `name` is "file:FOLDER", or the name of a bucket: then ORCH_S3_ENDPOINT is where it is, an
/// http(s) address or "file:FOLDER" with a folder for each bucket. `stop` true ends what waits.
/// Throws TaskFailed "S3.NoSuchBucket", "Resource.Unknown" without an endpoint.
std::unique_ptr<Bucket> open_bucket(const std::string& name, std::function<bool()> stop);

/// The whole object. Throws TaskFailed "S3.TooLarge" above `most` bytes.
std::string read_all(Bucket& bucket, const std::string& key, std::size_t most);

}  // namespace orch::library
