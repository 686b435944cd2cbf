#include "workers/odbc/dialect.h"

#include <algorithm>
#include <array>
#include <string>

#include <boost/algorithm/string/case_conv.hpp>

namespace orch::odbc {
namespace {

/// Whether `product` begins with one of `names`, which are parted by commas.
bool begins_with_one(std::string_view product, std::string_view names) {
  while (!names.empty()) {
    const auto end = std::min(names.find(','), names.size());
    if (product.starts_with(names.substr(0, end))) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

}  // namespace

std::span<const Dialect* const> dialects() {
  static const std::array all{&db2(), &mysql(), &oracle(), &postgresql(), &sqlite(), &sqlserver()};
  return all;
}

const Dialect* dialect_named(std::string_view name) {
  if (name == generic().name) return &generic();
  const auto found = std::ranges::find(dialects(), name, &Dialect::name);
  return found == dialects().end() ? nullptr : *found;
}

const Dialect& dialect_of_product(std::string_view product) {
  const auto small = boost::to_lower_copy(std::string(product));
  for (const auto* dialect : dialects())
    if (begins_with_one(small, dialect->products)) return *dialect;
  return generic();
}

}  // namespace orch::odbc
