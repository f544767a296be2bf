#include "manifest/cursor.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace headroom::manifest {
namespace {
std::string joined(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

bool looks_numeric(std::string_view text) {
  if (text.empty()) return false;
  double value = 0;
  if (text[0] == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

bool looks_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 12> kWords{"true", "false", "True", "False", "TRUE", "FALSE", "yes", "no", "on", "off", "Yes", "No"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string cut(const std::string& text) { return text.size() <= 60 ? text : text.substr(0, 60) + "…"; }
}  // namespace

void Cursor::refuse(const std::string& message) const { throw ManifestError{*file_, node_->line, path_, message}; }

void Cursor::only(std::initializer_list<std::string_view> known) const {
  if (node_->kind != Node::Kind::map) refuse("must be a map (an object with fields)");
  for (const auto& [key, value] : node_->fields) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    const std::string path = path_.empty() ? cut(key.text) : path_ + "." + cut(key.text);
    throw ManifestError{*file_, key.line, path, "unknown field; known are " + joined(known)};
  }
}

std::optional<Cursor> Cursor::find(std::string_view key) const {
  if (node_->kind != Node::Kind::map) refuse("must be a map (an object with fields)");
  const Node* found = node_->find(key);
  if (found == nullptr || found->kind == Node::Kind::null) return std::nullopt;
  return Cursor(*found, path_.empty() ? std::string(key) : path_ + "." + std::string(key), *file_);
}

Cursor Cursor::need(std::string_view key) const {
  auto found = find(key);
  if (!found) throw ManifestError{*file_, node_->line, path_.empty() ? std::string(key) : path_ + "." + std::string(key), "is required"};
  return *found;
}

std::vector<Cursor> Cursor::items() const {
  if (node_->kind != Node::Kind::list) refuse("must be a list");
  std::vector<Cursor> list;
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    list.emplace_back(node_->items[i], path_ + "[" + std::to_string(i) + "]", *file_);
  }
  return list;
}

std::vector<std::pair<std::string, Cursor>> Cursor::fields() const {
  if (node_->kind != Node::Kind::map) refuse("must be a map (an object with fields)");
  std::vector<std::pair<std::string, Cursor>> all;
  for (const auto& [key, value] : node_->fields) all.emplace_back(key.text, Cursor(value, path_ + "." + cut(key.text), *file_));
  return all;
}

std::string Cursor::text() const {
  if (node_->kind != Node::Kind::scalar) refuse("must be text");
  if (!node_->quoted && (looks_numeric(node_->text) || looks_boolean(node_->text))) {
    refuse("must be text, and " + cut(node_->text) + " is none: put it in quotes");
  }
  return node_->text;
}

bool Cursor::is_integer() const {
  if (node_->kind != Node::Kind::scalar || node_->quoted || node_->text.empty()) return false;
  const auto digits = std::string_view(node_->text).substr(node_->text[0] == '-' || node_->text[0] == '+' ? 1 : 0);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int32_t Cursor::integer(std::int64_t least, std::int64_t most) const {
  if (!is_integer()) refuse("must be a whole number" + (node_->kind == Node::Kind::scalar ? ", not " + cut(node_->text) : std::string()));
  std::int64_t value = 0;
  const char* begin = node_->text.data() + (node_->text[0] == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, node_->text.data() + node_->text.size(), value);
  if (error != std::errc() || value < least || value > most) {
    const std::string range = most >= 2147483647 ? "at least " + std::to_string(least) : "from " + std::to_string(least) + " to " + std::to_string(most);
    refuse("must be " + range + (error == std::errc() && value <= 2147483647 ? "" : " and fit 32 bits") + ", not " + cut(node_->text));
  }
  return static_cast<std::int32_t>(value);
}

hpa::Quantity Cursor::quantity() const {
  if (node_->kind != Node::Kind::scalar) refuse("must be a quantity such as 200m or 128Mi");
  const auto quantity = hpa::Quantity::parse(node_->text);
  if (!quantity) {
    const bool suffix = quantity.error() == hpa::QuantityError::unknown_suffix;
    refuse(cut(node_->text) + (suffix ? " is no quantity: its unit is none of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei"
                                      : " is no quantity such as 200m or 128Mi"));
  }
  if (quantity->sign() < 0) refuse("must not be negative, and is " + cut(node_->text));
  return *quantity;
}

std::map<std::string, std::string> Cursor::texts() const {
  if (node_->kind != Node::Kind::map) refuse("must be a map of text to text");
  std::map<std::string, std::string> all;
  for (const auto& [key, value] : node_->fields) {
    all[key.text] = value.kind == Node::Kind::null ? "" : Cursor(value, path_ + "." + cut(key.text), *file_).text();
  }
  return all;
}

std::string Cursor::word(std::initializer_list<std::string_view> allowed) const {
  const std::string word = text();
  if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) refuse(cut(word) + " is not one of " + joined(allowed));
  return word;
}

std::string Cursor::name(bool label) const {
  const std::string name = text();
  const std::size_t most = label ? 63 : 253;
  bool good = !name.empty() && name.size() <= most && lower_or_digit(name.front()) && lower_or_digit(name.back());
  for (std::size_t i = 0; good && i < name.size(); ++i) {
    const char c = name[i];
    good = lower_or_digit(c) || c == '-' || (c == '.' && !label && lower_or_digit(name[i - 1]) && lower_or_digit(name[i + 1]));
  }
  if (!good) refuse(cut(name) + " is no name: lower-case letters, digits and '-'" + (label ? "" : " or '.'") + ", at most " + std::to_string(most));
  return name;
}

std::string Cursor::port_or_name() const { return is_integer() ? std::to_string(port()) : text(); }
}  // namespace headroom::manifest
