#include "workers/postgres/read_back.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "workers/data/crew.h"
#include "workers/postgres/names.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/select.h"
#include "workers/postgres/session.h"

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
      session->exec(begin_snapshot);
      session->exec("SET TRANSACTION SNAPSHOT " + pg::literal(snapshot));
    }
  } catch (const pg::Error& error) {
    if (error.sqlstate() != "53300") throw;  // too many connections
  }
  return sessions;
}

}  // namespace

data::Digest read_back(const Settings& settings, pg::Connection& connection,
                       const data::LoadPlan& plan, const data::TableName& table,
                       const std::function<bool()>& stop, std::int64_t pages_each) {
  const auto select = fmt::format("SELECT {} FROM {}", list(plan.columns), qualified(table));
  const pg::Transaction transaction(connection, begin_snapshot);
  const auto pages = pages_of(connection, table);
  const auto cores = std::clamp(std::thread::hardware_concurrency(), 1U, most_sessions);
  const auto wanted = std::min<std::int64_t>(cores, pages / pages_each);
  if (wanted < 2) return digest_of(connection, select, plan.format, stop);
  const auto snapshot = std::string(connection.exec("SELECT pg_export_snapshot()").text(0, 0));
  auto sessions = sessions_at(settings, snapshot, static_cast<std::size_t>(wanted));
  const auto ranges =
      page_ranges(pages, static_cast<std::int64_t>(sessions.size()), connection.server_version());
  if (ranges.size() < 2) return digest_of(connection, select, plan.format, stop);
  std::vector<data::Digest> sums(ranges.size());
  data::Crew crew;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    crew.start([&, i] {
      sums[i] = digest_of(*sessions[i], select + " WHERE " + ranges[i], plan.format,
                          [&crew] { return crew.halted(); });
      sessions[i]->exec("COMMIT");
    });
  crew.join(stop, [] {});
  data::Digest sum;
  for (const auto& each : sums) sum += each;
  return sum;
}

}  // namespace orch::postgres
