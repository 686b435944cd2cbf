#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/time.h"
#include "workers/data/connector.h"
#include "workers/files/failures.h"
#include "workers/files/store.h"
#include "workers/library/bucket.h"
#include "workers/library/s3_failure.h"

namespace orch::files {
namespace {

constexpr std::string_view scheme = "s3://";

const std::string& value_of(const library::Headers& headers, std::string_view name) {
  static const std::string none;
  const auto found = std::ranges::find(headers, name, &library::Headers::value_type::first);
  return found == headers.end() ? none : found->second;
}

/// What S3 refuses is the source's failure.
template <class Work>
auto as_source(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const library::S3Failed& failure) {
    throw workers::TaskFailed("Source.Failed", failure.what(),
                              "check the bucket, its keys and ORCH_S3_ENDPOINT", "ORCH-0440");
  }
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.find("/.") != std::string_view::npos;
}

class BucketStore final : public Store {
 public:
  BucketStore(std::string bucket, std::string prefix, std::function<bool()> stop)
      : bucket_(std::move(bucket)), prefix_(std::move(prefix)), stop_(std::move(stop)) {}

  void visit(const std::string& folder, bool deep, const Take& take) const override {
    as_source([&] {
      open()->list(prefix_ + folder, [&](const library::Listed& object) {
        const auto name = object.key.substr(prefix_.size());
        if (is_hidden(name) || name.ends_with('/')) return;
        if (!deep && name.find('/', folder.size()) != std::string::npos) return;
        take(state_of(name, object));
      });
    });
  }

  std::optional<FileState> find(const std::string& name) const override {
    std::optional<FileState> found;
    as_source([&] {
      open()->list(prefix_ + name, [&](const library::Listed& object) {
        if (object.key == prefix_ + name) found = state_of(name, object);
      });
    });
    return found;
  }

  FileState look(const FileState& file) const override {
    return as_source([&] {
      auto now = file;
      now.version = value_of(open()->head(prefix_ + file.name, {}), "etag");
      return now;
    });
  }

  ReadBlock open(const FileState& file) const override {
    const std::shared_ptr<library::Bucket> bucket = open();
    const std::shared_ptr<library::Bytes> bytes =
        as_source([&] { return bucket->open(prefix_ + file.name); });
    return
        [bucket, bytes](std::string& out) { return as_source([&] { return bytes->read(out); }); };
  }

  void write(const std::string& name, std::string_view text) const override {
    as_source([&] { open()->put(prefix_ + name, text); });
  }

  void move(const std::string& name, const std::string& to) const override {
    try {
      open()->copy({bucket_, prefix_ + name, {}}, prefix_ + to, {});
      open()->remove(prefix_ + name, {});
    } catch (const library::S3Failed& failure) {
      if (failure.code() == "NoSuchKey") return;
      as_source([&]() -> void { throw; });
    }
  }

 private:
  static FileState state_of(const std::string& name, const library::Listed& object) {
    return {name, name, static_cast<std::uintmax_t>(object.size),
            from_iso(object.last_modified).value_or(Instant{}), object.etag};
  }

  std::unique_ptr<library::Bucket> open() const {
    return library::open_named_bucket(bucket_, stop_);
  }

  std::string bucket_;
  std::string prefix_;
  std::function<bool()> stop_;
};

bool is_bucket(std::string_view place) { return place.starts_with(scheme); }

}  // namespace

StorePointer bucket_store(std::string bucket, std::string prefix, std::function<bool()> stop) {
  return std::make_shared<BucketStore>(std::move(bucket), std::move(prefix), std::move(stop));
}

StorePointer open_store(const std::string& place, const std::filesystem::path& base,
                        std::function<bool()> stop) {
  if (!is_bucket(place)) return folder_store(base / place);
  const auto path = place.substr(scheme.size());
  const auto slash = std::min(path.find('/'), path.size());
  auto prefix = path.substr(std::min(slash + 1, path.size()));
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  return bucket_store(path.substr(0, slash), std::move(prefix), std::move(stop));
}

std::string database_of(std::string_view engine, const std::string& place,
                        const std::filesystem::path& base) {
  if (is_bucket(place)) return fmt::format("{}:{}", engine, place);
  return data::database_of_path(engine, base / place);
}

void ping(const std::string& place, const std::filesystem::path& base, std::string_view files) {
  if (!is_bucket(place)) return ping(base / place, files);
  try {
    open_store(place, base)->list("", false);
  } catch (const workers::TaskFailed& failure) {
    if (failure.error() != "Source.Failed") throw;
    throw workers::TaskFailed("Connection.Down", failure.what(),
                              fmt::format("the connection names a bucket with {}", files),
                              "ORCH-0443");
  }
}

}  // namespace orch::files
