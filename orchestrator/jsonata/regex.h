// Regular expressions as ECMAScript knows them, by PCRE2. Internal to the module.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

class Regex {
 public:
  struct Match {
    std::size_t start = 0;  ///< bytes
    std::size_t end = 0;
    std::vector<std::optional<std::string>> groups;  ///< unset: took no part
  };

  /// `flags`: of i and m. Throws Error S0303.
  static std::shared_ptr<const Regex> compile(std::string_view pattern, std::string_view flags,
                                              std::size_t position);

  const std::string& pattern() const { return pattern_; }
  /// The first match at `from` or behind it. Throws Error D1012 when the pattern takes too long.
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  struct Code;
  std::string pattern_;
  std::shared_ptr<const Code> code_;
};

}  // namespace orch::jsonata
