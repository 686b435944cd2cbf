#include "orchestrator/access/grants.h"

#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::access {
namespace {

constexpr std::string_view url_word = "url:";
constexpr std::string_view folder_word = "folder:";

[[noreturn]] void refuse(const std::string& origin, std::string_view word, const std::string& why,
                         const std::string& hint) {
  throw Error("ORCH-0016", fmt::format("allow (from {}) has \"{}\": {}", origin, word, why), hint);
}

void take(std::string_view word, const std::string& origin, Grants& grants) {
  if (word == "process") {
    grants.process = true;
  } else if (word == "urls") {
    grants.urls = true;
  } else if (word == "private-urls") {
    grants.urls = grants.private_urls = true;
  } else if (word == "without-keys") {
    grants.without_keys = true;
  } else if (word.starts_with(url_word)) {
    auto url = parse_url(std::string(word.substr(url_word.size())));
    if (!url)
      refuse(origin, word, "expected an http or https URL without user and \"..\"",
             "for example url:https://api.example.com/v1");
    grants.below.push_back(std::move(*url));
  } else if (word.starts_with(folder_word) && word.size() > folder_word.size()) {
    grants.folders.push_back(
        std::filesystem::absolute(word.substr(folder_word.size())).lexically_normal());
  } else {
    refuse(origin, word,
           "there is no such word" + did_you_mean(word, {"process", "urls", "private-urls",
                                                         "without-keys", "url:", "folder:"}),
           "known: process, url:URL, urls, private-urls, folder:PATH, without-keys");
  }
}

}  // namespace

bool Grants::any() const { return process || urls || !below.empty() || !folders.empty(); }

Grants parse_grants(const std::vector<std::string>& words, const std::string& origin) {
  Grants grants;
  for (const auto& word : words) take(word, origin, grants);
  return grants;
}

}  // namespace orch::access
