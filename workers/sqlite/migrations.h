// The bookkeeping tables' migrations: schema/sqlite-target/*.sql, embedded at build.
#pragma once

#include <span>
#include <string_view>

namespace orch::sqlite {

/// SQL texts in order; the first is version 1.
std::span<const std::string_view> target_migrations();

}  // namespace orch::sqlite
