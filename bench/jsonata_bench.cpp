// How fast JSONata is evaluated, beside the reference implementation where node has it. See
// README.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/jsonata_workloads.h"
#include "bench/report.h"
#include "orchestrator/json/text.h"
#include "orchestrator/jsonata/jsonata.h"

namespace {

using namespace orch::bench;
namespace bj = boost::json;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Settings {
  double seconds = 0.3;
  std::string only;
  std::string output = "table";
};

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// The best round: what the work takes when nothing disturbs it.
double measured_microseconds(const Workload& workload, double seconds) {
  const auto expression = orch::jsonata::Expression::parse(workload.expression);
  const auto* input = workload.input.is_null() ? nullptr : &workload.input;
  const auto evaluate = [&] {
    if (!expression.evaluate(input)) throw std::runtime_error(workload.name + " has no result");
  };
  evaluate();
  const auto start = Clock::now();
  double best = HUGE_VAL;
  int rounds = 1;
  while (microseconds_since(start) < seconds * 1e6) {
    const auto round = Clock::now();
    for (int i = 0; i < rounds; ++i) evaluate();
    const auto took = microseconds_since(round);
    best = std::min(best, took / rounds);
    if (took < 2'000) rounds *= 2;
  }
  return best;
}

/// A file that is gone when the program ends.
class Scratch {
 public:
  explicit Scratch(const std::string& text)
      : path_(fs::temp_directory_path() / fmt::format("jsonata_bench_{}.json", getpid())) {
    std::ofstream(path_) << text;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// {"node", "figures"} of the reference, or nothing where it cannot run.
std::optional<bj::object> reference(const std::vector<Workload>& workloads, double seconds) {
  bj::array all;
  for (const auto& each : workloads) {
    bj::object one{{"name", each.name}, {"expression", each.expression}};
    if (!each.input.is_null()) one["input"] = each.input;
    all.push_back(std::move(one));
  }
  const Scratch file(orch::json::write(all));
  const auto command = fmt::format("node '{}/bench/jsonata_reference.js' '{}' {} 2>/dev/null",
                                   ORCH_SOURCE_DIR, file.path().string(), seconds);
  auto* pipe = popen(command.c_str(), "r");
  if (!pipe) return std::nullopt;
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  if (pclose(pipe) != 0) return std::nullopt;
  return orch::json::parse(text).as_object();
}

bj::object figure(const Workload& workload, double ours, const bj::object* theirs) {
  bj::object row{{"case", workload.name}, {"us", ours}};
  if (!theirs) return row;
  const auto other = theirs->at("figures").at(workload.name).to_number<double>();
  row["reference_us"] = other;
  row["ratio"] = other / ours;
  return row;
}

void print_table(const bj::array& rows, const bj::object& conditions) {
  fmt::print("{}\n\n{:<18} {:>12} {:>14} {:>8}\n", orch::json::write(conditions), "case", "us",
             "reference us", "ratio");
  std::vector<double> ratios;
  for (const auto& row : rows) {
    const auto name = std::string(row.at("case").as_string());
    const auto ours = row.at("us").to_number<double>();
    if (!row.as_object().contains("ratio")) {
      fmt::print("{:<18} {:>12.2f}\n", name, ours);
      continue;
    }
    ratios.push_back(row.at("ratio").to_number<double>());
    fmt::print("{:<18} {:>12.2f} {:>14.2f} {:>8.1f}\n", name, ours,
               row.at("reference_us").to_number<double>(), ratios.back());
  }
  if (!ratios.empty())
    fmt::print("\nmedian {:.1f} times, least {:.1f} times as fast as the reference\n",
               median(ratios), *std::min_element(ratios.begin(), ratios.end()));
}

int run(const Settings& settings) {
  auto workloads = jsonata_workloads();
  std::erase_if(workloads, [&](const Workload& each) {
    return each.name.find(settings.only) == std::string::npos;
  });
  const auto theirs = reference(workloads, settings.seconds);
  auto about = conditions(fs::current_path().string());
  about["reference"] = theirs ? theirs->at("node") : bj::value("node or its package is absent");
  bj::array rows;
  for (const auto& each : workloads)
    rows.push_back(
        figure(each, measured_microseconds(each, settings.seconds), theirs ? &*theirs : nullptr));
  if (settings.output == "json")
    fmt::print("{}\n", orch::json::write(bj::object{{"conditions", about}, {"figures", rows}}));
  else
    print_table(rows, about);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the evaluation of JSONata");
  Settings settings;
  app.add_option("--seconds", settings.seconds, "for each workload and side");
  app.add_option("--case", settings.only, "only workloads whose name holds this");
  app.add_option("-o,--output", settings.output)->check(CLI::IsMember({"table", "json"}));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "jsonata_bench: {}\n", error.what());
    return 1;
  }
}
