// A node of a manifest with its path, and the typed ways to read it. Everything that is wrong throws a ManifestError; read() in
// manifest.cc is the only place that catches it.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hpa/quantity.h"
#include "manifest/yaml.h"

namespace headroom::manifest {
/// Borrows node and file.
class Cursor {
 public:
  Cursor(const Node& node, std::string path, const std::string& file) : node_(&node), path_(std::move(path)), file_(&file) {}

  [[noreturn]] void refuse(const std::string& message) const;
  [[nodiscard]] int line() const { return node_->line; }
  [[nodiscard]] const std::string& file() const { return *file_; }

  /// A map without other keys than these.
  void only(std::initializer_list<std::string_view> known) const;
  /// A map's field; nullopt where it is absent or null.
  [[nodiscard]] std::optional<Cursor> find(std::string_view key) const;
  [[nodiscard]] Cursor need(std::string_view key) const;
  [[nodiscard]] std::vector<Cursor> items() const;  // of a list
  [[nodiscard]] std::vector<std::pair<std::string, Cursor>> fields() const;  // of a map

  [[nodiscard]] std::string text() const;  // not a number or boolean in disguise
  [[nodiscard]] std::int32_t integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] hpa::Quantity quantity() const;  // not negative
  [[nodiscard]] std::map<std::string, std::string> texts() const;  // a map of text to text
  /// One of the words.
  [[nodiscard]] std::string word(std::initializer_list<std::string_view> allowed) const;
  /// A DNS-1123 subdomain (label: without dots, at most 63 letters), as names of objects are.
  [[nodiscard]] std::string name(bool label = false) const;
  /// A number from 1 to 65535.
  [[nodiscard]] int port() const { return integer(1, 65535); }
  /// A port's number, or its name.
  [[nodiscard]] std::string port_or_name() const;

 private:
  [[nodiscard]] bool is_integer() const;
  const Node* node_;
  std::string path_;
  const std::string* file_;
};
}  // namespace headroom::manifest
