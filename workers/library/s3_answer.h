// What S3 endpoints answer: errors, listings, places of parts.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "workers/library/bucket.h"

namespace orch::library {

/// An answer that is not what S3 answers. `what()` says in which way: "is no ListBucketResult".
class AnswerInvalid : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One page of a listing, as ListObjectsV2 answers. Throws AnswerInvalid.
Page parse_listing(std::string_view xml);

/// The result of a copy, which may be an error although its status is 200. Throws AnswerInvalid.
struct Copied {
  std::string etag;           ///< with its quotes
  std::string last_modified;  ///< ISO 8601
  std::string error_code;     ///< empty: it was copied
  std::string message;
};
Copied parse_copied(std::string_view xml);

/// Code and message of an error; empty when the body is none.
struct AnswerError {
  std::string code;
  std::string message;
};
AnswerError parse_error(std::string_view xml);

/// The header Content-Range: "bytes 0-8388607/12000000". Throws AnswerInvalid.
struct Part {
  std::uint64_t first = 0;
  std::uint64_t last = 0;   ///< the last byte itself
  std::uint64_t total = 0;  ///< bytes of the whole object
};
Part parse_content_range(std::string_view header);

}  // namespace orch::library
