#include "workers/delta/log.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/public_file.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/json/text.h"

namespace orch::delta {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t digits_of_version = 20;

fs::path version_file(const fs::path& table, std::int64_t version) {
  return log_folder(table) / fmt::format("{:020}.json", version);
}

/// The version that the name of a file of the log begins with; unset for other files.
std::optional<std::int64_t> version_of(std::string_view name) {
  std::int64_t version = 0;
  if (name.size() <= digits_of_version) return std::nullopt;
  const auto* end = name.data() + digits_of_version;
  const auto [at, error] = std::from_chars(name.data(), end, version);
  return error == std::errc() && at == end ? std::optional(version) : std::nullopt;
}

/// What there is of a log.
struct Listing {
  std::vector<std::int64_t> versions;  ///< as JSON, ascending
  std::int64_t checkpoint = -1;
  std::vector<std::string> checkpoint_files;
};

/// Of the files of one checkpoint: all of them are there.
bool is_whole(const std::vector<std::string>& files) {
  // N.checkpoint.parquet, or N.checkpoint.PART.PARTS.parquet
  const auto first = fs::path(files.front()).filename().string();
  constexpr std::string_view middle = ".checkpoint.";
  const auto rest = std::string_view(first).substr(digits_of_version + middle.size());
  if (rest == "parquet") return true;
  std::size_t parts = 0;
  constexpr std::size_t digits = 10;
  if (rest.size() < 2 * digits + 1) return false;
  std::from_chars(rest.data() + digits + 1, rest.data() + 2 * digits + 1, parts);
  return parts == files.size();
}

Listing list(const fs::path& table) {
  Listing found;
  std::map<std::int64_t, std::vector<std::string>> checkpoints;
  std::error_code error;
  for (fs::directory_iterator entry(log_folder(table), error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    const auto version = version_of(name);
    if (!version) continue;
    const auto rest = std::string_view(name).substr(digits_of_version);
    if (rest == ".json") found.versions.push_back(*version);
    if (rest.starts_with(".checkpoint.") && rest.ends_with(".parquet"))
      checkpoints[*version].push_back(entry->path().string());
  }
  std::ranges::sort(found.versions);
  for (auto& [version, files] : checkpoints) {
    std::ranges::sort(files);
    if (!is_whole(files)) continue;
    found.checkpoint = version;
    found.checkpoint_files = files;
  }
  return found;
}

void read_checkpoint(duckdb::Connection& connection, const std::vector<std::string>& files,
                     Snapshot& snapshot) {
  std::string names;
  for (const auto& file : files) names += (names.empty() ? "" : ", ") + duckdb::literal(file);
  auto rows = connection.query(fmt::format(
      "SELECT CAST(to_json(c) AS VARCHAR) FROM (SELECT * FROM read_parquet([{}])) c", names));
  while (rows.next()) {
    const auto texts = rows.values(0);
    for (std::size_t row = 0; row < rows.size(); ++row)
      snapshot.apply(json::parse(texts.bytes(row)).as_object());
  }
}

template <class Work>
void for_each_line(std::string_view text, Work&& work) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) work(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Snapshot read(duckdb::Connection& connection, const fs::path& table) {
  const auto found = list(table);
  Snapshot snapshot;
  if (found.checkpoint >= 0) {
    read_checkpoint(connection, found.checkpoint_files, snapshot);
    snapshot.version = found.checkpoint;
  }
  for (const auto version : found.versions) {
    if (version <= snapshot.version) continue;
    if (version != snapshot.version + 1)
      throw LogError(fmt::format("version {} is missing", snapshot.version + 1));
    for_each_line(read_file(version_file(table, version)),
                  [&](std::string_view line) { snapshot.apply(json::parse(line).as_object()); });
    snapshot.version = version;
  }
  return snapshot;
}

}  // namespace

fs::path log_folder(const fs::path& table) { return table / "_delta_log"; }

bool is_table(const fs::path& table) {
  const auto found = list(table);
  return !found.versions.empty() || found.checkpoint >= 0;
}

Snapshot read_log(duckdb::Connection& connection, const fs::path& table) {
  const auto refused = [&](const std::exception& error) {
    return LogError(
        fmt::format("the log of the table {}: {}", table.filename().string(), error.what()));
  };
  try {
    return read(connection, table);
  } catch (const LogError& error) {
    throw refused(error);
  } catch (const json::SyntaxError& error) {
    throw refused(error);
  } catch (const std::logic_error& error) {  // JSON of another shape
    throw refused(error);
  }
}

std::vector<bj::object> commit_infos(const fs::path& table, std::int64_t after) {
  std::vector<bj::object> infos;
  for (const auto version : list(table).versions) {
    if (version <= after) continue;
    // What orch writes comes first; a commitInfo of others says nothing to it.
    std::ifstream file(version_file(table, version));
    std::string line;
    if (!std::getline(file, line) || !json::well_formed(line)) continue;
    const auto action = json::parse(line);
    const auto* object = action.if_object();
    const auto* info = object ? object->if_contains("commitInfo") : nullptr;
    if (info && info->is_object()) infos.push_back(info->get_object());
  }
  return infos;
}

bool commit(const fs::path& table, std::int64_t version, const std::vector<bj::object>& actions) {
  std::string text;
  for (const auto& action : actions) text += json::write(action) + '\n';
  return put_file(version_file(table, version), text);
}

}  // namespace orch::delta
