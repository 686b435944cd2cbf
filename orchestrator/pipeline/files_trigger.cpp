#include "orchestrator/pipeline/files_trigger.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/pipeline/time_of_day.h"

namespace orch::pipeline {
namespace {

constexpr std::int64_t longest_quiet = 86'400;
constexpr std::int64_t most_files = 100'000;
constexpr std::int64_t longest_poll = 3'600;
constexpr std::string_view bucket_scheme = "s3://";

/// The name of a piece that the pattern begins with, and how long it is with its braces; empty:
/// it begins with none.
std::string_view piece_at(std::string_view pattern) {
  if (!pattern.starts_with('{')) return {};
  const auto end = pattern.find('}');
  return end == pattern.npos ? std::string_view() : pattern.substr(1, end - 1);
}

bool match(std::string_view pattern, std::string_view name, Pieces& pieces);

/// What comes before `rest` may be any `least` or more characters but '/'.
bool match_part(std::string_view rest, std::string_view name, std::size_t least, std::string* value,
                Pieces& pieces) {
  const auto end = std::min(name.find('/'), name.size());
  for (auto length = least; length <= end; ++length) {
    if (value) *value = name.substr(0, length);
    if (match(rest, name.substr(length), pieces)) return true;
  }
  return false;
}

bool match(std::string_view pattern, std::string_view name, Pieces& pieces) {
  if (pattern.empty()) return name.empty();
  if (pattern.starts_with("**/")) {
    const auto rest = pattern.substr(3);
    if (match(rest, name, pieces)) return true;
    const auto slash = name.find('/');
    return slash != name.npos && match(pattern, name.substr(slash + 1), pieces);
  }
  if (const auto piece = piece_at(pattern); !piece.empty()) {
    const auto rest = pattern.substr(piece.size() + 2);
    return match_part(rest, name, 1, &pieces[std::string(piece)], pieces);
  }
  if (pattern.front() == '*') return match_part(pattern.substr(1), name, 0, nullptr, pieces);
  if (name.empty() || (pattern.front() != '?' && pattern.front() != name.front())) return false;
  if (pattern.front() == '?' && name.front() == '/') return false;
  return match(pattern.substr(1), name.substr(1), pieces);
}

std::vector<std::string> piece_names(std::string_view pattern) {
  std::vector<std::string> names;
  for (; !pattern.empty(); pattern.remove_prefix(1))
    if (const auto piece = piece_at(pattern); !piece.empty()) names.emplace_back(piece);
  return names;
}

// The bucket is named; what varies is below it.
bool has_place(std::string_view pattern) {
  if (!pattern.starts_with(bucket_scheme)) return pattern.front() != '{';
  const auto bucket = pattern.substr(bucket_scheme.size());
  const auto slash = bucket.find('/');
  return slash != bucket.npos && slash > 0 &&
         bucket.substr(0, slash).find_first_of("*?{") == bucket.npos;
}

void check_pattern(json::Fields& trigger, const std::string& pattern) {
  if (pattern.empty()) return;
  const auto path =
      pattern.starts_with(bucket_scheme) ? pattern.substr(bucket_scheme.size()) : pattern;
  if (!has_place(pattern) || path.find("//") != std::string::npos ||
      ("/" + path).find("/../") != std::string::npos || path.ends_with('/'))
    trigger.problem("files", fmt::format("no file has the name \"{}\"", pattern),
                    "a path below the project's folder, from /, or s3://BUCKET/…: "
                    "drop/{source}/{date}.csv");
  auto names = piece_names(pattern);
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    trigger.problem("files", fmt::format("the piece {{{}}} comes twice", *twice));
}

FileBatch read_batch(json::Fields& trigger, const boost::json::object& object,
                     const std::string& pattern) {
  json::Fields fields(object, trigger.at("batch"), trigger.problems());
  FileBatch batch;
  batch.by = fields.required_string("by");
  batch.count = fields.integer("count", 1, most_files).value_or(0);
  batch.until = read_time_of_day(fields, "until");
  batch.zone = read_zone(fields);
  fields.finish("a batch of files");
  const auto names = piece_names(pattern);
  if (!batch.by.empty() && std::ranges::find(names, batch.by) == names.end())
    fields.problem("by", fmt::format("the path has no piece {{{}}}", batch.by));
  if (batch.count == 0 && !fields.has("until"))
    fields.problem("", "a batch ends by count, by until, or by what comes first",
                   R"({"by": "date", "count": 6, "until": "07:30"})");
  return batch;
}

/// The first time of day `until` after the first of the files was written.
bool is_over(const FileBatch& batch, const std::vector<WaitingFile>& files, Instant now) {
  if (!batch.until) return false;
  const auto first = std::ranges::min(files, {}, &WaitingFile::written_at).written_at;
  const auto day = day_of(first, batch.zone);
  auto end = instant_of(day, *batch.until, batch.zone);
  if (end < first) end = instant_of(day + std::chrono::days(1), *batch.until, batch.zone);
  return now >= end;
}

}  // namespace

bool FilesTrigger::in_bucket() const { return pattern.starts_with(bucket_scheme); }

std::optional<FilesTrigger> read_files_trigger(json::Fields& trigger) {
  const auto before = trigger.problems().size();
  FilesTrigger made;
  made.pattern = trigger.required_string("files");
  check_pattern(trigger, made.pattern);
  made.quiet_seconds = trigger.integer("quiet_seconds", 0, longest_quiet).value_or(0);
  made.marker = trigger.string("marker").value_or("");
  if (made.marker.find('/') != made.marker.npos)
    trigger.problem("marker", "a marker is beside its file: it has no /");
  if (trigger.has("poll_seconds") && !made.in_bucket())
    trigger.problem("poll_seconds", "folders are watched: there is nothing to poll",
                    "it is for s3://BUCKET/…");
  made.poll_seconds = trigger.integer("poll_seconds", 1, longest_poll).value_or(made.poll_seconds);
  if (const auto* batch = trigger.object("batch"))
    made.batch = read_batch(trigger, *batch, made.pattern);
  if (trigger.problems().size() > before) return std::nullopt;
  return made;
}

std::optional<Pieces> pieces_of(std::string_view pattern, std::string_view name) {
  Pieces pieces;
  if (!match(pattern, name, pieces)) return std::nullopt;
  return pieces;
}

std::string folder_of(std::string_view pattern) {
  const auto wild = std::min(pattern.find_first_of("*?{"), pattern.size());
  const auto slash = pattern.substr(0, wild).rfind('/');
  return slash == pattern.npos ? std::string() : std::string(pattern.substr(0, slash + 1));
}

std::vector<DueFiles> due_files(const FilesTrigger& trigger, std::vector<WaitingFile> waiting,
                                const std::vector<std::string>& begun, Instant now) {
  std::ranges::sort(waiting, {}, &WaitingFile::name);
  std::map<std::string, std::vector<WaitingFile>> groups;
  for (auto& file : waiting) {
    auto group = trigger.batch ? file.pieces[trigger.batch->by] : file.name + "@" + file.version;
    groups[std::move(group)].push_back(std::move(file));
  }
  std::vector<DueFiles> due;
  for (auto& [group, files] : groups) {
    const auto& batch = trigger.batch;
    const bool late = std::ranges::find(begun, group) != begun.end();
    const bool whole = !batch || (batch->count > 0 && std::ssize(files) >= batch->count);
    if (whole || late || is_over(*batch, files, now))
      due.push_back({group, std::move(files), whole && !late});
  }
  return due;
}

}  // namespace orch::pipeline
