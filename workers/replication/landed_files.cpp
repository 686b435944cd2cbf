#include "workers/replication/landed_files.h"

#include <array>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "workers/replication/landing.h"
#include "workers/replication/open_ends.h"

namespace orch::replication {
namespace {

constexpr std::array names = {"loaded", "gone", "changed", "left", "waiting", "late", "new"};

/// What the newest load left, and why, by the names of files.
struct Left {
  std::string published_at;
  std::map<std::string, std::string> reasons = {};
};

Left left_by(const std::optional<data::PublishedRecord>& last) {
  Left left{last ? last->published_at : ""};
  const auto* files = last ? last->position.if_contains("files") : nullptr;
  const auto* object = files ? files->if_object() : nullptr;
  const auto* list = object ? object->if_contains("left_files") : nullptr;
  if (!list || !list->is_array()) return left;
  for (const auto& each : list->get_array())
    if (const auto* file = each.if_object())
      left.reasons.emplace(json::text_member(*file, "file"), json::text_member(*file, "reason"));
  return left;
}

class Listing {
 public:
  Listing(std::vector<data::LoadedFile> ledger, Left left) : left_(std::move(left)) {
    for (auto& loaded : ledger) {
      auto& file = files_[loaded.name];
      file.state = FileState::gone;
      file.loaded = std::move(loaded);
    }
    if (!files_.empty()) newest_name_ = files_.rbegin()->first;
  }

  void add(data::File there) {
    auto& file = files_[there.name];
    std::tie(file.state, file.reason) = judge(there, file.loaded);
    file.there = std::move(there);
  }

  std::vector<LandedFile> list() && {
    std::vector<LandedFile> list;
    for (auto& [name, file] : files_) {
      file.name = name;
      list.push_back(std::move(file));
    }
    return list;
  }

 private:
  using Judgement = std::pair<FileState, std::string>;

  Judgement judge(const data::File& there, const std::optional<data::LoadedFile>& loaded) const {
    if (!there.waiting.empty()) return {FileState::waiting, there.waiting};
    if (loaded && is_same(*loaded, there)) return {FileState::loaded, ""};
    // What was written since is another file.
    if (const auto left = left_.reasons.find(there.name);
        left != left_.reasons.end() && there.modified <= left_.published_at)
      return {FileState::left, left->second};
    if (loaded)
      return {FileState::changed,
              fmt::format("{} bytes of {} were loaded", loaded->bytes, loaded->modified)};
    return {there.name < newest_name_ ? FileState::late : FileState::fresh, ""};
  }

  Left left_;
  std::map<std::string, LandedFile> files_;
  std::string newest_name_;
};

}  // namespace

const char* state_name(FileState state) { return names.at(static_cast<std::size_t>(state)); }

std::vector<LandedFile> landed_files(const catalog::Entry& entry, data::Source& source,
                                     data::Target& target) {
  auto* files = source.file_source();
  if (!files || !entry.source.files.landing) return {};
  const auto last = target.last_published(entry.target);
  // Of a table that was dropped or emptied the next load reads every file again.
  const bool afresh = !last || last->emptied;
  Listing listing(afresh ? std::vector<data::LoadedFile>() : target.loaded_files(entry.target),
                  left_by(last));
  for (auto& file : files->files(entry.source)) listing.add(std::move(file));
  auto list = std::move(listing).list();
  for (auto& file : list) file.key = entry.key;
  return list;
}

std::vector<LandedFile> landed_files(const std::vector<catalog::Entry>& entries,
                                     const connectors::Connections& connections) {
  OpenEnds ends(connections);
  std::vector<LandedFile> all;
  for (const auto& entry : entries) {
    if (!entry.source.files.landing) continue;
    auto& target = ends.target(entry.target_connection);
    for (auto& file : landed_files(entry, ends.source(entry.source_connection), target))
      all.push_back(std::move(file));
  }
  return all;
}

boost::json::object document_of(const LandedFile& file) {
  boost::json::object out{
      {"table", file.key}, {"file", file.name}, {"state", state_name(file.state)}};
  if (!file.reason.empty()) out["reason"] = file.reason;
  const auto& loaded = file.loaded;
  out["bytes"] = file.there ? file.there->bytes : loaded->bytes;
  out["modified"] = file.there ? file.there->modified : loaded->modified;
  if (!loaded) return out;
  out["rows"] = loaded->rows;
  out["set_aside"] = loaded->set_aside;
  out["sha256"] = loaded->digest;
  out["load"] = loaded->load;
  return out;
}

}  // namespace orch::replication
