// Rows told to people: how many, and the first of them by key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// The first five rows of `table` (SQL; its rows are `s`) that meet `condition`, by `key` or,
/// without one, by their values: "id=3, id=9 …", "(shop=1 sku=a)". Values are cut to
/// 40 characters.
std::string first_rows(Session& session, const std::string& table,
                       const std::vector<std::string>& key,
                       const std::vector<data::Column>& columns, const std::string& condition);

struct RepeatedKeys {
  std::int64_t count = 0;
  std::string first;  ///< up to five of them
};

/// Keys of `table` that more than one row has. A key with a NULL in it is like no other unless
/// `null_safe`.
RepeatedKeys repeated_keys(Session& session, const std::string& table,
                           const std::vector<std::string>& key, bool null_safe = false);
/// Condition on a row `s` of `table`: others have its key.
std::string shares_key(const Dialect& dialect, const std::string& table,
                       const std::vector<std::string>& key);

}  // namespace orch::publishing
