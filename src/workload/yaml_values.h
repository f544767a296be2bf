// What a YAML node must be, asked with one call each: the value, or Wrong with the node's place and what is allowed there.
// `what` names the thing in messages: "weight must be a number within 0 … 10".
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "workload/scenario.h"
#include "workload/yaml_tree.h"

namespace headroom::workload {
/// Thrown here and caught in read_scenario, nowhere else: a reader with some thirty ways to be wrong is clearer without a check
/// after each call.
struct Wrong {
  ScenarioError error;
};
[[noreturn]] void wrong(const YamlNode& at, std::string message);

using Names = std::span<const std::string_view>;
/// Wrong, with the nearest of the known names if it is a slip of the finger, else with all of them.
[[noreturn]] void unknown(const YamlNode& key, Names known, std::string_view what);
/// It is a map, and of these keys. known: not empty.
void only(const YamlNode& map, Names known, const char* what);

const std::string& text_of(const YamlNode& node, const char* what);
/// A text that stands in tables, in files and as a key of YAML: some byte, at most 256 of them, no control characters.
const std::string& name_of(const YamlNode& node, const char* what);
double number_of(const YamlNode& node, const char* what, double low, double high);
int whole_of(const YamlNode& node, const char* what, int low, int high);
Duration duration_of(const YamlNode& node, const char* what);
/// > 0.
Duration some_duration(const YamlNode& node, const char* what);
/// Events a second.
double rate_of(const YamlNode& node, const char* what);
}  // namespace headroom::workload
