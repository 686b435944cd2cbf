// Names that a run claims, as people read them.
#pragma once

#include <span>
#include <string>

namespace orch {

/// "table public.rates", "tables a, b, c and 20 more" of names such as "postgresql://db1/dwh
/// public.a".
std::string claim_text(std::span<const std::string> names);

}  // namespace orch
