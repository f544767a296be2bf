#include "workload/yaml_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/units.h"
#include "workload/body_template.h"

namespace headroom::workload {
namespace {
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}
}  // namespace

void wrong(const YamlNode& at, std::string message) { throw Wrong{{std::move(message), at.line, at.column}}; }

void unknown(const YamlNode& key, Names known, std::string_view what) {
  const std::string text = key.text.substr(0, 60);
  std::string all;
  std::string_view nearest;
  std::size_t best = 3;  // more than two letters away is no slip of the finger
  for (const auto name : known) {
    all += (all.empty() ? "" : ", ") + std::string(name);
    const auto distance = edit_distance(text, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  if (all.size() > 300) all = all.substr(0, 300) + " …";
  const std::string hint = nearest.empty() ? "known: " + all : "did you mean '" + std::string(nearest) + "'?";
  wrong(key, "unknown " + std::string(what) + " '" + text + "'; " + hint);
}

void only(const YamlNode& map, Names known, const char* what) {
  if (map.kind != YamlNode::Kind::map) wrong(map, std::string(what) + " must be a map such as {" + std::string(known[0]) + ": …}");
  for (const auto& [key, value] : map.entries) {
    if (std::find(known.begin(), known.end(), key.text) == known.end()) unknown(key, known, "key");
  }
}

const std::string& text_of(const YamlNode& node, const char* what) {
  if (node.kind != YamlNode::Kind::scalar) wrong(node, std::string(what) + " must be text");
  return node.text;
}

const std::string& name_of(const YamlNode& node, const char* what) {
  constexpr std::size_t kMost = 256;
  const std::string& text = text_of(node, what);
  if (text.empty()) wrong(node, std::string(what) + " is empty");
  if (text.size() > kMost) wrong(node, std::string(what) + " is longer than 256 bytes");
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) wrong(node, std::string(what) + " holds a control character");
  return text;
}

double number_of(const YamlNode& node, const char* what, double low, double high) {
  double value = 0;
  const std::string& text = node.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (node.kind != YamlNode::Kind::scalar || error != std::errc() || end != text.data() + text.size() || !(value >= low && value <= high)) {
    std::string range;
    append_number(range, low, 3);
    range += " … ";
    append_number(range, high, 3);
    wrong(node, std::string(what) + " must be a number within " + range);
  }
  return value;
}

int whole_of(const YamlNode& node, const char* what, int low, int high) {
  const double value = number_of(node, what, low, high);
  if (value != std::floor(value)) wrong(node, std::string(what) + " must be a whole number");
  return static_cast<int>(value);
}

Duration duration_of(const YamlNode& node, const char* what) {
  const auto value = parse_duration(node.kind == YamlNode::Kind::scalar ? node.text : "");
  if (!value) wrong(node, std::string(what) + " must be " + value.error().allowed);
  return *value;
}

Duration some_duration(const YamlNode& node, const char* what) {
  const Duration value = duration_of(node, what);
  if (value <= Duration::zero()) wrong(node, std::string(what) + " must be more than 0");
  return value;
}

double rate_of(const YamlNode& node, const char* what) {
  const auto value = parse_rate(node.kind == YamlNode::Kind::scalar ? node.text : "");
  if (!value) wrong(node, std::string(what) + " must be " + value.error().allowed);
  return value->per_second;
}
}  // namespace headroom::workload
