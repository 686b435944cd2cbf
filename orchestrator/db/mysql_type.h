// The types of MySQL's results. Of the library's users, only this folder sees it.
#pragma once

#include <mysql.h>
#include <string>

namespace orch::mysql {

/// The type of a result's column as COLUMN_TYPE of information_schema would spell it, as far as the
/// protocol tells: "int unsigned", "decimal(12,2)", "json", "longtext" for texts of all sorts.
std::string type_text(const MYSQL_FIELD& field);

}  // namespace orch::mysql
