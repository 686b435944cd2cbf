#include "orchestrator/jsonata/signature.h"

#include "orchestrator/jsonata/errors.h"

namespace orch::jsonata {
namespace {

char symbol_of(const Value& value) {
  switch (value.type()) {
    case Type::undefined:
      return 'm';
    case Type::null:
      return 'l';
    case Type::boolean:
      return 'b';
    case Type::number:
      return 'n';
    case Type::string:
      return 's';
    case Type::array:
      return 'a';
    case Type::object:
      return 'o';
    case Type::function:
      return 'f';
  }
  return 'm';
}

Value argument_at(const std::vector<Value>& arguments, std::size_t index) {
  return index < arguments.size() ? arguments[index] : Value();
}

const char* array_of(char type) {
  switch (type) {
    case 'b':
      return "booleans";
    case 'n':
      return "numbers";
    case 's':
      return "strings";
    case 'o':
      return "objects";
    case 'f':
      return "functions";
    case 'a':
      return "arrays";
    default:
      return "values";
  }
}

std::size_t closing(std::string_view text, std::size_t at, char open, char close) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == open) ++depth;
    if (text[at] == close && --depth == 0) return at;
  }
  return text.size() - 1;
}

std::string accepted_by(char type) {
  switch (type) {
    case 's':
    case 'n':
    case 'b':
    case 'l':
    case 'o':
      return {type, 'm'};
    case 'a':
      return "asnblfom";
    case 'f':
      return "f";
    case 'j':
      return "asnblom";
    case 'x':
      return "asnblofm";
    default:
      return "";
  }
}

}  // namespace

Signature Signature::parse(std::string_view text, std::size_t position) {
  Signature made;
  for (std::size_t at = 1; at < text.size() && text[at] != ':' && text[at] != '>'; ++at) {
    const char c = text[at];
    auto* last = made.parameters_.empty() ? nullptr : &made.parameters_.back();
    if (c == '-' && last) {
      last->from_context = last->optional = true;
    } else if (c == '?' && last) {
      last->optional = true;
    } else if (c == '+' && last) {
      last->several = true;
    } else if (c == '(') {
      const auto end = closing(text, at, '(', ')');
      const auto choice = text.substr(at + 1, end - at - 1);
      if (choice.find('<') != choice.npos)
        throw Problem("S0402").at(position).value(Value::text(std::string(choice))).error();
      Parameter parameter;
      parameter.type = '(';
      parameter.accepted = std::string(choice) + 'm';
      made.parameters_.push_back(std::move(parameter));
      at = end;
    } else if (c == '<') {
      if (!last || (last->type != 'a' && last->type != 'f'))
        throw Problem("S0401")
            .at(position)
            .value(Value::text(last ? std::string(1, last->type) : ""))
            .error();
      const auto end = closing(text, at, '<', '>');
      if (last->type == 'a') last->item_type = text[at + 1];
      at = end;
    } else if (auto accepted = accepted_by(c); !accepted.empty()) {
      Parameter parameter;
      parameter.type = c;
      parameter.accepted = std::move(accepted);
      made.parameters_.push_back(std::move(parameter));
    }
  }
  return made;
}

// Greedy, with backtracking; how many arguments each parameter takes.
bool Signature::match(std::string_view symbols, std::size_t parameter,
                      std::vector<std::size_t>& lengths) const {
  if (parameter == parameters_.size()) return symbols.empty();
  const auto& wanted = parameters_[parameter];
  std::size_t most = 0;
  const std::size_t limit = wanted.several ? symbols.size() : 1;
  while (most < limit && most < symbols.size() &&
         wanted.accepted.find(symbols[most]) != std::string::npos)
    ++most;
  const std::size_t least = wanted.optional ? 0 : 1;
  for (auto taken = most;; --taken) {
    if (taken < least) return false;
    lengths[parameter] = taken;
    if (match(symbols.substr(taken), parameter + 1, lengths)) return true;
    if (taken == 0) return false;
  }
}

/// Every argument is what its parameter takes as it is: most calls are like that.
bool Signature::fits_as_is(const std::vector<Value>& arguments) const {
  if (arguments.size() != parameters_.size()) return false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& parameter = parameters_[i];
    const bool plain = parameter.type == 'a'
                           ? parameter.item_type == 0 && arguments[i].is_array()
                           : parameter.accepted.find(symbol_of(arguments[i])) != std::string::npos;
    if (!plain) return false;
  }
  return true;
}

void Signature::fit(std::vector<Value>& arguments, const Value& context) const {
  if (fits_as_is(arguments)) return;
  std::string symbols;
  for (const auto& argument : arguments) symbols += symbol_of(argument);
  std::vector<std::size_t> lengths(parameters_.size());
  if (!match(symbols, 0, lengths)) refuse(arguments, symbols);
  std::vector<Value> fitting;
  fitting.reserve(parameters_.size());
  std::size_t index = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& parameter = parameters_[i];
    if (lengths[i] == 0) {
      if (!parameter.from_context) {
        // As the reference does it: an optional argument that is left out still moves the rest.
        fitting.push_back(argument_at(arguments, index++));
        continue;
      }
      if (parameter.accepted.find(symbol_of(context)) == std::string::npos)
        throw Problem("T0411").value(context).index(static_cast<std::int64_t>(index + 1)).error();
      fitting.push_back(context);
      continue;
    }
    for (auto left = lengths[i]; left > 0; --left, ++index)
      fitting.push_back(fitted(parameter, argument_at(arguments, index), index));
  }
  arguments = std::move(fitting);
}

Value Signature::fitted(const Parameter& parameter, const Value& argument, std::size_t index) {
  if (parameter.type != 'a' || !argument.defined()) return argument;
  bool fits = true;
  if (parameter.item_type != 0) {
    if (!argument.is_array()) {
      fits = symbol_of(argument) == parameter.item_type;
    } else if (argument.size() > 0) {
      const auto first = symbol_of(argument.at(0));
      fits = first == parameter.item_type;
      for (std::size_t i = 1; fits && i < argument.size(); ++i)
        fits = symbol_of(argument.at(i)) == first;
    }
  }
  if (!fits)
    throw Problem("T0412")
        .value(argument)
        .index(static_cast<std::int64_t>(index + 1))
        .type(array_of(parameter.item_type))
        .error();
  if (argument.is_array()) return argument;
  auto wrapped = new_array();
  wrapped->items.push_back(argument);
  return Value::of(std::move(wrapped));
}

// The first argument behind those that the first parameters can take.
void Signature::refuse(const std::vector<Value>& arguments, std::string_view symbols) const {
  std::size_t good = 0;
  for (std::size_t count = 1; count <= parameters_.size(); ++count) {
    Signature part;
    part.parameters_.assign(parameters_.begin(),
                            parameters_.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<std::size_t> lengths(count);
    std::size_t longest = symbols.size() + 1;
    for (auto length = symbols.size() + 1; length-- > 0;) {
      if (!part.match(symbols.substr(0, length), 0, lengths)) continue;
      longest = length;
      break;
    }
    if (longest > symbols.size()) break;
    good = longest;
  }
  throw Problem("T0410")
      .value(argument_at(arguments, good))
      .index(static_cast<std::int64_t>(good + 1))
      .error();
}

}  // namespace orch::jsonata
