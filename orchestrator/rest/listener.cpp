#include "orchestrator/rest/listener.h"

#include <exception>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/json/text.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/run.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;

bj::object report_document(const std::string& run, const engine::TaskProgress& report) {
  const auto& progress = report.progress;
  bj::object out{{"run", run},
                 {"ticket", static_cast<std::int64_t>(report.ticket)},
                 {"key", progress.key},
                 {"phase", progress.phase},
                 {"rows", progress.rows},
                 {"bytes", progress.bytes}};
  if (progress.expected_rows) out["expected_rows"] = *progress.expected_rows;
  return out;
}

}  // namespace

Piece event_piece(std::string_view name, std::int64_t id, const bj::object& data) {
  const auto at = id == 0 ? std::string() : fmt::format("id: {}\n", id);
  return std::make_shared<const std::string>(
      fmt::format("{}event: {}\ndata: {}\n\n", at, name, json::write(data)));
}

Piece run_piece(const store::ExecutionRow& row, std::int64_t id, Instant now) {
  auto document = view::run_document(row, now, false);
  document["word"] = view::status_word(row, true);
  return event_piece("run", id, document);
}

Listener::Listener(http::Stream stream, Listening what, engine::Feed& feed)
    : stream_(std::move(stream)), what_(std::move(what)) {
  if (what_.run && what_.wants("progress"))
    reports_ = feed.subscribe({.run = what_.run->made.run_id});
}

bool Listener::hears_of(const store::ExecutionRow& row) const {
  const auto& pipeline = row.made.pipeline;
  return hears(row.id) && what_.wants("run") &&
         (!what_.pipeline || (pipeline && pipeline->pipeline == *what_.pipeline));
}

void Listener::tell(const store::JournalEntry& entry, const store::Redactor* redactor) {
  if (!what_.wants("history")) return;
  bj::array events;
  try {
    // Those that were heard before are converted, too: the numbers of the next depend on them.
    for (const auto& event : store::events_of(entry)) {
      if (event.id <= last_) continue;  // packed with others, they come again
      last_ = event.id;
      if (auto converted = history_.convert(redactor ? redactor->hide(event) : event))
        events.push_back(std::move(*converted));
    }
  } catch (const std::exception& error) {
    log::debug("entry {} of the journal: {}", entry.position, error.what());
  }
  if (events.empty() || entry.position <= what_.after.value_or(0)) return;
  send(event_piece("history", entry.position,
                   {{"run", what_.run->made.run_id}, {"events", std::move(events)}}));
}

void Listener::tell_progress() {
  if (!reports_) return;
  for (const auto& news : reports_->read().news)
    if (const auto* report = std::get_if<engine::TaskProgress>(&news.what))
      send(event_piece("progress", 0, report_document(news.run, *report)));
}

bool Listener::keeps_up(std::size_t most_bytes, std::int64_t position) {
  if (stream_.over()) return false;
  if (stream_.waiting() <= most_bytes) return true;
  send(event_piece("missed", 0, {{"reason", "slow"}, {"cursor", position}}));
  stream_.end();
  return false;
}

}  // namespace orch::rest
