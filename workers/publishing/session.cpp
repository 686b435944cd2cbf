#include "workers/publishing/session.h"

#include <charconv>

namespace orch::publishing {

std::int64_t number(Session& session, const std::string& sql, const Params& params) {
  const auto rows = session.rows(sql, params);
  std::int64_t value = 0;
  if (rows.empty() || !rows[0][0]) return value;
  const auto& text = *rows[0][0];
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace orch::publishing
