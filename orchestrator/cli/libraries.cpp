#include "orchestrator/cli/libraries.h"

#include <algorithm>
#include <cctype>
#include <openssl/crypto.h>
#include <zlib.h>
#include <zstd.h>

#include <boost/version.hpp>
#include <fmt/format.h>

#include "orchestrator/cli/version.h"
#include "orchestrator/db/library_versions.h"
#include "orchestrator/json/text.h"

namespace orch::cli {
namespace {

// 108100 is 1.81.0, and 90100 of fmt is 9.1.0.
std::string boost_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000,
                     BOOST_VERSION % 100);
}
std::string fmt_version() {
  return fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

std::vector<rest::Library> libraries() {
  std::vector<rest::Library> all{{"Boost", boost_version()},
                                 {"fmt", fmt_version()},
                                 {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
                                 {"zlib", zlibVersion()},
                                 {"Zstandard", ZSTD_versionString()}};
  for (const auto& [name, version] : db::library_versions()) all.push_back({name, version});
  const auto packages = json::parse(ui_packages());
  for (const auto& package : packages.as_object())
    all.push_back({std::string(package.key()), std::string(package.value().as_string())});
  std::ranges::sort(all, {}, [](const rest::Library& each) { return lower(each.name); });
  return all;
}

}  // namespace orch::cli
