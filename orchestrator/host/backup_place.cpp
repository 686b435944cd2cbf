#include "orchestrator/host/backup_place.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/public_file.h"
#include "orchestrator/host/mapped_file.h"
#include "workers/library/bucket.h"
#include "workers/worker.h"

namespace orch::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view bucket_scheme = "s3://";
constexpr std::string_view begins = "orch-";
constexpr std::string_view ends = ".db";
constexpr std::size_t time_size = 16;
constexpr std::string_view draft_mark = ".draft-";

bool is_backup(std::string_view name) {
  return name.starts_with(begins) && name.ends_with(ends) &&
         name.size() == begins.size() + time_size + ends.size();
}

// The draft of a process that is no more.
bool is_abandoned(const std::string& name) {
  const auto mark = name.rfind(draft_mark);
  if (mark == std::string::npos) return false;
  const auto process = std::atoi(name.c_str() + mark + draft_mark.size());
  return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

/// What goes wrong with a file or a bucket, as an Error of the place.
template <class Work>
void at_place(const std::string& place, const Work& work) {
  constexpr const char* hint = "check the path or the bucket, permissions and free space";
  try {
    work();
  } catch (const std::system_error& error) {
    throw Error("ORCH-0002", fmt::format("{}: {}", place, error.code().message()), hint);
  } catch (const workers::TaskFailed& failure) {
    throw Error("ORCH-0002", fmt::format("{}: {}: {}", place, failure.error(), failure.what()),
                hint);
  }
}

std::unique_ptr<library::Bucket> open(const std::string& bucket) {
  return library::open_named_bucket(bucket, [] { return false; });
}

std::string parent_of(const std::string& key) { return key.substr(0, key.rfind('/') + 1); }

}  // namespace

std::string backup_time(Instant now) {
  std::string text;
  for (const char c : to_iso(now).substr(0, 19))
    if (c != '-' && c != ':') text += c;
  return text + 'Z';
}

BackupPlace::BackupPlace(std::string text, Instant now) : text_(std::move(text)) {
  const auto name = fmt::format("{}{}{}", begins, backup_time(now), ends);
  if (text_.starts_with(bucket_scheme)) {
    const auto slash = text_.find('/', bucket_scheme.size());
    if (slash == std::string::npos || slash == bucket_scheme.size())
      throw Error("ORCH-0001", fmt::format("\"{}\" names no place in a bucket", text_),
                  "s3://BUCKET/KEY, or s3://BUCKET/PREFIX/ for backups under names of their times");
    in_folder_ = text_.ends_with('/');
    if (in_folder_) text_ += name;
    bucket_ = text_.substr(bucket_scheme.size(), slash - bucket_scheme.size());
    key_ = text_.substr(slash + 1);
    return;
  }
  in_folder_ = text_.ends_with('/') || fs::is_directory(text_);
  auto path = fs::absolute(text_);
  if (in_folder_) path /= name;
  text_ = path.lexically_normal().string();
}

fs::path BackupPlace::draft() const {
  if (in_bucket()) return fs::temp_directory_path() / fmt::format("orch-backup-{}.db", ::getpid());
  at_place(text_, [&] {
    const auto folder = fs::path(text_).parent_path();
    make_private_folders(folder);
    for (const auto& entry : fs::directory_iterator(folder))
      if (is_abandoned(entry.path().filename().string())) fs::remove(entry.path());
  });
  return fmt::format("{}{}{}", text_, draft_mark, ::getpid());
}

void BackupPlace::put(const fs::path& draft) const {
  at_place(text_, [&] {
    if (in_bucket()) {
      const MappedFile content(draft);
      open(bucket_)->put(key_, content.bytes());
      fs::remove(draft);
    } else {
      fs::rename(draft, text_);
      sync_path(fs::path(text_).parent_path());
    }
  });
}

void BackupPlace::get(const fs::path& copy) const {
  at_place(text_, [&] {
    make_private_file(copy);
    if (!in_bucket()) {
      fs::copy_file(text_, copy, fs::copy_options::overwrite_existing);
    } else {
      std::ofstream file(copy, std::ios::binary);
      const auto bytes = open(bucket_)->open(key_);
      for (std::string block; bytes->read(block); block.clear()) file << block;
      if (!file.flush()) throw std::system_error(std::make_error_code(std::errc::io_error));
    }
    sync_path(copy);
  });
}

std::vector<std::string> BackupPlace::all() const {
  std::vector<std::string> found;
  at_place(text_, [&] {
    const auto folder = parent_of(in_bucket() ? key_ : text_);
    if (in_bucket()) {
      open(bucket_)->list(folder, [&](const auto& object) {
        if (is_backup(object.key.substr(folder.size()))) found.push_back(object.key);
      });
    } else if (fs::is_directory(folder)) {
      for (const auto& entry : fs::directory_iterator(folder))
        if (is_backup(entry.path().filename().string())) found.push_back(entry.path());
    }
  });
  std::ranges::sort(found, std::greater{});
  return found;
}

std::string BackupPlace::latest() const {
  const auto found = all();
  if (found.empty()) return {};
  const auto& name = found.front();
  const auto time = name.size() - ends.size() - time_size;
  return name.substr(time, time_size);
}

void BackupPlace::thin_out(int keep) const {
  const auto found = all();
  at_place(text_, [&] {
    for (auto n = static_cast<std::size_t>(keep); n < found.size(); ++n) {
      if (in_bucket())
        open(bucket_)->remove(found[n], {});
      else
        fs::remove(found[n]);
    }
  });
}

}  // namespace orch::host
