// What S3 refuses, or a folder that stands for a bucket.
#pragma once

#include <string>
#include <utility>

#include "workers/worker.h"

namespace orch::library {

/// A failure with the name "S3." and the service's code. Those who speak for AWS's SDK spell it in
/// another way.
class S3Failed : public workers::TaskFailed {
 public:
  /// Where the service said it.
  struct Origin {
    std::string place;  ///< added to the message: " (bucket b, key k)"
    std::string request_id;
  };

  S3Failed(unsigned status, const std::string& code, std::string message, std::string hint = {},
           Origin origin = {})
      : TaskFailed("S3." + code, message + origin.place, std::move(hint), "ORCH-0640"),
        status_(status),
        code_(code),
        message_(std::move(message)),
        request_id_(std::move(origin.request_id)) {}

  unsigned status() const noexcept { return status_; }        ///< of HTTP
  const std::string& code() const noexcept { return code_; }  ///< "NoSuchKey"
  const std::string& message() const noexcept { return message_; }
  const std::string& request_id() const noexcept { return request_id_; }  ///< may be empty

 private:
  unsigned status_;
  std::string code_;
  std::string message_;
  std::string request_id_;
};

}  // namespace orch::library
