#include "orchestrator/access/policy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/access/address.h"
#include "orchestrator/access/file_place.h"

namespace orch::access {
namespace {

namespace fs = std::filesystem;
using Kind = Demand::Kind;

constexpr std::string_view folder_scheme = "file:";
constexpr const char* reports = "reports";

/// The folder of a bucket "file:FOLDER" or "file:///FOLDER".
std::optional<fs::path> folder_of(std::string_view bucket) {
  if (!bucket.starts_with(folder_scheme)) return std::nullopt;
  bucket.remove_prefix(folder_scheme.size());
  if (bucket.starts_with("//")) bucket.remove_prefix(2);
  return fs::path(bucket);
}

bool is_hidden(const fs::path& place, const fs::path& folder) {
  const auto inside = place.lexically_relative(folder);
  return std::any_of(inside.begin(), inside.end(), [](const fs::path& part) {
    return part != "." && part.native().starts_with('.');
  });
}

bool has_dot_segment(const std::string& path) {
  return !parse_url("http://host" + std::string(path.starts_with('/') ? "" : "/") + path);
}

/// The text of a URL for messages: its query may hold a secret.
std::string shown(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

Refusal of_file(const Demand& demand, const std::string& why) {
  const bool write = demand.kind == Kind::write;
  return {fmt::format("clients of the API may not {} \"{}\": {}", write ? "write" : "read",
                      demand.value, why),
          fmt::format("{}, or allow another folder with --allow folder:PATH",
                      write ? "write into the folder \"reports\" of the project"
                            : "name a file in the project's folder")};
}

}  // namespace

Policy::Policy(Grants grants, const std::vector<fs::path>& own) : grants_(std::move(grants)) {
  for (const auto& file : own)
    if (!file.empty()) own_.push_back(true_place(file).value_or(file));
}

std::optional<Refusal> Policy::refuse(const Demand& demand, const fs::path& project) const {
  switch (demand.kind) {
    case Kind::program:
      if (grants_.process) return std::nullopt;
      return Refusal{"clients of the API may not run programs of this host",
                     "bind the resource to one program (--bindings), or allow all with "
                     "--allow process"};
    case Kind::url:
      return refuse_url(demand.value);
    case Kind::url_path:
      if (!has_dot_segment(demand.value)) return std::nullopt;
      return Refusal{fmt::format("the path \"{}\" leads out of the connection's URL", demand.value),
                     R"(write the path below the connection's URL, without "." and "..")"};
    case Kind::read:
    case Kind::write:
      return refuse_file(demand, project);
    case Kind::bucket:
      return refuse_bucket(demand.value);
    case Kind::unknown_work:
      break;
  }
  return Refusal{fmt::format("clients of the API may not use {}", demand.value),
                 "bind a resource of theirs to it with --bindings"};
}

bool Policy::granted(const Url& url) const {
  return std::any_of(grants_.below.begin(), grants_.below.end(),
                     [&](const Url& each) { return each.holds(url); });
}

std::optional<Refusal> Policy::refuse_url(const std::string& text) const {
  const auto url = parse_url(text);
  if (!url)
    return Refusal{fmt::format("\"{}\" is no URL that clients of the API may call", shown(text)),
                   R"(http://host:port/path or https://…, without user and "..")"};
  if (granted(*url)) return std::nullopt;
  const auto hint = fmt::format(
      "name the server as a connection, or allow it with --allow url:{}://{}:{}/", url->scheme,
      url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]", url->port);
  const auto kind = kind_of_host(url->host);
  const bool reachable = kind == AddressKind::global       ? grants_.urls
                         : kind == AddressKind::link_local ? false
                                                           : grants_.private_urls;
  if (reachable) return std::nullopt;
  const auto what =
      kind == AddressKind::global ? std::string() : fmt::format(", {}", describe(kind));
  return Refusal{fmt::format("clients of the API may not call {}{}", shown(text), what), hint};
}

std::optional<Refusal> Policy::refuse_address(const std::string& text,
                                              const std::string& address) const {
  const auto kind = kind_of_address(address);
  const auto url = parse_url(text);
  // A grant that spells the address itself means it.
  const bool spelled = url && granted(*url) && kind_of_host(url->host) == kind;
  const bool named = url && granted(*url);
  const bool reachable = kind == AddressKind::global       ? true
                         : kind == AddressKind::link_local ? spelled
                                                           : named || grants_.private_urls;
  if (reachable) return std::nullopt;
  return Refusal{fmt::format("clients of the API may not call {}: it leads to {}, {}", shown(text),
                             address, describe(kind)),
                 kind == AddressKind::link_local
                     ? "allow the address itself with --allow url:http://ADDRESS/ if that is meant"
                     : "name the server as a connection, or allow the URL with --allow url:URL"};
}

bool Policy::in_granted_folder(const fs::path& place) const {
  return std::any_of(grants_.folders.begin(), grants_.folders.end(), [&](const fs::path& folder) {
    const auto there = true_place(folder);
    return there && lies_in(place, *there);
  });
}

bool Policy::is_own(const fs::path& place) const {
  return std::any_of(own_.begin(), own_.end(), [&](const fs::path& file) {
    return place.native().starts_with(file.native());
  });
}

std::optional<Refusal> Policy::refuse_file(const Demand& demand, const fs::path& project) const {
  const auto place = true_place(project / demand.value);
  if (!place) return of_file(demand, "where it leads cannot be told");
  if (is_own(*place)) return of_file(demand, "it is a file of the server itself");
  if (in_granted_folder(*place)) return std::nullopt;
  const auto home = project.empty() ? std::nullopt : true_place(project);
  if (!home) return of_file(demand, "the server has no project: no connections file");
  if (!lies_in(*place, *home))
    return of_file(demand, fmt::format("it is outside of the project's folder {}", home->string()));
  if (is_hidden(*place, *home)) return of_file(demand, "it is hidden");
  if (demand.kind == Kind::write && !lies_in(*place, *home / reports))
    return of_file(demand, fmt::format("it is outside of {}", (*home / reports).string()));
  return std::nullopt;
}

std::optional<Refusal> Policy::refuse_bucket(const std::string& name) const {
  const auto folder = folder_of(name);
  if (!folder) return std::nullopt;
  const auto refusal = [&](const std::string& why) {
    return Refusal{fmt::format("clients of the API may not use the bucket \"{}\": {}", name, why),
                   "allow its folder with --allow folder:PATH, or set ORCH_S3_ENDPOINT and name a "
                   "bucket there"};
  };
  const auto place = true_place(*folder);
  if (!place) return refusal("where it leads cannot be told");
  if (!in_granted_folder(*place)) return refusal("it is a folder of this host");
  const bool holds_own = std::any_of(own_.begin(), own_.end(),
                                     [&](const fs::path& file) { return lies_in(file, *place); });
  if (holds_own) return refusal("it holds files of the server itself");
  return std::nullopt;
}

}  // namespace orch::access
