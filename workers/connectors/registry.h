// Which connectors there are.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/connector.h"

namespace orch::connectors {

/// All of them, in the order in which messages name them.
std::span<const data::Connector* const> all();

/// The connector of the URL's scheme; null for no URL and for another scheme.
const data::Connector* connector_of_url(std::string_view url);

/// An ability of connectors, for the lists below: &data::Abilities::source, say.
using Ability = bool data::Abilities::*;

/// Of the connectors that have `ability`: "sqlite, postgresql or mysql".
std::string engines_that(Ability ability);
/// How their URLs begin: "sqlite:, postgresql: or mysql:".
std::string schemes_that(Ability ability);
/// How their URLs are written: "sqlite:FILE, csv:FOLDER or …".
std::string url_forms_that(Ability ability);

}  // namespace orch::connectors
