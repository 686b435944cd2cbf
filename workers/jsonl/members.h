// The members of one object, as they are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workers/jsonl/lines.h"

namespace orch::jsonl {

struct Member {
  std::string name;
  std::string_view value;  ///< JSON text, in the line
};

/// Splits the line, one JSON object, into its members in their order. Throws TaskFailed
/// "Source.Malformed" for anything else and for a name that comes twice.
void split(const Lines& line, std::vector<Member>& members);

/// The text of a JSON string. Throws TaskFailed "Source.Malformed" for a surrogate without its
/// half.
std::string unquoted(const Lines& line, std::string_view json);

}  // namespace orch::jsonl
