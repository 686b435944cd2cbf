// What ${NAME} is in the files of a project.
//
//   a variable   its value, when the project is read; "${NAME}" alone keeps the value's type
//   a secret     never its value: "${NAME}" becomes the place where it is found when it is used,
//                {"env": …} or {"file": …}
//   ${file:F}    the text of the file F below the project's folder
//   $${NAME}     the text ${NAME}
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"

namespace orch::project {

class Variables {
 public:
  /// `folder` is the project's: paths of files start there.
  explicit Variables(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Reads the members "variables" (a text, number or boolean, {"env": NAME, "default"?} or
  /// {"file": PATH}) and "secrets" ({"env": NAME} or {"file": PATH}) of an object of project.json.
  /// What is read later wins.
  void read(json::Fields& fields);

  /// Whether a secret may stand at the pointer.
  using SecretPlaces = std::function<bool(std::string_view pointer)>;

  /// Replaces the names in all texts of `value`, which stands at `pointer`. Names that there are
  /// not, secrets where they may not stand, and files that cannot be read are problems.
  void apply(boost::json::value& value, const std::string& pointer, const SecretPlaces& secrets,
             json::Problems& problems) const;

 private:
  void read_variable(const std::string& name, const boost::json::value& value,
                     const json::Fields& fields);
  void read_secret(const std::string& name, const boost::json::value& value,
                   const json::Fields& fields);
  void apply_to_text(boost::json::value& value, const std::string& pointer,
                     const SecretPlaces& secrets, json::Problems& problems) const;
  std::string text_of(std::string_view name, const std::string& pointer,
                      json::Problems& problems) const;
  std::string file_text(const std::string& name, const std::string& pointer,
                        json::Problems& problems) const;

  std::filesystem::path folder_;
  std::map<std::string, boost::json::value, std::less<>> values_;
  std::map<std::string, boost::json::object, std::less<>> secrets_;
};

}  // namespace orch::project
