#include "orchestrator/host/run_export.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <string>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/public_file.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/packed_text.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::size_t frame_bytes = std::size_t{4} << 20;

/// A file that frames are appended to.
class Archive {
 public:
  explicit Archive(std::filesystem::path path)
      : path_(std::move(path)),
        file_(
            ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, private_modes.file)) {
    if (file_ < 0) refuse();
  }
  ~Archive() { ::close(file_); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  void append(std::string_view frame) {
    while (!frame.empty()) {
      const auto written = ::write(file_, frame.data(), frame.size());
      if (written < 0 && errno != EINTR) refuse();
      if (written > 0) frame.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void sync() {
    if (::fsync(file_) != 0) refuse();
    sync_path(path_.parent_path());
  }

 private:
  [[noreturn]] void refuse() const {
    throw Error("ORCH-0002",
                fmt::format("{}: {}; the runs are kept", path_.string(), std::strerror(errno)),
                "runs are removed when they can be written there");
  }

  std::filesystem::path path_;
  int file_;
};

/// Lines for runs, with a definition before the first run of it.
class Lines {
 public:
  explicit Lines(store::Store& store) : store_(store) {}

  void add(std::string& out, store::ExecutionId id) {
    const auto row = store_.find(id);
    if (defined_.insert(row.made.definition_hash).second) {
      out += json::write(bj::object{{"definition", row.made.definition_hash},
                                    {"text", store_.definition(row.made.definition_hash)}});
      out += '\n';
    }
    out += json::write(facts(row));
    out.back() = ',';
    out += R"("input":)" + row.made.input + R"(,"output":)" + row.output.value_or("null");
    out += R"(,"events":[)";
    bool first = true;
    store_.history(id, 0, [&](const execution::Event& event) {
      if (!first) out += ',';
      first = false;
      execution::append_json(out, event);
    });
    out += "]}\n";
  }

 private:
  static bj::value optional(const std::optional<std::string>& text) {
    return text ? bj::value(*text) : bj::value(nullptr);
  }

  bj::object facts(const store::ExecutionRow& row) {
    const auto& made = row.made;
    bj::object facts{{"run_id", made.run_id}, {"name", made.name}, {"workflow", made.workflow}};
    if (made.pipeline) facts["pipeline"] = made.pipeline->pipeline;
    facts["status"] = to_string(row.status);
    facts["started"] = to_iso(made.started_at);
    facts["ended"] = row.ended_at ? bj::value(to_iso(*row.ended_at)) : bj::value(nullptr);
    facts["error"] = optional(row.error);
    facts["cause"] = optional(row.cause);
    facts["redrive_count"] = row.redrive_count;
    if (made.parent) facts["parent"] = store_.find(made.parent->execution).made.run_id;
    if (made.starter) facts["starter"] = store_.find(made.starter->execution).made.run_id;
    facts["definition"] = made.definition_hash;
    return facts;
  }

  store::Store& store_;
  std::set<std::string> defined_;
};

std::filesystem::path archive_of(const std::filesystem::path& folder, Instant started) {
  return folder / fmt::format("runs-{}.jsonl.zst", to_iso(started).substr(0, 7));
}

}  // namespace

void export_runs(store::Store& store, std::span<const store::ExecutionId> runs,
                 const std::filesystem::path& folder) {
  if (runs.empty()) return;
  try {
    make_private_folders(folder);
    Archive archive(archive_of(folder, store.find(runs.front()).made.started_at));
    Lines lines(store);
    std::string text;
    for (const auto id : runs) {
      lines.add(text, id);
      if (text.size() < frame_bytes && id != runs.back()) continue;
      archive.append(store::pack(text));
      text.clear();
    }
    archive.sync();
  } catch (const std::system_error& error) {
    throw Error("ORCH-0002", fmt::format("{}; the runs are kept", error.what()),
                "runs are removed when they can be written there");
  }
}

}  // namespace orch::host
