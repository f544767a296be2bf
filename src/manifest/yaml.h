// YAML text → a tree whose every node knows its line, within limits. Aliases are resolved by copying, and each copy counts.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "manifest/manifest.h"

namespace headroom::manifest {
struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  int line = 0;         // from 1
  bool quoted = false;  // a scalar in quotes is text, whatever it looks like
  std::string text{};
  std::vector<Node> items{};                             // list
  std::vector<std::pair<Node, Node>> fields{};           // map, in the order of the file; keys are scalars and differ

  [[nodiscard]] const Node* find(std::string_view key) const;
};

/// The documents of `text`. Refused: what is no YAML 1.2 or not UTF-8, NUL bytes, tags, merge keys, keys that are no scalars or
/// come twice, aliases that are unknown or contain themselves, and what is beyond `limits`.
[[nodiscard]] expected<std::vector<Node>, ManifestError> parse_yaml(std::string_view text, const std::string& file, const Limits& limits);
}  // namespace headroom::manifest
