// The statements that read rows.
#pragma once

#include <string>
#include <vector>

#include "workers/data/source.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// `"schema"."table"`, or the query in brackets. Throws TaskFailed "Source.QueryFailed" (ORCH-0431)
/// when the author's query is not one, as where_clause() does for a condition.
std::string from_clause(const data::Relation& relation);

/// ` WHERE (condition)`, or nothing for an empty one.
std::string where_clause(const std::string& condition);

/// Throws likewise when `query` is not one query.
void check_query(const std::string& query);

struct SelectPlan {
  std::string columns;  ///< the select list
  std::string from;
  std::string author;             ///< the author's condition, in brackets; may be empty
  std::string condition;          ///< that and the range's, without WHERE; may be empty
  std::vector<data::Kind> kinds;  ///< as the fields of a binary tuple are to be decoded

  /// The whole statement, with one more condition.
  std::string select(const std::string& range) const;
};

/// What reads the columns of `request`. For cells, what a Decoder does not read as it is is
/// selected as text: the server's own spelling.
SelectPlan select_plan(const Described& described, const data::ReadRequest& request);

/// Conditions on ctid that divide a table into `request.parts`; one empty condition when it cannot
/// be divided (views, partitioned tables, queries, servers before 14).
std::vector<std::string> page_ranges(const Described& described, const data::ReadRequest& request,
                                     int server_version);
/// The same for an ordinary table of so many pages.
std::vector<std::string> page_ranges(std::int64_t pages, std::int64_t parts, int server_version);

/// `column > after AND column <= upto`, with the bounds as literals of the column's own type.
std::string range_condition(const data::WatermarkRange& range);

}  // namespace orch::postgres
