#include "workers/files/landing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "workers/files/complete.h"
#include "workers/files/failures.h"
#include "workers/files/hash.h"

namespace orch::files {
namespace {

// Of one file: where more rows are wrong, the file is of another kind than was thought.
constexpr std::int64_t most_set_aside = 10'000;

bool lies_in(const std::string& name, const std::string& folder) {
  return !folder.empty() && name.starts_with(folder + '/');
}

std::optional<std::string> digest_of(const data::Relation& relation, const std::string& name) {
  if (!relation.chosen) return std::nullopt;
  const auto found = std::ranges::find(*relation.chosen, name, &data::ChosenFile::name);
  if (found == relation.chosen->end() || found->digest.empty()) return std::nullopt;
  return found->digest;
}

/// Answers for names of files; looks into each folder once.
class Beside {
 public:
  explicit Beside(const Store& store) : store_(store) {}

  bool has(const std::string& name) {
    const auto slash = name.rfind('/');
    const auto folder = slash == std::string::npos ? std::string() : name.substr(0, slash + 1);
    const auto [known, added] = names_.try_emplace(folder);
    if (added)
      for (const auto& file : store_.list(folder, false)) known->second.insert(file.name);
    return known->second.contains(name);
  }

 private:
  const Store& store_;
  std::map<std::string, std::set<std::string>> names_;
};

}  // namespace

std::vector<data::File> landed_files(const Store& store, const data::Relation& relation,
                                     Endings endings) {
  const auto& landing = relation.files.landing.value();
  const CompleteRule rule{std::chrono::seconds(landing.quiet_seconds), landing.marker};
  const auto now = std::chrono::system_clock::now();
  Beside beside(store);
  const auto exists = [&](const std::string& name) { return beside.has(name); };
  std::vector<data::File> found;
  for (const auto& file : table_files(store, relation.table.name, endings).files) {
    if (lies_in(file.name, landing.archive) || lies_in(file.name, landing.set_aside)) continue;
    if (!landing.marker.empty() && file.name.ends_with(landing.marker)) continue;
    found.push_back({file.name, static_cast<std::int64_t>(file.bytes),
                     fmt::format("{:%FT%T}Z", file.modified),
                     why_waiting(file.name, file.modified, now, rule, exists)});
  }
  return found;
}

Survey::Survey(const Store& store, const data::Relation& relation, data::File file)
    : store_(store), relation_(relation) {
  report_.file = std::move(file);
}

data::FileReport Survey::run(
    const std::function<void(const FileState& file, ReadBlock bytes)>& read) {
  const auto& name = report_.file.name;
  const auto before = store_.find(name);
  if (!before) throw changed(name);
  Hash hash;
  try {
    const auto bytes = hashed(store_.open(*before), hash);
    read(*before, bytes);
    drain(bytes);
  } catch (const workers::TaskFailed& failure) {
    // What the file is about; what the machine or the network did is no fault of it.
    if (failure.error() != "Source.Malformed") throw;
    report_.fault = failure.what();
    return report_;
  }
  if (store_.look(*before) != *before) throw changed(name);
  report_.digest = hash.hex();
  if (!kept_.empty())
    store_.write(fmt::format("{}/{}.{}.jsonl", relation_.files.landing->set_aside, name,
                             report_.digest.substr(0, 12)),
                 kept_);
  return report_;
}

void Survey::columns(const std::vector<data::Column>& columns) {
  for (const auto& column : columns) report_.columns.push_back(column.name);
}

void Survey::fault(const workers::TaskFailed& why, std::int64_t line, boost::json::value record) {
  const auto& landing = relation_.files.landing;
  const auto& name = report_.file.name;
  if (!landing || landing->set_aside.empty()) throw why;
  if (++report_.set_aside > most_set_aside)
    throw malformed(name, line, fmt::format("more than {} rows to set aside", most_set_aside),
                    "a file of the kind that the catalog says");
  kept_ += json::write(boost::json::object{
      {"file", name}, {"line", line}, {"reason", why.what()}, {"record", std::move(record)}});
  kept_ += '\n';
}

void choose(TableFiles& table, const std::vector<data::ChosenFile>& chosen) {
  std::set<std::string> wanted;
  for (const auto& file : chosen) wanted.insert(file.name);
  std::erase_if(table.files, [&](const FileState& file) { return wanted.erase(file.name) == 0; });
  if (!wanted.empty()) throw changed(*wanted.begin());
}

void read_file(const Store& store, const FileState& file, const data::Relation& relation,
               const std::function<void(ReadBlock bytes)>& read) {
  const auto expected = digest_of(relation, file.name);
  Hash hash;
  const auto bytes = expected ? hashed(store.open(file), hash) : store.open(file);
  read(bytes);
  if (expected) drain(bytes);
  if (store.look(file) != file || (expected && hash.hex() != *expected)) throw changed(file.name);
}

void archive_file(const Store& store, const data::Relation& relation, const std::string& name) {
  auto to = relation.files.landing.value().archive + '/' + name;
  // Another version of it is there: both are kept.
  if (const auto there = store.find(to)) to += "." + to_iso(wall_now());
  store.move(name, to);
}

}  // namespace orch::files
