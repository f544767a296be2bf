#include "cli/command.h"

#include <cstdio>
#include <sstream>
#include <string>
#include <string_view>

namespace headroom::cli {
namespace {
template <class Value, class Parse>
CLI::Option* add_quantity(CLI::App& command, const std::string& name, Value& target, const std::string& help, Parse parse) {
  auto* option = command.add_option_function<std::string>(
      name,
      [&target, name, parse](const std::string& text) {
        auto value = parse(text);
        if (!value) throw CLI::ValidationError(name, "'" + text + "' is not " + value.error().allowed);
        target = *value;
      },
      help);
  return option;
}
}  // namespace

namespace {
/// What a message quotes of files, names and flags may hold what a terminal obeys: control characters become \x1b.
std::string shown(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7f) {
      out += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return out;
}
}  // namespace

int print(const Failure& failure) {
  std::fprintf(stderr, "headroom: %s\n", shown(failure.what).c_str());
  if (!failure.where.empty()) std::fprintf(stderr, "  at:  %s\n", shown(failure.where).c_str());
  if (!failure.remedy.empty()) std::fprintf(stderr, "  fix: %s\n", shown(failure.remedy).c_str());
  return static_cast<int>(failure.code);
}

namespace {
/// A quantity as a flag takes it: "1m15s", not "1m 15 s".
std::string as_typed(std::string text) {
  std::erase(text, ' ');
  return text == "0ns" ? "0" : text;
}
}  // namespace

CLI::Validator number_between(double low, double high) {
  return {[low, high](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return "";
            std::ostringstream message;
            message << "Value " << text << " not in range " << low << " to " << high;
            return message.str();
          },
          "NUMBER"};
}

CLI::Validator some_text() {
  return {[](std::string& text) -> std::string { return text.find_first_not_of(" \t") == std::string::npos ? "there is nothing in it" : ""; }, ""};
}

CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& target, const std::string& help) {
  return add_quantity(command, name, target, help, parse_duration)->default_str(as_typed(to_text(target)))->type_name("DURATION");
}
CLI::Option* add_bytes(CLI::App& command, const std::string& name, Bytes& target, const std::string& help) {
  return add_quantity(command, name, target, help, parse_bytes)->default_str(as_typed(to_text(target)))->type_name("SIZE");
}
CLI::Option* add_rate(CLI::App& command, const std::string& name, Rate& target, const std::string& help) {
  return add_quantity(command, name, target, help, parse_rate)->type_name("RATE");
}
}  // namespace headroom::cli
