// A command of the program: flags in, typed options out, the room's function called, its failure printed. One file each, one
// line each in the table of commands.h.
#pragma once
#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/failure.h"
#include "base/units.h"

namespace headroom::cli {
/// Runs the chosen command; has printed its own results and errors; gives the exit code.
using Action = std::function<int()>;

struct Command {
  const char* name;
  const char* description;
  Action (*add)(CLI::App& command);  // adds its flags to `command` (already named and described) and returns what to do
};

/// Prints `failure` on stderr in at most five lines (what, where, what to do) and gives its exit code.
int print(const Failure& failure);

/// As CLI::Range, which lets NaN through.
[[nodiscard]] CLI::Validator number_between(double low, double high);
/// Something that is no space.
[[nodiscard]] CLI::Validator some_text();

/// Adds `--name` as one of some words, each with what it stands for. `target` keeps its default. T: an enum.
template <class T>
CLI::Option* add_choice(CLI::App& command, const std::string& name, T& target, const std::string& help, std::vector<std::pair<std::string, std::type_identity_t<T>>> choices) {
  std::string words;
  std::string otherwise;
  for (const auto& [word, value] : choices) {
    words += (words.empty() ? "" : ", ") + word;
    if (value == target) otherwise = word;
  }
  return command
      .add_option_function<std::string>(
          name,
          [&target, name, words, choices = std::move(choices)](const std::string& text) {
            for (const auto& [word, value] : choices) {
              if (word == text) return void(target = value);
            }
            throw CLI::ValidationError(name, "'" + text + "' is none of " + words);
          },
          help + ": " + words)
      ->default_str(otherwise);
}

/// Adds `--name` as a quantity; a bad value is refused with the flag, the value and what is allowed. `target` keeps its default.
CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& target, const std::string& help);
CLI::Option* add_bytes(CLI::App& command, const std::string& name, Bytes& target, const std::string& help);
CLI::Option* add_rate(CLI::App& command, const std::string& name, Rate& target, const std::string& help);
}  // namespace headroom::cli
