// Signatures of functions: which arguments fit. Internal to the module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

class Signature {
 public:
  /// "<s-nn?:s>". Throws Error (S0401, S0402); `position` is where it stands in the expression.
  static Signature parse(std::string_view text, std::size_t position = 0);

  /// The arguments as the function wants them: single values for arrays wrapped, missing ones
  /// replaced by `context` where that is allowed. Throws Error (T0410, T0411, T0412) without token.
  void fit(std::vector<Value>& arguments, const Value& context) const;
  /// How many arguments there are after fit(); with a `+` there may be more.
  std::size_t size() const { return parameters_.size(); }

 private:
  struct Parameter {
    std::string accepted;  ///< symbols of the types
    char type = 0;         ///< as written; '(' for a choice
    char item_type = 0;    ///< of an array's items; 0: any
    bool optional = false;
    bool several = false;  ///< one or more
    bool from_context = false;
  };

  bool fits_as_is(const std::vector<Value>& arguments) const;
  bool match(std::string_view symbols, std::size_t parameter,
             std::vector<std::size_t>& lengths) const;
  [[noreturn]] void refuse(const std::vector<Value>& arguments, std::string_view symbols) const;
  static Value fitted(const Parameter& parameter, const Value& argument, std::size_t index);

  std::vector<Parameter> parameters_;
};

}  // namespace orch::jsonata
