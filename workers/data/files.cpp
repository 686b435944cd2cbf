#include "workers/data/files.h"

#include <utility>

#include <fmt/format.h>

#include "workers/data/target.h"
#include "workers/worker.h"

namespace orch::data {
namespace {

boost::json::object to_json(const LoadedFile& file) {
  return {{"file", file.name},         {"sha256", file.digest}, {"bytes", file.bytes},
          {"modified", file.modified}, {"rows", file.rows},     {"set_aside", file.set_aside}};
}

LoadedFile file_from(const boost::json::object& object) {
  LoadedFile file;
  file.name = object.at("file").as_string();
  file.digest = object.at("sha256").as_string();
  file.bytes = object.at("bytes").to_number<std::int64_t>();
  file.modified = object.at("modified").as_string();
  file.rows = object.at("rows").to_number<std::int64_t>();
  file.set_aside = object.at("set_aside").to_number<std::int64_t>();
  return file;
}

}  // namespace

void write_files(boost::json::object& position, const FileLoad& load, boost::json::object told) {
  boost::json::array list;
  for (const auto& file : load.files) list.push_back(to_json(file));
  told["afresh"] = load.afresh;
  told["after_load"] = load.after_load;
  told["list"] = std::move(list);
  position["files"] = std::move(told);
}

std::optional<FileLoad> files_in(const boost::json::object& position) {
  const auto* value = position.if_contains("files");
  const auto* object = value ? value->if_object() : nullptr;
  const auto* list = object ? object->if_contains("list") : nullptr;
  if (!list) return std::nullopt;
  FileLoad load;
  load.afresh = object->at("afresh").as_bool();
  load.after_load = object->at("after_load").as_string();
  for (const auto& file : list->as_array()) load.files.push_back(file_from(file.as_object()));
  return load;
}

std::vector<LoadedFile> Target::loaded_files(const TableName& name) {
  throw workers::TaskFailed(
      "Connection.Unsupported",
      fmt::format("{}: a target of {} keeps no ledger of files", name.display(), engine()),
      "replace reads all files each time; or leave \"files\" out of the entry's source",
      "ORCH-0305");
}

}  // namespace orch::data
