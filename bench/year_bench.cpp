// What a store costs in which a pipeline has run for a year. See README.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/report.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/open.h"

namespace {

namespace fs = std::filesystem;
namespace store = orch::store;
namespace sql = orch::sqlite;
using Clock = std::chrono::steady_clock;

constexpr int runs_a_turn = 200;
constexpr std::int64_t gigabyte = 1'000'000'000;

struct Settings {
  std::string seed;
  std::string folder = fs::current_path().string();
  int runs = 35'000;
  int minutes_apart = 15;
  int rounds = 5;
  bool keep = false;
};

/// A part of a packed history.
struct Part {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string events;
};

/// A run of the seed that copies are made of.
struct Sample {
  store::ExecutionRow row;
  std::string definition;
  std::vector<Part> parts;
};

std::vector<Sample> read_samples(const std::string& path) {
  const auto seed = store::open_as_reader(path);
  sql::Database db(path, sql::Access::read_only);
  sql::Statement query(
      db,
      "SELECT first_id, last_id, events FROM packed_history WHERE execution_id = ? "
      "ORDER BY first_id");
  std::vector<Sample> samples;
  for (auto& row : seed->list({.limit = -1})) {
    Sample sample{row, seed->definition(row.made.definition_hash), {}};
    query.bind(static_cast<std::int64_t>(row.id));
    while (query.step())
      sample.parts.push_back({query.int64(0), query.int64(1), std::string(query.blob(2))});
    if (!sample.parts.empty()) samples.push_back(std::move(sample));
  }
  if (samples.empty()) throw std::runtime_error(path + " has no packed runs");
  return samples;
}

void add_history(sql::Database& db, std::int64_t run, const Sample& sample) {
  sql::Statement insert(db,
                        "INSERT INTO packed_history (execution_id, first_id, last_id, events, "
                        "checksum) VALUES (?1, ?2, ?3, ?4, ?5)");
  for (const auto& part : sample.parts) {
    insert.set_integer(1, run);
    insert.set_integer(2, part.first);
    insert.set_integer(3, part.last);
    insert.set_blob(4, part.events);
    insert.set_integer(5, store::checksum_of(run, part.first, part.last, part.events));
    insert.run();
    insert.reset();
  }
  sql::Statement(db, "INSERT INTO history_end (execution_id, last_id) VALUES (?, ?)")
      .bind(run, sample.parts.back().last)
      .run();
}

/// The runs of a year, each a copy of one of the samples with a name and times of its own.
void fill(const std::string& path, const Settings& settings, const std::vector<Sample>& samples) {
  const auto filled = store::open_as_owner(path, "year_bench");
  sql::Database db(path, sql::Access::read_write);
  db.exec("PRAGMA synchronous=OFF");
  const auto apart = orch::Millis{std::int64_t{60'000} * settings.minutes_apart};
  auto at = samples.front().row.made.started_at - apart * settings.runs;
  for (int done = 0; done < settings.runs;) {
    auto turn = filled->begin();
    std::vector<std::pair<std::int64_t, const Sample*>> added;
    for (int n = 0; n < runs_a_turn && done < settings.runs; ++n, ++done, at += apart) {
      const auto& sample = samples[static_cast<std::size_t>(done) % samples.size()];
      auto row = sample.row;
      turn->keep_definition(row.made.definition_hash, sample.definition);
      row.ended_at = at + (*row.ended_at - row.made.started_at);
      row.made.started_at = at;
      row.made.request.clear();
      row.made.pipeline = store::PipelineLink{"year", 1, "quarterly", "schedule", at};
      row.made.run_id = row.made.name =
          fmt::format("{:012x}{:04x}", at.time_since_epoch().count(), done);
      row.id = turn->add(row.made);
      turn->set_outcome(row);
      added.emplace_back(static_cast<std::int64_t>(row.id), &sample);
    }
    turn->commit();
    sql::Transaction transaction(db);
    for (const auto& [run, sample] : added) add_history(db, run, *sample);
    transaction.commit();
  }
}

/// The longest of some rounds, in ms: what somebody waits.
template <class Work>
double longest(int rounds, const Work& work) {
  double found = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto began = Clock::now();
    work();
    found =
        std::max(found, std::chrono::duration<double, std::milli>(Clock::now() - began).count());
  }
  return found;
}

bool judge(const char* what, double value, const char* unit, double most) {
  const bool met = value <= most;
  fmt::print("{:<44} {:>10.2f} {:<3} aim {:>8.2f}  {}\n", what, value, unit, most,
             met ? "met" : "MISSED");
  return met;
}

bool measure(const std::string& path, const Settings& settings) {
  bool met =
      judge("size of the store", static_cast<double>(fs::file_size(path)) / gigabyte, "GB", 3);
  met &=
      judge("one run", static_cast<double>(fs::file_size(path)) / settings.runs / 1'000, "KB", 60);
  met &= judge("opened by its owner",
               longest(settings.rounds, [&] { store::open_as_owner(path, "year_bench"); }), "ms",
               1'000);
  const auto reader = store::open_as_reader(path);
  const auto newest = reader->list({.limit = 1}).front();
  const auto listed = [&](const char* what, const store::ListFilter& filter) {
    met &= judge(what, longest(settings.rounds, [&] { reader->list(filter); }), "ms", 50);
  };
  listed("the latest 50 runs", {});
  listed("the latest 50 of a workflow", {.workflow = newest.made.workflow});
  listed("50 that failed, of a year without any", {.status = orch::execution::Status::failed});
  listed("the latest 50 of a pipeline", {.pipeline = "year"});
  listed("of a pipeline that has none", {.pipeline = "other"});
  listed("by a part of a name that none has", {.named = "nowhere"});
  listed("by an error that none has", {.failed_by = "nowhere"});
  listed("of a state machine with a tag", {.tag = std::pair("team", "night")});
  listed("that failed or timed out, in the words of lists",
         {.standings = {store::Standing::failed, store::Standing::timed_out}});
  listed("that are held up", {.standings = {store::Standing::waiting, store::Standing::set_aside}});
  listed("runs under way", {.status = orch::execution::Status::running});
  listed("50 in the middle of the year",
         {.behind = std::pair(newest.made.started_at - std::chrono::days(180), newest.id)});
  met &= judge("one run by its name",
               longest(settings.rounds, [&] { reader->find(newest.made.name); }), "ms", 50);
  std::size_t events = 0;
  met &= judge("the history of one run",
               longest(settings.rounds,
                       [&] {
                         events = 0;
                         reader->history(newest.id, 0, [&](const auto&) { ++events; });
                       }),
               "ms", 100);
  fmt::print("{} events in that run\n", events);
  return met;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"A year of runs in one store: its size, and how fast it opens and lists."};
  app.add_option("seed", settings.seed, "run store whose packed runs are multiplied")->required();
  app.add_option("--folder", settings.folder, "where the store is made; it is removed");
  app.add_option("--runs", settings.runs);
  app.add_option("--rounds", settings.rounds);
  app.add_flag("--keep", settings.keep, "leave the store, for rest_bench.py");
  CLI11_PARSE(app, argc, argv);
  const auto path = (fs::path(settings.folder) / "year.db").string();
  const auto remove = [&] {
    for (const char* suffix : {"", "-wal", "-shm", ".lock", ".deciding"}) fs::remove(path + suffix);
  };
  try {
    remove();
    fmt::print("{}\n", orch::json::write(orch::bench::conditions(settings.folder)));
    const auto samples = read_samples(settings.seed);
    fill(path, settings, samples);
    fmt::print("{} runs, {} minutes apart, copies of {}\n", settings.runs, settings.minutes_apart,
               samples.size());
    const bool met = measure(path, settings);
    if (!settings.keep) remove();
    return met ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "year_bench: {}\n", error.what());
    return 2;
  }
}
