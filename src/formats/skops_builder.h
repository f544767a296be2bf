// Makes the nodes of a graph that is read from skops, within its budget of memory. Errors say at which path.
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/skops.h"
#include "formats/zip.h"

namespace headroom::formats {
class SkopsBuilder {
 protected:
  using Made = expected<Value, SkopsError>;

  explicit SkopsBuilder(std::uint64_t budget) { graph_.arena = std::make_unique<Arena>(budget); }

  static auto fail(const std::string& path, std::string what, ParseCode code = ParseCode::malformed) {
    return unexpected(SkopsError{ParseError{code, 0, std::move(what)}, printable(path, 200)});
  }

  expected<Node*, SkopsError> make(Kind kind, const std::string& path) {
    Node* node = graph_.arena->make(kind, 0);
    if (node == nullptr) return fail(path, "the model needs more memory than a file of its size may ask for", ParseCode::over_limit);
    return node;
  }
  expected<void, SkopsError> charge(std::uint64_t bytes, const std::string& path) {
    if (graph_.arena->charge(bytes)) return {};
    return fail(path, "the model needs more memory than a file of its size may ask for", ParseCode::over_limit);
  }
  Made text(std::string content, const std::string& path) {
    HEADROOM_TRY_VOID(charge(content.size() + sizeof(std::string), path));
    HEADROOM_TRY(node, make(Kind::text, path));
    node->text = graph_.arena->keep(std::move(content));
    return Value(node);
  }
  Made container(Kind kind, std::vector<Value> items, const std::string& path) {
    HEADROOM_TRY_VOID(charge(items.size() * sizeof(Value), path));
    HEADROOM_TRY(node, make(kind, path));
    node->items = std::move(items);
    return Value(node);
  }
  Made global(std::string name, const std::string& path) {
    HEADROOM_TRY_VOID(charge(name.size() + sizeof(std::string), path));
    HEADROOM_TRY(node, make(Kind::global, path));
    node->text = graph_.arena->keep(std::move(name));
    if (std::ranges::none_of(graph_.globals, [&](const GlobalUse& use) { return use.name == node->text; })) graph_.globals.push_back({node->text, 0});
    return Value(node);
  }
  Made object(Kind kind, Value callee, Value args, Value state, const std::string& path) {
    HEADROOM_TRY(made, container(kind, {callee, args, state}, path));
    made.node()->has_state = !state.is(Kind::none);
    return made;
  }
  Made array(NdArray content, const std::string& path) {
    HEADROOM_TRY_VOID(charge(sizeof(NdArray) + content.objects.size() * sizeof(Value), path));
    HEADROOM_TRY(node, make(Kind::array, path));
    node->array = std::make_unique<NdArray>(std::move(content));
    return Value(node);
  }

  /// An array of Python objects from its shape (a tuple) and its elements as lists in lists.
  Made object_array(const Value& shape, const Value& items, const Limits& limits, const std::string& path);
  /// builtins.slice of {start, stop, step}.
  Made slice_of(const Value& content, const std::string& path);
  /// The state of a sparse matrix as pickles have it, from what scipy.sparse.save_npz wrote.
  Made sparse_state(Zip& npz, const Limits& limits, const std::string& path);

  Graph graph_;

 private:
  expected<std::vector<Value>, SkopsError> flatten(std::span<const Value> items, const std::vector<std::uint64_t>& shape, const std::string& path);
};
}  // namespace headroom::formats
