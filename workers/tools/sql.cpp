#include <fmt/format.h>

#include "workers/connectors/connections.h"
#include "workers/data/failure.h"
#include "workers/tools/task_input.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

constexpr std::int64_t most_rows = 100'000;
constexpr std::int64_t most_bytes = 64 << 20;
constexpr std::int64_t longest_seconds = 31'536'000;

struct Wish {
  std::string connection;
  data::SqlRequest request;
};

void refuse_transaction_control(const std::string& sql) {
  const auto word = data::transaction_word(sql);
  if (word.empty()) return;
  throw workers::TaskFailed(
      "Sql.Failed", fmt::format("\"{}\" is no statement for orch:sql", word),
      "each statement runs in a transaction of its own, which is committed when it succeeds",
      "ORCH-0620");
}

Wish read_wish(const workers::Task& task) {
  Wish wish;
  read_input(task, [&](json::Fields& fields) {
    auto& request = wish.request;
    wish.connection = fields.required_string("connection");
    request.sql = fields.required_string("sql");
    if (const auto* params = fields.array("params"))
      request.params.assign(params->begin(), params->end());
    request.max_rows = fields.integer("max_rows", 1, most_rows).value_or(request.max_rows);
    request.max_bytes = fields.integer("max_bytes", 1, most_bytes).value_or(request.max_bytes);
    request.timeout_seconds =
        fields.integer("timeout_seconds", 0, longest_seconds).value_or(request.timeout_seconds);
    request.once = fields.string("once").value_or("");
    if (fields.has("once") && request.once.empty())
      fields.problem("once", "once must not be empty");
  });
  wish.request.run = task.run;
  refuse_transaction_control(wish.request.sql);
  return wish;
}

class Sql final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto wish = read_wish(task);
    const auto connections = connectors::Connections::current(task.connections);
    try {
      auto answer = connections->open_sql(wish.connection)->run(wish.request, [&] {
        context.heartbeat();
        return context.stop_requested();
      });
      const auto count = static_cast<std::int64_t>(answer.rows.size());
      return {{"rows", std::move(answer.rows)},
              {"count", count},
              {"changes", answer.changes},
              {"repeated", answer.repeated}};
    } catch (const workers::TaskFailed& failure) {
      throw data::amended(failure, "", {{"connection", wish.connection}});
    }
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_sql() { return std::make_unique<Sql>(); }

}  // namespace orch::tools
