// How fast `orch serve` runs executions for its clients, against the commit rate of the disk. See
// README.md.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/http_load.h"
#include "bench/limit.h"
#include "bench/report.h"
#include "orchestrator/json/text.h"

namespace {

using namespace orch::bench;
namespace fs = std::filesystem;

constexpr orch::Millis calibration{250};

struct Settings {
  int rounds = 5;
  int latencies = 500;
  int executions = 10'000;
  std::vector<int> connections = {1, 8, 32};
  std::string folder = fs::current_path().string();
  std::string program;
  std::string output = "table";
};

/// A case and its figures over all rounds.
struct Case {
  std::string name;
  std::function<Figures(std::uint16_t port)> run;
  std::vector<std::pair<std::string, std::string>> figures;  ///< with their units
  std::vector<Series> series = {};
};

std::vector<Case> cases(const Settings& settings) {
  const std::vector<std::pair<std::string, std::string>> latency = {{"p50_ms", "ms"},
                                                                    {"p99_ms", "ms"}};
  std::vector<Case> all = {
      {"start and ask",
       [&](std::uint16_t port) { return polled_executions(port, settings.latencies); }, latency},
      {"synchronous",
       [&](std::uint16_t port) { return synchronous_executions(port, settings.latencies); },
       latency}};
  for (const auto count : settings.connections)
    all.push_back({fmt::format("{} connection{}", count, count == 1 ? "" : "s"),
                   [&settings, count](std::uint16_t port) {
                     return many_executions(port, count, settings.executions);
                   },
                   {{"executions_per_s", "/s"},
                    {"start_p50_ms", "ms"},
                    {"start_p99_ms", "ms"},
                    {"server_cpu_s", "s"},
                    {"server_peak_mb", "MiB"}}});
  for (auto& one : all)
    for (const auto& [figure, unit] : one.figures)
      one.series.emplace_back(one.name, figure, unit, std::vector<Aim>{});
  return all;
}

/// One case with a server and a store of its own, between two calibrations of L.
void run(Case& one, const Settings& settings, Series& limits) {
  const auto folder = fs::path(settings.folder) / fmt::format("http_bench.{}", getpid());
  fs::create_directories(folder / "limit");
  const auto before = commit_rate(folder / "limit", calibration);
  ServerProcess server(settings.program, folder);
  auto figures = one.run(server.port());
  figures.merge(server.end());
  const auto limit = (before + commit_rate(folder / "limit", calibration)) / 2;
  fs::remove_all(folder);
  limits.add(limit, limit);
  for (std::size_t i = 0; i < one.series.size(); ++i)
    one.series[i].add(figures.at(one.figures[i].first), limit);
}

void measure(const Settings& settings) {
  auto all = cases(settings);
  Series limits("L", "commits_per_s", "/s", {});
  for (int round = 0; round < settings.rounds; ++round)
    for (auto& one : all) run(one, settings, limits);
  boost::json::object out{{"conditions", conditions(settings.folder)}, {"rounds", settings.rounds}};
  auto& figures = out["figures"].emplace_array();
  std::string rows;
  const auto show = [&](const Series& series) {
    figures.push_back(series.json());
    rows += series.row() + "\n";
  };
  for (const auto& one : all)
    for (const auto& series : one.series) show(series);
  show(limits);
  if (settings.output == "json") return fmt::print("{}\n", orch::json::write(out));
  for (const auto& [name, value] : out.at("conditions").as_object())
    fmt::print("# {}: {}\n", std::string_view(name), orch::json::write(value));
  fmt::print("# rounds: {}, medians; x L: times the commit rate L beside it\n{}\n{}",
             settings.rounds, Series::heading(), rows);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Measures executions through orch serve, beside the commit rate of the disk."};
  app.add_option("--program", settings.program, "the orch binary that serves")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--rounds", settings.rounds, "rounds of each case")->check(CLI::Range(1, 1'000));
  app.add_option("--latencies", settings.latencies, "executions that are timed one by one")
      ->check(CLI::Range(10, 1'000'000));
  app.add_option("--executions", settings.executions, "executions of a case with connections")
      ->check(CLI::Range(100, 10'000'000));
  app.add_option("--connections", settings.connections, "clients at once, a case each")
      ->check(CLI::Range(1, 100));
  app.add_option("--folder", settings.folder, "where the stores are made")
      ->check(CLI::ExistingDirectory);
  app.add_option("-o,--output", settings.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}));
  CLI11_PARSE(app, argc, argv);
  try {
    measure(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "http_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
