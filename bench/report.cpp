#include "bench/report.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <thread>

#include <fmt/format.h>

#include "orchestrator/base/time.h"
#include "orchestrator/db/sqlite_db.h"

namespace orch::bench {
namespace {

std::string shown(double value) {
  if (value >= 1'000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

// The value of the first line of `file` that starts with `key`.
std::string field(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(':');
    const auto start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

std::string file_system(const std::string& folder) {
  struct statfs status {};
  if (statfs(folder.c_str(), &status) != 0) return "unknown";
  switch (status.f_type) {
    case 0xEF53:
      return "ext4";
    case 0x01021994:
      return "tmpfs (memory: commits cost nothing, ratios to L mean little)";
    case 0x58465342:
      return "xfs";
    case 0x9123683E:
      return "btrfs";
    case 0x794C7630:
      return "overlay";
    default:
      return fmt::format("{:#x}", static_cast<unsigned long>(status.f_type));
  }
}

std::string spelled(const Aim& aim, const std::string& unit) {
  return fmt::format("{} {} {}", aim.kind == Aim::Kind::at_least ? ">=" : "<=", shown(aim.value),
                     aim.in_limits ? "L" : unit);
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Series::add(double value, double limit) {
  values_.push_back(value);
  ratios_.push_back(value / limit);
}

double Series::median() const { return bench::median(values_); }

double Series::judged(const Aim& aim) const {
  return aim.in_limits ? bench::median(ratios_) : median();
}

bool Series::meets(const Aim& aim) const {
  return aim.kind == Aim::Kind::at_least ? judged(aim) >= aim.value : judged(aim) <= aim.value;
}

boost::json::object Series::json() const {
  boost::json::object out;
  out["case"] = case_;
  out["figure"] = figure_;
  out["unit"] = unit_;
  out["median"] = median();
  out["min"] = *std::min_element(values_.begin(), values_.end());
  out["max"] = *std::max_element(values_.begin(), values_.end());
  out["median_ratio_to_limit"] = bench::median(ratios_);
  auto& aims = out["aims"].emplace_array();
  for (const auto& aim : aims_) aims.push_back({{"aim", spelled(aim, unit_)}, {"met", meets(aim)}});
  return out;
}

std::string Series::heading() {
  return fmt::format("{:<18} {:<16} {:>9} {:<8} {:>9} {:>9} {:>8}  {}", "case", "figure", "median",
                     "unit", "min", "max", "x L", "aim");
}

std::string Series::row() const {
  std::string aims;
  for (const auto& aim : aims_)
    aims += fmt::format("{}{} {}", aims.empty() ? "" : ", ", spelled(aim, unit_),
                        meets(aim) ? "met" : "MISSED");
  const bool rate = unit_.ends_with("/s");
  return fmt::format("{:<18} {:<16} {:>9} {:<8} {:>9} {:>9} {:>8}  {}", case_, figure_,
                     shown(median()), unit_,
                     shown(*std::min_element(values_.begin(), values_.end())),
                     shown(*std::max_element(values_.begin(), values_.end())),
                     rate ? shown(bench::median(ratios_)) : "", aims);
}

boost::json::object conditions(const std::string& folder) {
  utsname system{};
  uname(&system);
  double load[3] = {};
  getloadavg(load, 3);
  boost::json::object out;
  out["at"] = to_iso(std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()));
  out["processor"] = field("/proc/cpuinfo", "model name");
  out["cores"] = std::thread::hardware_concurrency();
  out["memory"] = field("/proc/meminfo", "MemTotal");
  out["kernel"] = std::string(system.release);
  out["file_system"] = file_system(folder);
  out["load"] = fmt::format("{:.2f}", load[0]);
  out["compiler"] = __VERSION__;
  out["sqlite"] = sqlite3_libversion();
#ifdef NDEBUG
  out["build"] = "release";
#else
  out["build"] = "debug: figures mean nothing";
#endif
  return out;
}

}  // namespace orch::bench
