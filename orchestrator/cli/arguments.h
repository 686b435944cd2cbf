// What a command declares of its command line. The parser itself, CLI11, is known to few files: its
// headers cost a compiler some seconds each time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
class Option;
}  // namespace CLI

namespace orch::cli {

/// An option, a flag or an argument that has been declared; what is said of it may be chained:
/// add_option(…)->type_name("FILE")->required(). Lives as long as its command's parser.
class DeclaredOption {
 public:
  explicit DeclaredOption(CLI::Option* option) : option_(option) {}
  DeclaredOption* operator->() { return this; }

  /// What help calls its value.
  DeclaredOption type_name(const std::string& name);
  DeclaredOption description(const std::string& text);
  DeclaredOption required();
  /// The value is a list with this character between its words.
  DeclaredOption delimiter(char between);
  /// It takes any number of values.
  DeclaredOption many();
  /// It may be given several times, with one value each time.
  DeclaredOption repeatable();
  /// Values of all times it was given; the default is that the last one counts.
  DeclaredOption take_all();
  /// Only with, or without, another one.
  DeclaredOption needs(DeclaredOption other);
  DeclaredOption excludes(DeclaredOption other);
  DeclaredOption one_of(std::initializer_list<const char*> words);
  /// Both ends included.
  DeclaredOption between(int least, int most);
  DeclaredOption at_least_zero();
  DeclaredOption positive();

 private:
  CLI::Option* option_;
};

/// The options and arguments of one command. A name with dashes is an option ("-n,--limit"), one
/// without an argument.
class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  DeclaredOption add_option(const std::string& names, std::string& value, const std::string& about);
  DeclaredOption add_option(const std::string& names, std::int64_t& value,
                            const std::string& about);
  DeclaredOption add_option(const std::string& names, int& value, const std::string& about);
  DeclaredOption add_option(const std::string& names, std::vector<std::string>& values,
                            const std::string& about);
  /// One whose value is read from the parser, see settings.h.
  DeclaredOption add_option(const std::string& names);
  DeclaredOption add_flag(const std::string& names, bool& value, const std::string& about);

 private:
  CLI::App& app_;
};

}  // namespace orch::cli
