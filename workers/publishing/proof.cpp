#include "workers/publishing/proof.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orch::publishing {
namespace {

using data::Proof;

data::Digest found_rows(RowMerge& merge, const Changes& changes) {
  if (changes.read_back) return *changes.read_back;
  if (merge.plan.request.proof == Proof::full)
    return merge.session.digest(merge.plan, changes.published, {});
  data::Digest counted;
  counted.rows =
      changes.published.empty()
          ? changes.inserted
          : number(merge.session, fmt::format("SELECT count(*) FROM ({}) p", changes.published));
  return counted;
}

workers::TaskFailed different(const RowMerge& merge, const data::Digest& found,
                              const data::Digest& read) {
  const auto& rewriters = merge.target.rewriters;
  const auto cause = rewriters.empty()
                         ? std::string()
                         : fmt::format("; the table has {}", fmt::join(rewriters, ", "));
  return {"Merge.Different",
          fmt::format("{}: the rows as published would not be those that were read: found {} rows "
                      "with digest {}, expected {} rows with digest {}{}",
                      merge.plan.request.target.display(), found.rows, found.hex(), read.rows,
                      read.hex(), cause),
          rewriters.empty()
              ? "nothing was published; see whether the key names one row, and who else writes"
              : "nothing was published; take them off the table, or load into another one",
          "ORCH-0511",
          {{"found", found.hex()}, {"expected", read.hex()}}};
}

}  // namespace

data::PublishedProof prove(RowMerge& merge, const Changes& changes, const data::Digest& staged) {
  const auto& read = changes.expected ? *changes.expected : staged;
  data::PublishedProof proof;
  proof.mode = merge.plan.request.proof;
  if (proof.mode == Proof::off) return proof;
  proof.found = found_rows(merge, changes);
  proof.equal = proof.mode == Proof::full ? proof.found == read : proof.found.rows == read.rows;
  if (!proof.equal) throw different(merge, proof.found, read);
  return proof;
}

}  // namespace orch::publishing
