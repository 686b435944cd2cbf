// The member "sign_in" of "oidc" in a file of identities.
#pragma once

#include <filesystem>

#include <boost/json/object.hpp>

#include "orchestrator/identity/identity_file.h"

namespace orch::identity {

/// Reads it at `/oidc/sign_in`; the file of a secret may be relative to `folder`.
SignInRules read_sign_in(const boost::json::object& document, const std::filesystem::path& folder,
                         json::Problems& problems);

/// True when nobody on the network can change what `url` answers: https, or this machine.
bool is_safe_url(std::string_view url);

}  // namespace orch::identity
