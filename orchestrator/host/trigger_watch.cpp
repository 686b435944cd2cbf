#include "orchestrator/host/trigger_watch.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/pipelines.h"
#include "workers/files/complete.h"
#include "workers/files/store.h"
#include "workers/project_folder.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr Millis look_interval{2'000};
// The latest load is among so many runs of its table, unless all of them have failed.
constexpr std::int64_t looked_at_runs = 50;
// A folder with more is not one that files are dropped into.
constexpr std::size_t most_files = 100'000;

std::string version_of(const files::FileState& file) {
  return fmt::format("{}-{:x}",
                     file.version.empty()
                         ? fmt::format("{:x}", file.modified.time_since_epoch().count())
                         : file.version,
                     file.bytes);
}

bool is_marker(const std::string& name, const std::string& marker) {
  if (marker.empty()) return false;
  return marker.starts_with('.') ? name.ends_with(marker) : name == marker;
}

/// Of each piece the value, where all files have the same one.
bj::object common_pieces(const std::vector<pipeline::WaitingFile>& all) {
  bj::object pieces;
  for (const auto& [name, value] : all.front().pieces)
    if (std::ranges::all_of(all, [&name = name, &value = value](const auto& file) {
          return file.pieces.at(name) == value;
        }))
      pieces[name] = value;
  return pieces;
}

// Not sorted: ends as soon as there are too many.
std::vector<files::FileState> bounded_list(const files::Store& store, const std::string& below) {
  std::vector<files::FileState> all;
  store.visit("", true, [&](files::FileState file) {
    if (all.size() == most_files)
      throw Error("ORCH-0818", fmt::format("{} has more than {} files", below, most_files),
                  "move files away that have been worked with");
    all.push_back(std::move(file));
  });
  return all;
}

std::string id_of(const pipeline::WaitingFile& file) { return file.name + "@" + file.version; }

}  // namespace

TriggerWatch::TriggerWatch(const std::string& store_url, engine::Engine& engine, Where where)
    : where_(where),
      store_url_(store_url),
      store_(store::open_as_reader(store_url)),
      engine_(engine),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

TriggerWatch::~TriggerWatch() {
  thread_.request_stop();
  folders_.wake();
}

void TriggerWatch::run(const std::stop_token& stop) {
  stop_ = stop;
  while (!stop.stop_requested()) {
    try {
      look();
    } catch (const std::exception& error) {
      tell_once("", error.what());
    }
    folders_.wait(look_interval);
  }
}

void TriggerWatch::look() {
  for (const auto& row : store_->pipelines().list()) {
    try {
      look_at(row);
      told_.erase(row.name);
    } catch (const std::exception& error) {
      tell_once(row.name, error.what());
    }
  }
}

void TriggerWatch::look_at(const store::PipelineRow& row) {
  const auto document = documents_.get(row);
  for (const auto& [name, trigger] : document->triggers)
    std::visit(
        [&, &name = name](const auto& kind) {
          look_at(Named{row, name}, kind);
        },
        trigger.kind);
}

std::vector<pipeline::Success> TriggerWatch::latest_runs(const std::vector<std::string>& pipelines,
                                                         bj::object& runs) {
  std::vector<pipeline::Success> latest;
  for (const auto& name : pipelines) {
    store::ListFilter filter;
    filter.pipeline = name;
    filter.status = execution::Status::succeeded;
    filter.limit = 1;
    for (const auto& run : store_->list(filter)) {
      if (!run.ended_at) continue;
      latest.push_back({name, run.made.run_id, run.made.started_at, *run.ended_at});
      runs[name] = run.made.run_id;
    }
  }
  return latest;
}

// Of the index that the REST API keeps up with the journal.
std::optional<pipeline::Success> TriggerWatch::latest_load(const std::string& key) {
  if (!tables_) tables_.emplace(view::table_index_file(store::files_of(store_url_)));
  std::optional<pipeline::Success> latest;
  for (const auto& run : tables_->runs_of(key, std::nullopt, looked_at_runs)) {
    if (!run.load || (latest && run.load->published <= latest->ended_at)) continue;
    latest = {key, run.run, run.load->moment(), run.load->published, true};
  }
  return latest;
}

void TriggerWatch::look_at(const Named& named, const pipeline::AfterTrigger& trigger) {
  if (where_ == Where::buckets) return;
  bj::object runs, datasets;
  auto latest = latest_runs(trigger.pipelines, runs);
  for (const auto& key : trigger.datasets)
    if (auto load = latest_load(key)) {
      datasets[key] = {{"run", load->run_id}, {"as_of", to_iso(load->started_at)}};
      latest.push_back(std::move(*load));
    }
  store::FireFilter filter{.pipeline = named.row.name, .trigger = named.name};
  filter.limit = 1;
  const auto fires = store_->pipelines().fires(filter);
  const auto last = fires.empty() ? named.row.deployed_at : fires.front().at;
  const auto due = pipeline::due_after(trigger, latest, last, wall_now());
  if (!due || store_->pipelines().fire(named.row.name, named.name, due->key)) return;
  bj::object facts;
  if (!runs.empty()) facts["after"] = std::move(runs);
  if (!datasets.empty()) facts["datasets"] = std::move(datasets);
  fire(named, "after", due->key, due->at, facts);
}

std::size_t TriggerWatch::fired_batches(const Named& named, const std::string& group) {
  auto& known = fired_[named.row.name + "/" + named.name];
  std::size_t count = 0;
  while (true) {
    const auto key = count == 0 ? group : fmt::format("{}#{}", group, count + 1);
    const auto row = store_->pipelines().fire(named.row.name, named.name, key);
    if (!row) return count;
    ++count;
    const auto facts = json::parse(row->facts);
    const auto* versions = facts.as_object().if_contains("versions");
    if (!versions || !versions->is_object()) continue;
    for (const auto& [name, version] : versions->get_object())
      known.insert(std::string(name) + "@" + std::string(version.as_string()));
  }
}

std::vector<pipeline::WaitingFile> TriggerWatch::waiting_files(
    const Named& named, const pipeline::FilesTrigger& trigger) {
  const auto below = pipeline::folder_of(trigger.pattern);
  const files::CompleteRule rule{std::chrono::seconds(trigger.quiet_seconds), trigger.marker};
  const auto now =
      std::chrono::time_point_cast<files::Moment::duration>(std::chrono::system_clock::now());
  const auto folder = workers::project_folder(named.row.revision.connections);
  if (!trigger.in_bucket()) folders_.add(folder / below);
  const auto all = bounded_list(
      *files::open_store(below, folder, [this] { return stop_.stop_requested(); }), below);
  std::set<std::string> names;
  for (const auto& file : all) names.insert(below + file.name);
  const auto exists = [&](const std::string& beside) { return names.contains(beside); };
  std::vector<pipeline::WaitingFile> found;
  for (const auto& file : all) {
    const auto name = below + file.name;
    if (is_marker(name.substr(name.rfind('/') + 1), trigger.marker)) continue;
    auto pieces = pipeline::pieces_of(trigger.pattern, name);
    if (!pieces || !files::why_waiting(name, file.modified, now, rule, exists).empty()) continue;
    found.push_back({name, version_of(file),
                     Instant{std::chrono::duration_cast<Millis>(file.modified.time_since_epoch())},
                     std::move(*pieces)});
  }
  return found;
}

// A listing of a bucket costs money and time.
bool TriggerWatch::is_to_be_listed(const Named& named, const pipeline::FilesTrigger& trigger) {
  if (trigger.in_bucket() != (where_ == Where::buckets)) return false;
  if (where_ == Where::folders) return true;
  auto& next = next_listings_[named.row.name + "/" + named.name];
  const auto now = std::chrono::steady_clock::now();
  if (now < next) return false;
  next = now + std::chrono::seconds(trigger.poll_seconds);
  return true;
}

void TriggerWatch::look_at(const Named& named, const pipeline::FilesTrigger& trigger) {
  if (!is_to_be_listed(named, trigger)) return;
  auto& known = fired_[named.row.name + "/" + named.name];
  auto waiting = waiting_files(named, trigger);
  const auto forget_known = [&] {
    std::erase_if(waiting, [&](const auto& file) { return known.contains(id_of(file)); });
  };
  forget_known();
  std::map<std::string, std::size_t> batches;
  for (const auto& file : waiting) {
    const auto group = trigger.batch ? file.pieces.at(trigger.batch->by) : id_of(file);
    if (!batches.contains(group)) batches[group] = fired_batches(named, group);
  }
  forget_known();
  std::vector<std::string> begun;
  for (const auto& [group, count] : batches)
    if (count > 0) begun.push_back(group);
  for (const auto& due : pipeline::due_files(trigger, std::move(waiting), begun, wall_now())) {
    auto facts = common_pieces(due.files);
    bj::array names;
    bj::object versions;
    for (const auto& file : due.files) {
      names.emplace_back(file.name);
      versions[file.name] = file.version;
    }
    if (!trigger.batch) facts["file"] = names.front();
    facts["files"] = std::move(names);
    facts["versions"] = std::move(versions);
    facts["whole"] = due.whole;
    const auto number = batches.at(due.group) + 1;
    const auto at = std::ranges::max(due.files, {}, &pipeline::WaitingFile::written_at).written_at;
    fire(named, "files", number == 1 ? due.group : fmt::format("{}#{}", due.group, number), at,
         facts);
    for (const auto& file : due.files) known.insert(id_of(file));
  }
}

void TriggerWatch::fire(const Named& named, const std::string& kind, const std::string& key,
                        Instant at, const bj::object& facts) {
  engine::Fire made;
  made.pipeline = named.row.name;
  made.trigger = named.name;
  made.kind = kind;
  made.key = key;
  made.at = at;
  made.facts = json::write(facts);
  engine_.fire(made);
}

void TriggerWatch::tell_once(const std::string& where, const std::string& what) {
  auto& told = told_[where];
  if (told == what) return;
  told = what;
  log::warn("pipeline={} msg=\"its triggers cannot be looked at: {}\"", where, what);
}

}  // namespace orch::host
