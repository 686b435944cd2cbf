// What actions mean, and how they are written.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "workers/delta/log.h"

namespace orch::delta {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_reader_version = 1;
constexpr std::int64_t reader_of_features = 3;

const bj::object* object_in(const bj::object& from, const char* name) {
  const auto* value = from.if_contains(name);
  return value ? value->if_object() : nullptr;
}

std::string text_in(const bj::object& from, const char* name) {
  const auto* value = from.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

std::int64_t number_in(const bj::object& from, const char* name) {
  const auto* value = from.if_contains(name);
  return value && value->is_int64() ? value->get_int64() : 0;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~/=").find(c) != std::string_view::npos;
}

/// Paths of the log are parts of URIs.
std::string encoded(std::string_view path) {
  std::string out;
  for (const char c : path)
    out += is_unreserved(c) ? std::string(1, c)
                            : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int high = path[i] == '%' && i + 2 < path.size() ? digit_of(path[i + 1]) : -1;
    const int low = high >= 0 ? digit_of(path[i + 2]) : -1;
    if (low < 0) {
      out += path[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// A path that stays in the table's folder.
std::string path_in(const bj::object& file) {
  const auto path = decoded(text_in(file, "path"));
  const auto normal = std::filesystem::path(path).lexically_normal();
  if (path.empty() || normal.is_absolute() || *normal.begin() == ".." ||
      path.find("://") != std::string::npos)
    throw LogError(fmt::format("the file \"{}\" does not lie in the table's folder", path));
  return path;
}

AddedFile added(const bj::object& action) {
  if (const auto* vector = action.if_contains("deletionVector"); vector && !vector->is_null())
    throw LogError("it has deletion vectors");
  AddedFile file{path_in(action),
                 {},
                 number_in(action, "size"),
                 number_in(action, "modificationTime"),
                 text_in(action, "stats")};
  if (const auto* values = object_in(action, "partitionValues"))
    for (const auto& [name, value] : *values) {
      const auto* text = value.if_string();
      auto& kept = file.partition[std::string(name)];
      if (text && !text->empty()) kept = std::string(*text);
    }
  return file;
}

/// A checkpoint has a NULL for what an action leaves out.
bj::object without_nulls(const bj::object& action) {
  bj::object kept;
  for (const auto& [name, value] : action)
    if (!value.is_null()) kept[name] = value;
  return kept;
}

/// Readers of version 1, and the features of version 3 that only add a type.
void check_protocol(const bj::object& protocol) {
  const auto reader = number_in(protocol, "minReaderVersion");
  if (reader <= most_reader_version) return;
  const auto* features = protocol.if_contains("readerFeatures");
  if (reader != reader_of_features || !features || !features->is_array())
    throw LogError(fmt::format("it asks for readers of version {}, and this one is of version {}",
                               reader, most_reader_version));
  for (const auto& feature : features->get_array())
    if (!feature.is_string() || feature.get_string() != "timestampNtz")
      throw LogError("it asks for readers with the feature " +
                     (feature.is_string() ? std::string(feature.get_string()) : "of no name"));
}

}  // namespace

void Snapshot::apply(const bj::object& action) {
  if (const auto* file = object_in(action, "add")) {
    auto one = added(*file);
    removed.erase(one.path);
    files[one.path] = std::move(one);
  } else if (const auto* gone = object_in(action, "remove")) {
    const auto path = path_in(*gone);
    files.erase(path);
    removed[path] = {path, number_in(*gone, "deletionTimestamp")};
  } else if (const auto* found = object_in(action, "metaData")) {
    metadata = without_nulls(*found);
  } else if (const auto* transaction = object_in(action, "txn")) {
    transactions[text_in(*transaction, "appId")] = without_nulls(*transaction);
  } else if (const auto* asked = object_in(action, "protocol")) {
    protocol = without_nulls(*asked);
    check_protocol(protocol);
  }
}

bj::object add_action(const AddedFile& file) {
  bj::object partition;
  for (const auto& [name, value] : file.partition)
    partition[name] = value ? bj::value(*value) : bj::value();
  bj::object add{{"path", encoded(file.path)},
                 {"partitionValues", std::move(partition)},
                 {"size", file.size},
                 {"modificationTime", file.modified},
                 {"dataChange", true}};
  if (!file.stats.empty()) add["stats"] = file.stats;
  return {{"add", std::move(add)}};
}

bj::object remove_action(const AddedFile& file, std::int64_t now) {
  auto action = add_action(file);
  auto& add = action["add"].as_object();
  return {{"remove",
           {{"path", add["path"]},
            {"deletionTimestamp", now},
            {"dataChange", true},
            {"extendedFileMetadata", true},
            {"partitionValues", add["partitionValues"]},
            {"size", file.size}}}};
}

}  // namespace orch::delta
