#include "workload/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

#include "workload/body_template.h"

namespace headroom::workload {
namespace {
struct Refused {
  ScenarioError error;
};

[[noreturn]] void refuse(std::string message, int line, int column) { throw Refused{{std::move(message), line, column}}; }

// Builds the tree from the parser's events, so that limits hold before anything is kept.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const ScenarioLimits& limits) : limits_(limits) {}
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(make(YamlNode::Kind::null, mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse("this alias stands inside the node it names", mark.line + 1, mark.column + 1);
    if (++aliases_ > limits_.max_aliases) refuse("more than " + std::to_string(limits_.max_aliases) + " aliases", mark.line + 1, mark.column + 1);
    count(found->second.second, mark);
    YamlNode copy = found->second.first;
    if (depth_of(copy) + static_cast<int>(open_.size()) > limits_.max_depth) too_deep(mark);
    leaf(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:str") refuse("tags such as " + tag.substr(0, 40) + " are not used here", mark.line + 1, mark.column + 1);
    YamlNode node = make(YamlNode::Kind::scalar, mark);
    node.quoted = tag != "?" && !tag.empty();
    node.text = value;
    leaf(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    begin(YamlNode::Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    begin(YamlNode::Kind::map, mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    int before;  // nodes counted before it
    bool has_key = false;
  };

  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) {
    count(1, mark);
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }
  void count(int nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > limits_.max_nodes) refuse("more than " + std::to_string(limits_.max_nodes) + " values", mark.line + 1, mark.column + 1);
  }
  [[noreturn]] void too_deep(const YAML::Mark& mark) const {
    refuse("nested deeper than " + std::to_string(limits_.max_depth) + " levels", mark.line + 1, mark.column + 1);
  }
  static int depth_of(const YamlNode& node) {
    int deepest = 0;
    for (const auto& item : node.items) deepest = std::max(deepest, depth_of(item));
    for (const auto& entry : node.entries) deepest = std::max(deepest, depth_of(entry.second));
    return deepest + 1;
  }
  void begin(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (static_cast<int>(open_.size()) >= limits_.max_depth) too_deep(mark);
    const int before = nodes_;
    open_.push_back({make(kind, mark), anchor, before});
  }
  void end() {
    Open done = std::move(open_.back());
    open_.pop_back();
    remember(done.anchor, done.node, nodes_ - done.before);
    place(std::move(done.node));
  }
  void leaf(YamlNode node, YAML::anchor_t anchor) {
    remember(anchor, node, 1);
    place(std::move(node));
  }
  void remember(YAML::anchor_t anchor, const YamlNode& node, int size) {
    if (anchor == 0) return;
    count(size, {});  // the copy kept for aliases
    anchors_[anchor] = {node, size};
  }
  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      if (node.kind != YamlNode::Kind::scalar) refuse("a key must be plain text", node.line, node.column);
      if (parent.node.entries.size() > 1000) refuse("more than 1000 keys in one map", node.line, node.column);
      if (parent.node.find(node.text)) refuse("'" + node.text.substr(0, 60) + "' stands here twice", node.line, node.column);
      parent.node.entries.push_back({std::move(node), YamlNode()});
      parent.has_key = true;
    } else {
      parent.node.entries.back().second = std::move(node);
      parent.has_key = false;
    }
  }

  const ScenarioLimits& limits_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<YamlNode, int>> anchors_;
  YamlNode root_;
  int nodes_ = 0;
  int aliases_ = 0;
};

// As JSON's grammar writes a number, so that the text can be copied into a body.
bool is_json_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0) ++i;
    return i - from;
  };
  const std::size_t first = i;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

void append_scalar(const YamlNode& node, std::string& out) {
  const std::string& text = node.text;
  const bool placeholder = text.size() > 4 && text.starts_with("{{") && text.find("}}") == text.size() - 2;
  if (placeholder || (!node.quoted && (text == "true" || text == "false" || text == "null" || is_json_number(text)))) {
    out += text;
  } else if (!node.quoted && text == "~") {
    out += "null";
  } else {
    append_json_string(out, text);
  }
}

void append_value(const YamlNode& node, std::size_t max_bytes, std::string& out) {
  if (out.size() > max_bytes) return;
  switch (node.kind) {
    case YamlNode::Kind::null: out += "null"; return;
    case YamlNode::Kind::scalar: append_scalar(node, out); return;
    case YamlNode::Kind::list:
      out += '[';
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (i > 0) out += ',';
        append_value(node.items[i], max_bytes, out);
      }
      out += ']';
      return;
    case YamlNode::Kind::map:
      out += '{';
      for (std::size_t i = 0; i < node.entries.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, node.entries[i].first.text);
        out += ':';
        append_value(node.entries[i].second, max_bytes, out);
      }
      out += '}';
      return;
  }
}
}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.first.text == key) return &entry.second;
  }
  return nullptr;
}

expected<YamlNode, ScenarioError> read_yaml(std::string_view text, const ScenarioLimits& limits) {
  if (text.size() > limits.max_bytes) return unexpected(ScenarioError{"larger than " + std::to_string(limits.max_bytes) + " bytes", 0, 0});
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    Builder builder(limits);
    if (!parser.HandleNextDocument(builder)) return unexpected(ScenarioError{"the file is empty", 0, 0});
    return builder.take();
  } catch (const Refused& refused) {
    return unexpected(refused.error);
  } catch (const YAML::Exception& error) {
    return unexpected(ScenarioError{"not YAML: " + error.msg, error.mark.line + 1, error.mark.column + 1});
  }
}

bool append_json(const YamlNode& node, std::size_t max_bytes, std::string& out) {
  append_value(node, max_bytes, out);
  return out.size() <= max_bytes;
}
}  // namespace headroom::workload
