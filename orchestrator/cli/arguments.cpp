#include "orchestrator/cli/arguments.h"

#include <CLI/CLI.hpp>

namespace orch::cli {

DeclaredOption DeclaredOption::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

DeclaredOption DeclaredOption::description(const std::string& text) {
  option_->description(text);
  return *this;
}

DeclaredOption DeclaredOption::required() {
  option_->required();
  return *this;
}

DeclaredOption DeclaredOption::delimiter(char between) {
  option_->delimiter(between);
  return *this;
}

DeclaredOption DeclaredOption::many() {
  option_->expected(-1);
  return *this;
}

DeclaredOption DeclaredOption::repeatable() {
  option_->expected(1);
  return take_all();
}

DeclaredOption DeclaredOption::take_all() {
  option_->take_all();
  return *this;
}

DeclaredOption DeclaredOption::needs(DeclaredOption other) {
  option_->needs(other.option_);
  return *this;
}

DeclaredOption DeclaredOption::excludes(DeclaredOption other) {
  option_->excludes(other.option_);
  return *this;
}

DeclaredOption DeclaredOption::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}

DeclaredOption DeclaredOption::between(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

DeclaredOption DeclaredOption::at_least_zero() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

DeclaredOption DeclaredOption::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

DeclaredOption Arguments::add_option(const std::string& names, std::string& value,
                                     const std::string& about) {
  return DeclaredOption(app_.add_option(names, value, about));
}

DeclaredOption Arguments::add_option(const std::string& names, std::int64_t& value,
                                     const std::string& about) {
  return DeclaredOption(app_.add_option(names, value, about));
}

DeclaredOption Arguments::add_option(const std::string& names, int& value,
                                     const std::string& about) {
  return DeclaredOption(app_.add_option(names, value, about));
}

DeclaredOption Arguments::add_option(const std::string& names, std::vector<std::string>& values,
                                     const std::string& about) {
  return DeclaredOption(app_.add_option(names, values, about));
}

DeclaredOption Arguments::add_option(const std::string& names) {
  return DeclaredOption(app_.add_option(names));
}

DeclaredOption Arguments::add_flag(const std::string& names, bool& value,
                                   const std::string& about) {
  return DeclaredOption(app_.add_flag(names, value, about));
}

}  // namespace orch::cli
