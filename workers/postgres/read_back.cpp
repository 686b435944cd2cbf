#include "workers/postgres/read_back.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "workers/data/crew.h"
#include "workers/postgres/names.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/select.h"
#include "workers/postgres/session.h"
#include "workers/postgres/staged_indexes.h"

namespace orch::postgres {
namespace {

constexpr unsigned most_sessions = 4;

std::int64_t pages_of(pg::Connection& connection, const data::TableName& table) {
  return connection
      .exec("SELECT pg_relation_size(to_regclass($1)) / current_setting('block_size')::bigint",
            {qualified(table)})
      .int64(0, 0);
}

/// Sessions that see what `snapshot` shows: `wanted` of them, or as many as the server allows.
std::deque<KeptSession> sessions_at(const Settings& settings, const std::string& snapshot,
                                    std::size_t wanted) {
  std::deque<KeptSession> sessions;
  try {
    while (sessions.size() < wanted) {
      auto& session = sessions.emplace_back(connect_to_all_rows(settings));
      session->exec(begin_at(snapshot));
    }
  } catch (const pg::Error& error) {
    if (error.sqlstate() != "53300") throw;  // too many connections
  }
  return sessions;
}

/// Carries out a Meanwhile on threads of the crew, which end when it halts.
class Builders {
 public:
  Builders(const Settings& settings, Meanwhile work)
      : settings_(settings), work_(std::move(work)), open_(work_.builds.size()) {}

  void start(data::Crew& crew) {
    for (const auto& build : work_.builds)
      crew.start([this, &crew, &build] {
        attempt(crew, [&](pg::Connection& connection) {
          build_alone(connection, build);
          if (--open_ == 0) finish(connection);
        });
      });
    if (work_.builds.empty() && !work_.then.empty())
      crew.start([this, &crew] {
        attempt(crew, [&](pg::Connection& connection) { finish(connection); });
      });
  }

 private:
  template <class Work>
  void attempt(data::Crew& crew, const Work& work) const {
    try {
      const auto session = connect_to_all_rows(settings_, [&crew] { return crew.halted(); });
      work(*session);
    } catch (const pg::Error&) {
      // The publish finds it missing.
    }
  }

  void finish(pg::Connection& connection) const {
    if (!work_.then.empty()) connection.exec(work_.then);
  }

  const Settings& settings_;
  const Meanwhile work_;
  std::atomic<std::size_t> open_;
};

}  // namespace

data::Digest read_back(const Settings& settings, pg::Connection& connection,
                       const data::LoadPlan& plan, const data::TableName& table,
                       const std::function<Meanwhile()>& meanwhile,
                       const std::function<bool()>& stop, std::int64_t pages_each) {
  const auto select = fmt::format("SELECT {} FROM {}", list(plan.columns), qualified(table));
  const auto pages = pages_of(connection, table);
  Builders builders(settings, pages < pages_each ? Meanwhile{} : meanwhile());
  const pg::Transaction transaction(connection, begin_snapshot);
  const auto cores = std::clamp(std::thread::hardware_concurrency(), 1U, most_sessions);
  const auto wanted = std::min<std::int64_t>(cores, pages / pages_each);
  std::deque<KeptSession> sessions;
  if (wanted > 1) {
    const auto snapshot = std::string(connection.exec("SELECT pg_export_snapshot()").text(0, 0));
    sessions = sessions_at(settings, snapshot, static_cast<std::size_t>(wanted));
  }
  const auto ranges =
      page_ranges(pages, static_cast<std::int64_t>(sessions.size()), connection.server_version());
  std::vector<data::Digest> sums(ranges.size());
  data::Crew crew;
  builders.start(crew);
  for (std::size_t i = 0; i < ranges.size(); ++i)
    crew.start([&, i] {
      auto& reader = ranges.size() < 2 ? connection : *sessions[i];
      const auto range = ranges[i].empty() ? "" : " WHERE " + ranges[i];
      sums[i] = digest_of(reader, select + range, plan.format, [&crew] { return crew.halted(); });
      if (&reader != &connection) reader.exec("COMMIT");
    });
  crew.join(stop, [] {});
  data::Digest sum;
  for (const auto& each : sums) sum += each;
  return sum;
}

}  // namespace orch::postgres
