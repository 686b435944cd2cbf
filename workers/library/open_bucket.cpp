#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workers/library/bucket.h"
#include "workers/library/folder_bucket.h"
#include "workers/library/s3_bucket.h"
#include "workers/library/s3_failure.h"
#include "workers/worker.h"

namespace orch::library {
namespace {

constexpr std::string_view file_scheme = "file:";

/// The folder of "file:FOLDER" or "file:///FOLDER"; nothing for other addresses.
std::optional<std::filesystem::path> folder_of(std::string_view address) {
  if (!address.starts_with(file_scheme)) return std::nullopt;
  address.remove_prefix(file_scheme.size());
  if (address.starts_with("//")) address.remove_prefix(2);
  return std::filesystem::path(address);
}

}  // namespace

std::unique_ptr<Bucket> open_bucket(const std::string& name, std::function<bool()> stop) {
  if (const auto folder = folder_of(name)) return open_folder(*folder);
  return open_named_bucket(name, std::move(stop));
}

std::unique_ptr<Bucket> open_named_bucket(const std::string& name, std::function<bool()> stop) {
  const auto* endpoint = std::getenv("ORCH_S3_ENDPOINT");
  if (!endpoint || !*endpoint)
    throw workers::TaskFailed(
        "Resource.Unknown", fmt::format("nothing tells where the bucket \"{}\" is", name),
        "ORCH_S3_ENDPOINT names an S3-compatible address (http://127.0.0.1:9000) or a folder of "
        "buckets (file:/data); a bucket may also be named file:FOLDER",
        "ORCH-0204");
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos ||
      name.starts_with(file_scheme))
    throw S3Failed(404, "NoSuchBucket", fmt::format("\"{}\" is no name of a bucket", name),
                   "a bucket's name has no \"/\"; the path stands in the key");
  if (const auto folder = folder_of(endpoint)) return open_folder(*folder / name);
  return open_s3(endpoint, name, std::move(stop));
}

std::string read_all(Bucket& bucket, const std::string& key, std::size_t most) {
  const auto bytes = bucket.open(key);
  std::string all;
  while (bytes->read(all)) {
    if (all.size() > most)
      throw workers::TaskFailed("S3.TooLarge",
                                fmt::format("the object {} has more than {} bytes", key, most), {},
                                "ORCH-0640");
  }
  return all;
}

}  // namespace orch::library
