// How fast the engine is, against the commit rate of the disk it runs on. See README.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/bomb_cases.h"
#include "bench/child.h"
#include "bench/distributed_cases.h"
#include "bench/engine_cases.h"
#include "bench/limit.h"
#include "bench/report.h"
#include "orchestrator/json/text.h"

namespace {

using namespace orch::bench;
namespace fs = std::filesystem;

constexpr orch::Millis calibration{250};
constexpr int recovered_tasks = 10'000;
constexpr int beside_bombs_rounds = 300;

struct Settings {
  int rounds = 5;
  int lines = 1'000'000;
  std::string folder = fs::current_path().string();
  std::string only;
  std::string output = "table";
  std::string program;
};

struct Judged {
  std::string figure;
  std::string unit;
  std::vector<Aim> aims;
};

struct Case {
  std::string name;
  /// `limit` is L as just measured.
  std::function<Figures(const fs::path& folder, double limit)> run;
  std::vector<Judged> figures;
};

/// A case that runs `body` in a child.
std::function<Figures(const fs::path&, double)> in_child(
    std::function<Figures(const fs::path&)> body) {
  return [body = std::move(body)](const fs::path& folder, double) {
    return measured([&] { return body(folder); });
  };
}

Figures latency(const fs::path& folder, double limit) {
  auto figures = measured([&] { return first_task(folder, 300); });
  figures["p50_beyond_ms"] = figures["p50_ms"] - 1'000 / limit;
  return figures;
}

Figures kill_and_recover(const fs::path& folder, double) {
  Child child([&](const Child::Send& send) { open_tasks(folder, recovered_tasks, send); });
  child.receive();
  child.kill();
  return measured([&] { return recovery(folder, recovered_tasks); });
}

/// Distributed Maps read a file that is written before the clock starts.
std::function<Figures(const fs::path&, double)> over_lines(int lines, Children children) {
  return [=](const fs::path& folder, double) {
    write_items(folder, lines);
    return measured([&] { return map_of_lines(folder, lines, children); });
  };
}

std::function<Figures(const fs::path&, double)> killed_over_lines(int lines) {
  return [=](const fs::path& folder, double) {
    write_items(folder, lines);
    Child child([&](const Child::Send& send) { half_of_lines(folder, lines, send); });
    child.receive();
    child.kill();
    return measured([&] { return rest_of_lines(folder, lines); });
  };
}

/// Time from fork to exit of `orch --version`.
Figures start_up(const std::string& program) {
  const auto start = std::chrono::steady_clock::now();
  const auto pid = fork();
  if (pid == 0) {
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), "--version", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (status != 0) throw std::runtime_error("cannot run " + program);
  return {{"ms", took.count()}};
}

Aim at_least(double value) { return {Aim::Kind::at_least, value}; }
Aim at_most(double value) { return {Aim::Kind::at_most, value}; }

void add_distributed(std::vector<Case>& all, int lines) {
  const std::vector<Judged> figures = {{"lines_per_s", "/s", {}},
                                       {"cpu_s", "s", {}},
                                       {"peak_mb", "MiB", {at_most(128)}},
                                       {"store_mb", "MiB", {}}};
  const auto add = [&](const std::string& name, int count, Children children) {
    all.push_back({name, over_lines(count, children), figures});
  };
  add("tenth of the lines", lines / 10, Children::standard);  // the cost of a line is flat
  add("lines", lines, Children::standard);
  add("lines, express", lines, Children::express);
  add("lines, by hundreds", lines, Children::batches);
  all.push_back({"half of lines, killed",
                 killed_over_lines(lines),
                 {{"seconds", "s", {at_most(5)}}, {"redone", "", {at_most(0)}}}});
}

void add_bombs(std::vector<Case>& all) {
  for (const auto& bomb : bombs())
    all.push_back({"beside: " + bomb.name,
                   in_child([bomb](const fs::path& folder) {
                     return beside_bombs(folder, bomb, beside_bombs_rounds);
                   }),
                   {{"p99_ms", "ms", {at_most(50)}},
                    {"p50_ms", "ms", {}},
                    {"longest_ms", "ms", {}},
                    {"alone_p99_ms", "ms", {}},
                    {"ended", "", {}},
                    {"peak_mb", "MiB", {}}}});
}

std::vector<Case> cases(const Settings& settings) {
  const auto limits = [](double value) { return Aim{Aim::Kind::at_least, value, true}; };
  const auto map_case = [](int items) {
    return in_child([items](const fs::path& folder) { return map_of(folder, items); });
  };
  std::vector<Case> all = {
      {"chain of tasks",
       in_child([](const fs::path& folder) { return sequential_tasks(folder, 2'000); }),
       {{"steps_per_s", "/s", {limits(0.8)}}, {"cpu_s", "s", {}}}},
      {"chain of passes",
       in_child([](const fs::path& folder) { return sequential_passes(folder, 20'000); }),
       {{"states_per_s", "/s", {}}}},
      {"1,000 runs x 10",
       in_child([](const fs::path& folder) { return many_runs(folder, 1'000, 10); }),
       {{"steps_per_s", "/s", {limits(15), at_least(50'000)}},
        {"cpu_s", "s", {}},
        {"peak_mb", "MiB", {}}}},
      {"map of 10,000",
       map_case(10'000),
       {{"seconds", "s", {at_most(0.2)}}, {"cpu_s", "s", {}}, {"peak_mb", "MiB", {at_most(64)}}}},
      {"map of 100,000",
       map_case(100'000),
       {{"seconds", "s", {at_most(2)}}, {"cpu_s", "s", {}}, {"peak_mb", "MiB", {at_most(300)}}}},
      {"first task",
       latency,
       {{"p50_ms", "ms", {}}, {"p50_beyond_ms", "ms", {at_most(1)}}, {"p99_ms", "ms", {}}}},
      {"10,000 open, killed",
       kill_and_recover,
       {{"seconds", "s", {at_most(1)}}, {"cpu_s", "s", {}}}},
  };
  add_distributed(all, settings.lines);
  add_bombs(all);
  if (!settings.program.empty())
    all.push_back({"orch --version",
                   [&settings](const fs::path&, double) { return start_up(settings.program); },
                   {{"ms", "ms", {at_most(20)}}}});
  std::erase_if(all,
                [&](const Case& one) { return one.name.find(settings.only) == std::string::npos; });
  return all;
}

/// All rounds of one case, each in a fresh folder between two calibrations of L.
std::vector<Series> run(const Case& one, const Settings& settings, Series& limits) {
  std::vector<Series> series;
  for (const auto& figure : one.figures)
    series.emplace_back(one.name, figure.figure, figure.unit, figure.aims);
  const auto folder = fs::path(settings.folder) / fmt::format("engine_bench.{}", getpid());
  for (int round = 0; round < settings.rounds; ++round) {
    fs::create_directories(folder / "limit");
    fs::create_directories(folder / "store");
    const auto before = commit_rate(folder / "limit", calibration);
    auto figures = one.run(folder / "store", before);
    const auto limit = (before + commit_rate(folder / "limit", calibration)) / 2;
    fs::remove_all(folder);
    limits.add(limit, limit);
    for (std::size_t i = 0; i < series.size(); ++i)
      series[i].add(figures.at(one.figures[i].figure), limit);
  }
  return series;
}

void measure(const Settings& settings) {
  const bool table = settings.output == "table";
  const auto where = conditions(settings.folder);
  if (table) {
    for (const auto& [name, value] : where)
      fmt::print("# {}: {}\n", std::string_view(name), orch::json::write(value));
    fmt::print("# rounds: {}, medians; x L: times the commit rate L beside it\n{}\n",
               settings.rounds, Series::heading());
  }
  boost::json::object out{{"conditions", where}, {"rounds", settings.rounds}};
  auto& figures = out["figures"].emplace_array();
  Series limits("L", "commits_per_s", "/s", {});
  const auto show = [&](const Series& series) {
    figures.push_back(series.json());
    if (table) fmt::print("{}\n", series.row());
    std::fflush(stdout);
  };
  for (const auto& one : cases(settings)) {
    for (const auto& series : run(one, settings, limits)) show(series);
  }
  if (!limits.empty()) show(limits);
  if (!table) fmt::print("{}\n", orch::json::write(out));
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Measures the engine against the commit rate of the disk under --folder."};
  app.add_option("--rounds", settings.rounds, "rounds of each case")->check(CLI::Range(1, 1'000));
  app.add_option("--lines", settings.lines, "items of the distributed maps")
      ->check(CLI::Range(1'000, 100'000'000));
  app.add_option("--folder", settings.folder, "where the stores are made")
      ->check(CLI::ExistingDirectory);
  app.add_option("--case", settings.only, "only cases whose name contains this");
  app.add_option("--program", settings.program, "an orch binary: measures its start-up too")
      ->check(CLI::ExistingFile);
  app.add_option("-o,--output", settings.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}));
  CLI11_PARSE(app, argc, argv);
  try {
    measure(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "engine_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
