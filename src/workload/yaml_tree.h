// YAML as an inert, bounded tree with places: what the scenario reader works on.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "workload/scenario.h"

namespace headroom::workload {
struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  bool quoted = false;  // a scalar in quotes is text, whatever it looks like
  std::string text;     // scalar
  std::vector<YamlNode> items;                            // list
  std::vector<YamlEntry> entries;  // map; keys are scalars, none twice
  int line = 0;  // begin with 1
  int column = 0;

  /// nullptr if the map has no such key, or this is no map.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  YamlNode first;   // the key
  YamlNode second;  // the value
};

/// One document. Aliases are expanded and count as the nodes they stand for, so no bomb passes `max_nodes`; an alias to a node
/// around itself is an error, as are tags such as !!binary.
[[nodiscard]] expected<YamlNode, ScenarioError> read_yaml(std::string_view text, const ScenarioLimits& limits);

/// Appends the tree as JSON: quoted scalars as strings, plain ones as null, true, false or a number where they are written so.
/// A string that is nothing but one {{placeholder}} loses its quotes. False when `out` would pass max_bytes.
[[nodiscard]] bool append_json(const YamlNode& node, std::size_t max_bytes, std::string& out);
}  // namespace headroom::workload
