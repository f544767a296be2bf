#include "manifest/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace headroom::manifest {
namespace {
struct Stop {
  int line;
  std::string message;
};

/// Builds the tree from yaml-cpp's events; throws Stop at the first thing that is not allowed. Depth and counts are held here,
/// before anything is built: yaml-cpp's own Node would keep a hostile alias graph.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents.size() >= limits_.max_documents) throw Stop{mark.line + 1, "more than " + std::to_string(limits_.max_documents) + " documents"};
    anchors_.clear();
    open_anchors_.clear();
    root_.reset();
  }
  void OnDocumentEnd() override {
    if (root_) documents.push_back(std::move(*root_));
    root_.reset();
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(leaf(Node::Kind::null, mark, {}, false), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (open_anchors_.count(anchor) != 0) throw Stop{mark.line + 1, "an alias stands inside its own anchor: that would recurse for ever"};
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{mark.line + 1, "unknown alias"};
    count(found->second.second, mark.line + 1, true);
    if (stack_.size() + found->second.first.depth > static_cast<std::size_t>(limits_.max_depth)) too_deep(mark.line + 1);
    Built copy = found->second.first;
    copy.node.line = mark.line + 1;
    attach(std::move(copy), found->second.second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    refuse_tag(tag, mark);
    add(leaf(Node::Kind::scalar, mark, value, tag == "!"), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  std::vector<Node> documents;

 private:
  struct Built {
    Node node;
    std::size_t depth = 1;
  };
  struct Open {
    Built built;
    std::size_t nodes = 1;  // in it so far, itself included
    YAML::anchor_t anchor = 0;
    std::optional<Node> key{};
    std::set<std::string> keys{};
  };

  static Built leaf(Node::Kind kind, const YAML::Mark& mark, std::string text, bool quoted) {
    return {Node{kind, mark.line + 1, quoted, std::move(text)}};
  }
  void refuse_tag(const std::string& tag, const YAML::Mark& mark) const {
    if (!tag.empty() && tag != "?" && tag != "!") throw Stop{mark.line + 1, "the tag " + tag.substr(0, 60) + " is not allowed: manifests hold plain values"};
  }
  void too_deep(int line) const { throw Stop{line, "nested deeper than " + std::to_string(limits_.max_depth) + " levels"}; }
  void count(std::size_t nodes, int line, bool by_alias) {
    nodes_ += nodes;
    if (nodes_ <= limits_.max_nodes) return;
    throw Stop{line, std::string(by_alias ? "aliases expand" : "the file grows") + " beyond the limit of " + std::to_string(limits_.max_nodes) + " nodes"};
  }
  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(tag, mark);
    if (stack_.size() >= static_cast<std::size_t>(limits_.max_depth)) too_deep(mark.line + 1);
    count(1, mark.line + 1, false);
    if (anchor != 0) open_anchors_.insert(anchor);
    stack_.push_back({{Node{kind, mark.line + 1}}, 1, anchor});
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    if (done.anchor != 0) {
      open_anchors_.erase(done.anchor);
      anchors_[done.anchor] = {done.built, done.nodes};
    }
    attach(std::move(done.built), done.nodes);
  }
  void add(Built built, YAML::anchor_t anchor) {
    count(1, built.node.line, false);
    if (anchor != 0) anchors_[anchor] = {built, 1};
    attach(std::move(built), 1);
  }
  void attach(Built built, std::size_t nodes) {
    if (stack_.empty()) {
      root_ = std::move(built.node);
      return;
    }
    Open& parent = stack_.back();
    parent.nodes += nodes;
    parent.built.depth = std::max(parent.built.depth, built.depth + 1);
    if (parent.built.node.kind == Node::Kind::list) {
      parent.built.node.items.push_back(std::move(built.node));
    } else if (!parent.key) {
      take_key(parent, std::move(built.node));
    } else {
      parent.built.node.fields.emplace_back(std::move(*parent.key), std::move(built.node));
      parent.key.reset();
    }
  }
  static void take_key(Open& parent, Node key) {
    if (key.kind != Node::Kind::scalar) throw Stop{key.line, "a key must be plain text"};
    if (key.text == "<<") throw Stop{key.line, "merge keys (<<) are not allowed"};
    if (!parent.keys.insert(key.text).second) throw Stop{key.line, "duplicate key " + key.text.substr(0, 60)};
    parent.key = std::move(key);
  }

  const Limits& limits_;
  std::size_t nodes_ = 0;
  std::optional<Node> root_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, std::pair<Built, std::size_t>> anchors_;
  std::set<YAML::anchor_t> open_anchors_;
};

/// Length of the UTF-8 sequence at `at`, 0 if it is none (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && tail(1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && tail(1) && tail(2)) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    const bool outside = (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
    return outside ? 0 : 4;
  }
  return 0;
}

/// What is wrong with the bytes themselves.
std::optional<Stop> check_bytes(std::string_view text) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return Stop{line, "not valid UTF-8"};
    if (text[at] == '\0') return Stop{line, "holds a NUL byte"};
    if (text[at] == '\n') ++line;
    at += length;
  }
  return std::nullopt;
}

/// yaml-cpp's words for the commonest mistakes are about its own parsing; the line is right, ours say what to look for.
std::string plain_words(const std::string& message, std::string_view line) {
  const auto indent_end = line.find_first_not_of(" \t");
  if (line.substr(0, std::min(indent_end, line.size())).find('\t') != std::string_view::npos) return "a tab may not indent: use spaces";
  if (message.find("end of map") != std::string::npos) return "not YAML: a map is not closed, or the indent is wrong";
  if (message.find("alias") != std::string::npos || message.find("anchor") != std::string::npos) return "unknown alias: no anchor of that name above";
  return "not YAML: " + message;
}

std::string_view line_of(std::string_view text, int number) {
  for (int i = 1; i < number; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}
}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first.text == key; });
  return found == fields.end() ? nullptr : &found->second;
}

expected<std::vector<Node>, ManifestError> parse_yaml(std::string_view text, const std::string& file, const Limits& limits) {
  const auto refuse = [&](int line, const std::string& message) { return unexpected(ManifestError{file, line, "", message}); };
  if (text.size() > limits.max_bytes) return refuse(1, "larger than " + std::to_string(limits.max_bytes >> 10U) + " KiB");
  if (const auto stop = check_bytes(text)) return refuse(stop->line, stop->message);
  Builder builder(limits);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    return refuse(stop.line, stop.message);
  } catch (const YAML::Exception& error) {
    const int line = std::max(1, error.mark.line + 1);
    return refuse(line, plain_words(error.msg, line_of(text, line)));
  }
  if (builder.documents.empty()) return refuse(1, "empty: no YAML document in it");
  return std::move(builder.documents);
}
}  // namespace headroom::manifest
