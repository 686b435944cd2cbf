#include "workers/library/folder_bucket.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/access/file_place.h"
#include "orchestrator/aws/digest.h"
#include "orchestrator/base/http_date.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/base/time.h"
#include "workers/library/folder_conditions.h"
#include "workers/library/folder_listing.h"
#include "workers/library/regular_file.h"
#include "workers/library/s3_failure.h"

namespace orch::library {
namespace fs = std::filesystem;
namespace {

// A folder's own copies go through memory.
constexpr std::size_t most_copied = std::size_t{256} << 20;
constexpr int most_tries = 8;  // beside others who remove empty folders

/// As S3 answers for an object that was put without saying what it is.
Headers headers_of(const struct stat& file, const Extent& extent) {
  Headers headers{{"accept-ranges", "bytes"},
                  {"content-length", std::to_string(extent.length)},
                  {"content-type", "binary/octet-stream"},
                  {"etag", etag_of(file)},
                  {"last-modified", to_http_date(modified_at(file))}};
  if (!extent.whole)
    headers.emplace_back("content-range",
                         fmt::format("bytes {}-{}/{}", extent.first,
                                     extent.first + extent.length - 1, file.st_size));
  return headers;
}

std::string read_extent(const fs::path& path, const Extent& extent) {
  const auto bytes = open_file(path);
  std::string body;
  std::uint64_t at = 0;  // of the block in the file
  const auto end = extent.first + extent.length;
  for (std::string block; at < end && bytes->read(block); block.clear()) {
    const auto from = std::clamp(extent.first, at, at + block.size());
    const auto to = std::clamp(end, at, at + block.size());
    body += block.substr(from - at, to - from);
    at += block.size();
  }
  return body;
}

/// The name that a listing with this delimiter shows for a key.
std::string shown_name(const std::string& key, const ListQuery& query) {
  if (query.delimiter.empty()) return key;
  const auto at = key.find(query.delimiter, query.prefix.size());
  return at == key.npos ? key : key.substr(0, at + query.delimiter.size());
}

class FolderBucket final : public Bucket {
 public:
  explicit FolderBucket(fs::path folder) : folder_(std::move(folder)) {}

  std::unique_ptr<Bytes> open(const std::string& key) override { return open_file(path_of(key)); }

  void list(const std::string& prefix, const std::function<void(const Listed&)>& take) override {
    for (const auto& object : list_folder(folder_, prefix)) {
      const auto path = folder_ / object.key;
      if (!fs::is_symlink(path) || stays_inside(path)) take(object);
    }
  }

  Page page(const ListQuery& query) override {
    const auto after = query.token.empty() ? std::string() : after_token(query.token);
    Page page;
    std::string last;
    int given = 0;
    list(query.prefix, [&](const Listed& object) {
      if (!page.next.empty() || object.key <= query.start_after) return;
      const auto name = shown_name(object.key, query);
      if (name <= after || (given > 0 && name == last)) return;
      if (given == query.most) {
        if (given > 0) page.next = aws::hex(last);
        return;
      }
      ++given;
      last = name;
      if (name == object.key)
        page.objects.push_back(object);
      else
        page.common_prefixes.push_back(name);
    });
    return page;
  }

  Object get(const std::string& key, const Ask& ask, std::size_t most) override {
    const auto path = path_of(key);
    const auto file = look_at(path);
    const auto extent = wanted_extent(ask, file);
    if (extent.length > most)
      throw workers::TaskFailed("Http.ResponseTooLarge",
                                fmt::format("{} has more than {} bytes", path.string(), most),
                                "read a part of it with Range", "ORCH-0606");
    auto body = read_extent(path, extent);
    if (etag_of(look_at(path)) != etag_of(file))
      throw S3Failed(412, "PreconditionFailed",
                     fmt::format("{} was changed while it was read", path.string()));
    return {headers_of(file, extent), std::move(body)};
  }

  Headers head(const std::string& key, const Ask& ask) override {
    const auto file = look_at(path_of(key));
    return headers_of(file, wanted_extent(ask, file));
  }

  Headers put(const std::string& key, std::string_view body, const Ask& ask) override {
    const auto path = path_of(key);
    struct stat there {};
    const bool exists = ::stat(path.c_str(), &there) == 0 && S_ISREG(there.st_mode);
    check_write(ask, exists ? &there : nullptr);
    write(key, path, body);
    return {{"etag", etag_of(look_at(path))}};
  }

  Headers remove(const std::string& key, const Ask& ask) override {
    check_write(ask, nullptr);
    const auto path = path_of(key);
    if (::unlink(path.c_str()) != 0) {
      // What is a folder here is no key; a Unix answers EISDIR or EPERM.
      const bool nothing = errno == ENOENT || errno == ENOTDIR || errno == EISDIR || errno == EPERM;
      if (!nothing || (errno == EPERM && !fs::is_directory(path))) throw file_failure(path, errno);
      return {};
    }
    // S3 has no empty folders, and one would be in the way of a key of its name.
    for (auto above = path.parent_path(); above != folder_; above = above.parent_path())
      if (::rmdir(above.c_str()) != 0) break;
    return {};
  }

  CopyResult copy(const CopySource& source, const std::string& key, const Ask& ask) override {
    if (!source.version.empty()) check_write({{}, {{"versionId", source.version}}}, nullptr);
    const auto body = read_all(*open_named_bucket(source.bucket, {}), source.key, most_copied);
    put(key, body, ask);
    const auto file = look_at(path_of(key));
    return {{}, etag_of(file), to_iso(modified_at(file))};
  }

 private:
  static std::string after_token(const std::string& token) {
    if (auto name = aws::unhex(token)) return *name;
    throw S3Failed(400, "InvalidArgument", "The continuation token provided is incorrect");
  }

  fs::path path_of(const std::string& key) const {
    const auto path = fs::path(key).lexically_normal();
    if (key.empty() || path.is_absolute() || *path.begin() == "..")
      throw S3Failed(400, "InvalidKey",
                     fmt::format("the key \"{}\" is no path inside the bucket", key),
                     "name a file inside the folder, without \"..\"");
    if (path.native() != key || key.ends_with('/') || is_draft(key) || key.find('\0') != key.npos)
      throw S3Failed(400, "InvalidKey",
                     fmt::format("the key \"{}\" cannot be the path of a file", key),
                     "in a folder that is a bucket, keys have no empty parts, no \".\", and do not "
                     "end in \"/\"");
    if (!stays_inside(folder_ / path))
      throw S3Failed(403, "AccessDenied",
                     fmt::format("the key \"{}\" is a link that leads out of the bucket", key),
                     "put the file itself into the folder");
    return folder_ / path;
  }

  bool stays_inside(const fs::path& path) const {
    const auto place = access::true_place(path);
    const auto bucket = access::true_place(folder_);
    return place && bucket && access::lies_in(*place, *bucket);
  }

  void write(const std::string& key, const fs::path& path, std::string_view body) const {
    for (int tries = 1;; ++tries) {
      try {
        make_private_folders(path.parent_path());
        return replace_file(path, body, draft_writer);
      } catch (const std::system_error& error) {
        const auto reason = error.code().value();
        const bool taken = reason == EISDIR || reason == ENOTDIR || reason == EEXIST;
        // A folder that holds nothing is no object.
        const bool cleared = reason == EISDIR && ::rmdir(path.c_str()) == 0;
        if ((cleared || reason == ENOENT) && tries < most_tries) continue;
        if (!taken) throw file_failure(path, reason);
        throw S3Failed(409, "KeyConflict",
                       fmt::format("the key \"{}\" cannot be written: one of its parts is a file "
                                   "of {}, or files are below it",
                                   key, folder_.string()),
                       "in a folder that is a bucket no key is another one's folder; give one of "
                       "them another name");
      }
    }
  }

  fs::path folder_;
};

}  // namespace

std::unique_ptr<Bucket> open_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return std::make_unique<FolderBucket>(folder);
  throw S3Failed(404, "NoSuchBucket", fmt::format("no folder {}", folder.string()),
                 "a bucket \"file:FOLDER\" is a folder of this machine");
}

}  // namespace orch::library
