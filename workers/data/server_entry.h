// Entries of servers in the connections file: a URL, or its parts as members.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "orchestrator/json/fields.h"

namespace orch::data {

/// What an entry says, by the name of the member or the parameter of the URL.
using Keywords = std::map<std::string, std::string>;

/// How the entries of a kind of server are written.
struct ServerEntry {
  std::string_view server;                ///< for people: "PostgreSQL"
  std::string_view example;               ///< of a URL
  const char* database;                   ///< the keyword of what follows the host
  std::span<const char* const> keywords;  ///< all there are, "host", "port" and "user" among them
};

/// The keywords of `url`, or of the members where it is empty. What is wrong becomes a problem of
/// `fields`: no URL, a password in it, unknown parameters, members beside it.
Keywords parse_server_entry(const ServerEntry& entry, const std::string& url, json::Fields& fields);

/// Takes `name` out of the keywords: a number up to `most`, `otherwise` where there is none. `what`
/// says what it has to be: "whole seconds from 0 (no limit)".
int take_number(Keywords& keywords, const char* name, std::string_view what, int otherwise,
                int most, json::Fields& fields);

/// The same text for all ways to this machine, in small letters: for Connection::database().
std::string host_identity(std::string host);

}  // namespace orch::data
