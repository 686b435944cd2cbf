#include "orchestrator/monitor/machine_metrics.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <sys/resource.h>
#include <unistd.h>

#include "orchestrator/base/wall_clock.h"

namespace orch::monitor {
namespace {

namespace fs = std::filesystem;
using telemetry::Registry;
using telemetry::Sample;

std::vector<Sample> one(double value) { return {{{}, value}}; }

double size_of(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : static_cast<double>(size);
}

fs::path folder_of(const fs::path& store) {
  return store.has_parent_path() ? store.parent_path() : fs::path(".");
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double whole = 0, resident = 0;
  file >> whole >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  return static_cast<double>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

double most_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<double>::infinity()
                                         : static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::uintmax_t free_bytes(const fs::path& path) { return fs::space(path).available; }

MachineMetrics::MachineMetrics(Registry& registry, const fs::path& store,
                               const std::string& version) {
  const auto add = [&](telemetry::Description description,
                       std::function<std::vector<Sample>()> samples) {
    collected_.push_back(registry.collect(std::move(description), std::move(samples)));
  };
  const auto folder = folder_of(store);
  const auto began = std::chrono::duration<double>(wall_now().time_since_epoch()).count();
  add({"orch_build_info", "The version that runs; always 1.", {"version"}}, [version] {
    return std::vector<Sample>{{{version}, 1}};
  });
  add({"orch_store_size_bytes",
       "Size of the run store: its data and its write-ahead log.",
       {"file"}},
      [store] {
        return std::vector<Sample>{{{"data"}, size_of(store)},
                                   {{"log"}, size_of(store.string() + "-wal")}};
      });
  add({"orch_store_disk_free_bytes", "Free space on the disk of the run store."},
      [folder] { return one(static_cast<double>(free_bytes(folder))); });
  add({"orch_store_disk_size_bytes", "Size of the disk of the run store."},
      [folder] { return one(static_cast<double>(fs::space(folder).capacity)); });
  add({"process_cpu_seconds_total", "Processor time of this process."},
      [] { return one(cpu_seconds()); });
  add({"process_resident_memory_bytes", "Memory of this process."},
      [] { return one(resident_bytes()); });
  add({"process_open_fds", "Open file descriptors."}, [] { return one(open_descriptors()); });
  add({"process_max_fds", "How many there may be."}, [] { return one(most_descriptors()); });
  add({"process_start_time_seconds", "When this process began, in seconds since 1970."},
      [began] { return one(began); });
}

}  // namespace orch::monitor
