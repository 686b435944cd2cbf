#include "workers/replication/landing.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/fault.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

using data::Landing;

constexpr std::size_t most_named = 20;

/// The entry's source as one of files.
data::FileSource& files_of(const Work& work, data::Source& source) {
  if (auto* files = source.file_source()) return *files;
  throw workers::TaskFailed("Source.Unsupported",
                            fmt::format("{}: a source of {} has no files to be loaded once each",
                                        work.entry.key, source.engine()),
                            "leave \"files\" out of the entry's source", "ORCH-0444");
}

/// Decides file by file, in the order of their names.
class Chooser {
 public:
  Chooser(const Work& work, data::FileSource& source, std::vector<data::LoadedFile> ledger)
      : work_(work), rules_(work.entry.source.files.landing.value()), source_(source) {
    for (auto& file : ledger) {
      if (file.rows > 0) contents_.emplace(file.digest, file.name);
      if (newest_name_ < file.name) newest_name_ = file.name;
      known_.emplace(file.name, std::move(file));
    }
  }

  void take(const data::File& file) {
    const auto known = known_.find(file.name);
    const auto* before = known == known_.end() ? nullptr : &known->second;
    if (!file.waiting.empty()) return note("waiting", file.name, file.waiting);
    if (before && is_same(*before, file)) return pass_known(file);
    const auto report =
        source_.survey(work_.entry.source, file, [this] { return work_.context.stop_requested(); });
    if (before && before->digest == report.digest) return pass_known(file);
    if (auto fault = fault_of(report); !fault.empty()) return leave_bad(file, std::move(fault));
    if (before && rules_.replaced != Landing::Again::load)
      return note("left", file.name,
                  fmt::format("load {} loaded it with other bytes: {} then, {} now", before->load,
                              before->digest.substr(0, 12), report.digest.substr(0, 12)));
    if (const auto twin = contents_.find(report.digest);
        twin != contents_.end() && rules_.duplicates != Landing::Again::load)
      return note("left", file.name, fmt::format("its bytes were loaded as {}", twin->second));
    if (before)
      note("replaced", file.name, fmt::format("load {} loaded it with other bytes", before->load));
    else if (file.name < newest_name_)
      note("late", file.name, fmt::format("{} was loaded before", newest_name_));
    accept(report);
  }

  const std::string& first_fault() const { return first_fault_; }

  FileChoice choice() && {
    auto& told = choice_.told;
    std::int64_t set_aside = 0;
    for (const auto& file : choice_.load.files) set_aside += file.set_aside;
    told["loaded"] = choice_.load.files.size();
    told["known"] = known_count_;
    told["set_aside"] = set_aside;
    for (auto& [what, list] : lists_) {
      told[what] = list.count;
      told[what + "_files"] = std::move(list.named);
    }
    return std::move(choice_);
  }

 private:
  struct Named {
    std::size_t count = 0;
    boost::json::array named = {};
  };

  void note(const std::string& what, const std::string& file, const std::string& reason) {
    auto& list = lists_[what];
    if (++list.count <= most_named)
      list.named.push_back(boost::json::object{{"file", file}, {"reason", reason}});
  }

  void pass_known(const data::File& file) {
    ++known_count_;
    if (!rules_.archive.empty()) source_.archive(work_.entry.source, file.name);
  }

  /// Why none of the file is loaded; empty when all is well.
  std::string fault_of(const data::FileReport& report) {
    if (!report.fault.empty()) return report.fault;
    if (columns_.empty()) columns_ = report.columns;
    if (report.columns == columns_) return {};
    return fmt::format("{}: found the columns {}, expected those of the first new file: {}",
                       report.file.name, fmt::join(report.columns, ", "),
                       fmt::join(columns_, ", "));
  }

  void leave_bad(const data::File& file, std::string fault) {
    if (rules_.bad_files != Landing::BadFiles::leave)
      throw workers::TaskFailed("Source.Malformed", fault,
                                "correct the file; \"bad_files\": \"leave\" loads the others",
                                "ORCH-0432", {{"file", file.name}});
    note("left", file.name, fault);
    if (first_fault_.empty()) first_fault_ = std::move(fault);
  }

  void accept(const data::FileReport& report) {
    const auto& file = report.file;
    if (report.rows > 0) contents_.emplace(report.digest, file.name);
    choice_.chosen.push_back({file.name, report.digest});
    choice_.load.files.push_back(
        {file.name, report.digest, file.bytes, file.modified, "", report.rows, report.set_aside});
  }

  const Work& work_;
  const Landing& rules_;
  data::FileSource& source_;
  std::map<std::string, data::LoadedFile> known_;
  std::map<std::string, std::string> contents_;  ///< names by digest, of files with rows
  std::string newest_name_;
  std::vector<std::string> columns_;  ///< of the first new file
  std::size_t known_count_ = 0;
  std::string first_fault_;
  std::map<std::string, Named> lists_;
  FileChoice choice_;
};

/// Nothing can be loaded: it must not look like a success where it is none.
void refuse_nothing(const Work& work, const std::string& fault, bool nothing_is_fine) {
  if (!fault.empty())
    throw workers::TaskFailed(
        "Source.Malformed", fmt::format("{}: no new file can be loaded: {}", work.entry.key, fault),
        "correct the file, or the entry's \"format\" and \"types\"", "ORCH-0432");
  if (nothing_is_fine) return;
  throw workers::TaskFailed(
      "Source.TableMissing",
      fmt::format("{}: no file of \"{}\" is complete", work.entry.key,
                  work.entry.source.table.name),
      "wait for the files, or correct \"table\" and \"files\" of the entry's source", "ORCH-0430",
      {{"table", work.entry.source.table.name}});
}

}  // namespace

bool is_same(const data::LoadedFile& loaded, const data::File& file) {
  return loaded.bytes == file.bytes && loaded.modified == file.modified;
}

FileChoice choose_files(const Work& work, data::Source& source, data::Target& target,
                        const std::optional<data::PublishedRecord>& last) {
  const Pulse pulse(work, "reading files");
  const auto& relation = work.entry.source;
  const bool whole = data::facts_of(work.entry.strategy).whole_table;
  // A table that somebody dropped or emptied has no file's rows.
  const bool afresh = whole || !last || last->emptied;
  auto& files = files_of(work, source);
  Chooser chooser(
      work, files,
      afresh ? std::vector<data::LoadedFile>() : target.loaded_files(work.entry.target));
  for (const auto& file : files.files(relation)) chooser.take(file);
  const auto fault = chooser.first_fault();
  auto choice = std::move(chooser).choice();
  choice.load.afresh = afresh;
  choice.load.after_load = last ? last->load : "";
  if (choice.chosen.empty()) refuse_nothing(work, fault, !afresh);
  return choice;
}

void archive_files(const Work& work, data::Source& source, data::Target& target) {
  const auto& relation = work.entry.source;
  if (!relation.files.landing || relation.files.landing->archive.empty()) return;
  auto& files = files_of(work, source);
  std::map<std::string, data::LoadedFile> known;
  for (auto& file : target.loaded_files(work.entry.target)) known.emplace(file.name, file);
  for (const auto& file : files.files(relation)) {
    const auto loaded = known.find(file.name);
    if (loaded == known.end() || !is_same(loaded->second, file)) continue;
    fault::point("landing.before_archive");
    files.archive(relation, file.name);
    fault::point("landing.after_archive");
  }
}

std::optional<data::Relation> complete_relation(data::Source& source,
                                                const data::Relation& relation) {
  auto* files = source.file_source();
  if (!relation.files.landing || !files) return relation;
  auto complete = relation;
  complete.chosen.emplace();
  for (const auto& file : files->files(relation))
    if (file.waiting.empty()) complete.chosen->push_back({file.name, ""});
  if (complete.chosen->empty()) return std::nullopt;
  return complete;
}

}  // namespace orch::replication
