#include "orchestrator/telemetry/trace_context.h"

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <xxhash.h>

#include <fmt/format.h>

namespace orch::telemetry {
namespace {

std::atomic<bool>& tracing() {
  static std::atomic<bool> on = false;
  return on;
}

/// Runs under way whose trace is another's.
struct Joined {
  std::mutex mutex;
  std::unordered_map<std::string, std::string> roots;  ///< guarded by mutex
};

Joined& joined() {
  static Joined all;
  return all;
}

std::string root_of(const std::string& run_id) {
  auto& [mutex, roots] = joined();
  const std::scoped_lock lock(mutex);
  const auto found = roots.find(run_id);
  return found == roots.end() ? run_id : found->second;
}

}  // namespace

// Ids of zeros alone are invalid, and as likely as any other.
std::string trace_id(std::string_view run_id) {
  const auto sum = XXH3_128bits(run_id.data(), run_id.size());
  return fmt::format("{:016x}{:016x}", sum.high64, sum.low64);
}

std::string span_id(std::string_view run_id, std::int64_t event) {
  const auto sum =
      XXH3_64bits_withSeed(run_id.data(), run_id.size(), static_cast<XXH64_hash_t>(event) + 1);
  return fmt::format("{:016x}", sum);
}

void join_trace(const std::string& run_id, const std::string& root) {
  auto& [mutex, roots] = joined();
  const std::scoped_lock lock(mutex);
  roots.insert_or_assign(run_id, root);
}

void leave_trace(const std::string& run_id) {
  auto& [mutex, roots] = joined();
  const std::scoped_lock lock(mutex);
  roots.erase(run_id);
}

std::string traceparent(const std::string& run_id, std::int64_t ticket) {
  return fmt::format("00-{}-{}-01", trace_id(root_of(run_id)), span_id(run_id, ticket));
}

void set_tracing(bool on) { tracing() = on; }
bool is_tracing() { return tracing(); }

}  // namespace orch::telemetry
