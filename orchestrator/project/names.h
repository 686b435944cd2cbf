// ${NAME} in a text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orch::project {

/// What stands for the name between "${" and "}"; unset: the text stays as it is.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// `text` with what `lookup` gives for each ${NAME}.
std::string replace_names(std::string_view text, const Lookup& lookup);

}  // namespace orch::project
