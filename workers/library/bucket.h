// Files in buckets: a folder of this machine, or any S3-compatible endpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// Names in lower case, with their values.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a request says besides the key.
struct Ask {
  Headers headers;
  Headers query;  ///< parameters of the URL, not yet encoded
};

struct Object {
  Headers headers;  ///< as S3 answers them: "etag", "content-length", "last-modified", …
  std::string body;
};

struct ListQuery {
  std::string prefix;
  std::string delimiter;    ///< keys with it behind the prefix become one common prefix
  std::string start_after;  ///< a key; those up to it are left out
  std::string token;        ///< Page::next of the page before
  int most = 1000;          ///< objects and common prefixes together, from 0
};

struct Page {
  std::vector<Listed> objects;
  std::vector<std::string> common_prefixes;
  std::string next;  ///< empty: that was the last page
};

struct CopySource {
  std::string bucket;  ///< at the same endpoint
  std::string key;
  std::string version;  ///< empty: the latest
};

struct CopyResult {
  Headers headers;
  std::string etag;           ///< with its quotes
  std::string last_modified;  ///< ISO 8601
};

/// A bucket; keys are paths with '/'. One thread at a time. Everything throws TaskFailed: S3Failed
/// (s3_failure.h) with "S3.NoSuchKey", "S3.NoSuchBucket", "S3.AccessDenied" and the service's other
/// codes; "Connection.Down", "S3.AnswerInvalid", Cancelled after a stop.
///
/// In a folder a key is the path of a file, so that one key cannot be another's folder: where the
/// file `a` is, `a/b` cannot be written ("S3.KeyConflict"), nor the other way round.
class Bucket {
 public:
  virtual ~Bucket() = default;
  /// An object that changes while it is read is refused, never mixed.
  virtual std::unique_ptr<Bytes> open(const std::string& key) = 0;
  /// Objects whose key starts with `prefix`, in the order of their keys.
  virtual void list(const std::string& prefix, const std::function<void(const Listed&)>& take) = 0;
  /// One page of list(), with common prefixes.
  virtual Page page(const ListQuery& query) = 0;
  /// The whole object, or the range that is asked for. Throws TaskFailed "Http.ResponseTooLarge"
  /// above `most` bytes.
  virtual Object get(const std::string& key, const Ask& ask, std::size_t most) = 0;
  /// The headers that get() has.
  virtual Headers head(const std::string& key, const Ask& ask) = 0;
  /// Replaces the object as a whole; returns the headers of the answer, "etag" among them.
  virtual Headers put(const std::string& key, std::string_view body, const Ask& ask) = 0;
  Headers put(const std::string& key, std::string_view body) { return put(key, body, {}); }
  /// Nothing happens when there is none.
  virtual Headers remove(const std::string& key, const Ask& ask) = 0;
  /// Makes `key` a copy of `source`.
  virtual CopyResult copy(const CopySource& source, const std::string& key, const Ask& ask) = 0;
};

/// `name` is "file:FOLDER", or the name of a bucket: then ORCH_S3_ENDPOINT is where it is, an
/// http(s) address or "file:FOLDER" with a folder for each bucket. `stop` true ends what waits.
/// Throws S3Failed "S3.NoSuchBucket", TaskFailed "Resource.Unknown" without an endpoint.
std::unique_ptr<Bucket> open_bucket(const std::string& name, std::function<bool()> stop);
/// Likewise, of the endpoint alone: no "file:FOLDER".
std::unique_ptr<Bucket> open_named_bucket(const std::string& name, std::function<bool()> stop);

/// The whole object. Throws TaskFailed "S3.TooLarge" above `most` bytes.
std::string read_all(Bucket& bucket, const std::string& key, std::size_t most);

}  // namespace orch::library
